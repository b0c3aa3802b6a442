"""The results of a chart by test, and the words of its records: what the work-up looks things up in."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import msgspec

from zonula.chart import Chart, Fact, Kind, System
from zonula.knowledge import shelf

CODES = "laboratory_tests/exclusion_codes"
_READ_FOR_WORDS = (Kind.OBSERVATION, Kind.PROCEDURE, Kind.DOCUMENT, Kind.ENCOUNTER, Kind.MEDICATION, Kind.CONDITION)


class Result(msgspec.Struct, frozen=True):
    """One dated result of a test."""

    test: str
    day: date
    fact: Fact


class Record:
    """A chart opened at its laboratory side, as of a day. undated: results that cannot be placed in time, by test."""

    def __init__(self, chart: Chart, today: date) -> None:
        self.chart = chart
        self.today = today
        tests: dict[tuple[System, str], str] = {
            (row.system, row.code): row.more["test"] for row in shelf().code_list(CODES)
        }
        self.undated: dict[str, list[Fact]] = defaultdict(list)
        self._results: dict[str, list[Result]] = defaultdict(list)
        for fact in chart.of_kind(Kind.OBSERVATION):
            test = next((tests[code.key] for code in fact.codes if code.key in tests), "")
            if not test or not fact.asserted:
                continue
            day = fact.when.last_day
            if day is None or day > today:
                self.undated[test].append(fact)
            else:
                self._results[test].append(Result(test, day, fact))
        for results in self._results.values():
            results.sort(key=lambda result: (result.day, result.fact.id), reverse=True)
        self._texts = [(fact, _text(fact)) for fact in chart.of_kind(*_READ_FOR_WORDS) if fact.asserted]

    def results(self, test: str) -> tuple[Result, ...]:
        """The dated results of that test, newest first."""
        return tuple(self._results.get(test, ()))

    @property
    def tests(self) -> tuple[str, ...]:
        """Every test that has a dated result, in alphabetical order."""
        return tuple(sorted(self._results))

    def mentions(self, words: Iterable[str], kinds: tuple[Kind, ...] = _READ_FOR_WORDS) -> tuple[Fact, ...]:
        """The facts whose text, code names or result text hold one of these words (at the start of a word), in chart order."""
        wanted = re.compile(r"\b(?:" + "|".join(re.escape(word) for word in words) + ")")
        return tuple(fact for fact, text in self._texts if fact.kind in kinds and wanted.search(text))


def _text(fact: Fact) -> str:
    named = (code.display for code in (*fact.codes, *fact.value_codes))
    return " | ".join((fact.text, *named, fact.value_text, fact.specialty, fact.detail("specimen"))).lower()
