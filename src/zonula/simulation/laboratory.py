"""Laboratory results of a virtual life: normal where the person is well, abnormal only where the hidden truth says so."""

import datetime

import numpy as np

from zonula.simulation.assumed import Assumed, Span, Test, between, chance, weighted
from zonula.simulation.hidden import Hidden
from zonula.simulation.records import Result


class Laboratory:
    """Draws results for one life."""

    def __init__(self, life: Hidden, says: Assumed, rng: np.random.Generator) -> None:
        self._life, self._says, self._rng = life, says, rng
        self._panels: dict[str, list[str]] = {}
        for name, test in says.laboratory.tests.items():
            self._panels.setdefault(test.panel, []).append(name)

    def panel(self, name: str, day: datetime.date, at: int) -> list[Result]:
        """Every test of a panel on that day."""
        numbers = [self.result(test, day, at) for test in self._panels.get(name, ()) if not self._never_done(test)]
        worded = self._says.laboratory.worded
        return numbers + [self.worded(test, day, at) for test in worded if worded[test].panel == name]

    def routine(self, day: datetime.date, at: int) -> list[Result]:
        """What an ordinary visit orders."""
        says = self._says.laboratory
        panels = [*says.routine, *(name for name, share in says.also.items() if self._rng.random() < share)]
        return [result for panel in panels for result in self.panel(panel, day, at)]

    def result(self, test: str, day: datetime.date, at: int) -> Result:
        """One test on that day."""
        return self.of_value(test, self._value(test, day), day, at)

    def of_value(self, test: str, value: float, day: datetime.date, at: int) -> Result:
        """A result with this value, printed and judged as a laboratory does."""
        says = self._says.laboratory.tests[test]
        low, high = self.limits(says)
        printed = f"{value:.{says.digits}f}"
        value = float(printed)
        judged = "L" if low is not None and value < low else "H" if high is not None and value > high else "N"
        return Result(
            day=day,
            at=at,
            code=says.code,
            name=says.name,
            value=printed,
            unit=says.unit,
            low=low,
            high=high,
            judged=judged,
        )

    def worded(self, test: str, day: datetime.date, at: int) -> Result:
        """A result in words."""
        says = self._says.laboratory.worded[test]
        place = weighted({str(number): share for number, (_, _, share) in enumerate(says.says)}, self._rng)
        words, judged, _ = says.says[int(place)]
        return Result(day=day, at=at, code=says.code, name=says.name, words=words, judged=judged)

    def limits(self, says: Test) -> tuple[float | None, float | None]:
        """The printed limits for this person."""
        low = says.women_low if self._life.person.female and says.women_low is not None else says.low
        return low, says.high

    def _value(self, test: str, day: datetime.date) -> float:
        says, rng = self._says.laboratory.tests[test], self._rng
        if test == "total_iga" and self._life.low_iga:
            return between(self._says.laboratory.low_iga, rng)
        if test == "hemoglobin" and self._active("iron_deficiency", day) and self._life.anaemic:
            return between(self._says.laboratory.anaemia.hemoglobin, rng)
        for disease, span in says.diseases.items():
            if self._active(disease, day):
                return _skewed(span, rng)
        if says.inconclusive is not None and chance(says.inconclusive[2], rng):
            return between(says.inconclusive[:2], rng)
        return _skewed(says.health, rng)

    def _active(self, disease: str, day: datetime.date) -> bool:
        """Begun, and not yet treated."""
        has = self._life.diseases.get(disease)
        if has is None or day < has.since:
            return False
        return has.records == "missed" or (has.records == "known" and day <= self._life.diagnosed_on(disease))

    def _never_done(self, test: str) -> bool:
        """A disease that was never tested for must not show by chance, so what would show it is never done."""
        return any(self._life.recorded(disease) == "untested" for disease in self._says.laboratory.tests[test].diseases)


def _skewed(span: Span, rng: np.random.Generator) -> float:
    """Most results lie in the middle of the span, none outside."""
    return span[0] + (span[1] - span[0]) * float(rng.beta(2.2, 2.8))
