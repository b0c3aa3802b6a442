"""What a readable session means, and what it does not: sensitised is never written as allergic."""

from datetime import date

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.knowledge import Card, Shelf
from zonula.skin_prick_tests.problem import ROOM
from zonula.skin_prick_tests.reading import Count, Reading, Verdict
from zonula.skin_prick_tests.session import Eating, Session


class _CutOff(msgspec.Struct, frozen=True):
    food: str
    at_least: float
    age_from: int
    age_below: int
    population: str
    source: str


class _Group(msgspec.Struct, frozen=True):
    id: str
    name: str
    foods: tuple[str, ...]
    note: str


def counted(session: Session, counts: Count, shelf: Shelf) -> Finding:
    """Number and percent positive as one sentence; unknown when nothing could be read."""
    card = shelf.card(f"{ROOM}/sensitised_is_not_allergic")
    if counts.percent is None or counts.interval is None:
        return _said("count", "No food could be read.", session, card, state=State.UNKNOWN)
    low, high = counts.interval
    extra = f", {counts.equivocal} equivocal" if counts.equivocal else ""
    extra += f", {counts.not_read} not read" if counts.not_read else ""
    says = (
        f"{counts.positive} of {counts.tested} foods read are positive: {counts.percent:.0f} % "
        f"(95 % interval {low:.0f} to {high:.0f} %){extra}. Positive means sensitised, not allergic."
    )
    finding = _said("count", says, session, card, value=counts.positive, unit=f"of {counts.tested}")
    return msgspec.structs.replace(finding, interval=counts.interval)


def per_food(
    session: Session, readings: tuple[Reading, ...], labels: dict[str, str], shelf: Shelf
) -> tuple[Finding, ...]:
    """One finding per positive or equivocal food: eating history first, then the published cut-off if one fits."""
    found = []
    for reading in readings:
        if reading.verdict not in (Verdict.POSITIVE, Verdict.EQUIVOCAL):
            continue
        found.append(_eating(reading, labels.get(reading.food, reading.food), session, shelf))
        if reading.verdict is Verdict.POSITIVE:
            found.append(_cut_off(reading, labels.get(reading.food, reading.food), session, shelf))
    return tuple(found)


def _eating(reading: Reading, label: str, session: Session, shelf: Shelf) -> Finding:
    eating = session.eating.get(reading.food, Eating())
    weeks = shelf.card(f"{ROOM}/positive_and_not_eaten")
    size = f"wheal {reading.mean_mm:g} mm"
    if reading.verdict is Verdict.EQUIVOCAL:
        says = f"{label}: equivocal ({size}, {reading.above_negative_mm:g} mm above the control). Repeat the prick before drawing anything from it."
        ask = Ask("clinician", f"Repeat the prick for {label.lower()}.")
        return _said(
            f"food.{reading.food}",
            says,
            session,
            shelf.card(f"{ROOM}/above_negative_control"),
            value="equivocal",
            asks=(ask,),
        )
    absent = (session.day - eating.last_eaten).days if eating.last_eaten else None
    if absent is not None and absent >= weeks.value * 7:
        says = (
            f"{label}: sensitised ({size}) and not eaten for {absent // 7} weeks. "
            "It goes to an allergist before it is eaten again, whatever the history."
        )
        ask = Ask("allergist", f"Decide how {label.lower()} is reintroduced, under supervision if at all.")
        return _said(f"food.{reading.food}", says, session, weeks, value="sensitised", level=Level.HOLD, asks=(ask,))
    if eating.tolerated is State.YES:
        says = f"{label}: sensitised ({size}) and eaten without harm. Do not remove it without an allergist's reason."
        card = shelf.card(f"{ROOM}/tolerated_and_positive")
        return _said(f"food.{reading.food}", says, session, card, value="sensitised_tolerated")
    if eating.tolerated is State.NO:
        says = f"{label}: sensitised ({size}) and the patient reports reactions. History and test together go to an allergist; the test alone decides nothing."
        ask = Ask("allergist", f"Weigh history and test for {label.lower()}.")
        card = shelf.card(f"{ROOM}/sensitised_is_not_allergic")
        return _said(
            f"food.{reading.food}", says, session, card, value="sensitised_history", level=Level.CLINICIAN, asks=(ask,)
        )
    says = f"{label}: sensitised ({size}). Whether it is eaten and tolerated is not written down; ask before anything is removed."
    ask = Ask("clinician", f"Ask whether {label.lower()} is eaten, tolerated, and when it was last eaten.")
    card = shelf.card(f"{ROOM}/sensitised_is_not_allergic")
    return _said(f"food.{reading.food}", says, session, card, value="sensitised", state=State.UNKNOWN, asks=(ask,))


def _cut_off(reading: Reading, label: str, session: Session, shelf: Shelf) -> Finding:
    card = shelf.card(f"{ROOM}/predictive_cutoffs")
    age = session.age_years
    fitting = [
        cut
        for cut in msgspec.convert(card.data, list[_CutOff])
        if cut.food == reading.food and age is not None and cut.age_from <= age < cut.age_below
    ]
    rule = f"cut_off.{reading.food}"
    if not fitting:
        why = "the birth date is unknown" if age is None else "none was published for this food and age"
        return _said(rule, f"{label}: no cut-off for this patient ({why}).", session, card, state=State.UNKNOWN)
    cut = fitting[0]
    reached = reading.mean_mm is not None and reading.mean_mm >= cut.at_least
    says = (
        f"{label}: the wheal of {reading.mean_mm:g} mm is {'at or above' if reached else 'below'} the {cut.at_least:g} mm at which almost all of the "
        f"studied children reacted ({cut.population}; {cut.source}). It does not tell how severe a reaction would be."
    )
    asks = (Ask("allergist", f"No challenge with {label.lower()} outside a supervised clinic."),) if reached else ()
    return _said(
        rule,
        says,
        session,
        card,
        value=cut.at_least,
        unit="mm",
        state=State.YES if reached else State.NO,
        level=Level.HOLD if reached else None,
        asks=asks,
    )


def cross_reactive(
    session: Session, readings: tuple[Reading, ...], labels: dict[str, str], shelf: Shelf
) -> tuple[Finding, ...]:
    """Groups of two or more positives that one sensitisation could explain."""
    card = shelf.card(f"{ROOM}/cross_reactive_groups")
    positive = {reading.food for reading in readings if reading.verdict is Verdict.POSITIVE}
    found = []
    for group in msgspec.convert(card.data, list[_Group]):
        members = [food for food in group.foods if food in positive]
        if len(members) > 1:
            names = ", ".join(labels.get(food, food) for food in members)
            says = f"{names}: one sensitisation, {group.name}, could explain these {len(members)} positives ({group.note})."
            found.append(_said(f"cross_reactive.{group.id}", says, session, card, value=len(members)))
    return tuple(found)


def _said(rule: str, says: str, session: Session, card: Card, **more: object) -> Finding:
    return finding(f"{ROOM}.{rule}", says, session.day, card, **more)


def finding(identity: str, says: str, day: date, card: Card, **more: object) -> Finding:
    """A finding that rests on one card, with the card's grade and verification carried over."""
    return msgspec.structs.replace(
        Finding(id=identity, says=says, as_of=day, according_to=(card.id,), grade=card.grade, verified=card.verified),
        **more,
    )
