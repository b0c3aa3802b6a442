"""Celiac disease first: where its exclusion stands, by a table of states, and what each guideline asks for."""

from zonula.laboratory_tests.celiac.assessment import CeliacAssessment, assess_celiac
from zonula.laboratory_tests.celiac.evidence import (
    Antibody,
    AntibodyTest,
    Biopsy,
    CeliacEvidence,
    Draw,
    Gluten,
    History,
    Hla,
    KnownDisease,
    Reported,
    TotalIga,
)
from zonula.laboratory_tests.celiac.from_chart import evidence_from_chart
from zonula.laboratory_tests.celiac.guidelines import GuidelineAnswer, RouteAnswer
from zonula.laboratory_tests.celiac.reading import TEMPLATE, evidence_of, read_evidence
from zonula.laboratory_tests.celiac.signs import Signs, signs_of
from zonula.laboratory_tests.celiac.table import TABLE, CeliacState, Row, decide
from zonula.laboratory_tests.celiac.together import together

__all__ = [
    "TABLE",
    "TEMPLATE",
    "Antibody",
    "AntibodyTest",
    "Biopsy",
    "CeliacAssessment",
    "CeliacEvidence",
    "CeliacState",
    "Draw",
    "Gluten",
    "GuidelineAnswer",
    "History",
    "Hla",
    "KnownDisease",
    "Reported",
    "RouteAnswer",
    "Row",
    "Signs",
    "TotalIga",
    "assess_celiac",
    "decide",
    "evidence_from_chart",
    "evidence_of",
    "read_evidence",
    "signs_of",
    "together",
]
