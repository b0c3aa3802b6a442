"""Admissible orders: counted exactly, ranked both ways, drawn uniformly."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from zonula.errors import UserError
from zonula.food_triggers.blinded.schedules import Arm, Schedules


def longest_run(order):
    longest = run = 1
    for before, after in pairwise(order):
        run = run + 1 if before == after else 1
        longest = max(longest, run)
    return longest


def admissible_by_brute_force(active, sham, limit, paired):
    orders = set(permutations([Arm.ACTIVE] * active + [Arm.SHAM] * sham))
    return {
        order
        for order in orders
        if longest_run(order) <= limit
        and (not paired or all(order[i] != order[i + 1] for i in range(0, len(order), 2)))
    }


@pytest.mark.parametrize(
    ("active", "sham", "limit", "paired"),
    [
        (1, 1, 1, False),
        (3, 3, 2, False),
        (3, 3, 3, False),
        (3, 2, 2, False),
        (4, 3, 1, False),
        (4, 4, 2, True),
        (3, 3, 1, True),
    ],
)
def test_the_set_is_exactly_what_enumeration_finds(active, sham, limit, paired):
    schedules = Schedules(active=active, sham=sham, longest_run=limit, paired=paired)
    listed = list(schedules)
    assert set(listed) == admissible_by_brute_force(active, sham, limit, paired)
    assert len(listed) == schedules.count == len(set(listed))
    as_rows = [[arm is Arm.ACTIVE for arm in order] for order in listed]
    assert schedules.matrix.tolist() == as_rows


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 5), st.booleans(), st.data())
@settings(max_examples=60, deadline=None)
def test_rank_and_schedule_are_inverse(active, sham, limit, paired, data):
    try:
        schedules = Schedules(active=active, sham=active if paired else sham, longest_run=limit, paired=paired)
    except UserError:
        return
    rank = data.draw(st.integers(0, schedules.count - 1))
    order = schedules.at(rank)
    assert schedules.rank_of(order) == rank
    assert longest_run(order) <= limit
    assert order.count(Arm.ACTIVE) == active
    assert len(schedules.matrix) == schedules.count


def test_draws_are_uniform():
    schedules = Schedules(active=3, sham=3, longest_run=2)
    rng = np.random.default_rng(20311)
    drawn = [schedules.rank_of(schedules.sample(rng)) for _ in range(14 * 400)]
    assert schedules.count == 14
    assert chisquare(np.bincount(drawn, minlength=14)).pvalue > 0.001


def test_a_coin_per_period_with_repair_would_not_be_uniform():
    """Negative control: the common shortcut (toss, and force the arm when a limit binds) fails the same chi-square test."""
    schedules = Schedules(active=3, sham=3, longest_run=2)
    rng = np.random.default_rng(20311)
    drawn = []
    for _ in range(14 * 400):
        prefix = ()
        while len(prefix) < 6:
            allowed = schedules._next(prefix)
            prefix = (*prefix, allowed[rng.integers(len(allowed))])
        drawn.append(schedules.rank_of(prefix))
    assert chisquare(np.bincount(drawn, minlength=14)).pvalue < 1e-6


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"active": 0, "sham": 1, "longest_run": 1}, "at least one active"),
        ({"active": 1, "sham": 1, "longest_run": 0}, "longest run"),
        ({"active": 4, "sham": 1, "longest_run": 1}, "no order"),
        ({"active": 11, "sham": 10, "longest_run": 2}, "more than 20"),
        ({"active": 3, "sham": 2, "longest_run": 2, "paired": True}, "as many active as sham"),
    ],
)
def test_impossible_wishes_are_refused_with_the_reason(wanted, says):
    with pytest.raises(UserError, match=says):
        Schedules(**wanted)


def test_a_schedule_outside_the_set_has_no_rank():
    schedules = Schedules(active=2, sham=2, longest_run=1)
    with pytest.raises(ValueError, match="not admissible"):
        schedules.rank_of((Arm.ACTIVE, Arm.ACTIVE, Arm.SHAM, Arm.SHAM))
    with pytest.raises(ValueError, match="not admissible"):
        schedules.rank_of((Arm.ACTIVE,))
    with pytest.raises(ValueError, match="outside"):
        schedules.at(2)


def test_with_three_pairs_and_runs_of_two_five_percent_is_out_of_reach():
    assert Schedules(active=3, sham=3, longest_run=2).smallest_p == pytest.approx(1 / 14)
    assert Schedules(active=4, sham=4, longest_run=2).smallest_p < 0.05
