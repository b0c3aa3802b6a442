"""Where may a food be challenged: at home, only under supervision, not today, or never. Unknown is not "at home".

The conditions and their words stand on the card `challenge_risk`; each condition is one small function here.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.knowledge import Shelf
from zonula.treatment_protocols.situation import FoodHistory, Situation


class Setting(StrEnum):
    """Where a challenge may take place."""

    HOME = "home"
    SUPERVISED = "supervised"
    POSTPONE = "postpone"
    NEVER = "never"


class _Condition(msgspec.Struct, frozen=True):
    name: str = msgspec.field(name="if")
    says: str


class _Card(msgspec.Struct, frozen=True):
    never: tuple[_Condition, ...]
    supervised: tuple[_Condition, ...]
    postpone: tuple[_Condition, ...]


class _Asked(msgspec.Struct, frozen=True):
    group: str
    gluten: bool
    food: FoodHistory
    situation: Situation
    day: date
    weeks: int
    adult: int


def challenge_risk(group: str, *, gluten: bool, situation: Situation, day: date, shelf: Shelf) -> Finding:
    """One food group, for one patient, on one day. gluten: whether the group contains gluten. value: a `Setting`."""
    card = shelf.card("treatment_protocols/challenge_risk")
    conditions = msgspec.convert(card.data, _Card)
    asked = _Asked(
        group,
        gluten,
        situation.food(group),
        situation,
        day,
        card.value,
        shelf.card("treatment_protocols/gate_adult").value,
    )
    answers = {
        condition.name: _CONDITIONS[condition.name](asked)
        for condition in (*conditions.never, *conditions.supervised, *conditions.postpone)
    }
    never = [one.says for one in conditions.never if answers[one.name] is State.YES]
    reasons = [one.says for one in conditions.supervised if answers[one.name] is State.YES]
    unknown = [one.says for one in (*conditions.never, *conditions.supervised) if answers[one.name] is State.UNKNOWN]
    later = [one.says for one in conditions.postpone if answers[one.name] is not State.NO]
    today_no = [one.says for one in conditions.postpone if answers[one.name] is State.YES]
    if never:
        setting, says, ask = (
            Setting.NEVER,
            f"{group}: never. {'; '.join(never)}.",
            Ask("clinician", f"keep {group} off every re-introduction list"),
        )
    elif today_no:
        # Fever or a cofactor today makes a supervised challenge more dangerous too.
        after = f" Later not at home: {'; '.join(reasons)}." if reasons else ""
        setting, says, ask = (
            Setting.POSTPONE,
            f"{group}: not today ({'; '.join(today_no)}), not even under supervision.{after}",
            Ask("patient", "wait until this is over, then ask again"),
        )
    elif reasons or unknown:
        setting = Setting.SUPERVISED
        told = f" Because: {'; '.join(reasons)}." if reasons else ""
        missing = f" Not answered yet: {'; '.join(unknown)}." if unknown else ""
        says = f"{group}: not at home.{told}{missing}"
        ask = Ask(
            "allergist" if reasons else "clinician",
            f"{'challenge' if reasons else 'answer the open questions before a challenge with'} {group}{' under supervision' if reasons else ''}",
        )
    elif later:
        setting, says, ask = (
            Setting.POSTPONE,
            f"{group}: not today ({'; '.join(later)}).",
            Ask("patient", "wait until this is over, then ask again"),
        )
    else:
        setting, says, ask = (
            Setting.HOME,
            f"{group}: may be challenged at home, with a second adult and the rescue plan.",
            None,
        )
    return Finding(
        id=f"treatment_protocols.challenge_risk.{group}",
        says=says,
        as_of=day,
        state=State.YES
        if setting is Setting.HOME
        else State.UNKNOWN
        if setting is Setting.SUPERVISED and not reasons
        else State.NO,
        value=setting.value,
        according_to=(card.id,),
        grade=card.grade,
        verified=card.verified,
        level=None if setting is Setting.HOME else Level.HOLD,
        asks=(ask,) if ask else (),
    )


def _celiac_gluten(asked: _Asked) -> State:
    if not asked.gluten:
        return State.NO
    if not asked.situation.celiac_state:
        return State.UNKNOWN
    return State.YES if asked.situation.celiac_state == "C7" else State.NO


def _sensitised_and_avoided(asked: _Asked) -> State:
    food = asked.food
    if food.sensitised is not State.YES:
        # A group that was never tested and is eaten without harm needs no test (facts §6.2: "negative, not indicated, or tolerates now").
        return State.NO if food.sensitised is State.NO or food.tolerated is State.YES else State.UNKNOWN
    if food.last_eaten is None:
        return State.UNKNOWN
    return State.YES if (asked.day - food.last_eaten).days >= asked.weeks * 7 else State.NO


def _under_age(asked: _Asked) -> State:
    age = asked.situation.age
    return State.UNKNOWN if age is None else State.YES if age < asked.adult else State.NO


def _not(state: State) -> State:
    return {State.YES: State.NO, State.NO: State.YES, State.UNKNOWN: State.UNKNOWN}[state]


_CONDITIONS: dict[str, Callable[[_Asked], State]] = {
    "celiac_gluten": _celiac_gluten,
    "food_anaphylaxis": lambda asked: asked.food.anaphylaxis,
    "food_respiratory": lambda asked: asked.food.respiratory_or_circulatory,
    "food_trace": lambda asked: asked.food.trace_reaction,
    "food_predictive": lambda asked: State.NO if asked.food.sensitised is State.NO else asked.food.wheal_predictive,
    "food_immediate": lambda asked: asked.food.immediate_reaction,
    "food_fpies": lambda asked: asked.food.severe_fpies,
    "food_alpha_gal": lambda asked: asked.food.alpha_gal_systemic,
    "food_exercise": lambda asked: asked.food.exercise_induced,
    "sensitised_and_avoided": _sensitised_and_avoided,
    "under_age": _under_age,
    "asthma": lambda asked: asked.situation.asthma_uncontrolled,
    "mastocytosis": lambda asked: asked.situation.mastocytosis,
    "beta_blocker": lambda asked: asked.situation.beta_blocker,
    "pregnant": lambda asked: asked.situation.pregnant,
    "alone": lambda asked: _not(asked.situation.second_adult),
    "far": lambda asked: _not(asked.situation.near_emergency_care),
    "no_plan": lambda asked: _not(asked.situation.rescue_plan),
    "unstable": lambda asked: _not(asked.situation.mentally_stable),
    "ill": lambda asked: asked.situation.ill_today,
    "cofactor": lambda asked: asked.situation.cofactor_today,
}
