"""Is it enough, is it too much? A shortage is said only when it is sure; what was not measured or not written is never a shortage."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.diet.catalogue import ROOM
from zonula.diet.intake import Amount
from zonula.diet.requirements import Limit, Need, Person, energy_floor, limits, needs
from zonula.diet.said import from_card
from zonula.knowledge import Shelf

# What a supplement of one form adds to the total of another: folic acid to DFE, niacin to equivalents, retinol to vitamin A.
_ALSO = {"folic_acid": ("folate_dfe", 1.7), "niacin": ("niacin_equivalents", 1.0), "retinol": ("vitamin_a", 1.0)}


class Standing(StrEnum):
    """Where an intake stands. BELOW_ADEQUATE: surely below two thirds of an AI, which is not a requirement."""

    ENOUGH = "enough"
    SHORT = "short"
    BELOW_ADEQUATE = "below_adequate"
    BETWEEN = "between"
    CANNOT_TELL = "cannot_tell"
    NO_FIGURE = "no_figure"


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """One nutrient: from food and supplements per day, against what is recommended and what is too much."""

    amount: Amount
    from_supplements: float
    need: Need | None
    standing: Standing
    exceeded: tuple[Limit, ...]


class Nutrients(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement of a diary or menu. complete: whether everything eaten on those days is said to be written down."""

    schema: str = "zonula.diet-nutrients/1"
    as_of: date
    days: int
    complete: bool
    person: Person
    intakes: tuple[Intake, ...]
    asked_back: tuple[str, ...]
    findings: tuple[Finding, ...]


def judge(
    amounts: tuple[Amount, ...],
    person: Person,
    *,
    days: int,
    complete: bool,
    today: date,
    shelf: Shelf,
    supplements: Mapping[str, float] | None = None,
    uncounted: tuple[str, ...] = (),
    asked_back: tuple[str, ...] = (),
) -> Nutrients:
    """Compare mean daily amounts with needs and limits.

    supplements: nutrient id -> amount per day in the nutrient's unit; they count towards needs and upper limits.
    uncounted: products whose contents are not known, which takes every upper bound away.
    """
    extra = _with_forms(dict(supplements or {}))
    required, upper = needs(person, shelf), limits(person, shelf)
    share = shelf.card(f"{ROOM}/intake_alert").data["share_of_recommended"]
    intakes = []
    for amount in amounts:
        added = extra.get(amount.nutrient, 0.0)
        need = required.get(amount.nutrient)
        most = None if amount.most is None or not complete or uncounted else amount.most + added
        intakes.append(
            Intake(
                amount=amount,
                from_supplements=added,
                need=need,
                standing=_standing(amount.least + added, most, need, share),
                exceeded=tuple(one for one in upper if one.nutrient == amount.nutrient and _over(one, amount, added)),
            )
        )
    found = tuple(intakes)
    findings = (
        *_unknown_person(person, today, shelf),
        *_shortages(found, days, today, shelf),
        *_excesses(found, today, shelf),
        *_energy(found, person, complete, today, shelf),
    )
    return Nutrients(
        as_of=today,
        days=days,
        complete=complete,
        person=person,
        intakes=found,
        asked_back=asked_back,
        findings=findings,
    )


def _with_forms(supplements: dict[str, float]) -> dict[str, float]:
    found = dict(supplements)
    for form, (total, factor) in _ALSO.items():
        if form in supplements:
            found[total] = found.get(total, 0.0) + supplements[form] * factor
    return found


def _standing(least: float, most: float | None, need: Need | None, share: float) -> Standing:
    if need is None:
        return Standing.NO_FIGURE
    if least >= need.most:
        return Standing.ENOUGH
    if most is not None and most < share * need.least:
        return Standing.SHORT if need.kind == "RDA" else Standing.BELOW_ADEQUATE
    return Standing.BETWEEN if least >= share * need.most else Standing.CANNOT_TELL


def _over(limit: Limit, amount: Amount, added: float) -> bool:
    return (added if limit.counts == "supplement" else amount.least + added) > limit.amount


def _unknown_person(person: Person, today: date, shelf: Shelf) -> Iterator[Finding]:
    if not needs(person, shelf):
        yield from_card(
            shelf.card(f"{ROOM}/recommended_intakes"),
            "person",
            "The figures are for adults; without an adult age nothing is compared.",
            today,
            state=State.UNKNOWN,
            asks=(Ask("clinician", "say the patient's age and sex, or ask a paediatric dietitian"),),
        )


def _shortages(intakes: tuple[Intake, ...], days: int, today: date, shelf: Shelf) -> Iterator[Finding]:
    card = shelf.card(f"{ROOM}/intake_alert")
    level = Level.CLINICIAN if days >= card.data["alert_days"] else None
    for one in intakes:
        if one.standing is Standing.SHORT and one.need is not None:
            most = (one.amount.most or 0.0) + one.from_supplements
            yield from_card(
                card,
                f"short.{one.amount.nutrient}",
                f"{one.amount.name}: at most {most:.3g} {one.amount.unit} a day, recommended {one.need.least:.3g}.",
                today,
                value=one.need.least,
                unit=one.amount.unit,
                interval=(one.amount.least + one.from_supplements, most),
                level=level,
                asks=(Ask("dietitian", f"bring {one.amount.name.lower()} back by food or supplement"),),
            )


def _excesses(intakes: tuple[Intake, ...], today: date, shelf: Shelf) -> Iterator[Finding]:
    for one in intakes:
        for limit in one.exceeded:
            total = one.from_supplements + (0.0 if limit.counts == "supplement" else one.amount.least)
            yield from_card(
                shelf.card(f"{ROOM}/upper_limits"),
                f"above_limit.{one.amount.nutrient}.{limit.authority.lower()}",
                f"{one.amount.name}: at least {total:.3g} {limit.unit} a day"
                f"{' from supplements' if limit.counts == 'supplement' else ''}, above the {limit.authority} limit of {limit.amount:g}.",
                today,
                value=limit.amount,
                unit=limit.unit,
                level=Level.HOLD if one.from_supplements else Level.CLINICIAN,
                asks=(Ask("clinician", "lower the supplement or the food that brings it"),),
            )


def _energy(
    intakes: tuple[Intake, ...], person: Person, complete: bool, today: date, shelf: Shelf
) -> Iterator[Finding]:
    floor = energy_floor(person, shelf)
    energy = next(one.amount for one in intakes if one.amount.nutrient == "energy")
    if complete and energy.most is not None and energy.most < floor:
        yield from_card(
            shelf.card(f"{ROOM}/energy_floor"),
            "energy_floor",
            f"Energy: at most {energy.most:.0f} kcal a day, below the floor of {floor:.0f}.",
            today,
            value=floor,
            unit="kcal",
            interval=(energy.least, energy.most),
            level=Level.HOLD,
            asks=(Ask("clinician", "stop restricting until energy is settled"), Ask("dietitian", "raise energy")),
        )
