"""The small forms of a plan: which event can be written now, with which fields, and a form that was sent turned into an event."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from zonula.errors import UserError
from zonula.treatment_protocols import Event, PlanState, Result, Role, Stage, Why
from zonula.treatment_protocols.food_events import LASTING, RENEWERS, SUPERVISORS
from zonula.treatment_protocols.protocol import Allowed
from zonula_web.clinic.plan_foods import food_id

TEXT, LONG, DAY, TICK, CHOICE, HIDDEN = "text", "long", "day", "tick", "choice", "hidden"
WHY = {
    Why.ELIMINATION: "removed for the strict phase; comes back when it ends",
    Why.SUSPECT: "suspected; out for a while, with a review",
    Why.ALLERGY: "allergy; stays out until an allergist gives it back",
    Why.CELIAC: "celiac disease; for life",
    Why.VERDICT: "reacted in a fair test",
    Why.PREFERENCE: "the patient's own wish",
}
RESULT = {
    Result.ACCEPTED: "accepted: eaten without the symptoms it was tested for",
    Result.REACTS: "reacts",
    Result.CANNOT_TELL: "cannot tell yet",
}
# Events that may be written down later than the day they happened; what a gate stands before is always of today.
LATER = frozenset({"give_back", "verdict", "adverse_event", "note"})


class Field(NamedTuple):
    """One field. options: (value, words) of a choice."""

    name: str
    label: str
    kind: str
    value: str = ""
    help: str = ""
    required: bool = True
    options: tuple[tuple[str, str], ...] = ()


class Form(NamedTuple):
    """One event to write. key: unique on the page; summary: what is opened; problem: why it was refused, to be shown in it."""

    key: str
    event: str
    summary: str
    button: str
    fields: tuple[Field, ...] = ()
    hint: str = ""
    tone: str = ""
    problem: UserError | None = None


_FOOD = Field("food", "Food", TEXT, help="a food or food group, such as egg or wheat")
_REASON = Field("reason", "Why", LONG)


def forms_of(state: PlanState, stage: Stage, role: Role, day: date, name: str) -> tuple[Form, ...]:
    """The events that are not steps and belong to no single food, as this role may write them now."""
    return tuple(_forms(state, stage, role, day, name))


def _forms(state: PlanState, stage: Stage, role: Role, day: date, name: str) -> Iterator[Form]:
    if stage.final:
        return
    kinds = [why for why in WHY if why in LASTING or Allowed.EXCLUDE in stage.allows]
    kinds = [why for why in kinds if why is not Why.VERDICT and (why is not Why.ELIMINATION or stage.restricts)]
    yield Form(
        "exclude",
        "exclude",
        "Exclude a food",
        "Exclude it",
        (
            _FOOD,
            Field("why", "What kind of reason", CHOICE, options=tuple((why.value, WHY[why]) for why in kinds)),
            Field("reason", "Reason in words", LONG),
            Field(
                "review_on",
                "Review on",
                DAY,
                required=False,
                help="needed for everything but allergy and celiac disease",
            ),
            Field("owner", "Who owns the decision", TEXT, value=name),
        ),
        hint="" if Allowed.EXCLUDE in stage.allows else f"In {stage.title} only exclusions for safety are possible.",
    )
    if Allowed.CHALLENGE in stage.allows and state.challenge is None:
        yield challenge_form("", role)
    if state.challenge is not None:
        yield verdict_form(state.challenge.food)
    elif stage.verdict:
        yield verdict_form("", tuple(dict.fromkeys(state.given)))
    if role not in state.signed:
        yield Form(
            "sign_off", "sign_off", f"Sign the plan as {role}", "Sign", hint="That you have read it and stand for it."
        )
    if stage.restricts and role in RENEWERS:
        half = f" Already renewed by: {', '.join(state.renewing)}." if state.renewing else ""
        yield Form(
            "renew", "renew", "Renew the strict phase", "Renew", (_REASON,),
            hint=f"Needs a dietitian and a clinician.{half}",
        )  # fmt: skip
    yield Form(
        "adverse_event", "adverse_event", "Report an adverse event", "Report it",
        (
            Field("reason", "What happened", LONG),
            Field("serious", "It was serious: the plan stops until it is settled", TICK, required=False),
            _happened(day),
        ),
    )  # fmt: skip
    if state.unsettled and role in SUPERVISORS:
        yield Form(
            "settle", "settle", "Settle the serious adverse event", "Settle it", (Field("reason", "What was found and done", LONG),)
        )  # fmt: skip
    yield Form("note", "note", "Write a note", "Keep the note", (Field("reason", "Note", LONG), _happened(day)))


def challenge_form(food: str, role: Role, hint: str = "") -> Form:
    """A challenge. food: empty to ask for one."""
    fields = [
        _named(food) if food else _FOOD,
        Field("form", "In which form", TEXT, required=False, help="raw, baked …"),
    ]
    if role in SUPERVISORS:
        fields.append(Field("supervised", "Under supervision, and I answer for it", TICK, required=False))
    fields.append(Field("blinded", "Blinded: neither the patient nor the one who scores knows", TICK, required=False))
    key = f"challenge.{food}" if food else "challenge"
    return Form(
        key, "challenge", "Challenge a food" if not food else "Challenge", "Begin the challenge", tuple(fields), hint
    )


def verdict_form(food: str, given: tuple[str, ...] = ()) -> Form:
    """The verdict of a challenge that is running, or on a food a stage gave blinded."""
    named = _named(food) if food else Field("food", "Food", CHOICE, options=tuple((one, one) for one in given))
    results = Field("result", "Verdict", CHOICE, options=tuple((one.value, words) for one, words in RESULT.items()))
    return Form(
        "verdict", "verdict", f"Write the verdict{f' on {food}' if food else ''}", "Write the verdict", (named, results)
    )


def exclusion_forms(food: str, why: Why, stage: Stage, state: PlanState, role: Role, hint: str) -> tuple[Form, ...]:
    """What can be done with a food that is out."""
    found = []
    if Allowed.CHALLENGE in stage.allows and state.challenge is None and why is not Why.CELIAC:
        found.append(challenge_form(food, role, hint))
    if Allowed.GIVE_BACK in stage.allows and why is not Why.CELIAC:
        found.append(give_back_form(food))
    if why is not Why.ELIMINATION and not stage.final:
        fields = (_named(food), Field("review_on", "Next review", DAY), Field("reason", "Why it stays out", LONG))
        found.append(Form(f"review.{food}", "review", "Review", "Keep it out", fields))
    return tuple(found)


def give_back_form(food: str) -> Form:
    """Eat a food again."""
    return Form(f"give_back.{food}", "give_back", "Give back", "Give it back", (_named(food),))


def override_form(gate: str) -> Form:
    """Override a gate, which only some roles may."""
    fields = (
        Field("gate", "", HIDDEN, gate),
        Field("reason", "Why it is safe to go on although this gate holds", LONG),
    )
    hint = "Your name, the reason and the moment stay in the plan and in the log."
    return Form(f"override.{gate}", "override", "Override this gate", "Override the gate", fields, hint, "danger")


def filled(form: Form, typed: Mapping[str, str], problem: UserError) -> Form:
    """The form as it was sent, with why it was refused."""
    fields = tuple(
        one._replace(value=typed.get(one.name, "on" if one.kind == TICK and one.name in typed else ""))
        if one.kind != HIDDEN
        else one
        for one in form.fields
    )
    return form._replace(fields=fields, problem=problem)


def event_of(typed: Mapping[str, str], by: str, role: Role, today: date, state: PlanState) -> Event:
    """The event a form says. Raises UserError for what cannot be read; whether it may be is asked of the plan.

    A food the plan has a name for keeps that name, so that it is found again.
    """
    name = typed.get("event", "").strip()
    why, result = typed.get("why", ""), typed.get("result", "")
    if why and why not in set(Why):
        raise UserError("Choose the kind of reason.")
    if result and result not in set(Result):
        raise UserError("Choose a verdict.")
    return Event(
        day=_date(typed.get("day", ""), "The day") or today if name in LATER else today,
        event=name,
        by=by,
        role=role,
        food=food if (food := typed.get("food", "")) in names_in(state) else food_id(food),
        form=" ".join(typed.get("form", "").split()),
        why=Why(why) if why else None,
        reason=" ".join(typed.get("reason", "").split()),
        review_on=_date(typed.get("review_on", ""), "The review"),
        owner=" ".join(typed.get("owner", "").split()),
        gate=typed.get("gate", ""),
        supervised="supervised" in typed,
        result=Result(result) if result else None,
        blinded="blinded" in typed,
        serious="serious" in typed,
    )


def names_in(state: PlanState) -> frozenset[str]:
    """Every food the plan speaks of now."""
    running = {state.challenge.food} if state.challenge else set()
    return frozenset(
        {one.food for one in state.exclusions} | {food for food, _ in state.give_back} | running | {*state.given}
    )


def _named(food: str) -> Field:
    return Field("food", "", HIDDEN, food)


def _happened(day: date) -> Field:
    return Field("day", "When it happened", DAY, value=day.isoformat())


def _date(text: str, what: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UserError(f"{what}: {text[:20]} is not a day.", "Write YYYY-MM-DD.") from None
