"""Whether a result may be read at all, given the other results, medicines and conditions of that time."""

from datetime import timedelta
from typing import Any

from zonula.chart import Fact, Kind, System
from zonula.knowledge import shelf
from zonula.laboratory_tests.workup.record import Record, Result
from zonula.laboratory_tests.workup.results import judge, span
from zonula.laboratory_tests.workup.units import in_card_unit

CARD = "laboratory_tests/validity"
TESTS_CARD = "laboratory_tests/exclusion_tests"


def spoiled(result: Result, reading: str, record: Record) -> tuple[str, tuple[Fact, ...]] | None:
    """Why this reading ("reassuring" or "abnormal") is not to be relied on, with the facts behind it; None when it may be."""
    for rule in shelf().card(CARD).data:
        if rule["test"] == result.test and reading in rule["spoils"] and _below(rule, result):
            facts = _facts(rule, result, record)
            if facts:
                return rule["says"], facts
    return None


def _below(rule: dict[str, Any], result: Result) -> bool:
    """Whether the value lies below the rule's limit, in the unit of the cards; a rule without one takes every value."""
    if "below" not in rule:
        return True
    value = in_card_unit(result.test, result.fact.value) if result.fact.value else None
    return value is not None and span(value)[0] < rule["below"]


def _facts(rule: dict[str, Any], result: Result, record: Record) -> tuple[Fact, ...]:
    if "result" in rule:
        return _near_results(rule, result, record)
    if "medicine" in rule:
        return _medicines(rule, result, record)
    return _conditions(rule, record)


def _near_results(rule: dict[str, Any], result: Result, record: Record) -> tuple[Fact, ...]:
    known = shelf().card(TESTS_CARD).data["tests"]
    limits = tuple(known.get(rule["result"], {}).get("limits", ()))
    return tuple(
        other.fact
        for other in record.results(rule["result"])
        if abs((other.day - result.day).days) <= rule["days"] and judge(other.fact, limits).standing in rule["standing"]
    )


def _medicines(rule: dict[str, Any], result: Result, record: Record) -> tuple[Fact, ...]:
    """Medicines of these names that may have been taken then: an unknown start or end does not clear them."""
    since = result.day - timedelta(days=rule["days"])
    return tuple(
        fact
        for fact in record.mentions(rule["medicine"], (Kind.MEDICATION,))
        if (fact.when.start is None or fact.when.start.earliest <= result.day)
        and (fact.when.end is None or fact.when.end.latest >= since)
    )


def _conditions(rule: dict[str, Any], record: Record) -> tuple[Fact, ...]:
    starts = tuple(rule["conditions"])
    return tuple(
        fact
        for fact in record.chart.of_kind(Kind.CONDITION)
        if fact.asserted
        and any(code.system in (System.ICD10CM, System.ICD10) and code.code.startswith(starts) for code in fact.codes)
    )
