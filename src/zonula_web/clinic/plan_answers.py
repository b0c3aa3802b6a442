"""The questions about the patient that gates ask: as they stand, as they were typed, and what the records say to them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from zonula.chart import State
from zonula.errors import UserError
from zonula.plan_situation import Told
from zonula.reports.review_view import Statement
from zonula.treatment_protocols import FoodHistory, Situation, Weight
from zonula_web.access.rights import Right
from zonula_web.clinic.plan_foods import food_id, food_name
from zonula_web.clinic.plan_told import Teller

QUESTIONS = {
    "pregnant": "Pregnant",
    "breastfeeding": "Breastfeeding",
    "eating_disorder_risk": "Risk of an eating disorder",
    "asthma_uncontrolled": "Asthma that is not controlled",
    "anaphylaxis_history": "Anaphylaxis to food, ever",
    "beta_blocker": "Takes a beta-blocker",
    "insulin_or_sulfonylurea": "Takes insulin or a sulfonylurea",
    "kidney_disease": "Kidney disease",
    "transplant": "Transplant or immunosuppression",
    "mastocytosis": "Mastocytosis",
    "mentally_stable": "Mentally stable enough for a challenge",
    "second_adult": "A second adult is there during a challenge",
    "near_emergency_care": "Emergency care is near",
    "rescue_plan": "Has a rescue plan and its medicine",
    "ill_today": "Ill today: fever, infection",
    "cofactor_today": "A cofactor today: exercise, alcohol, painkiller, period",
}
# Answers on mental health: kept as they are when someone writes who may not see them.
SENSITIVE = ("mentally_stable",)
OF_FOOD = {
    "tolerated": "Eaten without harm now",
    "anaphylaxis": "Anaphylaxis to it",
    "respiratory_or_circulatory": "Breathing or circulation was affected",
    "immediate_reaction": "Reacted within two hours",
    "trace_reaction": "Reacted to traces",
    "severe_fpies": "Severe vomiting hours later (FPIES)",
    "alpha_gal_systemic": "Systemic alpha-gal reaction",
    "exercise_induced": "Reacted only with exercise",
    "wheal_predictive": "Wheal in the range that predicts a reaction",
}
ANSWERS = {State.YES: "yes", State.NO: "no", State.UNKNOWN: "not known"}
HEALTHIEST = {"lightest": 2.0, "heaviest": 500.0, "shortest": 30.0, "tallest": 260.0}


class Question(NamedTuple):
    """One question. stated: what was written down; counts: what the gates take; says: the records that speak to it."""

    name: str
    words: str
    stated: str
    counts: str
    contradicts: bool
    says: tuple[Statement, ...]


class FoodQuestions(NamedTuple):
    """What is known of one food. number: its place in the form; sensitised: from the skin test or stated."""

    number: int
    food: str
    name: str
    sensitised: str
    last_eaten: str
    questions: tuple[Question, ...]


def may_state(name: str, rights: frozenset[Right]) -> bool:
    """Whether someone with these rights sees and gives this answer."""
    return name not in SENSITIVE or Right.SEE_MENTAL_HEALTH in rights


def questions(
    stated: Situation, told: tuple[Told, ...], teller: Teller, rights: frozenset[Right]
) -> tuple[Question, ...]:
    """Every question this person may answer, in the order of the form."""
    by_name = {one.field: one for one in told}
    found = []
    for name, words in QUESTIONS.items():
        one = by_name[name]
        if may_state(name, rights):
            found.append(
                Question(
                    name, words, one.stated.value, ANSWERS[one.answer], one.contradicts, teller.behind(one.because)
                )
            )
    return tuple(found)


def foods(situation: Situation, stated: Situation, also: tuple[str, ...]) -> tuple[FoodQuestions, ...]:
    """The foods something is known of, and those the plan speaks of; one empty place at the end."""
    named = dict.fromkeys(
        [*stated.foods, *also, *(food for food, one in situation.foods.items() if one.sensitised is State.YES)]
    )
    lines = [_food(number, food, situation, stated) for number, food in enumerate(sorted(named, key=food_name))]
    return (*lines, _food(len(lines), "", situation, stated))


def _food(number: int, food: str, situation: Situation, stated: Situation) -> FoodQuestions:
    known, said = situation.food(food), stated.food(food)
    return FoodQuestions(
        number,
        food,
        food_name(food) if food else "",
        ANSWERS[known.sensitised],
        said.last_eaten.isoformat() if said.last_eaten else "",
        tuple(Question(name, words, getattr(said, name).value, "", False, ()) for name, words in OF_FOOD.items()),
    )


def situation_of_form(typed: Mapping[str, str], before: Situation, rights: frozenset[Right], today: date) -> Situation:
    """The situation a form says. Raises UserError for what cannot be read. What was not asked stays as it was."""
    answers = {name: _state(typed.get(name, "")) for name in QUESTIONS if name in typed and may_state(name, rights)}
    height = _number(typed.get("height_cm", ""), "The height", HEALTHIEST["shortest"], HEALTHIEST["tallest"], "cm")
    weight = _number(typed.get("weight_kg", ""), "The weight", HEALTHIEST["lightest"], HEALTHIEST["heaviest"], "kg")
    day = _day(typed.get("weighed_on", ""), today) or today
    weights = tuple(one for one in before.weights if weight is None or one.day != day)
    if weight is not None:
        weights = (*weights, Weight(day, weight))
    fields: dict[str, Any] = {
        **answers,
        "height_m": round(height / 100, 3) if height is not None else None,
        "weights": tuple(sorted(weights, key=lambda one: one.day)),
        "foods": dict(_foods_of(typed, before, today)),
    }
    return msgspec.structs.replace(before, **fields)


def _foods_of(typed: Mapping[str, str], before: Situation, today: date) -> Iterator[tuple[str, FoodHistory]]:
    found = dict(before.foods)
    for number in range(len(typed)):
        prefix = f"food.{number}."
        if f"{prefix}name" not in typed:
            break
        food = typed.get(f"{prefix}id", "") or food_id(typed[f"{prefix}name"])
        if not food:
            continue
        fields: dict[str, Any] = {name: _state(typed.get(f"{prefix}{name}", "")) for name in OF_FOOD}
        fields["last_eaten"] = _day(typed.get(f"{prefix}last_eaten", ""), today)
        found[food] = msgspec.structs.replace(found.get(food, FoodHistory()), **fields)
    yield from ((food, one) for food, one in found.items() if one != FoodHistory())


def _state(text: str) -> State:
    return State(text) if text in set(State) else State.UNKNOWN


def _number(text: str, what: str, least: float, most: float, unit: str) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise UserError(f"{what}: {text[:20]} is not a number.", f"Write it in {unit}.") from None
    if not least <= number <= most:
        raise UserError(f"{what}: {text[:20]} {unit} cannot be right.", f"Write it in {unit}.")
    return number


def _day(text: str, today: date) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise UserError(f"{text[:20]} is not a day.", "Write YYYY-MM-DD.") from None
    if day > today:
        raise UserError(f"{day} lies in the future.")
    return day
