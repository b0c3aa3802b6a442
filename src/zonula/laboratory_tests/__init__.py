"""Step 3: is anything else going on? The exclusion work-up, celiac disease first, HLA-DQ and genotype files.

Start with `exclusion_workup`; the parts are `celiac`, `hla`, `genotype` and `workup`.
"""

from zonula.laboratory_tests.celiac import (
    CeliacAssessment,
    CeliacEvidence,
    CeliacState,
    assess_celiac,
    evidence_from_chart,
    together,
)
from zonula.laboratory_tests.genotype import GenotypeReading, genotype_findings, read_genotype_file
from zonula.laboratory_tests.hla import HlaMeaning, meaning_of, read_typing, typing_findings
from zonula.laboratory_tests.workup import Item, ItemStatus, Todo, Workup, exclusion_workup

__all__ = [
    "CeliacAssessment",
    "CeliacEvidence",
    "CeliacState",
    "GenotypeReading",
    "HlaMeaning",
    "Item",
    "ItemStatus",
    "Todo",
    "Workup",
    "assess_celiac",
    "evidence_from_chart",
    "exclusion_workup",
    "genotype_findings",
    "meaning_of",
    "read_genotype_file",
    "read_typing",
    "together",
    "typing_findings",
]
