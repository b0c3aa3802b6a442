"""The state of any day is a pure function of protocol, events and day.

Days are the patient's own calendar days, so neither time zones nor daylight saving can move an event. Time moves a plan too: timed
steps happen by themselves, and no strict phase outlives its limit unless a dietitian and a clinician both renewed it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from zonula.treatment_protocols.food_events import FOLDS
from zonula.treatment_protocols.plan import START, Event, IllegalStepError, Limits, PlanState, Why
from zonula.treatment_protocols.protocol import Protocol


def state_on(protocol: Protocol, events: Iterable[Event], today: date, limits: Limits) -> PlanState:
    """The state at the end of `today`. Later events are ignored. Raises IllegalStepError on an event the table does not allow."""
    state: PlanState | None = None
    for event in _in_order(events):
        if event.day > today:
            break
        if state is None:
            if event.event != START:
                raise IllegalStepError(f"{event.event} on {event.day} comes before the plan was started.")
            state = PlanState(
                day=event.day, stage=protocol.start, since=event.day, history=((event.day, protocol.start),)
            )
            state = _restricting(state, protocol)
            continue
        state = fold(protocol, passed(protocol, state, event.day, limits), event, limits)
    if state is None:
        raise IllegalStepError(f"The plan has not started by {today}.")
    return passed(protocol, state, today, limits)


def _in_order(events: Iterable[Event]) -> Iterator[Event]:
    before: Event | None = None
    for event in events:
        if before is not None and event.day < before.day:
            raise IllegalStepError(
                f"{event.event} on {event.day} was written after {before.event} on {before.day}.",
                "Events stand in order of day.",
            )
        before = event
        yield event


def passed(protocol: Protocol, state: PlanState, today: date, limits: Limits) -> PlanState:
    """Let time pass to `today`, taking every step that happens by itself on the day it is due."""
    while True:
        due = _due(protocol, state, limits)
        if due is None or due > today:
            return msgspec.structs.replace(state, day=today)
        step = protocol.timed(state.stage)
        assert step is not None
        state = entered(protocol, msgspec.structs.replace(state, day=due), step.to, limits)


def _due(protocol: Protocol, state: PlanState, limits: Limits) -> date | None:
    step = protocol.timed(state.stage)
    if step is None or step.after_days is None:
        return None
    due = state.since + timedelta(step.after_days + state.renewed)
    if state.restricted_since is not None:
        # The strict limit counts over all restricting stages in a row, whatever a protocol's own figure says.
        due = min(due, state.restricted_since + timedelta(limits.strict_days + state.renewed))
    return max(due, state.since)


def entered(protocol: Protocol, state: PlanState, stage: str, limits: Limits) -> PlanState:
    """Enter a stage today. Leaving restriction turns eliminations into foods to give back within days."""
    state = msgspec.structs.replace(
        state, stage=stage, since=state.day, history=(*state.history, (state.day, stage)), renewing=()
    )
    state = _restricting(state, protocol)
    if protocol.stage(stage).gives:
        state = msgspec.structs.replace(state, given=(*state.given, protocol.stage(stage).gives))
    if state.restricted_since is None:
        lapsed = [one for one in state.exclusions if one.why is Why.ELIMINATION]
        each = protocol.stage(stage).one_by_one_days
        within = (each * (place + 1) if each else limits.give_back_days for place in range(len(lapsed)))
        state = msgspec.structs.replace(
            state,
            exclusions=tuple(one for one in state.exclusions if one.why is not Why.ELIMINATION),
            give_back=(
                *state.give_back,
                *((one.food, state.day + timedelta(days)) for one, days in zip(lapsed, within, strict=True)),
            ),
            challenge=None if protocol.stage(stage).final else state.challenge,
            # An override is for the step it was written for and the restriction that follows; it never reaches the next one.
            overrides=(),
        )
    return state


def _restricting(state: PlanState, protocol: Protocol) -> PlanState:
    if protocol.stage(state.stage).restricts:
        return (
            state if state.restricted_since else msgspec.structs.replace(state, restricted_since=state.day, renewed=0)
        )
    return msgspec.structs.replace(state, restricted_since=None, renewed=0)


def fold(protocol: Protocol, state: PlanState, event: Event, limits: Limits) -> PlanState:
    """One event on the state of its day. Raises IllegalStepError when the table or the state does not allow it."""
    stage = protocol.stage(state.stage)
    if event.event == START:
        raise IllegalStepError(
            "The plan has already started.", "One patient has one plan at a time; stop this one first."
        )
    if stage.final:
        raise IllegalStepError(f"{event.event}: the plan is {stage.title.lower()}.")
    if event.event in FOLDS:
        return FOLDS[event.event](stage, state, event, limits)
    step = protocol.step(event.event, state.stage)
    if step is None or step.after_days is not None:
        possible = [one.event for one in protocol.steps if state.stage in one.from_ and one.after_days is None]
        raise IllegalStepError(f"{event.event} is not possible in {stage.title}.", f"Possible: {', '.join(possible)}.")
    if event.role not in step.roles:
        raise IllegalStepError(f"{event.event} needs the role {' or '.join(step.roles)}, not {event.role}.")
    missing = [gate for gate in step.gates if gate not in event.open_gates and not overridden(state, gate)]
    if missing:
        raise IllegalStepError(f"{event.event}: the gate {missing[0]} was not open.")
    if step.gates and state.unsettled:
        raise IllegalStepError(
            f"{event.event}: a serious adverse event is not settled.",
            "A clinician sees the patient and records the event settle with a reason.",
        )
    if state.challenge is not None and not protocol.stage(step.to).final:
        raise IllegalStepError(f"A challenge with {state.challenge.food} is running.", "Write its verdict first.")
    return entered(protocol, state, step.to, limits)


def overridden(state: PlanState, gate: str) -> bool:
    """Whether a named person has overridden this gate for the step ahead or the restriction that is running."""
    return any(name == gate for name, *_ in state.overrides)
