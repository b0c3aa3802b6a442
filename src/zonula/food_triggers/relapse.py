"""The relapse monitor: after foods are given back, has the symptom risen above the person's own baseline?

Looked at as often as one likes, it keeps one false-alarm rate. Evidence after day t is an e-process: the predictive probability of
the ratings since the baseline if a rise began in some week, divided by that if nothing changed. Level and noise are integrated out
under the right-Haar prior, so the ratio does not depend on either; for the day-to-day correlation the null takes whichever
plausible value explains the ratings best, so the ratio is a non-negative supermartingale for each of them and exceeds c with
probability at most 1/c (Ville 1939; Ramdas et al., Stat Sci 2023;38:576). A rise has a half-normal prior in units of the noise
and may begin in any week. Scores enter as log(1 + score), which takes most of the skew out of scores near 0. Missing days are missing:
they widen the gap between ratings and are counted and reported.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import t as student

from zonula.chart import Ask, Finding, Grade, State
from zonula.errors import UserError
from zonula.knowledge import Shelf, shelf

CARD = "food_triggers/blinded/relapse"
SCHEMA = "zonula.relapse/1"
Floats = npt.NDArray[np.float64]
RHOS = np.linspace(0.0, 0.9, 19)
_WEEK = 7
_NO_RATE = "a false-alarm rate that cannot be stated, because the usual score is nearly always 0"


class Relapse(msgspec.Struct, frozen=True, kw_only=True):
    """The reading. evidence: one a monitored rated day; alarm: first day at or above `needed`; since: likeliest week of onset.

    rate_holds: False when the baseline is so often exactly 0 that the false-alarm rate cannot be stated.
    """

    schema: str = SCHEMA
    outcome: str
    alarm: date | None
    since: date | None
    days: tuple[date, ...]
    evidence: tuple[float, ...]
    needed: float
    false_alarm: float
    rate_holds: bool
    baseline_mean: float
    baseline_days: int
    recent_mean: float | None
    monitored_days: int
    unrated_days: int
    finding: Finding


def watch(
    outcome: str,
    ratings: Sequence[tuple[date, float]],
    *,
    baseline_until: date,
    as_of: date,
    cards: Shelf | None = None,
) -> Relapse:
    """Read daily ratings (0-10; several a day are averaged) up to `as_of`. The baseline is everything up to `baseline_until`.

    Raises UserError when the baseline is too short or a rating is out of range.
    """
    figures = (cards or shelf()).card(CARD).data
    dates, scores = _daily(ratings, as_of)
    days = np.array([(day - dates[0]).days for day in dates], dtype=float) if dates else np.zeros(0)
    baseline = sum(day <= baseline_until for day in dates)
    if baseline < figures["least_baseline_days"]:
        raise UserError(
            f"the baseline has {baseline} rated days; {figures['least_baseline_days']} are needed to know what is usual.",
            "Rate for longer before giving foods back, or choose a later end of the baseline.",
        )
    starts = np.arange((baseline_until - dates[0]).days + 1.0, days[-1] + 1, _WEEK)
    log_evidence, onset = _evidence(days, np.log1p(scores), baseline, starts, figures)
    needed = float(figures["evidence_needed"])
    reached = np.flatnonzero(log_evidence >= np.log(needed))
    alarm = dates[baseline + int(reached[0])] if len(reached) else None
    since = dates[0] + timedelta(days=float(starts[onset[reached[0]]])) if len(reached) else None
    until = dates.index(alarm) + 1 if alarm else len(dates)
    recent = scores[[n for n in range(baseline, until) if since is None or dates[n] >= since]]
    rate_holds = bool((scores[:baseline] == 0).mean() <= figures["zeros_at_most"])
    watched = max(0, (as_of - baseline_until).days)
    return Relapse(
        outcome=outcome,
        alarm=alarm,
        since=since,
        days=tuple(dates[baseline:]),
        evidence=tuple(np.exp(np.minimum(log_evidence, 700.0)).tolist()),
        needed=needed,
        false_alarm=figures["false_alarm"],
        rate_holds=rate_holds,
        baseline_mean=float(scores[:baseline].mean()),
        baseline_days=baseline,
        recent_mean=float(recent.mean()) if len(recent) else None,
        monitored_days=len(dates) - baseline,
        unrated_days=watched - (len(dates) - baseline),
        finding=_finding(
            outcome,
            as_of=as_of,
            alarm=alarm,
            since=since,
            baseline=scores[:baseline],
            recent=recent,
            rated=len(dates) - baseline,
            watched=watched,
            rate=f"about {figures['false_alarm']:.0%} false alarms a year" if rate_holds else _NO_RATE,
        ),
    )


def _daily(ratings: Sequence[tuple[date, float]], as_of: date) -> tuple[list[date], Floats]:
    by_day: dict[date, list[float]] = {}
    for day, score in ratings:
        if not 0 <= score <= 10:
            raise UserError(f"{day.isoformat()}: a score of {score:g} is outside 0 to 10")
        if day <= as_of:
            by_day.setdefault(day, []).append(score)
    dates = sorted(by_day)
    return dates, np.array([np.mean(by_day[day]) for day in dates])


def _evidence(
    days: Floats, scores: Floats, baseline: int, starts: Floats, figures: dict[str, Any]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Log evidence after each monitored day, shape (m,), and the likeliest start among `starts` by then, shape (m,)."""
    ratings = np.maximum(np.arange(1.0, len(days) + 1), 2.0)  # the first alone leaves no freedom, and is never asked
    kept = RHOS[:, None] ** np.diff(days)[None, :]
    kept = np.concatenate([np.zeros((len(RHOS), 1)), kept], axis=1)
    spread = np.sqrt(1 - kept**2)

    def whiten(values: Floats) -> Floats:
        before = np.concatenate([[0.0], values[:-1]])
        whitened: Floats = (values - kept * before) / spread
        return whitened

    y, one = whiten(scores - scores[:baseline].mean()), whiten(np.ones(len(days)))
    ones, ones_y = np.cumsum(one * one, axis=1), np.cumsum(one * y, axis=1)
    rest = np.cumsum(y * y, axis=1) - ones_y**2 / ones
    rest = np.maximum(rest, ratings * figures["rounding"] ** 2)
    # Log marginal likelihood, level and noise integrated out, up to a constant; shape (rhos, ratings).
    nothing = -np.cumsum(np.log(spread), axis=1) - 0.5 * np.log(ones) - 0.5 * (ratings - 1) * np.log(rest)
    at_baseline = nothing[:, baseline - 1]
    belief = at_baseline - logsumexp(at_baseline)
    order = np.argsort(-belief)
    plausible = order[: int(np.searchsorted(np.cumsum(np.exp(belief[order])), figures["plausible"])) + 1]
    null = (nothing - at_baseline[:, None])[plausible].max(axis=0)
    patience, weeks = figures["patience_weeks"], np.arange(1, len(starts) + 1)
    prior = np.log(patience / ((weeks + patience - 1) * (weeks + patience)))
    never_yet = np.log(patience / (len(starts) + patience))
    rises = np.empty((len(starts), len(days)))
    unchanged = logsumexp(nothing - at_baseline[:, None] + belief[:, None], axis=0)
    for number, start in enumerate(starts):
        step = whiten((days >= start).astype(float))
        steps = np.cumsum(step * step, axis=1) - np.cumsum(step * one, axis=1) ** 2 / ones
        steps_y = np.cumsum(step * y, axis=1) - np.cumsum(step * one, axis=1) * ones_y / ones
        precision = 1 / figures["rise_spread"] ** 2 + np.maximum(steps, 0.0)
        left = rest - steps_y**2 / precision
        t = steps_y / precision / np.sqrt(left / (ratings - 1) / precision)
        gain = (
            -0.5 * np.log(precision * figures["rise_spread"] ** 2)
            + 0.5 * (ratings - 1) * (np.log(rest) - np.log(left))
            + np.log(2)
            + student.logcdf(t, ratings - 1)
        )
        gain = np.where(days[None, :] < start, 0.0, gain)
        rises[number] = prior[number] + logsumexp(gain + nothing - at_baseline[:, None] + belief[:, None], axis=0)
    together = np.logaddexp(logsumexp(rises, axis=0), never_yet + unchanged) if len(starts) else unchanged
    onset = rises.argmax(axis=0) if len(starts) else np.zeros(len(days), dtype=np.int64)
    return (together - null)[baseline:], onset[baseline:]


