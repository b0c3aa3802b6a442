"""Each test of the work-up, read from the record: reassuring, abnormal, inconclusive, missing or not interpretable."""

from datetime import date
from enum import StrEnum
from math import inf
from typing import Any

import msgspec

from zonula.chart import Fact, Patient, Quantity, Sex
from zonula.knowledge import shelf
from zonula.laboratory_tests.workup.record import Record, Result
from zonula.laboratory_tests.workup.results import ABNORMAL, Judged, Standing, judge, span
from zonula.laboratory_tests.workup.units import in_card_unit
from zonula.laboratory_tests.workup.validity import CARD as VALIDITY_CARD
from zonula.laboratory_tests.workup.validity import TESTS_CARD, spoiled

LIMITS_CARD = "laboratory_tests/decision_limits"


class ItemStatus(StrEnum):
    """What is known of one test."""

    REASSURING = "done and reassuring"
    ABNORMAL = "abnormal"
    INCONCLUSIVE = "inconclusive"
    MISSING = "missing"
    NOT_INTERPRETABLE = "not interpretable"


class Todo(StrEnum):
    """What is left to do for one test: order what was never done, repeat what cannot be relied on, read what nobody read."""

    NOTHING = ""
    ORDER = "order"
    REPEAT = "repeat"
    READ = "read"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One test of the work-up. asked_by: "core" and the symptom domains that ask for it. cards: what the reading rests on."""

    test: str
    name: str
    asked_by: tuple[str, ...]
    status: ItemStatus
    because: str
    day: date | None = None
    facts: tuple[str, ...] = ()
    cards: tuple[str, ...] = (TESTS_CARD,)
    todo: Todo = Todo.NOTHING


def item(test: str, asked_by: tuple[str, ...], record: Record) -> Item:
    """The newest result of that test, judged with the state the body was in."""
    spec: dict[str, Any] = shelf().card(TESTS_CARD).data["tests"][test]
    results = record.results(test)
    said = _of_result(results[0], spec, record) if results else _without_result(test, spec, record)
    return Item(
        test=test,
        name=spec["name"],
        asked_by=asked_by,
        status=said.status,
        because=said.because,
        day=said.day,
        facts=tuple(dict.fromkeys(fact.id for fact in said.facts)),
        cards=(TESTS_CARD, *said.cards),
        todo=said.todo,
    )


class _Said(msgspec.Struct, frozen=True):
    status: ItemStatus
    because: str
    day: date | None = None
    facts: tuple[Fact, ...] = ()
    cards: tuple[str, ...] = ()
    todo: Todo = Todo.NOTHING


def _without_result(test: str, spec: dict[str, Any], record: Record) -> _Said:
    if undated := record.undated.get(test):
        return _Said(
            ItemStatus.INCONCLUSIVE, "a result exists without a usable date", None, tuple(undated), (), Todo.READ
        )
    written = record.mentions(spec["words"]) if "words" in spec else ()
    if written:
        because = "named in the records; a person has to read the result"
        return _Said(ItemStatus.INCONCLUSIVE, because, written[-1].when.last_day, written, (), Todo.READ)
    return _Said(ItemStatus.MISSING, "no result in the records", todo=Todo.ORDER)


def _of_result(result: Result, spec: dict[str, Any], record: Record) -> _Said:
    status, because, cards = _read(result, tuple(spec["limits"]))
    if status is ItemStatus.INCONCLUSIVE:
        # A band of the cards says itself that the test is repeated; without limits somebody has to look at the report.
        return _Said(status, because, result.day, (result.fact,), cards, Todo.REPEAT if cards else Todo.READ)
    reading = "reassuring" if status is ItemStatus.REASSURING else "abnormal"
    if spoil := spoiled(result, reading, record):
        why, facts = spoil
        spoiling = (result.fact, *facts)
        return _Said(ItemStatus.NOT_INTERPRETABLE, why, result.day, spoiling, (*cards, VALIDITY_CARD), Todo.REPEAT)
    if reading == "reassuring" and _stale(result.day, record.today, spec["holds_months"]):
        because = f"{because}, but older than {spec['holds_months']} months"
        return _Said(ItemStatus.INCONCLUSIVE, because, result.day, (result.fact,), cards, Todo.REPEAT)
    return _Said(status, because, result.day, (result.fact,), cards)


def _read(result: Result, limits: tuple[str, ...]) -> tuple[ItemStatus, str, tuple[str, ...]]:
    """Our own limits first where they find disease, then the laboratory's; a band that reassures never overrules the laboratory."""
    judged = judge(result.fact, limits)
    band = _band(result.test, result.fact.value)
    if band and band["status"] != "reassuring":
        status = ItemStatus.ABNORMAL if band["status"] == "abnormal" else ItemStatus.INCONCLUSIVE
        return status, band["says"], (LIMITS_CARD,)
    if judged.standing in ABNORMAL:
        return ItemStatus.ABNORMAL, _in_words(judged), ()
    if judged.standing in (Standing.WITHIN, Standing.NEGATIVE):
        return ItemStatus.REASSURING, _in_words(judged), ()
    if band:
        return ItemStatus.REASSURING, band["says"], (LIMITS_CARD,)
    return ItemStatus.INCONCLUSIVE, judged.because, ()


def _in_words(judged: Judged) -> str:
    if judged.because:
        return f"{judged.standing.value} ({judged.because})"
    if judged.standing is Standing.WITHIN:
        return "within the limits of its report"
    if judged.standing in (Standing.LOW, Standing.HIGH):
        return f"{judged.standing.value} by the limits of its report"
    return f"reported as {judged.standing.value}"


def _band(test: str, value: Quantity | None) -> dict[str, Any] | None:
    """The band of the card the value lies in; None when the unit has no known factor or a bound spans bands."""
    converted = in_card_unit(test, value) if value else None
    if converted is None:
        return None
    for band in shelf().card(LIMITS_CARD).data.get(test, ()):
        if _inside(converted, band):
            return dict(band)
    return None


def _inside(value: Quantity, band: dict[str, Any]) -> bool:
    least, most = span(value)
    above = least >= band.get("from", -inf) and (
        "over" not in band or least > band["over"] or (value.comparator == ">" and least == band["over"])
    )
    below = most <= band.get("up_to", inf) and (
        "below" not in band or most < band["below"] or (value.comparator == "<" and most == band["below"])
    )
    return above and below


def _stale(day: date, today: date, months: int) -> bool:
    """Whether a result has outlived its months; 0 months holds for life."""
    if months == 0:
        return False
    whole = (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)
    return whole >= months


def applies(spec: dict[str, Any], patient: Patient, today: date) -> bool:
    """Whether the test is for this patient; an unknown age or sex never drops it."""
    if "sex" in spec and patient.sex not in (Sex.UNKNOWN, Sex.OTHER, Sex(spec["sex"])):
        return False
    if patient.birth is None:
        return True
    youngest, oldest = (_completed_years(born, today) for born in (patient.birth.latest, patient.birth.earliest))
    return bool(oldest >= spec.get("from_age", 0) and youngest < spec.get("below_age", inf))


def _completed_years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
