"""Estimators against results published with the libraries' own data sets, and intervals that cover."""

import numpy as np
import pytest

from zonula.outcomes import End, Outcome, Standing, complete_cases, cumulative_incidence, outcome, predictors_of
from zonula.outcomes.recovery_time import arrays
from zonula.outcomes.report_card import likelihood_ratio, standardised


def outcomes(days, kinds):
    return [
        Outcome(
            patient=str(i),
            baseline=60.0,
            end=kind,
            day=int(day),
            after=max(0, int(day) - 7),
            standing=Standing.UNKNOWN,
            change_percent=None,
        )
        for i, (day, kind) in enumerate(zip(days, kinds, strict=True))
    ]


def test_without_competing_events_the_curve_is_one_minus_kaplan_meier():
    from lifelines import KaplanMeierFitter
    from lifelines.datasets import load_leukemia

    data = load_leukemia()
    kinds = [End.RECOVERED if status else End.CENSORED for status in data["status"]]
    curve = cumulative_incidence(outcomes(data["t"], kinds), [5, 10, 20])
    reference = 1 - KaplanMeierFitter().fit(data["t"], data["status"]).predict([5, 10, 20])
    assert [point.probability for point in curve.points] == pytest.approx(list(reference), abs=1e-12)


def test_the_competing_event_is_no_censoring():
    days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    kinds = [End.RECOVERED, End.DROPPED_OUT] * 5
    curve = cumulative_incidence(outcomes(days, kinds), [10])
    assert curve.points[0].probability == pytest.approx(0.5)
    left = cumulative_incidence(outcomes(days, kinds), [10], End.DROPPED_OUT)
    assert left.points[0].probability == pytest.approx(0.5)


def test_nothing_is_extrapolated_and_no_event_has_no_curve():
    kinds = [End.RECOVERED, End.CENSORED]
    assert [point.day for point in cumulative_incidence(outcomes([10, 20], kinds), [5, 15, 25]).points] == [5, 15]
    assert cumulative_incidence(outcomes([10, 20], [End.CENSORED] * 2), [5]) is None


def test_the_interval_of_the_curve_covers_in_93_to_97_of_100():
    rng = np.random.default_rng(11)
    truth = 1 - np.exp(-84 / 120)
    covered = 0
    for _ in range(600):
        recovery, end = np.ceil(rng.exponential(120, 150)), np.ceil(rng.uniform(60, 364, 150))
        kinds = [End.RECOVERED if seen else End.CENSORED for seen in recovery <= end]
        point = cumulative_incidence(outcomes(np.minimum(recovery, end), kinds), [84]).points[0]
        covered += point.low <= truth <= point.high
    assert 0.925 <= covered / 600 <= 0.975


@pytest.mark.parametrize("truth", ["true", "false"])
def test_the_interval_of_the_hazard_ratio_covers(truth, registry, rules):
    """40 registries of 150: a 95 % interval misses more than 6 with probability below 0.01."""
    from virtual_registry import TRUTHS

    rng = np.random.default_rng(13)
    missed = 0
    for _ in range(40):
        courses = registry(150, truth, rng)
        judged = [outcome(one, rules) for one in courses]
        rows, base = complete_cases(predictors_of(courses, judged))
        kinds, days = arrays([judged[i] for i in rows.index])
        coefficient, error, _ = likelihood_ratio(
            standardised(rows[[*base, "percent_positive"]]), base, days, kinds == 1
        )
        missed += abs(coefficient - TRUTHS[truth][0]) > 1.96 * error
    assert missed <= 6


def test_the_cox_model_gives_the_published_coefficient_of_the_recidivism_data():
    """Prior convictions in Rossi's data: coefficient 0.0915, standard error 0.0286 (Allison PD 1995; Fox J, Weisberg S 2011)."""
    from lifelines.datasets import load_rossi

    data = load_rossi().rename(columns={"prio": "percent_positive"})
    base = ["fin", "age", "race", "wexp", "mar", "paro"]
    coefficient, error, p_value = likelihood_ratio(
        data[[*base, "percent_positive"]], base, data["week"].to_numpy(), data["arrest"].to_numpy() == 1
    )
    assert coefficient == pytest.approx(0.0915, abs=5e-4)
    assert error == pytest.approx(0.0286, abs=5e-4)
    assert p_value < 0.01
