"""Which ratings count, period by period, and what the person guessed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from zonula.food_triggers.blinded.conduct import Trial
from zonula.food_triggers.blinded.events import Asked, Guessed
from zonula.food_triggers.blinded.randomisation import Guess
from zonula.food_triggers.blinded.weather import Floats

_DAY = timedelta(days=1)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The counted ratings of one outcome, in order of time.

    days: since the first rating; scores: 0-10; period: 0 in the run-in, else 1, 2, ...; means: mean of the day means of each
    planned period, shape (periods,), NaN where nothing counted; rated_days: days behind each mean.
    """

    days: Floats
    scores: Floats
    period: npt.NDArray[np.int64]
    means: Floats
    rated_days: tuple[int, ...]


def window(trial: Trial, period: int) -> tuple[datetime, datetime] | None:
    """First and last moment at which a rating counts for a period (1, 2, ...); None when it never began."""
    if period > len(trial.started):
        return None
    design = trial.design
    begun = trial.started[period - 1]
    end = begun + timedelta(days=design.period_days)
    if period <= len(trial.ended):
        # The effect of the last portion is still in the period's ratings for one more day.
        end = min(end, trial.ended[period - 1] + _DAY)
    if trial.stopped is not None:
        end = min(end, trial.stopped.at)
    return begun + timedelta(hours=design.uncounted_hours), end


def counted(trial: Trial, outcome: str) -> Counted:
    """Sort the ratings of an outcome into run-in and periods.

    Those in washouts and carry-over hours do not count, nor those from before the run-in: another diet, another weather.
    """
    periods = trial.design.schedules.periods
    windows = [window(trial, period) for period in range(1, periods + 1)]
    rows: list[tuple[datetime, float, int]] = []
    for rating in trial.ratings:
        if rating.outcome != outcome:
            continue
        if rating.at.date() >= trial.design.first_day and (not trial.started or rating.at < trial.started[0]):
            rows.append((rating.at, rating.score, 0))
        for period, span in enumerate(windows, 1):
            if span is not None and span[0] <= rating.at < span[1]:
                rows.append((rating.at, rating.score, period))
    rows.sort()
    first = rows[0][0] if rows else datetime.min
    means, rated = np.full(periods, np.nan), [0] * periods
    for period in range(1, periods + 1):
        by_day: dict[object, list[float]] = {}
        for at, score, where in rows:
            if where == period:
                by_day.setdefault(at.date(), []).append(score)
        if by_day:
            means[period - 1] = np.mean([np.mean(scores) for scores in by_day.values()])
            rated[period - 1] = len(by_day)
    return Counted(
        days=np.array([(at - first) / _DAY for at, _, _ in rows]),
        scores=np.array([score for _, score, _ in rows], dtype=float),
        period=np.array([where for _, _, where in rows], dtype=np.int64),
        means=means,
        rated_days=tuple(rated),
    )


def product_guesses(trial: Trial, telling_reasons: Sequence[str]) -> tuple[Guess | None, ...]:
    """Per period, what the person believes for reasons that lie in the product or in being told, not in symptoms.

    The guess after the first portion, replaced by the one at the end when that rests on a telling reason. None: not asked.
    """
    return tuple(
        _product_guess(trial, period, telling_reasons) for period in range(1, trial.design.schedules.periods + 1)
    )


def _product_guess(trial: Trial, period: int, telling: Sequence[str]) -> Guess | None:
    said = {guess.asked: guess for guess in trial.guesses if guess.period == period}
    late = said.get(Asked.PERIOD_END)
    if late is not None and late.reason.value in telling:
        return late.guess
    early: Guessed | None = said.get(Asked.FIRST_PORTION)
    return early.guess if early else None


def end_guesses(trial: Trial) -> tuple[Guess | None, ...]:
    """Per period, the guess at its end, whatever it rests on. None: not asked."""
    said = {guess.period: guess.guess for guess in trial.guesses if guess.asked is Asked.PERIOD_END}
    return tuple(said.get(period) for period in range(1, trial.design.schedules.periods + 1))
