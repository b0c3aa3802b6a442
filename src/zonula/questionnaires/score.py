"""What scoring says: scores with their range, their gaps and the sentences a clinician reads."""

from datetime import date
from enum import StrEnum

import msgspec

from zonula.chart import Finding
from zonula.questionnaires.definition import Problem


class Completeness(StrEnum):
    """How a score came about."""

    COMPLETE = "complete"
    PRORATED = "prorated"
    NOT_SCORED = "not_scored"


class ScaleScore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One score. value is None when it may not be computed; then `reason` says why.

    low, high: the range of the scale. possible: the lowest and highest score the given answers still allow, equal to the
    value when nothing is missing. band: empty when unknown. certain: whether every possible score lies in that band.
    """

    scale: str
    title: str
    value: float | None
    low: float
    high: float
    possible: tuple[float, float]
    answered: int
    of: int
    how: Completeness
    band: str = ""
    certain: bool = True
    reason: str = ""
    unit: str = "points"
    better: str = "lower"


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value the form itself calculates. value is None where its expression is not one we evaluate."""

    link_id: str
    text: str
    value: float | None
    expression: str
    remark: str = ""


class Score(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One response scored. instrument is empty when no scoring card fits; then only alarms and form values are given.

    as_of: the day it was filled in (the day of scoring when that is not written; `dated` says which).
    """

    instrument: str
    title: str
    response: str
    subject: str
    as_of: date
    dated: bool
    scales: tuple[ScaleScore, ...] = ()
    shown: tuple[Shown, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Problem, ...] = ()

    def scale(self, scale_id: str) -> ScaleScore | None:
        """The score of that id, or None."""
        return next((scale for scale in self.scales if scale.scale == scale_id), None)
