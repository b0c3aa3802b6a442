"""Noise from the run-in, and what the trial can tell before it starts."""

from datetime import date

import numpy as np
import pytest

from zonula.errors import UserError
from zonula.food_triggers.blinded.contrast import contrast_of
from zonula.food_triggers.blinded.design import design_trial
from zonula.food_triggers.blinded.power import needed_per_arm, prospect_of, wilson
from zonula.food_triggers.blinded.rules import Rule, declare
from zonula.food_triggers.blinded.schedules import Schedules
from zonula.food_triggers.blinded.weather import noise_of, weather

DAYS = np.arange(60.0)


def test_weather_has_the_correlation_and_spread_it_was_given():
    draws = weather(np.array([0.0, 1.0, 3.0]), 0.6, 2.0, np.random.default_rng(1), size=20000)
    assert draws.std(axis=0) == pytest.approx([2, 2, 2], rel=0.03)
    assert np.corrcoef(draws.T)[0, 1:] == pytest.approx([0.6, 0.6**3], abs=0.03)


def test_noise_is_recovered():
    noise = noise_of(DAYS, 4 + weather(DAYS, 0.5, 1.0, np.random.default_rng(3), size=1)[0], least_days=10)
    assert noise.rho == pytest.approx(0.5, abs=0.25)
    assert noise.sd == pytest.approx(1.0, abs=0.4)
    assert noise.level == pytest.approx(4.0, abs=0.7)


def test_too_few_days_or_ratings_that_never_move_are_refused():
    with pytest.raises(UserError, match="10 are needed"):
        noise_of(DAYS[:9], np.arange(9.0), least_days=10)
    with pytest.raises(UserError, match="every rating"):
        noise_of(DAYS, np.full(60, 3.0), least_days=10)


def test_power_grows_with_the_effect_and_falls_with_the_noise(milk):
    rule = declare(Rule.SALERNO_30, milk)
    shares = []
    for sd in (0.5, 2.5):
        noise = noise_of(DAYS, 3 + weather(DAYS, 0.3, sd, np.random.default_rng(5), size=1)[0], least_days=10)
        found = prospect_of(milk, rule, noise, np.random.default_rng(6), effects=(0, 3), plays=40)
        assert found.can_confirm
        assert all(chance.lo <= chance.confirmed <= chance.hi for chance in found.chances)
        shares.append([chance.confirmed for chance in found.chances])
    (quiet_none, quiet_three), (stormy_none, stormy_three) = shares
    assert max(quiet_none, stormy_none) <= 0.15
    assert quiet_three > 0.6
    assert quiet_three > stormy_three


def test_without_a_run_in_only_what_the_orders_tell_is_said(milk):
    found = prospect_of(milk, declare(Rule.POSTERIOR, milk), None, np.random.default_rng(1))
    assert found.chances == ()
    assert found.smallest_p == pytest.approx(1 / 194)


def test_salerno_is_told_it_cannot_and_how_many_periods_could():
    design = design_trial("t", "salerno_gluten", outcomes=("bloating",), first_day=date(2031, 1, 6), cleared_by="Dr A")
    found = prospect_of(design, declare(Rule.SALERNO_30, design), None, np.random.default_rng(1))
    assert not found.can_confirm
    assert found.smallest_p == 0.5
    assert found.needed_per_arm == 4


@pytest.mark.parametrize(("run", "paired", "needed"), [(2, False, 4), (3, False, 3), (2, True, 5)])
def test_how_many_periods_five_percent_needs(run, paired, needed):
    assert needed_per_arm(Schedules(active=3, sham=3, longest_run=run, paired=paired), 0.05) == needed


def test_strict_alternation_never_gets_there():
    with pytest.raises(UserError, match="longer run"):
        needed_per_arm(Schedules(active=3, sham=3, longest_run=1), 0.05)


def test_wilson_intervals_hold_their_share():
    assert wilson(0, 100)[0] == pytest.approx(0)
    assert wilson(100, 100)[1] == pytest.approx(1)
    lo, hi = wilson(20, 100)
    assert (round(lo, 3), round(hi, 3)) == (0.133, 0.289)


def test_the_contrast_interval_covers_under_autocorrelation_where_a_t_interval_does_not():
    rng = np.random.default_rng(8)
    days, period = np.arange(48.0), np.repeat(np.arange(1, 9), 6)
    active = np.isin(period, (1, 4, 6, 7))
    hits, naive = 0, 0
    for noise in weather(days, 0.8, 1.5, rng, size=80):
        found = contrast_of(days, noise + 2 * active, period, active, drift_from=6, content=0.9)
        hits += found.lo <= 2 <= found.hi
        a, b = noise[active] + 2, noise[~active]
        half = 1.68 * np.sqrt(a.var(ddof=1) / 24 + b.var(ddof=1) / 24)
        naive += abs(a.mean() - b.mean() - 2) <= half
    assert hits >= 66  # 90 % of 80 is 72; below 66 has a chance under 3 in 100
    assert naive < 60
