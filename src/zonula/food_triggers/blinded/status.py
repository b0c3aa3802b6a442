"""Where a trial stands, told without telling the order."""

from datetime import date

import msgspec

from zonula.food_triggers.blinded.conduct import Phase, Trial
from zonula.food_triggers.blinded.events import Asked, Role
from zonula.food_triggers.blinded.periods import counted
from zonula.food_triggers.blinded.record import Record

SCHEMA = "zonula.trial-status/1"


class PeriodStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One period: planned days, real start, days that count so far, and whether the first guess was asked."""

    period: int
    planned_first: date
    planned_last: date
    began: date | None
    rated_days: int
    guessed: bool


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The whole trial. last_hash: what to note on paper, so that a re-written record shows."""

    schema: str = SCHEMA
    trial: str
    food: str
    outcome: str
    phase: Phase
    next: str
    rule: str
    rule_hash: str
    commitment: str
    periods: tuple[PeriodStatus, ...]
    who_knows: tuple[str, ...]
    blinding_at_risk: bool
    deviations: int
    last_hash: str


_NEXT = {
    Phase.DESIGNED: "declare the verdict rule",
    Phase.READY: "keep rating; start period 1 on {day}",
    Phase.IN_PERIOD: "eat the portion, rate every day, ask the guess after the first portion; period {period} ends after {day}",
    Phase.BETWEEN: "washout: keep the background diet and keep rating; start period {period} on {day} or later",
    Phase.FINISHED: "enter the last ratings, then unseal",
    Phase.UNSEALED: "write the report",
}


def status_of(record: Record) -> Status:
    """The status of a record with a design. Raises UserError when it is empty."""
    trial = record.trial
    design = trial.design
    rated = counted(trial, design.primary).rated_days
    asked = {guess.period for guess in trial.guesses if guess.asked is Asked.FIRST_PORTION}
    periods = tuple(
        PeriodStatus(
            period=number,
            planned_first=design.planned(number)[0],
            planned_last=design.planned(number)[1],
            began=trial.started[number - 1].date() if number <= len(trial.started) else None,
            rated_days=rated[number - 1],
            guessed=number in asked,
        )
        for number in range(1, design.schedules.periods + 1)
    )
    return Status(
        trial=design.trial,
        food=design.food,
        outcome=design.primary,
        phase=trial.phase,
        next=_next(trial, periods),
        rule=trial.declared.declaration.rule.value if trial.declared else "",
        rule_hash=trial.declared.rule_hash if trial.declared else "",
        commitment=trial.designed.commitment if trial.designed else "",
        periods=periods,
        who_knows=tuple(f"{one.who} ({one.role.value}): {one.how}" for one in trial.learned),
        blinding_at_risk=any(one.role is not Role.PREPARER for one in trial.learned),
        deviations=len(trial.deviations),
        last_hash=record.entries[-1].hash,
    )


def _next(trial: Trial, periods: tuple[PeriodStatus, ...]) -> str:
    if trial.phase is Phase.IN_PERIOD:
        at = periods[len(trial.started) - 1]
        return _NEXT[trial.phase].format(period=at.period, day=at.planned_last)
    at = periods[min(len(trial.started), len(periods) - 1)]
    return _NEXT[trial.phase].format(period=at.period, day=at.planned_first)
