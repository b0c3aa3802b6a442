"""Block Gibbs sampler over which groups are triggers, how late, how strong and on which symptoms.

Per group: inclusion z, lag class k, effect scale a, symptoms w and effects b >= 0 (half-normal slab) are drawn as one
block. All of b, w and the group's share of the common flare are summed out of the inclusion probability: along a column
x the whitened symptoms are t = sqrt(n) b + flare phi + noise with phi ~ N(0, 1), so that given phi the symptoms are
independent, and phi is a one-dimensional integral (Gauss-Hermite around a robust mode). Swap moves exchange an active
group with any other one, which lets foods eaten together trade places.
"""

import math

import numpy as np

from zonula.food_triggers.compiled import compiled
from zonula.food_triggers.weather import cross

SLAB_LOW, SLAB_HIGH, SLAB_STEP = -9.0, 10.5, 1.0 / 64.0


def slab_table() -> np.ndarray:
    """2 Phi(u) exp(u^2/2) on a grid: how much better a positive effect explains a signal of u standard errors."""
    from scipy.special import log_ndtr

    u = np.arange(SLAB_LOW, SLAB_HIGH + 2 * SLAB_STEP, SLAB_STEP)
    return np.exp(np.log(2.0) + 0.5 * u * u + log_ndtr(u))


@compiled
def slab(u, table):  # type: ignore[no-untyped-def]
    """Interpolated table; constant beyond its ends (evidence of more than 10 standard errors changes nothing)."""
    place = (min(max(u, SLAB_LOW), SLAB_HIGH) - SLAB_LOW) / SLAB_STEP
    i = int(place)
    part = place - i
    return table[i] + part * (table[i + 1] - table[i])


@compiled
def flare_mode(root, row, loading, noise, share, scale, table):  # type: ignore[no-untyped-def]
    """Centre and variance of the flare along a column, when symptoms may instead be explained by the food."""
    symptoms = len(row)
    top, bottom = 0.0, 1.0
    for s in range(symptoms):
        top += loading[s] * row[s] / root / noise[s]
        bottom += loading[s] * loading[s] / noise[s]
    null_mode, null_variance = top / bottom, 1.0 / bottom
    mode, variance = null_mode, null_variance
    for turn in range(3):
        top, bottom = 0.0, 1.0
        for s in range(symptoms):
            precision = root * root / noise[s] + 1.0 / (scale * scale)
            signal = row[s] / root - loading[s] * mode
            u = root * signal / noise[s] / math.sqrt(precision)
            if turn == 0:
                weight = 0.2 if u > 1.0 else 1.0
            else:
                on = share * slab(u, table) / (scale * math.sqrt(precision))
                weight = (1.0 - share) / (1.0 - share + on)
            top += weight * loading[s] * row[s] / root / noise[s]
            bottom += weight * loading[s] * loading[s] / noise[s]
        mode, variance = top / bottom, 1.0 / bottom
    return null_mode, null_variance, mode, variance


@compiled
def log_product(phi, root, row, loading, noise, share, scale, table):  # type: ignore[no-untyped-def]
    """log of the product over symptoms of (1 - share) + share x Bayes factor, given the flare phi."""
    product, total = 1.0, 0.0
    for s in range(len(row)):
        precision = root * root / noise[s] + 1.0 / (scale * scale)
        deviation = 1.0 / math.sqrt(precision)
        u = root * (row[s] / root - loading[s] * phi) / noise[s] * deviation
        product *= 1.0 - share + share * slab(u, table) * deviation / scale
        if product > 1e200:
            total += math.log(product)
            product = 1.0
    return total + math.log(product)


@compiled
def evaluate(square, row, loading, noise, share, scale, table, nodes, node_logs):  # type: ignore[no-untyped-def]
    """log Bayes factor of 'this group at this lag and scale' against 'not', and per node the flare and its log weight."""
    root = math.sqrt(square)
    null_mode, null_variance, mode, variance = flare_mode(root, row, loading, noise, share, scale, table)
    width = math.sqrt(2.0 * variance)
    top = -np.inf
    for j in range(5):
        x = (0.0, 0.9585724646138185, -0.9585724646138185, 2.0201828704560856, -2.0201828704560856)[j]
        w = (0.9453087204829419, 0.3936193231522412, 0.3936193231522412, 0.01995324205904591, 0.01995324205904591)[j]
        phi = mode + width * x
        nodes[j] = phi
        node_logs[j] = (
            math.log(w)
            + x * x
            + log_product(phi, root, row, loading, noise, share, scale, table)
            - (phi - null_mode) ** 2 / (2.0 * null_variance)
            + 0.5 * math.log(variance / (math.pi * null_variance))
        )
        top = max(top, node_logs[j])
    total = 0.0
    for j in range(5):
        total += math.exp(node_logs[j] - top)
    return top + math.log(total)