def _finding(
    outcome: str,
    *,
    as_of: date,
    alarm: date | None,
    since: date | None,
    baseline: Floats,
    recent: Floats,
    rated: int,
    watched: int,
    rate: str,
) -> Finding:
    asks: tuple[Ask, ...] = ()
    if alarm and since:
        says = (
            f"{outcome} has risen since about {since.isoformat()}: {recent.mean():.1f} against {baseline.mean():.1f} in the "
            f"baseline. Noticed on {alarm.isoformat()} by a monitor with {rate}."
        )
        state, asks = (
            State.YES,
            (Ask("clinician", "ask what changed, and look at the foods given back before that date"),),
        )
    elif rated == 0:
        says, state, asks = (
            f"{outcome}: no day was rated since the baseline, so nothing can be said.",
            State.UNKNOWN,
            (),
        )
    else:
        says = f"No rise of {outcome} above the baseline was noticed in {rated} rated of {watched} days, by a monitor with {rate}."
        state = State.NO
    return Finding(
        id=f"food_triggers.relapse.{outcome}",
        says=says,
        as_of=as_of,
        state=state,
        value=float(recent.mean() - baseline.mean()) if len(recent) else None,
        unit="points on a 0-10 scale",
        according_to=(CARD,),
        grade=Grade.ENGINEERING,
        verified=False,
        asks=asks,
    )
