"""The exact test: valid by construction, honest about what it can reach."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.food_triggers.blinded.randomisation import Guess, randomisation_test
from zonula.food_triggers.blinded.schedules import Arm, Schedules

SCHEDULES = Schedules(active=3, sham=3, longest_run=3)
DRIFT_FROM = 6


def test_a_perfect_separation_reaches_the_smallest_p():
    order = SCHEDULES.at(7)
    scores = np.array([9.0 if arm is Arm.ACTIVE else 1.0 for arm in order])
    test = randomisation_test(SCHEDULES, order, scores, drift_from=99)
    assert test.p == test.smallest == pytest.approx(1 / 20)


@given(
    st.lists(st.one_of(st.just(np.nan), st.integers(0, 10).map(float)), min_size=6, max_size=6),
    st.lists(st.sampled_from([*Guess, None]), min_size=6, max_size=6),
    st.floats(0.01, 1),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_scores_and_guesses_p_is_valid_over_the_orders(scores, guesses, level):
    """Scores and guesses held fixed (the food does nothing, nobody knows): P(p <= level) <= level over the drawn order."""
    tests = [
        randomisation_test(SCHEDULES, order, np.array(scores), guesses=guesses, drift_from=DRIFT_FROM)
        for order in SCHEDULES
    ]
    assert np.mean([test.p_plain <= level for test in tests]) <= level + 1e-12
    assert np.mean([test.p_within_guesses <= level for test in tests]) <= level + 1e-12
    assert all(0 < test.p <= 1 for test in tests)


def test_one_who_guesses_everything_right_convinces_nobody():
    order = SCHEDULES.at(3)
    scores = np.array([9.0 if arm is Arm.ACTIVE else 1.0 for arm in order])
    test = randomisation_test(SCHEDULES, order, scores, guesses=[Guess(arm.value) for arm in order], drift_from=99)
    assert test.p_plain == pytest.approx(1 / 20)
    assert test.p == 1.0


def test_a_straight_drift_is_taken_out():
    schedules = Schedules(active=4, sham=4, longest_run=2)
    order = schedules.at(20)
    drift = np.arange(8.0) * 3
    effect = np.array([1.0 if arm is Arm.ACTIVE else 0.0 for arm in order])
    assert randomisation_test(schedules, order, drift + effect, drift_from=DRIFT_FROM).p == pytest.approx(1 / 34)


def test_without_measurements_or_without_one_arm_p_is_one():
    order = SCHEDULES.at(0)  # active, active, active, sham, sham, sham
    assert randomisation_test(SCHEDULES, order, np.full(6, np.nan), drift_from=DRIFT_FROM).p == 1.0
    only_active = np.array([9.0, 9.0, 9.0, np.nan, np.nan, np.nan])
    assert randomisation_test(SCHEDULES, order, only_active, drift_from=DRIFT_FROM).p == 1.0


def test_equal_scores_do_not_convince():
    assert randomisation_test(SCHEDULES, SCHEDULES.at(5), np.full(6, 4.0), drift_from=DRIFT_FROM).p == 1.0
