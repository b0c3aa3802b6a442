# mypy: allow-untyped-defs, allow-untyped-calls
"""The symptoms' own weather: autocorrelated noise at irregular times, and flares shared by symptoms.

Noise is an Ornstein-Uhlenbeck process plus memoryless rating noise, with one memory for all symptoms (Kalman filter:
linear in time) and a covariance between symptoms. Nuisance coefficients have normal priors in units of that noise, so
that they integrate out in closed form (matrix normal; Dawid 1981, doi 10.1093/biomet/68.1.265).
"""

import numpy as np

from zonula.food_triggers.compiled import compiled


@compiled
def whiten(table, hours, memory, white):
    """Innovations of each column of (T, C) `table`, of unit variance under the weather, and the sum of log variances."""
    rows, width = table.shape
    out = np.empty((rows, width))
    state = np.zeros(width)
    spread = 1.0 - white
    total = 0.0
    for i in range(rows):
        if i > 0:
            keep = np.exp(-(hours[i] - hours[i - 1]) / memory)
            for c in range(width):
                state[c] *= keep
            spread = keep * keep * spread + (1.0 - white) * (1.0 - keep * keep)
        variance = spread + white
        gain, scale = spread / variance, 1.0 / np.sqrt(variance)
        for c in range(width):
            surprise = table[i, c] - state[c]
            out[i, c] = surprise * scale
            state[c] += gain * surprise
        spread *= 1.0 - gain
        total += np.log(variance)
    return out, total


@compiled
def cholesky(matrix):
    """Lower Cholesky factor, in one thread and one order of summation so that results repeat bit for bit."""
    size = matrix.shape[0]
    low = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= low[i, k] * low[j, k]
            if i == j:
                low[i, i] = np.sqrt(max(total, 1e-12))
            else:
                low[i, j] = total / low[j, j]
    return low


@compiled
def cross(left, right):
    """left' right for (T, A) and (T, B)."""
    rows, a = left.shape
    b = right.shape[1]
    out = np.zeros((a, b))
    for i in range(rows):
        for j in range(a):
            value = left[i, j]
            if value != 0.0:
                for k in range(b):
                    out[j, k] += value * right[i, k]
    return out


@compiled
def solve_lower(low, right):
    """low^-1 right for a lower triangle (q, q) and (q, B)."""
    size, width = right.shape
    out = right.copy()
    for i in range(size):
        for k in range(i):
            factor = low[i, k]
            if factor != 0.0:
                for c in range(width):
                    out[i, c] -= factor * out[k, c]
        for c in range(width):
            out[i, c] /= low[i, i]
    return out


@compiled
def project(nuisance, table, low):
    """(q, C) part of whitened `table` that whitened nuisance (prior sd 1 each) explains: A'B - U'U is the rest."""
    return solve_lower(low, cross(nuisance, table))


@compiled
def nuisance_factor(nuisance):
    """Cholesky factor of nuisance' nuisance + 1."""
    gram = cross(nuisance, nuisance)
    for i in range(gram.shape[0]):
        gram[i, i] += 1.0
    return cholesky(gram)


@compiled
def best_weather(ratings, nuisance, hours, memories, whites, prior_scale):
    """The (memory, white share) of the grid with the highest marginal likelihood of (T, S) `ratings`."""
    rows, symptoms = ratings.shape
    best, chosen_memory, chosen_white = -np.inf, memories[0], whites[0]
    both = np.concatenate((ratings, nuisance), axis=1)
    for memory in memories:
        for white in whites:
            whitened, total = whiten(both, hours, memory, white)
            y = np.ascontiguousarray(whitened[:, :symptoms])
            z = np.ascontiguousarray(whitened[:, symptoms:])
            low = nuisance_factor(z)
            u = project(z, y, low)
            spread = cross(y, y) - cross(u, u)
            for s in range(symptoms):
                spread[s, s] += prior_scale[s] * symptoms
            root = cholesky(spread)
            score = -0.5 * symptoms * total
            for i in range(low.shape[0]):
                score -= symptoms * np.log(low[i, i])
            for s in range(symptoms):
                score -= (rows + symptoms) * np.log(root[s, s])
            if score > best:
                best, chosen_memory, chosen_white = score, memory, white
    return chosen_memory, chosen_white


