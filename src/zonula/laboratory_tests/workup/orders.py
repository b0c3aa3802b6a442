"""Abnormal results nobody followed up, orders that are incomplete, and tests not worth ordering."""

from datetime import date, timedelta
from typing import Any

from zonula.chart import Ask, Fact, Finding, Kind, System
from zonula.knowledge import shelf
from zonula.laboratory_tests.workup.items import Item, ItemStatus
from zonula.laboratory_tests.workup.record import Record

FOLLOW_UP_CARD, NOT_WORTH_CARD = "laboratory_tests/follow_up", "laboratory_tests/not_worth_ordering"
ROOM = "laboratory_tests.workup"


def without_follow_up(items: tuple[Item, ...], record: Record) -> tuple[Finding, ...]:
    """One finding per abnormal test with no later result and no sign of the next step in the records."""
    card = shelf().card(FOLLOW_UP_CARD)
    found = []
    for item in items:
        if item.status is not ItemStatus.ABNORMAL or item.day is None:
            continue
        if record.today - item.day < timedelta(days=card.data["grace_days"]):
            continue
        step: dict[str, Any] = card.data["next"].get(item.test, {"tests": [], "words": [], "says": "a repeat"})
        if _followed(item, step, record):
            continue
        found.append(
            Finding(
                id=f"{ROOM}.no_follow_up.{item.test}",
                says=f"{item.name} was abnormal on {item.day.isoformat()} ({item.because}) and the records show no follow-up.",
                as_of=record.today,
                because=item.facts,
                according_to=(FOLLOW_UP_CARD, *item.cards),
                grade=card.grade,
                verified=card.verified,
                asks=(Ask("clinician", f"Follow up {item.name}: {step['says']}."),),
            )
        )
    return tuple(found)


def _followed(item: Item, step: dict[str, Any], record: Record) -> bool:
    day = item.day or record.today
    if any(result.day >= day for test in step["tests"] for result in record.results(test)):
        return True
    later = record.mentions(step["words"]) if step["words"] else ()
    return any(fact.id not in item.facts and (fact.when.last_day or date.min) >= day for fact in later)


def incomplete(record: Record) -> tuple[Finding, ...]:
    """One finding per test done without the test it can only be read beside."""
    card = shelf().card(FOLLOW_UP_CARD)
    found = []
    for rule in card.data["together"]:
        partners = [result.day for result in record.results(rule["needs"])]
        alone = [
            result
            for result in record.results(rule["have"])
            if not any(abs((result.day - day).days) <= rule["days"] for day in partners)
        ]
        if alone:
            found.append(
                Finding(
                    id=f"{ROOM}.incomplete.{rule['have']}",
                    says=f"Incomplete order: {rule['says']}.",
                    as_of=record.today,
                    because=tuple(result.fact.id for result in alone),
                    according_to=(FOLLOW_UP_CARD,),
                    grade=card.grade,
                    verified=card.verified,
                    asks=(Ask("clinician", rule["ask"]),),
                )
            )
    return tuple(found)


def not_worth_ordering(record: Record) -> tuple[Finding, ...]:
    """Every such test, said with its reason; `because` names the records that hold one, and then it is not to be used."""
    card = shelf().card(NOT_WORTH_CARD)
    found = []
    for name, test in card.data.items():
        done = _done(test, record)
        source = card.sources[test["source"] - 1]
        says = f"{test['name']}: not worth ordering; {test['says']} ({source.title})."
        if done:
            says = f"{test['name']} was done and is not used; {test['says']} ({source.title})."
        found.append(
            Finding(
                id=f"{ROOM}.not_worth.{name}",
                says=says[0].upper() + says[1:],
                as_of=record.today,
                value=bool(done),
                because=tuple(fact.id for fact in done),
                according_to=(NOT_WORTH_CARD,),
                grade=card.grade,
                verified=card.verified,
            )
        )
    return tuple(found)


def _done(test: dict[str, Any], record: Record) -> tuple[Fact, ...]:
    kinds = (Kind.OBSERVATION, Kind.PROCEDURE, Kind.DOCUMENT)
    worded = set.intersection(*({fact.id for fact in record.mentions(words, kinds)} for words in test["found"]))
    coded = {
        fact.id
        for fact in record.chart.of_kind(Kind.OBSERVATION)
        if fact.asserted
        and any(code.system is System.LOINC and code.code in test.get("codes", ()) for code in fact.codes)
    }
    return tuple(fact for fact in record.chart.facts if fact.id in worded | coded)
