# mypy: allow-untyped-defs, allow-untyped-calls
"""How much better a group at one lag explains the symptoms than nothing does, with effects and flare summed out.

Along a whitened column x of squared length n the symptoms are t = sqrt(n) b + flare phi + noise, phi ~ N(0, 1). Given phi
they are independent, each affected with probability `share` and then by b >= 0 from a half-normal slab, so that the
marginal likelihood is a one-dimensional integral over phi: Gauss-Hermite around a robust mode.
"""

import math

import numpy as np

from zonula.food_triggers.compiled import compiled

SLAB_LOW, SLAB_HIGH, SLAB_MOST, SLAB_STEP = -9.0, 10.5, 30.0, 1.0 / 64.0
SLAB_TAIL = math.sqrt(2.0 / math.pi)
NODES, REACH, TRAPEZOID = 33, 2.6, 1.4  # most values of the flare; how many deviations they reach; deviations apart


def slab_table() -> np.ndarray:
    """2 Phi(u) exp(u^2/2) on a grid: how much better a positive effect explains a signal of u standard errors."""
    from scipy.special import log_ndtr

    u = np.arange(SLAB_LOW, SLAB_HIGH + 2 * SLAB_STEP, SLAB_STEP)
    return np.asarray(np.exp(np.log(2.0) + 0.5 * u * u + log_ndtr(u)))


@compiled
def slab(u, table):
    """Interpolated table; beyond its ends what it tends to (evidence of more than 30 standard errors changes nothing)."""
    if u < SLAB_LOW:
        return SLAB_TAIL / -u
    if u > SLAB_HIGH:
        return 2.0 * math.exp(0.5 * min(u, SLAB_MOST) ** 2)
    place = (u - SLAB_LOW) / SLAB_STEP
    i = int(place)
    part = place - i
    return table[i] + part * (table[i + 1] - table[i])


@compiled
def prepare(squares, scales, loading, noise, share, gain, drag, odds):
    """Per column, scale and symptom (P x kinds, S): the signal in standard errors is gain x row - drag x flare, and a
    slab value is worth `odds` times it. They change only with the noise."""
    kinds = len(scales)
    for c in range(len(squares)):
        root = math.sqrt(squares[c])
        for a in range(kinds):
            for s in range(len(noise)):
                deviation = 1.0 / math.sqrt(squares[c] / noise[s] + 1.0 / (scales[a] * scales[a]))
                gain[c * kinds + a, s] = deviation / noise[s]
                drag[c * kinds + a, s] = root * loading[s] * deviation / noise[s]
                odds[c * kinds + a, s] = share * deviation / scales[a]


@compiled
def product_log(i, c, phi, rest, gain, drag, odds, share, table):
    """log of the product over symptoms of (1 - share) + share x Bayes factor, given the flare phi."""
    product, total = 1.0, 0.0
    for s in range(rest.shape[1]):
        product *= 1.0 - share + odds[i, s] * slab(gain[i, s] * rest[c, s] - drag[i, s] * phi, table)
        if product > 1e200:
            total += math.log(product)
            product = 1.0
    return total + math.log(product)


@compiled
def evaluate(i, c, root, rest, gain, drag, odds, share, pull, pull2, table, enough, nodes, node_logs):
    """log Bayes factor of 'this group at this lag and scale' against 'not' for cell i of column c.

    pull (S): loading / noise; pull2: loading^2 / noise. Fills `nodes` with values of the flare and `node_logs` with their
    log weights; below `enough` one node (Laplace) is accurate enough and the other four get no weight.
    """
    symptoms = rest.shape[1]
    top, bottom = 0.0, 1.0
    for s in range(symptoms):
        top += pull[s] * rest[c, s]
        bottom += pull2[s]
    null_mode, null_variance = top / root / bottom, 1.0 / bottom
    top, bottom = 0.0, 1.0
    for s in range(symptoms):
        if gain[i, s] * rest[c, s] - drag[i, s] * null_mode > 1.0:
            top += 0.2 * pull[s] * rest[c, s]
            bottom += 0.2 * pull2[s]
        else:
            top += pull[s] * rest[c, s]
            bottom += pull2[s]
    mode = top / root / bottom
    top, bottom = 0.0, 1.0
    off = 1.0 - share
    for s in range(symptoms):
        u = gain[i, s] * rest[c, s] - drag[i, s] * mode
        weight = off / (off + odds[i, s] * slab(u, table))
        top += weight * pull[s] * rest[c, s]
        bottom += weight * pull2[s]
    mode = top / root / bottom
    variance = 1.0 / bottom
    base = 0.5 * math.log(variance / null_variance)
    first = (
        base
        + product_log(i, c, mode, rest, gain, drag, odds, share, table)
        - (mode - null_mode) ** 2 / (2.0 * null_variance)
    )
    nodes[0] = mode
    if first < enough:
        node_logs[0] = first
        return 1, first
    # Trapezoids: as wide as the narrowest hump, that of no effect, allows
    narrow, wide = math.sqrt(null_variance), math.sqrt(variance)
    low = min(mode - REACH * wide, null_mode - REACH * narrow)
    high = max(mode + REACH * wide, null_mode + REACH * narrow)
    count = min(int((high - low) / (TRAPEZOID * narrow)) + 2, len(nodes))
    width = (high - low) / (count - 1)
    base = math.log(width / math.sqrt(2.0 * math.pi * null_variance))
    highest = -np.inf
    for j in range(count):
        phi = low + width * j
        nodes[j] = phi
        node_logs[j] = (
            base
            + product_log(i, c, phi, rest, gain, drag, odds, share, table)
            - (phi - null_mode) ** 2 / (2.0 * null_variance)
        )
        highest = max(highest, node_logs[j])
    total = 0.0
    for j in range(count):
        total += math.exp(node_logs[j] - highest)
    return count, highest + math.log(total)
