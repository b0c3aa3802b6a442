"""What a person needs and what is too much, as intervals: what is not known of the person widens them."""

from collections.abc import Iterator

import msgspec

from zonula.chart import State
from zonula.diet.catalogue import ROOM
from zonula.errors import UserError
from zonula.knowledge import CodeRow, Shelf

SEXES = ("female", "male")
OLDEST, LIGHTEST_KG, HEAVIEST_KG = 130, 1.0, 500.0  # outside these a slip of the hand


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who eats. Everything may be unknown. sex: female, male or empty."""

    age: int | None = None
    sex: str = ""
    weight_kg: float | None = None
    pregnant: State = State.UNKNOWN
    breastfeeding: State = State.UNKNOWN


def plausible(person: Person) -> Person:
    """The same person. Raises UserError for an age, weight or combination that cannot be."""
    if person.age is not None and not 0 <= person.age <= OLDEST:
        raise UserError(f"{person.age} is not an age.")
    if person.weight_kg is not None and not LIGHTEST_KG <= person.weight_kg <= HEAVIEST_KG:
        raise UserError(f"{person.weight_kg:g} kg is not a body weight.")
    if person.sex not in ("", *SEXES):
        raise UserError(
            f"{person.sex!r} is not a sex the figures are for.", f"One of: {', '.join(SEXES)}, or leave it out."
        )
    if person.sex == "male" and State.YES in (person.pregnant, person.breastfeeding):
        raise UserError("The figures know no pregnant or breastfeeding man.", "Leave the sex out.")
    return person


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """The recommended daily intake of one nutrient: from least to most over what the person may be. kind: RDA or AI."""

    nutrient: str
    unit: str
    kind: str
    least: float
    most: float
    authority: str


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """An upper limit per day. counts: `total` (food and supplements) or `supplement` only."""

    nutrient: str
    unit: str
    counts: str
    amount: float
    authority: str


def needs(person: Person, shelf: Shelf) -> dict[str, Need]:
    """By nutrient. Empty below 19 years or when the age is unknown: no figure for adults is used for them."""
    found: dict[str, list[tuple[CodeRow, float]]] = {}
    for row in shelf.code_list(f"{ROOM}/recommended_intakes"):
        if not _concerns(row, person):
            continue
        factor = 1.0 if not row.more["per"] else person.weight_kg
        if factor is not None:
            found.setdefault(row.code, []).append((row, float(row.more["amount"]) * factor))
    return {
        nutrient: Need(
            nutrient=nutrient,
            unit=rows[0][0].more["unit"],
            kind=rows[0][0].more["kind"],
            least=min(amount for _, amount in rows),
            most=max(amount for _, amount in rows),
            authority=rows[0][0].more["authority"],
        )
        for nutrient, rows in found.items()
    }


def _concerns(row: CodeRow, person: Person) -> bool:
    if person.age is None or not int(row.more["age_from"]) <= person.age <= int(row.more["age_to"]):
        return False
    if person.sex in SEXES and row.more["sex"] != person.sex:
        return False
    return row.more["state"] in _possible_states(person)


def _possible_states(person: Person) -> tuple[str, ...]:
    if person.pregnant is State.YES:
        return ("pregnant",)
    if person.breastfeeding is State.YES:
        return ("lactating",)
    possible = ["none"]
    if person.pregnant is State.UNKNOWN:
        possible.append("pregnant")
    if person.breastfeeding is State.UNKNOWN:
        possible.append("lactating")
    return tuple(possible)


def limits(person: Person, shelf: Shelf) -> tuple[Limit, ...]:
    """The upper limits of an adult of that age, the strictest age band that applies; none below 19 or at an unknown age."""
    return tuple(_limits(person, shelf))


def _limits(person: Person, shelf: Shelf) -> Iterator[Limit]:
    chosen: dict[tuple[str, str], CodeRow] = {}
    for row in shelf.code_list(f"{ROOM}/upper_limits"):
        if person.age is not None and int(row.more["age_from"]) <= person.age:
            chosen[row.code, row.more["authority"]] = row
    for row in chosen.values():
        yield Limit(
            nutrient=row.code,
            unit=row.more["unit"],
            counts=row.more["counts"],
            amount=float(row.more["amount"]),
            authority=row.more["authority"],
        )


def energy_floor(person: Person, shelf: Shelf) -> float:
    """The least kcal a day a plan may offer: the higher of the figure by sex and the figure by weight."""
    data = shelf.card(f"{ROOM}/energy_floor").data
    # An unknown sex takes the higher floor: the safe side.
    by_sex = data[person.sex] if person.sex in SEXES else max(data[sex] for sex in SEXES)
    by_weight = data["per_kg"] * person.weight_kg if person.weight_kg else 0.0
    return float(max(by_sex, by_weight))