@compiled
def positive_normal(mean, deviation):  # type: ignore[no-untyped-def]
    """A draw from a normal cut off below zero (Robert 1995, doi 10.1007/BF00143942)."""
    low = -mean / deviation
    if low < 0.5:
        while True:
            draw = np.random.standard_normal()
            if draw >= low:
                return mean + deviation * draw
    rate = 0.5 * (low + math.sqrt(low * low + 4.0))
    while True:
        draw = low - math.log(1.0 - np.random.random()) / rate
        if np.random.random() <= math.exp(-0.5 * (draw - rate) ** 2):
            return mean + deviation * draw


@compiled
def draw_index(logs, count):  # type: ignore[no-untyped-def]
    """An index with probability proportional to exp(logs)."""
    top = -np.inf
    for i in range(count):
        top = max(top, logs[i])
    total = 0.0
    for i in range(count):
        total += math.exp(logs[i] - top)
    target = np.random.random() * total
    for i in range(count):
        target -= math.exp(logs[i] - top)
        if target <= 0.0:
            return i
    return count - 1


@compiled
def draw_effects(square, row, loading, noise, share, scale, table, phi, effects):  # type: ignore[no-untyped-def]
    """Fill `effects` (S) with a draw given lag, scale and flare: zero where the symptom is not affected."""
    root = math.sqrt(square)
    for s in range(len(row)):
        precision = square / noise[s] + 1.0 / (scale * scale)
        deviation = 1.0 / math.sqrt(precision)
        u = root * (row[s] / root - loading[s] * phi) / noise[s] * deviation
        on = share * slab(u, table) * deviation / scale
        effects[s] = 0.0
        if np.random.random() * (1.0 - share + on) < on:
            effects[s] = positive_normal(u * deviation, deviation)


@compiled
def add_effect(sign, column, effects, columns, explained, gram, known, rest):  # type: ignore[no-untyped-def]
    """rest (P, S) += sign x gram[:, column] effects'; the Gram column is worked out when first needed."""
    if not known[column]:
        rows, width = columns.shape
        target = gram[column]
        for i in range(rows):
            value = columns[i, column]
            if value != 0.0:
                for p in range(width):
                    target[p] += value * columns[i, p]
        for i in range(explained.shape[0]):
            value = explained[i, column]
            for p in range(width):
                target[p] -= value * explained[i, p]
        known[column] = True
    for s in range(len(effects)):
        if effects[s] != 0.0:
            step = sign * effects[s]
            for p in range(rest.shape[0]):
                rest[p, s] += step * gram[column, p]


@compiled
def refine_noise(spread, freedom, loading, noise, floor, rounds):  # type: ignore[no-untyped-def]
    """EM steps of a one-factor model of the noise covariance spread / freedom (S, S), in place."""
    symptoms = len(noise)
    weight = np.empty(symptoms)
    moved = np.empty(symptoms)
    for _ in range(rounds):
        bottom = 1.0
        for s in range(symptoms):
            weight[s] = loading[s] / noise[s]
            bottom += loading[s] * weight[s]
        second = 1.0 / bottom
        for s in range(symptoms):
            weight[s] /= bottom
        for s in range(symptoms):
            moved[s] = 0.0
            for r in range(symptoms):
                moved[s] += spread[s, r] / freedom * weight[r]
        for s in range(symptoms):
            second += weight[s] * moved[s]
        for s in range(symptoms):
            loading[s] = moved[s] / second
            noise[s] = max(spread[s, s] / freedom - loading[s] * moved[s], floor[s])


