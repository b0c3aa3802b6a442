"""What the diary suggests of foods, in words a child of twelve reads. It never says more than the stored answer, and never of a food that
is out for safety."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from zonula.diet import catalogue
from zonula.treatment_protocols import Why, limits
from zonula_web.patient.foods import food_name
from zonula_web.patient.said import DOMAINS
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.read import Patient
from zonula_web.records.suspects import FoodSuspected, Standing
from zonula_web.records.suspects import food_name as group_name

FOR_SAFETY = (Why.ALLERGY, Why.CELIAC)
# A chance in words; the number stands beside it.
_CHANCES = (
    (0.05, "very unlikely"),
    (0.25, "unlikely"),
    (0.5, "maybe not"),
    (0.75, "maybe"),
    (0.95, "likely"),
)
_MOST_PAIRS = 6
_WORTH_DESCRIBING = 0.25  # below "maybe not" the symptom of a food that most likely does nothing would only frighten
_LONGEST = 365  # days; the inference says no longer time than that


class Food(NamedTuple):
    """One food. chance: words and number, empty when the diary had no say; after: how long after eating; more: days until it may tell."""

    name: str
    chance: str
    symptom: str
    after: str
    eaten: str
    more: str
    tested: bool


class Pair(NamedTuple):
    """Two foods that cannot be told apart. change: the menu that would tell, empty when one of them must not be eaten."""

    first: str
    second: str
    change: str


class OwnFoods(NamedTuple):
    """The answer by what it means for the reader. unclear: the diary as a whole says too little; behind: more was written since."""

    as_of: date
    behind: bool
    unclear: bool
    bothers: tuple[Food, ...]
    open: tuple[Food, ...]
    no_sign: tuple[Food, ...]
    safety: tuple[str, ...]
    pairs: tuple[Pair, ...]


def tested_foods(patient: Patient) -> list[dict[str, Any]]:
    """The newest verdict of each food and form, and whether it is too old."""
    day = read.today(patient.clinic)
    newest = {(one.food.casefold(), one.form): one for one in plans.verdicts(patient)}
    return [
        {"name": food_name(one.food), "verdict": one, "over": bool(one.expires and one.expires <= day)}
        for one in sorted(newest.values(), key=lambda one: (one.result.value, food_name(one.food)))
    ]


def own_foods(patient: Patient, standing: Standing) -> OwnFoods:
    """The stored answer, with the foods that are out today taken into account: the answer may be older than they are."""
    suspected, out = standing.suspected, plans.not_eaten(patient)
    never = [one.food for one in out if one.why in FOR_SAFETY]
    gluten = limits(read.knowledge()).gluten if any(one.why is Why.CELIAC for one in out) else None
    unsafe = {
        food.group
        for food in suspected.foods
        if food.verdict == "excluded"
        or _is_one_of(food.group, never)
        or (gluten is not None and gluten.carried_by(food.group))
    }
    left_out = unsafe | {food.group for food in suspected.foods if _is_one_of(food.group, [one.food for one in out])}
    tested = [one.food for one in plans.verdicts(patient)]
    unclear = bool(suspected.refusal)

    def of(verdict: str) -> tuple[Food, ...]:
        return tuple(
            _food(food, unclear, _is_one_of(food.group, tested))
            for food in suspected.of(verdict)
            if food.group not in unsafe
        )

    names_out = {group_name(group) for group in left_out}
    return OwnFoods(
        as_of=standing.as_of,
        behind=standing.behind,
        unclear=unclear,
        bothers=of("trigger"),
        open=of("cannot_tell"),
        no_sign=of("none"),
        safety=tuple(sorted(group_name(group) for group in unsafe)),
        pairs=tuple(
            Pair(pair.first, pair.second, "" if {pair.first, pair.second} & names_out else pair.change)
            for pair in suspected.inseparable[:_MOST_PAIRS]
        ),
    )


def chance(probability: float) -> str:
    """A chance in words and as a count of a hundred."""
    words = next((said for most, said in _CHANCES if probability < most), "very likely")
    if probability < 0.01:
        return f"{words}: under 1 in 100"
    return f"{words}: over 99 in 100" if probability > 0.99 else f"{words}: about {100 * probability:.0f} in 100"


def after_eating(lag_hours: tuple[float, float, float]) -> str:
    """How long after eating, and between which times it mostly lies."""
    usual, least, most = lag_hours
    return f"about {_time(usual)} after eating (from {_time(least)} to {_time(most)})"


def _time(hours: float) -> str:
    if hours < 1:
        return "less than 1 hour"
    if hours < 48:
        return "1 hour" if round(hours) == 1 else f"{hours:.0f} hours"
    return f"{hours / 24:.0f} days"


def _more(days: int) -> str:
    return "a year of diary or more" if days >= _LONGEST else f"about {days} more days of diary"


def _food(food: FoodSuspected, unclear: bool, tested: bool) -> Food:
    # Before a diary can answer, a chance would be that of people in general, not of this reader.
    told = not unclear and food.exposure_days > 0
    shown = told and (food.verdict == "trigger" or food.probability >= _WORTH_DESCRIBING)
    more = food.days_needed
    return Food(
        name=food.name,
        chance=chance(food.probability) if told else "",
        symptom=DOMAINS.get(food.effect.symptom, food.effect.symptom) if shown and food.effect else "",
        after=after_eating(food.lag_hours) if shown and food.lag_hours else "",
        eaten=f"{food.exposure_days} {'day' if food.exposure_days == 1 else 'days'}",
        more=_more(more) if food.verdict == "cannot_tell" and more else "",
        tested=tested,
    )


def _is_one_of(group: str, foods: Iterable[str]) -> bool:
    """Whether the group is one of these foods, stands below one, or holds one."""
    known = catalogue(read.knowledge())
    for food in foods:
        if group.casefold() == food.casefold():
            return True
        if (
            group in known.foods
            and food in known.foods
            and (known.is_below(group, food) or known.is_below(food, group))
        ):
            return True
    return False
