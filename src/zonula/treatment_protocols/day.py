"""What a patient does, eats and records on one day of the plan."""

from datetime import date

import msgspec

from zonula.chart import Finding
from zonula.knowledge import Shelf
from zonula.treatment_protocols.advance import limits
from zonula.treatment_protocols.obligations import celiac_forbids, halted, obligations
from zonula.treatment_protocols.plan import Challenge, Exclusion, Plan, PlanState
from zonula.treatment_protocols.protocol import Stage, Task
from zonula.treatment_protocols.situation import Situation
from zonula.treatment_protocols.timeline import state_on


class Dose(msgspec.Struct, frozen=True, kw_only=True):
    """The challenge of the day. portion: share of a standard portion; 0 on a washout day, None when the verdict is due."""

    food: str
    form: str
    day_number: int
    portion: float | None
    supervised: bool


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """One day of one plan. halted: a stop holds; there are no tasks and no challenge, only the findings."""

    schema: str = "zonula.plan-today/1"
    patient: str
    day: date
    stage: str
    title: str
    purpose: str
    day_of_stage: int
    restricted_days: int
    halted: bool
    tasks: tuple[Task, ...] = ()
    dose: Dose | None = None
    not_eaten: tuple[Exclusion, ...] = ()
    eaten_again: tuple[tuple[str, date], ...] = ()
    possible_steps: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def today(plan: Plan, situation: Situation, day: date, shelf: Shelf) -> Today:
    """The day as a pure function of plan, situation and day. Raises IllegalStepError before the plan's start."""
    state = state_on(plan.protocol, plan.events, day, limits(shelf))
    stage = plan.protocol.stage(state.stage)
    findings = obligations(state, stage, situation, shelf)
    stopped = halted(findings)
    return Today(
        patient=plan.patient,
        day=day,
        stage=stage.id,
        title=stage.title,
        purpose=stage.purpose,
        day_of_stage=state.days_in_stage + 1,
        restricted_days=state.restricted_days,
        halted=stopped,
        tasks=() if stopped else tuple(task for task in stage.tasks if due(task, state.days_in_stage)),
        dose=None if stopped or state.challenge is None else dose(state.challenge, day, shelf),
        not_eaten=state.exclusions,
        eaten_again=tuple(pair for pair in state.give_back if not celiac_forbids(pair[0], situation, shelf)),
        possible_steps=_steps(plan, stage, state),
        findings=findings,
    )


def due(task: Task, day_of_stage: int) -> bool:
    """Whether the task falls on that day of its stage (0 for the first)."""
    after = day_of_stage - task.from_day
    if after < 0 or (task.until_day is not None and day_of_stage > task.until_day):
        return False
    return after == 0 if task.every == 0 else after % task.every == 0


def dose(challenge: Challenge, day: date, shelf: Shelf) -> Dose:
    """The share of a standard portion on that day of a challenge: rising portions, then washout, then the verdict is due."""
    slot = shelf.card("treatment_protocols/challenge_slot").data
    number = (day - challenge.since).days
    portions = slot["portions"]
    last = len(portions) + slot["washout_days"]
    portion = portions[number] if number < len(portions) else 0.0 if number < last else None
    return Dose(
        food=challenge.food,
        form=challenge.form,
        day_number=number + 1,
        portion=portion,
        supervised=challenge.supervised,
    )


def _steps(plan: Plan, stage: Stage, state: PlanState) -> tuple[str, ...]:
    return tuple(step.event for step in plan.protocol.steps if stage.id in step.from_ and step.after_days is None)
