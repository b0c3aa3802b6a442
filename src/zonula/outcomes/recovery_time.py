"""Time to recovery with right and interval censoring and drop-out as a competing event, by well-kept libraries.

Nonparametric curves come from scikit-survival (Aalen-Johansen for recovery against drop-out, Kaplan-Meier where one event counts);
the prediction for one patient is a Weibull accelerated-failure-time model of lifelines fitted to the censoring intervals.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zonula.outcomes.course import End, Outcome

RECOVERED, LEFT = 1, 2
_CODES = {End.CENSORED: 0, End.RECOVERED: RECOVERED, End.DROPPED_OUT: LEFT}


class CurvePoint(msgspec.Struct, frozen=True):
    """At a day: probability to have recovered (or left) by then, its 95 % interval, and how many were still at risk."""

    day: int
    probability: float
    low: float
    high: float
    at_risk: int


class Curve(msgspec.Struct, frozen=True):
    """The cumulative incidence of one event. median_day is None when half never recover within what was seen."""

    event: End
    patients: int
    events: int
    points: tuple[CurvePoint, ...]
    median_day: int | None


def cumulative_incidence(outcomes: Sequence[Outcome], times: Sequence[int], event: End = End.RECOVERED) -> Curve | None:
    """Aalen-Johansen cumulative incidence of `event` at the given days; None when it never happened.

    Days beyond the last one seen are left out: nothing is extrapolated.
    """
    kinds, days = arrays(outcomes)
    wanted = _CODES[event]
    if not np.any(kinds == wanted):
        return None
    grid, incidence, bounds = _estimate(kinds, days, wanted)
    points = []
    for day in times:
        if day > grid[-1]:
            break
        place = int(np.searchsorted(grid, day, side="right")) - 1
        at_risk = int(np.sum(days >= day))
        if place < 0:
            points.append(CurvePoint(day, 0.0, 0.0, 0.0, at_risk))
        else:
            low, high = np.nan_to_num(bounds[:, place], nan=incidence[place])
            points.append(CurvePoint(day, float(incidence[place]), float(low), float(high), at_risk))
    half = np.flatnonzero(incidence >= 0.5)
    return Curve(
        event, len(outcomes), int(np.sum(kinds == wanted)), tuple(points), int(grid[half[0]]) if half.size else None
    )


def arrays(outcomes: Sequence[Outcome]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Event codes (0 censored, 1 recovered, 2 left) and days, at least half a day so that day 0 is at risk."""
    kinds = np.array([_CODES[one.end] for one in outcomes], dtype=np.int64)
    return kinds, np.maximum(np.array([one.day for one in outcomes], dtype=float), 0.5)


def _estimate(
    kinds: NDArray[np.int64], days: NDArray[np.float64], wanted: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Days, cumulative incidence and its 95 % bounds (shape 2 x days); Kaplan-Meier where nothing competes."""
    from sksurv.nonparametric import cumulative_incidence_competing_risks, kaplan_meier_estimator

    others = (kinds != 0) & (kinds != wanted)
    if not np.any(others):
        grid, still, bounds = kaplan_meier_estimator(kinds == wanted, days, conf_type="log-log")
        return grid, 1 - still, 1 - bounds[::-1]
    numbered = np.where(kinds == wanted, 1, np.where(others, 2, 0))
    # In small groups the variance can come out a hair below zero; such a bound is not a number, and `cumulative_incidence` puts the estimate there.
    with np.errstate(invalid="ignore"):
        grid, incidence, bounds = cumulative_incidence_competing_risks(numbered, days, conf_type="log-log")
    return grid, incidence[1], bounds[1]


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """For one new patient: days to recovery, median and central 80 % interval, and the patients behind the model."""

    median_day: float
    low_day: float
    high_day: float
    patients: int
    recoveries: int


def predict(
    outcomes: Sequence[Outcome], predictors: pd.DataFrame, newcomer: pd.DataFrame, least_recoveries: int
) -> Prediction | None:
    """Weibull AFT on the censoring intervals, for one row `newcomer` with the columns of `predictors`; None below the minimum.

    Drop-outs count as censored: the prediction is of the day of recovery if the patient stays.
    """
    from lifelines import WeibullAFTFitter

    recoveries = sum(one.end is End.RECOVERED for one in outcomes)
    if recoveries < least_recoveries:
        return None
    table = predictors.copy()
    table["after"] = [max(one.after, 0.0) if one.end is End.RECOVERED else max(one.day, 0.5) for one in outcomes]
    table["by"] = [max(one.day, 0.5) if one.end is End.RECOVERED else np.inf for one in outcomes]
    model = WeibullAFTFitter()
    model.fit_interval_censoring(table, lower_bound_col="after", upper_bound_col="by")
    # In lifelines the percentile is the survival probability: 0.9 still waiting is the early end.
    low, median, high = (float(model.predict_percentile(newcomer, p=share).iloc[0]) for share in (0.9, 0.5, 0.1))
    return Prediction(median_day=median, low_day=low, high_day=high, patients=len(outcomes), recoveries=recoveries)
