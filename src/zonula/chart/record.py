"""`Chart`: one patient's facts in a fixed order."""

from collections.abc import Iterable

import msgspec

from zonula.chart.facts import Fact, Kind
from zonula.chart.patient import Patient


class Chart(msgspec.Struct, frozen=True):
    """One patient and every fact known. `facts` is sorted by `chronological`, so equal charts are equal bytes."""

    patient: Patient
    facts: tuple[Fact, ...] = ()

    def of_kind(self, *kinds: Kind) -> tuple[Fact, ...]:
        """The facts of these kinds, in chart order."""
        return tuple(fact for fact in self.facts if fact.kind in kinds)


def chronological(fact: Fact) -> tuple[int, float, str, str]:
    """The total order of facts: by first written time (undated last), with the id as tie-breaker."""
    moment = fact.when.start or fact.when.end
    if moment is None:
        return (10**9, 0.0, "", fact.id)
    return (*moment.order, fact.id)


def chart_of(patient: Patient, facts: Iterable[Fact]) -> Chart:
    """A chart in chart order. Raises ValueError when two facts share an id."""
    ordered = tuple(sorted(facts, key=chronological))
    if len({fact.id for fact in ordered}) != len(ordered):
        raise ValueError("two facts share an id")
    return Chart(patient, ordered)
