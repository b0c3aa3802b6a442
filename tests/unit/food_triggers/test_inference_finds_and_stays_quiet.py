"""Planted triggers are found; where there are none, where days are shuffled and where only belief acts, it stays quiet."""

from dataclasses import replace

import numpy as np
from virtual_diarist import HEAVY_NOCEBO, QUIET, Traps

from zonula.food_triggers.inference import infer

STRONG = replace(QUIET, triggers=2, strength=(2.0, 4.0))


def probabilities(made):
    person, _, diary = made
    judged = ~person.excluded
    return infer(diary).probability[judged], person.is_trigger[judged]


def test_strong_triggers_that_are_eaten_often_are_found(virtual):
    found, missed = 0, 0
    for seed in range(6):
        person, _, diary = virtual(seed, 90, STRONG)
        p = infer(diary).probability
        for g in person.triggers:
            if (diary.intake_group == g).sum() >= 15:
                found += p[g] > 0.5
                missed += p[g] <= 0.5
    assert found >= 5
    assert missed <= 2


def test_people_without_a_trigger_are_not_given_one(virtual):
    false = [int((probabilities(virtual(seed, 60, Traps(triggers=0)))[0] > 0.5).sum()) for seed in range(20, 36)]
    assert sum(false) <= 2


def test_belief_alone_is_no_trigger(virtual):
    nocebo = replace(HEAVY_NOCEBO, triggers=0)
    false = [int((probabilities(virtual(seed, 60, nocebo))[0] > 0.5).sum()) for seed in range(40, 52)]
    assert sum(false) <= 3


def test_shuffled_symptom_days_yield_no_trigger(virtual):
    for seed in range(4):
        _, _, diary = virtual(seed, 90, STRONG)
        day = np.floor(diary.rating_hour / 24.0)
        days = np.unique(day)
        moved = dict(zip(days, np.random.default_rng(seed).permutation(days), strict=True))
        hour = diary.rating_hour + 24.0 * np.array([moved[d] - d for d in day])
        order = np.argsort(hour, kind="stable")
        shuffled = replace(
            diary,
            rating_hour=hour[order],
            rating_symptom=diary.rating_symptom[order],
            rating_value=diary.rating_value[order],
        )
        assert (infer(shuffled).probability < 0.5).all()


def test_probabilities_are_honest_on_average(virtual):
    """A short calibration: the sum of probabilities is near the number of true triggers, and certainty is earned."""
    pairs = [probabilities(virtual(seed, days)) for seed in range(100, 124) for days in (45,)]
    p, y = np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])
    assert abs(p.sum() - y.sum()) < 3.5 * np.sqrt((p * (1 - p)).sum()) + 4
    assert p[y].mean() > 3 * p[~y].mean()
    assert ((p > 0.9) & ~y).sum() <= 2
