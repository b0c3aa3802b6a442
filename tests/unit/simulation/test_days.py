"""The days apart from food: weather as planted, stress that costs sleep, bleeding in a cycle."""

import numpy as np
import pytest

from zonula.simulation.days import draw_days, weather


@pytest.mark.parametrize("memory", [1.5, 4.0, 10.0])
def test_weather_has_the_planted_memory_and_a_standard_deviation_of_one(memory):
    noise = weather(200_000, memory, np.random.default_rng(3), 2)
    assert noise.std(axis=0) == pytest.approx([1, 1], abs=0.03)
    lag_one = [np.corrcoef(column[:-1], column[1:])[0, 1] for column in noise.T]
    assert lag_one == pytest.approx([np.exp(-1 / memory)] * 2, abs=0.02)
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.05


def test_the_days_keep_their_scales_and_belong_together():
    lives = [draw_days(120, np.random.default_rng(n)) for n in range(200)]
    for life in lives:
        assert ((life.stress >= 0) & (life.stress <= 10)).all()
        assert ((life.sleep >= 2) & (life.sleep <= 11)).all()
    stress, sleep = (np.concatenate([getattr(life, name) for life in lives]) for name in ("stress", "sleep"))
    assert np.corrcoef(stress, sleep)[0, 1] < -0.2
    bleeding = [life.bleeding for life in lives if life.bleeding.any()]
    assert 0.4 < len(bleeding) / len(lives) < 0.7
    for days in bleeding:
        begins = np.flatnonzero(days & ~np.roll(days, 1))
        gaps = np.diff(begins[begins > 0])
        assert len(set(gaps.tolist())) == 1
        assert 25 <= gaps[0] <= 32
    assert 0.02 < np.mean([life.ill.mean() for life in lives]) < 0.12
