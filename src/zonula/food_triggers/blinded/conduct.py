"""The conduct of a trial: a pure function from the list of events to the state. An illegal event raises and changes nothing.

The protocol is this table; `diagram()` prints it::

    event            allowed while                          leads to
    designed         new                                    designed
    declared         designed                               ready
    period_started   ready, between                         in_period
    period_ended     in_period                              between (or finished after the last one)
    stopped          ready, in_period, between              finished
    unsealed         finished                               unsealed
    portion          in_period                              (stays)
    guessed          in_period, between, finished           (stays)
    rated            designed ... finished                  (stays)
    learned          designed ... finished                  (stays)
    deviated         designed ... finished                  (stays)
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from zonula.errors import UserError
from zonula.food_triggers.blinded.design import Design
from zonula.food_triggers.blinded.events import (
    Declared,
    Designed,
    Deviated,
    Event,
    Guessed,
    Learned,
    PeriodEnded,
    PeriodStarted,
    Portion,
    Rated,
    Stopped,
    Unsealed,
)
from zonula.food_triggers.blinded.sealing import check_seal, digest


class Phase(StrEnum):
    """Where the trial stands."""

    NEW = "new"
    DESIGNED = "designed"
    READY = "ready"
    IN_PERIOD = "in_period"
    BETWEEN = "between"
    FINISHED = "finished"
    UNSEALED = "unsealed"


_OPEN = (Phase.DESIGNED, Phase.READY, Phase.IN_PERIOD, Phase.BETWEEN, Phase.FINISHED)
# event -> (phases in which it is allowed, phase it leads to; None: stays)
TABLE: dict[type[msgspec.Struct], tuple[tuple[Phase, ...], Phase | None]] = {
    Designed: ((Phase.NEW,), Phase.DESIGNED),
    Declared: ((Phase.DESIGNED,), Phase.READY),
    PeriodStarted: ((Phase.READY, Phase.BETWEEN), Phase.IN_PERIOD),
    PeriodEnded: ((Phase.IN_PERIOD,), Phase.BETWEEN),
    Stopped: ((Phase.READY, Phase.IN_PERIOD, Phase.BETWEEN), Phase.FINISHED),
    Unsealed: ((Phase.FINISHED,), Phase.UNSEALED),
    Portion: ((Phase.IN_PERIOD,), None),
    Guessed: ((Phase.IN_PERIOD, Phase.BETWEEN, Phase.FINISHED), None),
    Rated: (_OPEN, None),
    Learned: (_OPEN, None),
    Deviated: (_OPEN, None),
}
_HINTS = {
    Phase.NEW: "Begin with the design.",
    Phase.DESIGNED: "Declare the verdict rule first.",
    Phase.UNSEALED: "The order is known now; nothing more can be added.",
}


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """The state after some events. `started` and `ended` hold the times of periods 1, 2, ... in order."""

    phase: Phase = Phase.NEW
    designed: Designed | None = None
    declared: Declared | None = None
    started: tuple[datetime, ...] = ()
    ended: tuple[datetime, ...] = ()
    portions: tuple[Portion, ...] = ()
    ratings: tuple[Rated, ...] = ()
    guesses: tuple[Guessed, ...] = ()
    learned: tuple[Learned, ...] = ()
    deviations: tuple[Deviated, ...] = ()
    stopped: Stopped | None = None
    unsealed: Unsealed | None = None

    @property
    def design(self) -> Design:
        """The design. Raises UserError before there is one."""
        if self.designed is None:
            raise UserError("the trial record is empty: it has no design")
        return self.designed.design


def trial_after(events: Iterable[Event]) -> Trial:
    """The state after these events, in order. Raises UserError at the first illegal one."""
    trial = Trial()
    for event in events:
        trial = step(trial, event)
    return trial


def step(trial: Trial, event: Event) -> Trial:
    """The state after one more event. Raises UserError, leaving `trial` as it was, when the event is not allowed now."""
    kind = type(event).__struct_config__.tag
    allowed, leads_to = TABLE[type(event)]
    if trial.phase not in allowed:
        hint = _HINTS.get(trial.phase, "")
        if isinstance(event, Unsealed) and trial.phase is not Phase.UNSEALED:
            hint = "The order is opened when the last period has ended or the trial was stopped."
        where = trial.phase.value.replace("_", " ")
        raise UserError(f"{kind} is not possible now: the trial is {where}.", hint)
    changed = _apply(trial, event)
    if isinstance(event, PeriodEnded) and event.period == trial.design.schedules.periods:
        leads_to = Phase.FINISHED
    return msgspec.structs.replace(changed, phase=leads_to or trial.phase)


def _apply(trial: Trial, event: Event) -> Trial:  # noqa: PLR0911, PLR0912 - one branch per kind of event
    keep = msgspec.structs.replace
    match event:
        case Designed():
            return keep(trial, designed=event)
        case Declared():
            _check_declaration(trial, event)
            return keep(trial, declared=event)
        case PeriodStarted():
            _check_order(event, len(trial.started) + 1, trial.ended[-1] if trial.ended else None)
            return keep(trial, started=(*trial.started, event.at))
        case PeriodEnded():
            _check_order(event, len(trial.started), trial.started[-1])
            return keep(trial, ended=(*trial.ended, event.at))
        case Portion():
            _check_order(event, len(trial.started), trial.started[-1])
            if not 0 <= event.eaten <= 1:
                raise UserError("a portion is eaten between 0 (nothing) and 1 (all)")
            return keep(trial, portions=(*trial.portions, event))
        case Rated():
            _check_rating(trial, event)
            return keep(trial, ratings=(*trial.ratings, event))
        case Guessed():
            if not 1 <= event.period <= len(trial.started):
                raise UserError(f"period {event.period} has not begun")
            if any((said.period, said.asked) == (event.period, event.asked) for said in trial.guesses):
                raise UserError(f"period {event.period} already has its guess for this moment; a first answer stays")
            return keep(trial, guesses=(*trial.guesses, event))
        case Learned():
            return keep(trial, learned=(*trial.learned, event))
        case Deviated():
            return keep(trial, deviations=(*trial.deviations, event))
        case Stopped():
            return keep(trial, stopped=event)
        case Unsealed():
            designed = trial.designed
            if designed is None or trial.declared is None:
                raise UserError("no verdict rule was declared before unblinding")
            design = designed.design
            check_seal(event.sealed, designed.commitment, design.trial, digest(design), design.schedules)
            return keep(trial, unsealed=event)


def _check_declaration(trial: Trial, event: Declared) -> None:
    if digest(event.declaration) != event.rule_hash:
        raise UserError("the declared rule does not match its hash: it was changed")
    if event.declaration.outcome != trial.design.primary:
        raise UserError(f"the rule must be about the main outcome, {trial.design.primary}")


def _check_order(event: PeriodStarted | PeriodEnded | Portion, expected: int, not_before: datetime | None) -> None:
    if event.period != expected:
        raise UserError(f"period {event.period} is out of order: this can only be period {expected}")
    if not_before is not None and event.at < not_before:
        raise UserError(f"period {event.period}: {event.at.isoformat()} is before {not_before.isoformat()}")


def _check_rating(trial: Trial, event: Rated) -> None:
    if event.outcome not in trial.design.outcomes:
        raise UserError(
            f"{event.outcome} is not an outcome of this trial.", f"It has: {', '.join(trial.design.outcomes)}."
        )
    if not 0 <= event.score <= 10:
        raise UserError(f"a score of {event.score:g} is outside 0 to 10")
    if any((past.at, past.outcome) == (event.at, event.outcome) for past in trial.ratings):
        raise UserError(f"{event.outcome} already has a rating at {event.at.isoformat()}")


def diagram() -> str:
    """The transition table as text, one line an event."""
    return "\n".join(
        f"{kind.__struct_config__.tag:<15} {', '.join(allowed):<55} {leads_to.value if leads_to else '(stays)'}"
        for kind, (allowed, leads_to) in TABLE.items()
    )
