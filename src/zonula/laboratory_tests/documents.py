"""The JSON answers of the laboratory commands: versioned, with the schemas in `docs/schemas`."""

from datetime import date
from typing import Literal

import msgspec

from zonula.chart import Finding
from zonula.laboratory_tests.celiac.assessment import CeliacAssessment
from zonula.laboratory_tests.genotype.calls import GenotypeReading
from zonula.laboratory_tests.hla.alleles import Typing
from zonula.laboratory_tests.hla.meaning import HlaMeaning


class CeliacDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What `zonula celiac --json` writes."""

    schema: Literal["zonula.celiac/1"] = "zonula.celiac/1"
    today: date
    assessment: CeliacAssessment


class HlaDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What `zonula hla --json` writes: a clinical typing with its meaning, or a genotype file, never both."""

    schema: Literal["zonula.hla/1"] = "zonula.hla/1"
    today: date
    typing: Typing | None = None
    meaning: HlaMeaning | None = None
    genotype_file: GenotypeReading | None = None
    findings: tuple[Finding, ...] = ()


def celiac_document(assessment: CeliacAssessment, today: date) -> CeliacDocument:
    """The answer of `zonula celiac`."""
    return CeliacDocument(today=today, assessment=assessment)


def hla_document(
    today: date,
    *,
    findings: tuple[Finding, ...],
    typing: Typing | None = None,
    meaning: HlaMeaning | None = None,
    genotype_file: GenotypeReading | None = None,
) -> HlaDocument:
    """The answer of `zonula hla`."""
    return HlaDocument(today=today, typing=typing, meaning=meaning, genotype_file=genotype_file, findings=findings)
