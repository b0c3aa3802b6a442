"""Residues in food: reference doses, a clinic's monitoring file, hazard quotients with their doubt. Never a score."""

from zonula.diet.residues.hazard import Quotient, ResidueReport, hazard
from zonula.diet.residues.monitoring import Monitoring, Sample, read_codes, read_monitoring
from zonula.diet.residues.reference import Reference, references, residue_called

__all__ = [
    "Monitoring",
    "Quotient",
    "Reference",
    "ResidueReport",
    "Sample",
    "hazard",
    "read_codes",
    "read_monitoring",
    "references",
    "residue_called",
]