@compiled
def gibbs(  # type: ignore[no-untyped-def]
    columns, explained, projected, squares, spread0, freedom, log_odds, lag_logs, scales, share, table, floor, sweeps, burn_in, seed
):
    """Run the sampler.

    columns (T, P): whitened exposure, P = groups x lags. explained (q, P): their nuisance part. projected (P, S): inner
    products with the ratings after nuisance. squares (P): squared length after nuisance. spread0 (S, S): squares of
    ratings after nuisance. Returns per group inclusion probability (mean of conditionals), joint inclusion (G, G), and
    weighted draws given inclusion: weights (G, N), lag class (G, N), effects (G, N, S); and conditionals (N, G).
    """
    np.random.seed(seed)
    groups, lags, kinds, symptoms = len(log_odds), len(lag_logs), len(scales), projected.shape[1]
    width = groups * lags
    gram, known = np.zeros((width, width)), np.zeros(width, dtype=np.bool_)
    rest = projected.copy()
    on, lag = np.zeros(groups, dtype=np.bool_), np.zeros(groups, dtype=np.int64)
    effects = np.zeros((groups, symptoms))
    loading, noise = np.empty(symptoms), np.empty(symptoms)
    for s in range(symptoms):
        noise[s] = 0.7 * spread0[s, s] / freedom + floor[s]
        loading[s] = math.sqrt(0.3 * spread0[s, s] / freedom)
    refine_noise(spread0, freedom, loading, noise, floor, 30)
    cells = lags * kinds
    logs, places = np.empty(cells), np.empty(groups)
    nodes, node_logs = np.empty(5), np.empty(5)
    chance, joint = np.zeros(groups), np.zeros((groups, groups))
    draw_weight = np.zeros((groups, sweeps))
    draw_lag = np.zeros((groups, sweeps), dtype=np.int64)
    draw_effect = np.zeros((groups, sweeps, symptoms))
    conditionals = np.zeros((sweeps, groups))
    fresh = np.empty(symptoms)
    for sweep in range(sweeps + burn_in):
        kept = sweep - burn_in
        for g in range(groups):
            if on[g]:
                add_effect(1.0, g * lags + lag[g], effects[g], columns, explained, gram, known, rest)
            total = weigh(g, lags, scales, squares, rest, loading, noise, share, table, lag_logs, nodes, node_logs, logs)
            p = 1.0 / (1.0 + math.exp(-min(max(log_odds[g] + total, -40.0), 40.0)))
            if kept >= 0:
                chance[g] += p
                conditionals[kept, g] = p
            on[g] = np.random.random() < p
            if on[g] or (kept >= 0 and p > 1e-3):
                k = draw_group(g, lags, scales, squares, rest, loading, noise, share, table, nodes, node_logs, logs, fresh)
                if kept >= 0:
                    draw_weight[g, kept], draw_lag[g, kept] = p, k
                    draw_effect[g, kept] = fresh
                if on[g]:
                    lag[g] = k
                    effects[g] = fresh
                    add_effect(-1.0, g * lags + k, effects[g], columns, explained, gram, known, rest)
        if sweep % 2 == 0:
            for g in range(groups):
                if not on[g]:
                    continue
                add_effect(1.0, g * lags + lag[g], effects[g], columns, explained, gram, known, rest)
                on[g] = False
                for h in range(groups):
                    places[h] = -np.inf
                    if not on[h]:
                        places[h] = log_odds[h] + weigh(
                            h, lags, scales, squares, rest, loading, noise, share, table, lag_logs, nodes, node_logs, logs
                        )
                h = draw_index(places, groups)
                weigh(h, lags, scales, squares, rest, loading, noise, share, table, lag_logs, nodes, node_logs, logs)
                lag[h] = draw_group(h, lags, scales, squares, rest, loading, noise, share, table, nodes, node_logs, logs, fresh)
                effects[h] = fresh
                on[h] = True
                add_effect(-1.0, h * lags + lag[h], effects[h], columns, explained, gram, known, rest)
        spread = spread0.copy()
        for g in range(groups):
            if on[g]:
                c = g * lags + lag[g]
                for s in range(symptoms):
                    if effects[g, s] != 0.0:
                        for r in range(symptoms):
                            spread[s, r] -= 0.5 * effects[g, s] * (projected[c, r] + rest[c, r])
                            spread[r, s] -= 0.5 * effects[g, s] * (projected[c, r] + rest[c, r])
                for h in range(groups):
                    if kept >= 0 and on[h]:
                        joint[g, h] += 1.0
        refine_noise(spread, freedom, loading, noise, floor, 2)
    return chance / sweeps, joint / sweeps, draw_weight, draw_lag, draw_effect, conditionals


@compiled
def weigh(g, lags, scales, squares, rest, loading, noise, share, table, lag_logs, nodes, node_logs, logs):  # type: ignore[no-untyped-def]
    """log marginal Bayes factor of group g; `logs` (lags x scales) receives the parts."""
    kinds = len(scales)
    top = -np.inf
    for k in range(lags):
        c = g * lags + k
        for a in range(kinds):
            i = k * kinds + a
            if squares[c] < 1e-9:
                logs[i] = lag_logs[k] - math.log(kinds)
            else:
                logs[i] = (
                    evaluate(squares[c], rest[c], loading, noise, share, scales[a], table, nodes, node_logs)
                    + lag_logs[k]
                    - math.log(kinds)
                )
            top = max(top, logs[i])
    total = 0.0
    for i in range(lags * kinds):
        total += math.exp(logs[i] - top)
    return top + math.log(total)


@compiled
def draw_group(g, lags, scales, squares, rest, loading, noise, share, table, nodes, node_logs, logs, effects):  # type: ignore[no-untyped-def]
    """Draw lag class, scale, flare and effects of group g given inclusion; `logs` from `weigh`. Returns the lag class."""
    kinds = len(scales)
    i = draw_index(logs, lags * kinds)
    k, scale = i // kinds, scales[i % kinds]
    c = g * lags + k
    if squares[c] < 1e-9:
        for s in range(len(effects)):
            effects[s] = abs(np.random.standard_normal()) * scale if np.random.random() < share else 0.0
        return k
    evaluate(squares[c], rest[c], loading, noise, share, scale, table, nodes, node_logs)
    phi = nodes[draw_index(node_logs, 5)]
    draw_effects(squares[c], rest[c], loading, noise, share, scale, table, phi, effects)
    return k
