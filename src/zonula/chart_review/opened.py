"""One chart under the compiled nodes, and the shapes of the closures that read it."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from zonula.chart import Fact, Patient
from zonula.chart_review.spans import Span

Places: TypeAlias = tuple[int, ...]  # positions in `OpenChart.facts`
Found: TypeAlias = tuple[Places, Places]  # positions that surely belong to a series, and those that may
Held: TypeAlias = tuple[bool | None, float | None, Places]  # the answer, the number it was decided on, what it rests on


class OpenChart:
    """A chart as of one day: its visible facts, the buckets of the pass by feature, and the series found so far.

    marks: per fact one bit for its kind, one for its standing and one for each of its features (see `closures.mask`).
    """

    __slots__ = ("buckets", "facts", "founds", "marks", "patient", "present", "today", "today_ordinal")

    def __init__(self, facts: tuple[Fact, ...], patient: Patient, today: date, series: int) -> None:
        self.facts = facts
        self.patient = patient
        self.today = today
        self.today_ordinal = today.toordinal()
        self.buckets: dict[int, list[int]] = {}
        self.marks: list[int] = []
        self.present = 0  # one bit per feature that has a bucket
        self.founds: list[Found | None] = [None] * series


TruthTest: TypeAlias = Callable[[OpenChart], Held]
SeriesTest: TypeAlias = Callable[[OpenChart], Found]
ValueTest: TypeAlias = Callable[[OpenChart], tuple[Span | None, Places]]
FactTest: TypeAlias = Callable[[OpenChart, int], bool | None]
