"""Simulation-based calibration, short form: on data from the model's own prior the sampler's answers are uniform ranks."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "calibration/food_triggers"))

from own_prior import ranks, unevenness

LIMIT = (
    2.6  # chi-squared by 9 degrees of freedom; an honest sampler exceeds it once in 200 seeds, and the seed is fixed
)


@pytest.fixture(scope="module")
def found():
    return ranks(150, 5, 250)


def test_inclusion_is_honest(found):
    assert unevenness(found[0]) < LIMIT


def test_the_size_of_an_effect_is_honest(found):
    assert len(found[1]) > 100
    assert unevenness(found[1]) < LIMIT


def test_the_measure_notices_answers_that_are_too_bold(found):
    assert unevenness(np.clip(1.6 * (found[0] - 0.5) + 0.5, 0, 1)) > LIMIT
