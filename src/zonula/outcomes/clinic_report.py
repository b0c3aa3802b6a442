"""One clinic's outcomes on one page: benefit and harm side by side, recovery time, the claim's report card, the bands."""

from collections.abc import Sequence

import msgspec
import numpy as np

from zonula.outcomes.course import Course, End, Outcome, Standing, outcome
from zonula.outcomes.definitions import Definitions
from zonula.outcomes.parts import StageChange, stage_changes
from zonula.outcomes.recovery_time import Curve, cumulative_incidence
from zonula.outcomes.regression_to_mean import RegressionToMean, estimate
from zonula.outcomes.report_card import ReportCard, report_card


class Foods(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over the patients for whom they are known."""

    known_for: int
    restricted: int
    given_back: int
    median_days_restricted: float | None


class BandRow(msgspec.Struct, frozen=True, kw_only=True):
    """One band of the skin-test hypothesis: what the clinic expects and what was seen. seen_* are None below the minimum."""

    band: str
    percent_from: float
    percent_below: float
    expected_weeks: tuple[float, float]
    patients: int
    recovered: int
    seen_median_weeks: float | None


class Band(msgspec.Struct, frozen=True):
    """A band of the clinic's hypothesis, as given by its card."""

    label: str
    percent_from: float
    percent_below: float
    weeks: tuple[float, float]


class ClinicReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page shows. own_change_percent: mean change by regression to the mean alone; None when it cannot be told."""

    schema: str = "zonula.outcomes/1"
    definitions: str
    patients: int
    without_run_in: int
    standings: dict[str, int]
    ends: dict[str, int]
    adverse_events: int
    serious_adverse_events: int
    patients_harmed: int
    mean_change_percent: float | None
    own_change_percent: float | None
    regression_to_mean: RegressionToMean | None
    recovery: Curve | None
    drop_out: Curve | None
    foods: Foods
    stages: tuple[StageChange, ...]
    claim: ReportCard
    bands: tuple[BandRow, ...] = ()


def clinic_report(
    courses: Sequence[Course], rules: Definitions, bands: Sequence[Band], rng: np.random.Generator
) -> ClinicReport:
    """Judge every course and sum up. rng drives only the cross-validation's folds."""
    outcomes = [outcome(course, rules) for course in courses]
    events = [event for course in courses for event in course.adverse_events]
    changes = [one.change_percent for one in outcomes if one.change_percent is not None]
    to_mean = estimate(courses, outcomes)
    enough = sum(one.end is End.RECOVERED for one in outcomes) >= rules.least_recoveries
    left = sum(one.end is End.DROPPED_OUT for one in outcomes)
    return ClinicReport(
        definitions=rules.fingerprint,
        patients=len(courses),
        without_run_in=sum(one.baseline is None for one in outcomes),
        standings={kind.value: sum(one.standing is kind for one in outcomes) for kind in Standing},
        ends={kind.value: sum(one.end is kind for one in outcomes) for kind in End},
        adverse_events=len(events),
        serious_adverse_events=sum(event.serious for event in events),
        patients_harmed=sum(bool(course.adverse_events) for course in courses),
        mean_change_percent=float(np.mean(changes)) if changes else None,
        own_change_percent=_own_change(courses, outcomes, to_mean),
        regression_to_mean=to_mean,
        recovery=cumulative_incidence(outcomes, rules.agreed_times) if enough else None,
        drop_out=cumulative_incidence(outcomes, rules.agreed_times, End.DROPPED_OUT) if left else None,
        foods=_foods(courses),
        stages=stage_changes(courses),
        claim=report_card(courses, outcomes, rules, rng),
        bands=tuple(_band(band, courses, outcomes, rules) for band in bands),
    )


def _own_change(
    courses: Sequence[Course], outcomes: Sequence[Outcome], to_mean: RegressionToMean | None
) -> float | None:
    if to_mean is None:
        return None
    expected = [
        to_mean.expected_change_percent(one.baseline, sum(reading.day <= 0 for reading in course.readings))
        for course, one in zip(courses, outcomes, strict=True)
        if one.baseline is not None
    ]
    return float(np.mean(expected)) if expected else None


def _foods(courses: Sequence[Course]) -> Foods:
    known = [one for one in courses if one.foods_restricted is not None and one.foods_given_back is not None]
    days = [one.days_restricted for one in courses if one.days_restricted is not None]
    return Foods(
        known_for=len(known),
        restricted=sum(one.foods_restricted or 0 for one in known),
        given_back=sum(one.foods_given_back or 0 for one in known),
        median_days_restricted=float(np.median(days)) if days else None,
    )


def _band(band: Band, courses: Sequence[Course], outcomes: Sequence[Outcome], rules: Definitions) -> BandRow:
    inside = [
        one
        for course, one in zip(courses, outcomes, strict=True)
        if course.percent_positive is not None and band.percent_from <= course.percent_positive < band.percent_below
    ]
    recovered = sum(one.end is End.RECOVERED for one in inside)
    curve = cumulative_incidence(inside, rules.agreed_times) if recovered >= rules.least_per_band else None
    return BandRow(
        band=band.label,
        percent_from=band.percent_from,
        percent_below=band.percent_below,
        expected_weeks=band.weeks,
        patients=len(inside),
        recovered=recovered,
        seen_median_weeks=curve.median_day / 7 if curve and curve.median_day is not None else None,
    )
