"""What each event that is not a step does to the state. Every exclusion has a reason, a start, a review date and an owner."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from zonula.treatment_protocols.plan import (
    Challenge,
    Event,
    Exclusion,
    Limits,
    PlanState,
    Result,
    Verdict,
    Why,
    allows,
    find,
    need,
    refuse,
)
from zonula.treatment_protocols.protocol import Allowed, Stage
from zonula.treatment_protocols.roles import Role

Fold = Callable[[Stage, PlanState, Event, Limits], PlanState]
# Exclusions that safety asks for stand whatever the stage, and need no review to end the elimination.
LASTING = frozenset({Why.ALLERGY, Why.CELIAC})
# Exclusions that restrict for the sake of the treatment; safety exclusions never wait for a gate.
TREATMENT = frozenset({Why.ELIMINATION, Why.SUSPECT, Why.PREFERENCE})
# Gates of every such exclusion; one that carries gluten needs `celiac` too.
EXCLUSION_GATES = ("pregnancy", "eating_disorder", "weight", "red_flag")
# Exclusions made for a while: their review cannot be put further off than the longest strict phase.
FOR_A_WHILE = frozenset({Why.ELIMINATION, Why.SUSPECT})
# Who can answer for a challenge under supervision, and for a serious event being settled.
SUPERVISORS = frozenset({Role.CLINICIAN, Role.ALLERGIST, Role.GASTROENTEROLOGIST})
# A blinded crossover is judged when gluten week and placebo week are both over.
PERIODS = 2
# A full renewal needs both.
RENEWERS = frozenset({Role.DIETITIAN, Role.CLINICIAN})


def _exclude(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    need(bool(event.food), "exclude names no food.")
    why = event.why
    if why is None:
        refuse(f"{event.food}: an exclusion needs a reason of a kind.", f"One of: {', '.join(Why)}.")
    if why not in LASTING:
        allows(stage, Allowed.EXCLUDE)
    need(
        why is not Why.ELIMINATION or stage.restricts,
        f"{event.food}: an elimination ends with a strict phase, and {stage.title} is none.",
        "Write it as suspect, with a review date.",
    )
    need(bool(event.reason.strip()), f"{event.food}: an exclusion says why in words.")
    need(bool(event.owner.strip()), f"{event.food}: an exclusion has someone who owns it.")
    need(event.review_on is not None or why in LASTING, f"{event.food}: an exclusion has a review date.")
    need(
        event.review_on is None or event.review_on > event.day,
        f"{event.food}: the review date is not after the exclusion.",
    )
    need(state.excluded(event.food) is None, f"{event.food} is already excluded.")
    _soon_enough(event, why, limits)
    if why in TREATMENT:
        _gated(state, event, limits)
    excluded = Exclusion(
        food=event.food, why=why, reason=event.reason, since=event.day, review_on=event.review_on, owner=event.owner
    )
    return msgspec.structs.replace(
        state,
        exclusions=(*state.exclusions, excluded),
        give_back=tuple(pair for pair in state.give_back if pair[0] != event.food),
    )


def _soon_enough(event: Event, why: Why, limits: Limits) -> None:
    if why in FOR_A_WHILE and event.review_on is not None:
        latest = event.day + timedelta(limits.strict_days)
        need(event.review_on <= latest, f"{event.food}: an exclusion as {why} is reviewed by {latest} at the latest.")


def _gated(state: PlanState, event: Event, limits: Limits) -> None:
    """A treatment exclusion in a file stands only with the gates that were open when it was written."""
    gluten = limits.gluten.carried_by(event.food)
    overridden = {name for name, *_ in state.overrides}
    for gate in (*(("celiac",) if gluten else ()), *EXCLUSION_GATES):
        need(gate in event.open_gates or gate in overridden, f"exclude {event.food}: the gate {gate} was not open.")
    _settled(state, event)


def _settled(state: PlanState, event: Event) -> None:
    need(
        not state.unsettled,
        f"{event.event}: a serious adverse event is not settled.",
        "A clinician sees the patient and records the event settle with a reason.",
    )


def _celiac_keeps_out(state: PlanState, food: str, limits: Limits) -> bool:
    """Whether celiac disease stands in the plan and this food, under whatever name, carries gluten."""
    return any(one.why is Why.CELIAC for one in state.exclusions) and limits.gluten.carried_by(food)


def _give_back(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    need(
        not _celiac_keeps_out(state, event.food, limits),
        f"{event.food} stays out: celiac disease is known.",
        "This is for life.",
    )
    listed = any(food == event.food for food, _ in state.give_back)
    if not listed:
        excluded = find(state, event.food)
        allows(stage, Allowed.GIVE_BACK)
        need(excluded.why is not Why.CELIAC, f"{event.food} stays out: celiac disease is known.", "This is for life.")
        need(
            excluded.why is not Why.ALLERGY or event.role is Role.ALLERGIST,
            f"{event.food} is out for an allergy; only an allergist gives it back.",
        )
    return msgspec.structs.replace(
        state,
        exclusions=tuple(one for one in state.exclusions if one.food != event.food),
        give_back=tuple(pair for pair in state.give_back if pair[0] != event.food),
    )


def _challenge(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    allows(stage, Allowed.CHALLENGE)
    need(
        state.challenge is None,
        f"A challenge with {state.challenge.food if state.challenge else ''} is running.",
        "One at a time.",
    )
    need(bool(event.food), "challenge names no food.")
    excluded = state.excluded(event.food)
    need(
        not _celiac_keeps_out(state, event.food, limits) and (excluded is None or excluded.why is not Why.CELIAC),
        f"{event.food} is never challenged: celiac disease is known.",
    )
    need(
        not event.supervised or event.role in SUPERVISORS,
        f"The role {event.role} cannot answer for a supervised challenge.",
        f"Roles: {', '.join(sorted(SUPERVISORS))}.",
    )
    _settled(state, event)
    running = Challenge(
        food=event.food, form=event.form, since=event.day, supervised=event.supervised, blinded=event.blinded
    )
    return msgspec.structs.replace(state, challenge=running)


def _verdict(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    running = state.challenge
    if running is None and stage.verdict and state.given.count(event.food) >= PERIODS:
        running = Challenge(food=event.food, form="", since=state.since, supervised=False, blinded=True)
    if running is None or running.food != event.food:
        refuse(f"No challenge with {event.food} is running.")
    if event.result is None:
        refuse(f"{event.food}: a verdict says accepted, reacts or cannot_tell.")
    if event.result is Result.ACCEPTED and not running.supervised:
        earliest = running.since + timedelta(limits.challenge_days)
        need(
            event.day >= earliest or running.blinded,
            f"{event.food} cannot be called accepted before {earliest}: a first taste clears nobody.",
            "Write it when the portions and the waiting days are over.",
        )
    expires = event.day + timedelta(limits.verdict_days) if event.result is Result.REACTS else None
    verdict = Verdict(
        food=event.food, form=running.form, day=event.day, result=event.result, blinded=running.blinded, expires=expires
    )
    others = tuple(one for one in state.exclusions if one.food != event.food)
    exclusions = state.exclusions
    if event.result is Result.ACCEPTED:
        exclusions = others
    elif event.result is Result.REACTS:
        kept = state.excluded(event.food)
        lasting = kept is not None and kept.why in LASTING
        reacts = Exclusion(
            food=event.food,
            why=Why.VERDICT,
            reason=f"reacted in a {'blinded' if running.blinded else 'open'} challenge",
            since=event.day,
            review_on=expires,
            owner=event.by,
        )
        exclusions = state.exclusions if lasting else (*others, reacts)
    return msgspec.structs.replace(
        state,
        challenge=None,
        verdicts=(*state.verdicts, verdict),
        exclusions=exclusions,
        give_back=tuple(pair for pair in state.give_back if pair[0] != event.food),
    )


def _sign_off(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    return state if event.role in state.signed else msgspec.structs.replace(state, signed=(*state.signed, event.role))


def _override(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    need(bool(event.gate), "override names no gate.")
    need(bool(event.reason.strip()), f"override of {event.gate} needs a reason.")
    need(bool(event.by.strip()), f"override of {event.gate} needs a name.")
    roles = limits.override_roles.get(event.gate, ())
    need(
        event.role in roles,
        f"The gate {event.gate} cannot be overridden by the role {event.role}.",
        f"Allowed: {', '.join(roles) or 'nobody'}.",
    )
    return msgspec.structs.replace(
        state, overrides=(*state.overrides, (event.gate, event.role, event.by, event.reason))
    )


def _renew(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    need(stage.restricts, f"{stage.title} restricts nothing; there is nothing to renew.")
    need(event.role in RENEWERS, "A renewal needs a dietitian and a clinician.")
    need(bool(event.reason.strip()), "A renewal needs a reason.")
    renewing = {*state.renewing, event.role}
    if renewing >= RENEWERS:
        return msgspec.structs.replace(state, renewing=(), renewed=state.renewed + limits.renewal_days)
    return msgspec.structs.replace(state, renewing=tuple(sorted(renewing)))


def _review(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    excluded = find(state, event.food)
    need(event.review_on is not None and event.review_on > event.day, f"{event.food}: a review sets the next date.")
    need(bool(event.reason.strip()), f"{event.food}: a review says why the food stays out.")
    need(
        excluded.why is not Why.ELIMINATION,
        f"{event.food}: an elimination ends with its phase; it is not prolonged by review.",
    )
    _soon_enough(event, excluded.why, limits)
    reviewed = msgspec.structs.replace(excluded, review_on=event.review_on, reason=event.reason)
    return msgspec.structs.replace(
        state, exclusions=tuple(reviewed if one.food == event.food else one for one in state.exclusions)
    )


def _adverse_event(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    need(bool(event.reason.strip()), "An adverse event says what happened.")
    unsettled = (*state.unsettled, event.reason) if event.serious else state.unsettled
    return msgspec.structs.replace(state, adverse_events=state.adverse_events + 1, unsettled=unsettled)


def _settle(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    need(bool(state.unsettled), "No serious adverse event waits to be settled.")
    need(event.role in SUPERVISORS, f"The role {event.role} cannot settle a serious adverse event.")
    need(bool(event.reason.strip()), "Settling a serious adverse event needs a reason.")
    return msgspec.structs.replace(state, unsettled=())


def _note(stage: Stage, state: PlanState, event: Event, limits: Limits) -> PlanState:
    return state


FOLDS: dict[str, Fold] = {
    "exclude": _exclude,
    "give_back": _give_back,
    "challenge": _challenge,
    "verdict": _verdict,
    "sign_off": _sign_off,
    "override": _override,
    "renew": _renew,
    "review": _review,
    "adverse_event": _adverse_event,
    "settle": _settle,
    "note": _note,
}
