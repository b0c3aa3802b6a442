"""Simulation-based calibration: data drawn from the model's own prior, on which the sampler must be exactly honest.

Per problem: exposure columns, a one-factor noise, triggers, lag classes and effects are drawn; the kernel sees ratings only.
Inclusion is honest when `included` is uniform (randomised by the coin that was tossed); given inclusion, the rank of the true
effect among the weighted draws is uniform (Talts et al. 2018, arXiv 1804.06788).
"""

import numpy as np

from zonula.food_triggers.flare_integral import slab_table
from zonula.food_triggers.sampler import gibbs

GROUPS, LAGS, SYMPTOMS, ROWS = 6, 3, 4, 150
SCALE, SHARE, ODDS = 0.7, 0.4, -1.2


def problem(rng):
    """Columns, ratings, and the truth: which groups, and their effects."""
    base = (rng.random((ROWS, GROUPS, 1)) < 0.3) * rng.uniform(0.5, 1.5, (ROWS, GROUPS, 1))
    columns = np.concatenate([np.roll(base, k, axis=0) for k in range(LAGS)], axis=2).reshape(ROWS, -1)
    on, lag = rng.random(GROUPS) < 1 / (1 + np.exp(-ODDS)), rng.integers(LAGS, size=GROUPS)
    effects = np.zeros((GROUPS, SYMPTOMS))
    for g in np.flatnonzero(on):
        while not effects[g].any():
            effects[g] = (rng.random(SYMPTOMS) < SHARE) * np.abs(rng.normal(0, SCALE, SYMPTOMS))
    deviation, flare = np.exp(rng.normal(0, 0.4, SYMPTOMS)), rng.uniform(-1, 1, SYMPTOMS)
    noise = rng.normal(size=(ROWS, 1)) * deviation * flare
    noise += rng.normal(size=(ROWS, SYMPTOMS)) * deviation * np.sqrt(1 - flare**2)
    ratings = noise
    for g in np.flatnonzero(on):
        ratings = ratings + columns[:, g * LAGS + lag[g], None] * effects[g]
    return columns, ratings, on, effects


def ranks(problems, seed, sweeps=400):
    """Two arrays that are uniform on 0-1 when the sampler is honest: of inclusion (all groups) and of effects (true triggers)."""
    rng = np.random.default_rng(seed)
    included, effect = [], []
    for _ in range(problems):
        x, y, on, effects = problem(rng)
        chance, _, weight, _, draws, _ = gibbs(
            np.ascontiguousarray(x), np.zeros((1, x.shape[1])), x.T @ y, (x**2).sum(axis=0), y.T @ y, float(ROWS),
            np.full(GROUPS, ODDS), np.log(np.full(LAGS, 1 / LAGS)), np.full(GROUPS, 1e6), np.array([SCALE]), SHARE,
            slab_table(), np.full(SYMPTOMS, 1e-6), sweeps, 60, 1, -np.inf,
        )  # fmt: skip
        coin = rng.random(GROUPS)
        included += list(np.where(on, 1 - chance * coin, (1 - chance) * coin))
        for g in np.flatnonzero(on):
            if weight[g].sum() > 0:
                effect.append((weight[g] * (draws[g].max(axis=1) < effects[g].max())).sum() / weight[g].sum())
    return np.array(included), np.array(effect)


def unevenness(values, bins=10):
    """Chi-squared of a histogram on 0-1 against even bins, by its degrees of freedom: near 1 when uniform."""
    counts, _ = np.histogram(values, bins, (0, 1))
    expected = len(values) / bins
    return float(((counts - expected) ** 2 / expected).sum() / (bins - 1))
