"""`Chart`: one patient's facts in a fixed order."""

from collections.abc import Iterable

import msgspec

from zonula.chart.facts import Fact, Kind
from zonula.chart.patient import Patient

_UNTIMED = float("-inf")  # a day without a time of day comes before the times of that day


class Chart(msgspec.Struct, frozen=True):
    """One patient and every fact known. `facts` is sorted by `chronological`, so equal charts are equal bytes."""

    patient: Patient
    facts: tuple[Fact, ...] = ()

    def of_kind(self, *kinds: Kind) -> tuple[Fact, ...]:
        """The facts of these kinds, in chart order."""
        return tuple(fact for fact in self.facts if fact.kind in kinds)


def chronological(fact: Fact) -> tuple[int, float, str, str]:
    """The total order of facts: by first written time (undated last), with the id as tie-breaker."""
    when = fact.when
    moment = when.start or when.end
    if moment is None:
        return (10**9, 0.0, "", fact.id)
    seconds = moment.seconds
    # `moment.order`, spelled out: this is asked of every fact of every chart.
    return (moment.earliest.toordinal(), _UNTIMED if seconds is None else seconds, moment.text, fact.id)


def chart_of(patient: Patient, facts: Iterable[Fact]) -> Chart:
    """A chart in chart order. Raises ValueError when two facts share an id."""
    ordered = tuple(sorted(facts, key=chronological))
    if len({fact.id for fact in ordered}) != len(ordered):
        raise ValueError("two facts share an id")
    return Chart(patient, ordered)