@compiled
def fill_missing(ratings, hours, memory, rounds):  # noqa: PLR0912
    """(T, S) ratings with NaN replaced by what neighbours in time and the other symptoms of the moment suggest."""
    rows, symptoms = ratings.shape
    filled = ratings.copy()
    centre = np.zeros(symptoms)
    for s in range(symptoms):
        count = 0
        for i in range(rows):
            if not np.isnan(ratings[i, s]):
                centre[s] += ratings[i, s]
                count += 1
        centre[s] /= max(count, 1)
        for i in range(rows):
            if np.isnan(filled[i, s]):
                filled[i, s] = centre[s]
    scale = np.zeros(symptoms)
    for s in range(symptoms):
        for i in range(rows):
            scale[s] += (filled[i, s] - centre[s]) ** 2
        scale[s] = np.sqrt(scale[s] / rows) + 1e-6
    for _ in range(rounds):
        for i in range(rows):
            common, seen = 0.0, 0
            for s in range(symptoms):
                if not np.isnan(ratings[i, s]):
                    common += (ratings[i, s] - centre[s]) / scale[s]
                    seen += 1
            common = common / (seen + 2.0)
            for s in range(symptoms):
                if np.isnan(ratings[i, s]):
                    total, weight = common * 0.7, 1.0
                    if i > 0:
                        near = np.exp(-(hours[i] - hours[i - 1]) / memory)
                        total += near * (filled[i - 1, s] - centre[s]) / scale[s]
                        weight += near
                    if i < rows - 1:
                        near = np.exp(-(hours[i + 1] - hours[i]) / memory)
                        total += near * (filled[i + 1, s] - centre[s]) / scale[s]
                        weight += near
                    filled[i, s] = centre[s] + scale[s] * total / weight
    return filled


@compiled
def nuisance_fit(nuisance, low, explained):
    """(T, C) what the whitened nuisance explains; explained (q, C) from `project`."""
    size, width = explained.shape
    coefficient = explained.copy()
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            factor = low[k, i]
            if factor != 0.0:
                for c in range(width):
                    coefficient[i, c] -= factor * coefficient[k, c]
        for c in range(width):
            coefficient[i, c] /= low[i, i]
    out = np.zeros((nuisance.shape[0], width))
    for i in range(nuisance.shape[0]):
        for j in range(size):
            value = nuisance[i, j]
            if value != 0.0:
                for c in range(width):
                    out[i, c] += value * coefficient[j, c]
    return out


@compiled
def trust(ratings, nuisance, tail, rounds):
    """(T) weight of each occasion, mean 1: attacks that hit many symptoms at once count less.

    Expected precisions of a multivariate t with `tail` degrees of freedom (Lange, Little & Taylor 1989,
    doi 10.1080/01621459.1989.10478852), from whitened ratings and nuisance.
    """
    rows, symptoms = ratings.shape
    weight = np.ones(rows)
    for _ in range(rounds):
        root = np.sqrt(weight).reshape(rows, 1)
        heavy_nuisance, heavy_ratings = nuisance * root, ratings * root
        low = nuisance_factor(heavy_nuisance)
        rest = ratings - nuisance_fit(nuisance, low, project(heavy_nuisance, heavy_ratings, low))
        spread = cross(rest * root, rest * root) / rows
        for s in range(symptoms):
            for r in range(symptoms):
                if r != s:
                    spread[s, r] *= 0.7
            spread[s, s] += 1e-3
        standard = solve_lower(cholesky(spread), np.ascontiguousarray(rest.T))
        for i in range(rows):
            distance = 0.0
            for s in range(symptoms):
                distance += standard[s, i] ** 2
            weight[i] = (tail + symptoms) / (tail + distance)
        weight /= weight.mean()
    return weight
