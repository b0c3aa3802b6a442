"""The laboratory results of a chart as panels: one row for each test, the newest value with its limits, earlier ones beside it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from zonula.chart import Chart, Fact, Interpretation, Kind
from zonula.knowledge import Shelf
from zonula.laboratory_tests.celiac.from_chart import CODES as CELIAC_CODES
from zonula.laboratory_tests.workup.record import CODES as WORKUP_CODES
from zonula.laboratory_tests.workup.validity import TESTS_CARD
from zonula.reports import wording
from zonula.reports.wording import plain

EARLIER = 4  # values beside the newest; the others are counted
LABORATORY = "laboratory"
_TONES = {
    Interpretation.NORMAL: "good",
    Interpretation.NEGATIVE: "good",
    Interpretation.INDETERMINATE: "doubt",
    Interpretation.CRITICAL_HIGH: "alarm",
    Interpretation.CRITICAL_LOW: "alarm",
}


class Value(NamedTuple):
    """One result. reading: what the laboratory said of it; nothing is computed here."""

    said: str
    limits: str
    reading: str
    tone: str
    day: str
    laboratory: str
    fact: str


class TestRow(NamedTuple):
    """One test. more: how many values are older than those shown."""

    name: str
    newest: Value
    earlier: tuple[Value, ...]
    more: int


class Panel(NamedTuple):
    """Tests that belong together."""

    title: str
    rows: tuple[TestRow, ...]


def panels(chart: Chart, shelf: Shelf, today: date) -> tuple[Panel, ...]:
    """Every laboratory result of the chart that has a value and is not dated after today: celiac first, then the work-up, then others."""
    celiac = {(row.system, row.code): row.more["means"] for row in shelf.code_list(CELIAC_CODES)}
    work_up = {(row.system, row.code): row.more["test"] for row in shelf.code_list(WORKUP_CODES)}
    tests = shelf.card(TESTS_CARD).data["tests"]
    groups: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in chart.of_kind(Kind.OBSERVATION):
        if not fact.asserted or not _has_value(fact):
            continue
        day = fact.when.last_day
        if day is not None and day > today:
            continue
        place = next((("celiac", celiac[code.key]) for code in fact.codes if code.key in celiac), None)
        place = place or next((("work-up", work_up[code.key]) for code in fact.codes if code.key in work_up), None)
        if place is None and fact.detail("category").casefold() == LABORATORY:
            place = ("other", fact.codes[0].code if fact.codes else fact.text.casefold())
        if place is not None:
            groups[place].append(fact)
    core = [name for name, spec in tests.items() if spec["core"]]
    asked = [name for name, spec in tests.items() if not spec["core"]]
    others = sorted((name for kind, name in groups if kind == "other"), key=lambda name: groups["other", name][-1].text)
    found = (
        Panel("Celiac disease", _rows(groups, "celiac", sorted(name for kind, name in groups if kind == "celiac"))),
        Panel("First screen", _rows(groups, "work-up", core)),
        Panel("Asked for by symptoms", _rows(groups, "work-up", asked)),
        Panel("Other results", _rows(groups, "other", others)),
    )
    return tuple(panel for panel in found if panel.rows)


def _rows(groups: dict[tuple[str, str], list[Fact]], kind: str, names: Iterable[str]) -> tuple[TestRow, ...]:
    return tuple(_row(groups[kind, name]) for name in names if (kind, name) in groups)


def _row(facts: Sequence[Fact]) -> TestRow:
    """Facts come in chart order, undated ones last: an undated result is never taken for the newest."""
    dated = [fact for fact in facts if fact.when.last_day is not None]
    undated = [fact for fact in facts if fact.when.last_day is None]
    ordered = [*reversed(dated), *undated]
    return TestRow(
        plain(ordered[0].text, 120),
        _value(ordered[0]),
        tuple(_value(fact) for fact in ordered[1 : 1 + EARLIER]),
        max(0, len(ordered) - 1 - EARLIER),
    )


def _value(fact: Fact) -> Value:
    said = (
        wording.quantity(fact.value)
        if fact.value
        else plain(fact.value_text, 120)
        or plain("; ".join(code.display or code.code for code in fact.value_codes), 120)
    )
    reading = fact.interpretation
    providers = dict.fromkeys(plain(source.provider, 60) for source in fact.sources if source.provider)
    return Value(
        said,
        wording.limits(fact.reference),
        wording.INTERPRETATIONS[reading] if reading else "",
        _TONES.get(reading, "warn") if reading else "",
        wording.when(fact),
        plain(fact.performer, 60) or ", ".join(providers),
        fact.id,
    )


def _has_value(fact: Fact) -> bool:
    return fact.value is not None or bool(fact.value_text.strip()) or bool(fact.value_codes)
