"""What to eat instead: foods that fit every exclusion and bring back what the excluded group used to bring."""

from collections.abc import Iterable
from datetime import date

import msgspec

from zonula.diet.catalogue import ROOM, catalogue
from zonula.diet.composition import FoodComposition, composition
from zonula.diet.exclusions import Answer, Exclusion, FoodCheck, check, food_answer
from zonula.knowledge import Shelf

_PER_NUTRIENT = 3


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """For one removed group: the nutrients at risk, the foods that bring them per usual portion (best first), and advice.

    not_covered: nutrients at risk for which no allowed food of our table has a figure.
    """

    removed: str
    at_risk: tuple[str, ...]
    offer: tuple[str, ...]
    richest: dict[str, tuple[str, ...]]
    not_covered: tuple[str, ...]
    advice: str


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """Foods of the same part of a meal: those that fit every exclusion, and those of which some makes fit (the label decides)."""

    fits: tuple[str, ...]
    label_decides: tuple[str, ...]


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """Several foods against one set of exclusions, and what replaces the excluded groups.

    instead: for a food that is not surely allowed, what plays the same part in a meal.
    """

    schema: str = "zonula.diet-check/1"
    excluded: tuple[str, ...]
    checks: tuple[FoodCheck, ...]
    instead: dict[str, Swap]
    replacements: tuple[Replacement, ...]


def check_all(
    asked: Iterable[str],
    excluded: tuple[Exclusion, ...],
    today: date,
    shelf: Shelf,
    own: dict[str, FoodComposition] | None = None,
) -> Checks:
    """Judge several foods or labels."""
    checks = tuple(check(food, excluded, today, shelf) for food in asked)
    unsure = {one.asked: one.understood_as for one in checks if one.answer is not Answer.ALLOWED}
    return Checks(
        excluded=tuple(one.said for one in excluded),
        checks=checks,
        instead={name: found for name, foods in unsure.items() if (found := instead_of(foods, excluded, shelf))},
        replacements=replacements(excluded, shelf, own),
    )


def instead_of(foods: tuple[str, ...], excluded: tuple[Exclusion, ...], shelf: Shelf) -> Swap | None:
    """What plays the same part in a meal as the one food asked about; None for a list of several, or when nothing does."""
    if len(foods) != 1:
        return None
    line = set(catalogue(shelf).lines[foods[0]])
    for row in shelf.card(f"{ROOM}/swaps").data:
        if line & set(row["instead_of"]):
            answers = {food: food_answer(food, excluded, shelf) for food in row["offer"] if food not in foods}
            fits, doubt = (
                tuple(food for food, answer in answers.items() if answer is wanted)
                for wanted in (Answer.ALLOWED, Answer.CANNOT_TELL)
            )
            return Swap(fits=fits, label_decides=doubt) if fits or doubt else None
    return None


def replacements(
    excluded: tuple[Exclusion, ...], shelf: Shelf, own: dict[str, FoodComposition] | None = None
) -> tuple[Replacement, ...]:
    """One entry per excluded group of the card `nutrients_at_risk`."""
    foods = catalogue(shelf)
    fits = [
        food
        for food in {**composition(shelf), **(own or {})}
        if food in foods.foods and food_answer(food, excluded, shelf) is Answer.ALLOWED
    ]
    table = {**composition(shelf), **(own or {})}
    skip = set(shelf.card(f"{ROOM}/menu_targets").data["never_added"])
    usable = [food for food in fits if foods.foods[food].portion_g and not skip & set(foods.lines[food])]
    found = []
    for row in shelf.card(f"{ROOM}/nutrients_at_risk").data:
        if not {one.tag for one in excluded} & set(row["when"]):
            continue
        richest = {nutrient: _richest(nutrient, usable, table, shelf) for nutrient in row["at_risk"]}
        found.append(
            Replacement(
                removed=row["removed"],
                at_risk=tuple(row["at_risk"]),
                offer=tuple(food for food in row["offer"] if food_answer(food, excluded, shelf) is Answer.ALLOWED),
                richest={nutrient: names for nutrient, names in richest.items() if names},
                not_covered=tuple(nutrient for nutrient, names in richest.items() if not names),
                advice=row["advice"],
            )
        )
    return tuple(found)


def _richest(nutrient: str, foods: list[str], table: dict[str, FoodComposition], shelf: Shelf) -> tuple[str, ...]:
    named = catalogue(shelf).foods
    held = {food: table[food].per_100g.get(nutrient, 0.0) * (named[food].portion_g or 0.0) / 100 for food in foods}
    best = sorted((food for food in held if held[food] > 0), key=lambda food: (-held[food], food))
    return tuple(best[:_PER_NUTRIENT])
