"""One course: recovery must be kept, harm is as visible as benefit, and no run-in means no baseline."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.knowledge import shelf
from zonula.outcomes import Course, End, Reading, Standing, declared, estimate, outcome

RULES = declared(shelf())


def course(totals, *, run_in=((-14, 60), (-7, 60), (0, 60)), last=None, **more):
    readings = tuple(Reading(day, total) for day, total in (*run_in, *totals))
    return Course(
        patient="p", clinic="A", readings=readings, last_day=last if last is not None else readings[-1].day, **more
    )


def weekly(*totals):
    return [(7 * (n + 1), total) for n, total in enumerate(totals)]


@pytest.mark.parametrize(
    ("totals", "end", "day", "after", "standing"),
    [
        (weekly(60, 30, 30, 30, 30, 30), End.RECOVERED, 14, 7, Standing.RECOVERED),
        (weekly(60, 30, 30, 30, 30), End.CENSORED, 35, 35, Standing.PARTIAL),
        (weekly(60, 31, 31, 31, 31, 31), End.CENSORED, 42, 42, Standing.PARTIAL),
        (weekly(30, 30, 60, 30, 30, 30, 30, 30), End.RECOVERED, 28, 21, Standing.RECOVERED),
        (weekly(60, 60, 60, 60), End.CENSORED, 28, 28, Standing.UNCHANGED),
        (weekly(72, 72, 72, 72), End.CENSORED, 28, 28, Standing.WORSE),
        (weekly(71, 71, 71, 71), End.CENSORED, 28, 28, Standing.UNCHANGED),
        (weekly(42, 42, 42, 42), End.CENSORED, 28, 28, Standing.PARTIAL),
        (weekly(43, 43, 43, 43), End.CENSORED, 28, 28, Standing.UNCHANGED),
        (weekly(30, 30, 30, 30, 30, 60, 60, 60), End.RECOVERED, 7, 0, Standing.RELAPSED),
        (weekly(30, 30, 30, 30, 30, 60, 60), End.RECOVERED, 7, 0, Standing.RECOVERED),
        ([], End.CENSORED, 0, 0, Standing.UNKNOWN),
    ],
)
def test_what_became_of_a_course(totals, end, day, after, standing):
    found = outcome(course(totals), RULES)
    assert (found.end, found.day, found.after, found.standing) == (end, day, after, standing)


def test_without_a_run_in_of_seven_days_there_is_no_baseline():
    for run_in in ((), ((0, 60),), ((-6, 60), (0, 60)), ((-7, 0), (0, 0))):
        found = outcome(course(weekly(10, 10, 10, 10, 10, 10), run_in=run_in), RULES)
        assert (found.baseline, found.standing, found.end) == (None, Standing.UNKNOWN, End.CENSORED)
    assert outcome(course(weekly(10), run_in=((-7, 50), (0, 70))), RULES).baseline == 60


def test_silence_of_six_weeks_is_leaving_unless_the_plan_was_finished():
    assert outcome(course(weekly(60, 60), last=55), RULES).end is End.CENSORED
    left = outcome(course(weekly(60, 60), last=56), RULES)
    assert (left.end, left.day) == (End.DROPPED_OUT, 14)
    assert outcome(course(weekly(60, 60), last=56, finished=True), RULES).end is End.CENSORED
    gap = outcome(course([(7, 60), (49, 60)]), RULES)
    assert (gap.end, gap.day) == (End.DROPPED_OUT, 7)


@given(st.lists(st.integers(0, 120), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_readings_never_matters(totals, random):
    one = course(weekly(*totals))
    shuffled = list(one.readings)
    random.shuffle(shuffled)
    assert outcome(one, RULES) == outcome(msgspec.structs.replace(one, readings=tuple(shuffled)), RULES)


@settings(deadline=None)  # the first example pays for imports
@given(st.lists(st.integers(0, 120), min_size=1, max_size=20))
def test_lower_totals_never_make_recovery_later(totals):
    def day(values):
        found = outcome(course(weekly(*values)), RULES)
        return found.day if found.end is End.RECOVERED else 10**6

    assert day([total // 2 for total in totals]) <= day(totals)


def test_regression_to_the_mean_is_found_where_nothing_was_done():
    rng = np.random.default_rng(3)
    courses = []
    for i, level in enumerate(rng.normal(60, 8, 800)):
        totals = level + rng.normal(0, 8, 6)
        readings = [Reading(7 * (n - 1), float(total)) for n, total in enumerate(totals)]
        courses.append(Course(patient=str(i), clinic="A", readings=tuple(readings), last_day=28))
    outcomes = [outcome(one, RULES) for one in courses]
    to_mean = estimate(courses, outcomes)
    assert 0.45 < to_mean.reliability < 0.55
    worst = [one for one in outcomes if one.baseline > 70]
    seen = np.mean([one.change_percent for one in worst])
    expected = np.mean([to_mean.expected_change_percent(one.baseline, 2) for one in worst])
    assert expected < -3
    assert abs(seen - expected) < 2
    assert estimate(courses[:9], outcomes[:9]) is None
