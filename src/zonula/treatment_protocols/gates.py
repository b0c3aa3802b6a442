"""Safety gates: each a pure function from what is known to a Finding. YES is open; NO and UNKNOWN hold.

A gate says why it holds and who may override it (the card's `override` roles; an empty list means nobody). An override is an
event of the plan with a name, a role and a reason; it is never silent.
"""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.knowledge import Shelf
from zonula.treatment_protocols.roles import Role
from zonula.treatment_protocols.situation import Situation

ROOM = "treatment_protocols"

Answer = tuple[State, str]
Gate = Callable[[Situation, date, Shelf], Answer]


def ask(name: str, situation: Situation, day: date, shelf: Shelf) -> Finding:
    """Ask one gate. Raises KeyError for a gate that does not exist."""
    state, says = GATES[name](situation, day, shelf)
    card = shelf.card(f"{ROOM}/gate_{name}")
    if state is State.UNKNOWN:
        says = f"{says} is not known, and unknown does not open this gate."
    holds = state is not State.YES
    return Finding(
        id=f"{ROOM}.gate.{name}",
        says=says,
        as_of=day,
        state=state,
        value="open" if not holds else "holds",
        according_to=(card.id,),
        grade=card.grade,
        verified=card.verified,
        level=Level.HOLD if holds else None,
        asks=(Ask("clinician", f"settle this before going on: {card.title.lower()}"),) if holds else (),
    )


def override_roles(name: str, shelf: Shelf) -> tuple[Role, ...]:
    """Who may override this gate with a reason; empty for nobody."""
    return msgspec.convert(shelf.card(f"{ROOM}/gate_{name}").data["override"], tuple[Role, ...])


def _absent(state: State, present: str, absent: str, unknown: str) -> Answer:
    """The gate is open when the thing is absent."""
    if state is State.UNKNOWN:
        return State.UNKNOWN, unknown
    return (State.NO, present) if state is State.YES else (State.YES, absent)


def _celiac(situation: Situation, day: date, shelf: Shelf) -> Answer:
    named = f" (state {situation.celiac_state})" if situation.celiac_state else ""
    if situation.celiac_state in shelf.card(f"{ROOM}/gate_celiac").data["unsettled"]:
        return State.NO, f"Celiac testing is not settled{named}."
    return _absent(
        situation.gluten_blocked,
        f"Celiac testing still needs gluten in the diet{named}.",
        f"Celiac testing is settled{named}.",
        "Whether celiac testing is settled",
    )


def _pregnancy(situation: Situation, day: date, shelf: Shelf) -> Answer:
    for state, name in ((situation.pregnant, "pregnant"), (situation.breastfeeding, "breastfeeding")):
        if state is State.YES:
            return State.NO, f"The patient is {name}."
    unknown = State.UNKNOWN in (situation.pregnant, situation.breastfeeding)
    return (
        (State.UNKNOWN, "Pregnancy or breastfeeding") if unknown else (State.YES, "Neither pregnant nor breastfeeding.")
    )


def _at_least(name: str) -> Gate:
    def gate(situation: Situation, day: date, shelf: Shelf) -> Answer:
        least = shelf.card(f"{ROOM}/gate_{name}").value
        if situation.age is None:
            return State.UNKNOWN, "The patient's age"
        if situation.age < least:
            return State.NO, f"The patient is {situation.age}; this is for those of {least} or older."
        return State.YES, f"The patient is {least} or older."

    return gate


def _weight(situation: Situation, day: date, shelf: Shelf) -> Answer:
    limits = shelf.card(f"{ROOM}/gate_weight").data
    for loss in limits["losses"]:
        lost = weight_loss(situation, day, loss["days"])
        if lost is not None and lost >= loss["percent"]:
            return State.NO, f"{lost:.1f} % of body weight was lost within {loss['days']} days."
    bmi, weighed = situation.bmi_on(day), situation.weight_on(day)
    stale = weighed is not None and weighed.day < day - timedelta(limits["recent_days"])
    if bmi is None or stale:
        return State.UNKNOWN, "The body mass index (height and a recent weight)"
    if bmi < limits["bmi_below"]:
        return State.NO, f"The body mass index is {bmi:.1f}, below {limits['bmi_below']}."
    return State.YES, f"The body mass index is {bmi:.1f} and no weight loss is recorded."


def weight_loss(situation: Situation, day: date, days: int) -> float | None:
    """Percent lost from the heaviest weighing of the last `days` days to the newest; None with fewer than two weighings."""
    window = [one for one in situation.weights if day - timedelta(days) <= one.day <= day]
    newest = situation.weight_on(day)
    if newest is None or len(window) < 2 or newest.day < day - timedelta(days):
        return None
    heaviest = max(one.kg for one in window)
    return 100 * (heaviest - newest.kg) / heaviest


def _red_flag(situation: Situation, day: date, shelf: Shelf) -> Answer:
    if situation.red_flags is None:
        return State.UNKNOWN, "Whether a red flag stands"
    stopping = shelf.card(f"{ROOM}/gate_red_flag").data["levels"]
    standing = [flag for flag in situation.red_flags if flag.level in stopping]
    if standing:
        return State.NO, f"A red flag stands: {', '.join(f'{flag.finding} ({flag.level})' for flag in standing)}."
    return State.YES, "No red flag of level E, U or P stands."


def _condition(field: str, present: str, absent: str, unknown: str) -> Gate:
    def gate(situation: Situation, day: date, shelf: Shelf) -> Answer:
        return _absent(getattr(situation, field), present, absent, unknown)

    return gate


GATES: dict[str, Gate] = {
    "celiac": _celiac,
    "pregnancy": _pregnancy,
    "adult": _at_least("adult"),
    "ladder_age": _at_least("ladder_age"),
    "over_five": _at_least("over_five"),
    "weight": _weight,
    "red_flag": _red_flag,
    "eating_disorder": _condition(
        "eating_disorder_risk",
        "There is a risk of an eating disorder.",
        "The eating-disorder screen is clear.",
        "The eating-disorder screen",
    ),
    "asthma": _condition(
        "asthma_uncontrolled", "Asthma is not controlled.", "No uncontrolled asthma.", "Whether asthma is controlled"
    ),
    "anaphylaxis": _condition(
        "anaphylaxis_history",
        "There was anaphylaxis to food.",
        "No anaphylaxis to food is known.",
        "Whether there was anaphylaxis to food",
    ),
    "insulin": _condition(
        "insulin_or_sulfonylurea",
        "Insulin or a sulfonylurea is taken.",
        "No insulin or sulfonylurea.",
        "Whether insulin or a sulfonylurea is taken",
    ),
    "kidney": _condition(
        "kidney_disease", "There is kidney disease.", "No kidney disease is known.", "Whether there is kidney disease"
    ),
    "transplant": _condition(
        "transplant", "There is a transplant or immunosuppression.", "No transplant.", "Whether there is a transplant"
    ),
    "mastocytosis": _condition(
        "mastocytosis", "There is mastocytosis.", "No mastocytosis is known.", "Whether there is mastocytosis"
    ),
}
