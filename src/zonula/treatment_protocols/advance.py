"""Append one event to a plan, or refuse it and change nothing. Every gate is asked here, once, with what is known that day."""

from collections.abc import Iterator
from datetime import date

import msgspec

from zonula.chart import Finding, State
from zonula.knowledge import Shelf
from zonula.treatment_protocols.challenge_risk import Setting, challenge_risk
from zonula.treatment_protocols.food_events import EXCLUSION_GATES, SUPERVISORS, TREATMENT
from zonula.treatment_protocols.gates import GATES, ask, override_roles
from zonula.treatment_protocols.gluten import gluten_words
from zonula.treatment_protocols.obligations import celiac_forbids, no_benefit
from zonula.treatment_protocols.plan import (
    FORMAT,
    START,
    Event,
    IllegalStepError,
    Limits,
    Plan,
    PlanState,
    Result,
    need,
    refuse,
)
from zonula.treatment_protocols.protocol import Protocol
from zonula.treatment_protocols.roles import Role
from zonula.treatment_protocols.situation import Situation
from zonula.treatment_protocols.timeline import fold, overridden, passed, state_on


def limits(shelf: Shelf) -> Limits:
    """The figures the fold enforces, from their cards."""
    slot = shelf.card("treatment_protocols/challenge_slot").data
    return Limits(
        strict_days=shelf.card("treatment_protocols/restriction_limit").value,
        renewal_days=shelf.card("treatment_protocols/renewal").value,
        give_back_days=shelf.card("treatment_protocols/reexpansion").value,
        verdict_days=shelf.card("treatment_protocols/verdict_expiry").value,
        challenge_days=len(slot["portions"]) + slot["washout_days"],
        gluten=gluten_words(shelf),
        override_roles={gate: override_roles(gate, shelf) for gate in GATES},
    )


def start(protocol: Protocol, patient: str, day: date, by: str, role: Role) -> Plan:
    """A new plan, pinned to this version of the protocol."""
    need(bool(patient.strip()), "A plan is for a patient with an id.")
    need(bool(by.strip()), "A plan is started by someone with a name.")
    event = Event(day=day, event=START, by=by, role=role)
    return Plan(
        format=FORMAT,
        patient=patient,
        protocol=protocol,
        protocol_fingerprint=protocol.fingerprint,
        events=(event,),
    )


def advance(plan: Plan, event: Event, situation: Situation, shelf: Shelf) -> Plan:
    """The plan with the event appended. Raises IllegalStepError, with the plan untouched, when it may not be.

    Gates are asked with `situation`; an open or overridden gate is written into the event.
    """
    need(bool(event.by.strip()), "Every event has someone who answers for it.")
    before = state_on(plan.protocol, plan.events, plan.events[-1].day, limits(shelf))
    need(event.day >= before.day, f"{event.event} on {event.day} is earlier than the last event on {before.day}.")
    state = passed(plan.protocol, before, event.day, limits(shelf))
    opened = tuple(_opened(plan.protocol, state, event, situation, shelf))
    event = msgspec.structs.replace(event, open_gates=opened)
    fold(plan.protocol, state, event, limits(shelf))
    return msgspec.structs.replace(plan, events=(*plan.events, event))


def findings_for(plan: Plan, event_name: str, situation: Situation, today: date, shelf: Shelf) -> tuple[Finding, ...]:
    """How every gate of a step stands today, for a page that shows them before anyone presses a button."""
    state = state_on(plan.protocol, plan.events, today, limits(shelf))
    step = plan.protocol.step(event_name, state.stage)
    return tuple(ask(gate, situation, today, shelf) for gate in step.gates) if step else ()


def _opened(protocol: Protocol, state: PlanState, event: Event, situation: Situation, shelf: Shelf) -> Iterator[str]:
    step = protocol.step(event.event, state.stage)
    if step is not None:
        yield from _all_open(step.gates, state, event, situation, shelf)
        gives = protocol.stage(step.to).gives
        if gives:
            need(not event.supervised or event.role in SUPERVISORS, f"The role {event.role} cannot supervise this.")
            _may_challenge(gives, event, situation, shelf)
        return
    if event.event == "override":
        need(event.gate in GATES, f"There is no gate {event.gate!r}.", f"Gates: {', '.join(GATES)}.")
    elif event.event == "exclude" and event.why in TREATMENT:
        yield from _exclusion_gates(state, event, situation, shelf)
    elif event.event == "challenge":
        yield from _all_open(("red_flag", "weight"), state, event, situation, shelf)
        _may_challenge(event.food, event, situation, shelf)
    elif (
        event.event == "give_back" or (event.event == "verdict" and event.result is Result.ACCEPTED)
    ) and celiac_forbids(event.food, situation, shelf):
        refuse(f"{event.food} stays out: celiac disease is known.", "This is for life.")
    elif event.event == "renew":
        lacking = no_benefit(state, protocol.stage(state.stage), situation, shelf)
        if lacking is not None:
            refuse(f"A restriction without benefit is not renewed: {lacking.says}")


def _all_open(
    gates: tuple[str, ...], state: PlanState, event: Event, situation: Situation, shelf: Shelf
) -> Iterator[str]:
    for gate in gates:
        finding = ask(gate, situation, event.day, shelf)
        if finding.state is State.YES:
            yield gate
        elif not overridden(state, gate):
            roles = override_roles(gate, shelf)
            who = (
                f"It can be overridden by: {', '.join(roles)}, with a reason." if roles else "It cannot be overridden."
            )
            raise IllegalStepError(f"{event.event} is held by the gate {gate}: {finding.says}", who)


def _exclusion_gates(state: PlanState, event: Event, situation: Situation, shelf: Shelf) -> Iterator[str]:
    if celiac_forbids(event.food, situation, shelf):
        refuse(
            f"{event.food} is out because celiac disease is known, not for a while.",
            "Write the exclusion with the reason `celiac`.",
        )
    asked = list(EXCLUSION_GATES)
    if gluten_words(shelf).carried_by(event.food):
        asked.insert(0, "celiac")
    yield from _all_open(tuple(asked), state, event, situation, shelf)
    food = situation.food(event.food)
    if food.sensitised is State.YES and food.tolerated is State.YES and event.role is not Role.ALLERGIST:
        refuse(
            f"{event.food} is sensitised but tolerated; only an allergist excludes it, with a reason.",
            shelf.card("treatment_protocols/gate_tolerated").meaning,
        )
    at_once = sum(one.why in TREATMENT for one in state.exclusions) + 1
    if at_once >= shelf.card("treatment_protocols/gate_dietitian").value and Role.DIETITIAN not in state.signed:
        refuse(
            f"{event.food} would be exclusion number {at_once}; a dietitian signs the plan first.",
            "Record the event sign_off with role dietitian.",
        )


def _may_challenge(food: str, event: Event, situation: Situation, shelf: Shelf) -> None:
    gluten = gluten_words(shelf).carried_by(food)
    risk = challenge_risk(food, gluten=gluten, situation=situation, day=event.day, shelf=shelf)
    if risk.value in (Setting.NEVER, Setting.POSTPONE) or (risk.value == Setting.SUPERVISED and not event.supervised):
        refuse(risk.says, "" if risk.value == Setting.NEVER else "Write it as supervised, or wait.")
