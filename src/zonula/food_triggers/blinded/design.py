"""The design of one trial: which protocol, how long the periods and washouts, on which days."""

from datetime import date, timedelta
from math import ceil
from typing import Any

import msgspec

from zonula.errors import KnowledgeError, UserError
from zonula.food_triggers.blinded.schedules import Schedules
from zonula.knowledge import Shelf, shelf

CARDS = "food_triggers/blinded"
PROTOCOL = "trial_"


class Lag(msgspec.Struct, frozen=True):
    """The posterior of the reaction's centre in time, hours after eating: mean and a 90 % interval."""

    mean: float
    lo: float
    hi: float


class Protocol(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A protocol card's data: what a trial of this kind looks like before it meets a person."""

    food: str
    active_periods: int
    sham_periods: int
    longest_run: int
    paired: bool
    mechanism: str
    period_days: int
    washout_days: int
    dose: str
    sham: str
    background_diet: str
    before: tuple[str, ...]
    outcomes_at_most: int


class Design(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything fixed before the start. Days are whole calendar days; `cleared_by` checked the list in `before`."""

    trial: str
    protocol: str
    food: str
    outcomes: tuple[str, ...]
    schedules: Schedules
    first_day: date
    run_in_days: int
    period_days: int
    washout_days: int
    uncounted_hours: int
    dose: str
    sham: str
    background_diet: str
    mechanism: str
    before: tuple[str, ...]
    cleared_by: str
    lag: Lag | None = None
    according_to: tuple[str, ...]

    @property
    def primary(self) -> str:
        """The outcome the verdict is about."""
        return self.outcomes[0]

    @property
    def days(self) -> int:
        """Length of the whole trial, run-in included; there is no washout after the last period."""
        return self.run_in_days + self.schedules.periods * (self.period_days + self.washout_days) - self.washout_days

    def planned(self, period: int) -> tuple[date, date]:
        """First and last day of a period (1, 2, ...), as planned."""
        first = self.first_day + timedelta(
            days=self.run_in_days + (period - 1) * (self.period_days + self.washout_days)
        )
        return first, first + timedelta(days=self.period_days - 1)


def knowledge(name: str, cards: Shelf | None = None) -> Any:
    """The `data` of one of this subpackage's cards."""
    return (cards or shelf()).card(f"{CARDS}/{name}").data


def protocols(cards: Shelf | None = None) -> dict[str, str]:
    """The protocols that ship: name -> title."""
    found = (card for card in (cards or shelf()).cards(CARDS) if card.id.startswith(f"{CARDS}/{PROTOCOL}"))
    return {card.id.removeprefix(f"{CARDS}/{PROTOCOL}"): card.title for card in found}


def protocol(name: str, cards: Shelf | None = None) -> Protocol:
    """One protocol by name. Raises UserError listing the names when there is none."""
    if name not in protocols(cards):
        raise UserError(f"no protocol is called {name}.", f"Choose one of: {', '.join(protocols(cards))}.")
    try:
        return msgspec.convert(knowledge(PROTOCOL + name, cards), Protocol)
    except msgspec.ValidationError as wrong:
        raise KnowledgeError(f"card {CARDS}/{PROTOCOL}{name}: {wrong}") from None


def design_trial(
    trial: str,
    protocol_name: str,
    *,
    outcomes: tuple[str, ...],
    first_day: date,
    cleared_by: str,
    food: str = "",
    dose: str = "",
    sham: str = "",
    lag: Lag | None = None,
    mechanism: str = "",
    periods_per_arm: int | None = None,
    longest_run: int | None = None,
    cards: Shelf | None = None,
) -> Design:
    """Fit a protocol to a person. Empty words and None take the protocol's own. Raises UserError on anything unfit."""
    form = protocol(protocol_name, cards)
    food, dose, mechanism = food or form.food, dose or form.dose, mechanism or form.mechanism
    for said, what in ((trial, "a name for the trial"), (food, "a food"), (dose, "a dose")):
        if not said.strip():
            raise UserError(f"the trial needs {what}")
    _refuse_gaps(form, cleared_by, outcomes)
    window = _window(mechanism, cards)
    lengths = knowledge("period_length", cards)
    _refuse_lag(lag, lengths["longest_lag_hours"])
    carry_over = knowledge("carry_over", cards)
    lag_hi = lag.hi if lag else 0.0
    uncounted = int(min(max(carry_over["least_hours"], ceil(lag_hi)), carry_over["most_hours"]))
    per_arm = {"active": form.active_periods, "sham": form.sham_periods}
    if periods_per_arm is not None:
        per_arm = {"active": periods_per_arm, "sham": periods_per_arm}
    design = Design(
        trial=trial,
        protocol=protocol_name,
        food=food,
        outcomes=outcomes,
        schedules=Schedules(**per_arm, longest_run=longest_run or form.longest_run, paired=form.paired),
        first_day=first_day,
        run_in_days=lengths["run_in_days"],
        period_days=max(form.period_days, window["watch_days"], ceil((uncounted + lag_hi) / 24), uncounted // 24 + 2),
        washout_days=max(form.washout_days, window["washout_days"], ceil(lengths["washout_factor"] * lag_hi / 24)),
        uncounted_hours=uncounted,
        dose=dose,
        sham=sham or form.sham,
        background_diet=form.background_diet,
        mechanism=mechanism,
        before=form.before,
        cleared_by=cleared_by,
        lag=lag,
        according_to=tuple(
            f"{CARDS}/{name}" for name in (PROTOCOL + protocol_name, "latency", "period_length", "carry_over")
        ),
    )
    if (date.max - first_day).days < design.days:
        raise UserError(f"a trial from {first_day.isoformat()} would end after the last day there is.")
    return design


def _refuse_gaps(form: Protocol, cleared_by: str, outcomes: tuple[str, ...]) -> None:
    if not cleared_by.strip():
        raise UserError(
            "the trial needs the name of the clinician who checked: " + "; ".join(form.before),
            "Give it with --cleared-by.",
        )
    if not outcomes or len(outcomes) > form.outcomes_at_most or len(set(outcomes)) < len(outcomes):
        raise UserError(f"name 1 to {form.outcomes_at_most} different outcomes, the main one first")


def _refuse_lag(lag: Lag | None, longest: float) -> None:
    if lag is None:
        return
    if not 0 < lag.lo <= lag.mean <= lag.hi:
        raise UserError("the lag must be given as mean, low and high hours with 0 < low <= mean <= high")
    if lag.hi > longest:
        raise UserError(
            f"a lag that may reach {lag.hi:g} hours is too slow for a trial with periods.",
            f"This design needs a lag below {longest:g} hours.",
        )


def _window(mechanism: str, cards: Shelf | None) -> dict[str, Any]:
    windows = knowledge("latency", cards)
    if mechanism not in windows:
        raise UserError(f"no mechanism is called {mechanism}.", f"Choose one of: {', '.join(windows)}.")
    window: dict[str, Any] = windows[mechanism]
    if "refused" in window:
        raise UserError(window["refused"])
    return window
