"""On small problems every configuration can be counted out; the sampler must agree within 0.05.

Two groups, two lag classes, two symptoms with independent noise known in advance: 1 + 2 x 2 x 3 + (2 x 3)^2 models, each
with a truncated-normal marginal likelihood by numerical integration on a grid of effects.
"""

from itertools import product

import numpy as np
import pytest

from zonula.food_triggers.flare_integral import slab_table
from zonula.food_triggers.sampler import gibbs

SCALE, SHARE, ODDS = 0.8, 0.4, -1.0


def problem(seed, shared):
    rng = np.random.default_rng(seed)
    rows = 400
    base = rng.normal(size=(rows, 1))
    x = np.abs(shared * base + rng.normal(size=(rows, 4))) * 0.15
    effects = np.array([[0.7, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]) * (seed % 3 > 0)
    y = x @ effects + rng.normal(size=(rows, 2))
    return x, y


def enumerated(x, y, noise):
    """Exact inclusion probabilities of the two groups, by a grid over effects of each symptom."""
    grid = np.linspace(0.0, 4.0, 81)
    slab = 2 * np.exp(-0.5 * (grid / SCALE) ** 2) / np.sqrt(2 * np.pi) / SCALE * (grid[1] - grid[0])
    slab[0] *= 0.5
    gram, dots = x.T @ x, x.T @ y

    def symptom(s, columns, affected):
        if not any(affected):
            return 1.0
        used = [c for c, a in zip(columns, affected, strict=True) if a]
        if len(used) == 1:
            c = used[0]
            fit = (grid * dots[c, s] - 0.5 * grid**2 * gram[c, c]) / noise[s]
            return float((slab * np.exp(fit)).sum())
        a, b = used
        g, h = np.meshgrid(grid, grid, indexing="ij")
        fit = g * dots[a, s] + h * dots[b, s] - 0.5 * (g * g * gram[a, a] + h * h * gram[b, b]) - g * h * gram[a, b]
        return float((slab[:, None] * slab[None, :] * np.exp(fit / noise[s])).sum())

    weight = {}
    for on in product((0, 1), repeat=2):
        active = [g for g in (0, 1) if on[g]]
        total = 0.0
        for lags in product((0, 1), repeat=len(active)):
            columns = [2 * g + lag for g, lag in zip(active, lags, strict=True)]
            patterns = list(product((0, 1), repeat=2))[1:]
            for chosen in product(patterns, repeat=len(active)):
                part = 0.5 ** len(active)
                for pattern in chosen:
                    part *= SHARE ** sum(pattern) * (1 - SHARE) ** (2 - sum(pattern)) / (1 - (1 - SHARE) ** 2)
                for s in (0, 1):
                    part *= symptom(s, columns, [pattern[s] for pattern in chosen])
                total += part
        weight[on] = (total if active else 1.0) * np.exp(ODDS * len(active))
    everything = sum(weight.values())
    return [sum(w for on, w in weight.items() if on[g]) / everything for g in (0, 1)]


@pytest.mark.parametrize(("seed", "shared"), [(0, 0.5), (1, 0.5), (2, 0.5), (4, 2.0), (5, 2.0), (7, 4.0)])
def test_inclusion_probabilities_agree(seed, shared):
    x, y = problem(seed, shared)
    spread = y.T @ y
    noise = np.ones(2)
    free = float(len(y))
    # a huge prior weight holds the noise at one, without flare, so that both sides know it
    held = spread * 0.0 + np.eye(2) * 1e7
    chance, *_ = gibbs(
        np.ascontiguousarray(x), np.zeros((1, 4)), x.T @ y, (x**2).sum(axis=0), held + spread, 1e7 + free,
        np.full(2, ODDS), np.log(np.full(2, 0.5)), np.full(2, 1e6), np.array([SCALE]), SHARE, slab_table(),
        np.full(2, 1e-6), 3000, 100, 1, -np.inf,
    )  # fmt: skip
    assert chance == pytest.approx(enumerated(x, y, noise), abs=0.05)
