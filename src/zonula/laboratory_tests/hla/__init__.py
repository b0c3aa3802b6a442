"""HLA-DQ typing by a laboratory, read from any notation into heterodimers and a risk class with its range."""

from zonula.laboratory_tests.hla.alleles import TEMPLATE, Allele, Serotype, Typing, read_typing
from zonula.laboratory_tests.hla.findings import typing_findings
from zonula.laboratory_tests.hla.meaning import HlaMeaning, meaning_of

__all__ = ["TEMPLATE", "Allele", "HlaMeaning", "Serotype", "Typing", "meaning_of", "read_typing", "typing_findings"]
