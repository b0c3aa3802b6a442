"""Consumer genotype files and VCF, reduced to five tag SNPs and the few labels they may give."""

from zonula.laboratory_tests.genotype.calls import GenotypeReading, Label, SnpCall, labels_of, read_genotype_file
from zonula.laboratory_tests.genotype.findings import genotype_findings

__all__ = ["GenotypeReading", "Label", "SnpCall", "genotype_findings", "labels_of", "read_genotype_file"]
