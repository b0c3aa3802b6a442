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
# Gauss-Hermite nodes and log(weight / sqrt(pi)) for five points
NODE_NEAR, NODE_FAR = 0.9585724646138185, 2.0201828704560856
LOG_WEIGHT_CENTRE = math.log(0.9453087204829419 / math.sqrt(math.pi))
LOG_WEIGHT_NEAR = math.log(0.3936193231522412 / math.sqrt(math.pi))
LOG_WEIGHT_FAR = math.log(0.01995324205904591 / math.sqrt(math.pi))
SELDOM = 0.02  # conditional probability below which a group is visited less often
TRIES = 60
HANDFUL = 5  # groups offered in one swap
WORTH_INTEGRATING = -7.0  # log posterior odds below which one node is enough


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
def prepare(squares, scales, loading, noise, share, gain, drag, odds):  # type: ignore[no-untyped-def]
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
def product_log(i, c, phi, rest, gain, drag, odds, share, table):  # type: ignore[no-untyped-def]
    """log of the product over symptoms of (1 - share) + share x Bayes factor, given the flare phi."""
    product, total = 1.0, 0.0
    for s in range(rest.shape[1]):
        product *= 1.0 - share + odds[i, s] * slab(gain[i, s] * rest[c, s] - drag[i, s] * phi, table)
        if product > 1e200:
            total += math.log(product)
            product = 1.0
    return total + math.log(product)


@compiled
def evaluate(i, c, root, rest, gain, drag, odds, share, pull, pull2, table, enough, nodes, node_logs):  # type: ignore[no-untyped-def]
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
        for j in range(1, 5):
            nodes[j], node_logs[j] = mode, -np.inf
        return first
    node_logs[0] = first + LOG_WEIGHT_CENTRE
    width = math.sqrt(2.0 * variance)
    highest = node_logs[0]
    for j in range(1, 5):
        x, log_weight = NODE_NEAR, LOG_WEIGHT_NEAR
        if j > 2:
            x, log_weight = NODE_FAR, LOG_WEIGHT_FAR
        if j % 2 == 0:
            x = -x
        phi = mode + width * x
        nodes[j] = phi
        node_logs[j] = (
            base
            + log_weight
            + x * x
            + product_log(i, c, phi, rest, gain, drag, odds, share, table)
            - (phi - null_mode) ** 2 / (2.0 * null_variance)
        )
        highest = max(highest, node_logs[j])
    total = 0.0
    for j in range(5):
        total += math.exp(node_logs[j] - highest)
    return highest + math.log(total)


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
def draw_effects(i, c, phi, rest, gain, drag, odds, noise, share, table, effects):  # type: ignore[no-untyped-def]
    """Fill `effects` (S) with a draw given lag, scale and flare: zero where the symptom is not affected."""
    some = False
    for s in range(rest.shape[1]):
        deviation = gain[i, s] * noise[s]
        u = gain[i, s] * rest[c, s] - drag[i, s] * phi
        on = odds[i, s] * slab(u, table)
        effects[s] = 0.0
        if np.random.random() * (1.0 - share + on) < on:
            effects[s] = positive_normal(u * deviation, deviation)
            some = True
    return some


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
def weigh(
    g,
    log_odds,
    lags,
    scales,
    squares,
    rest,
    gain,
    drag,
    odds,
    share,
    pull,
    pull2,
    table,
    lag_logs,
    nodes,
    node_logs,
    logs,
):  # type: ignore[no-untyped-def]
    """log marginal Bayes factor of group g; `logs` (lags x scales) receives the parts."""
    kinds = len(scales)
    top = -np.inf
    spread = math.log(kinds)
    for k in range(lags):
        c = g * lags + k
        root = math.sqrt(squares[c])
        for a in range(kinds):
            i = k * kinds + a
            logs[i] = lag_logs[k] - spread
            if squares[c] > 1e-9:
                enough = WORTH_INTEGRATING - log_odds
                logs[i] += evaluate(
                    c * kinds + a, c, root, rest, gain, drag, odds, share, pull, pull2, table, enough, nodes, node_logs
                )
            top = max(top, logs[i])
    total = 0.0
    for i in range(lags * kinds):
        if logs[i] > top - 30.0:
            total += math.exp(logs[i] - top)
    return top + math.log(total)


@compiled
def draw_group(
    g, lags, scales, squares, rest, gain, drag, odds, noise, share, pull, pull2, table, nodes, node_logs, logs, effects
):  # type: ignore[no-untyped-def]
    """Draw lag class, scale, flare and effects of group g given inclusion; `logs` from `weigh`. Returns the lag class."""
    kinds = len(scales)
    i = draw_index(logs, lags * kinds)
    k, a = i // kinds, i % kinds
    c = g * lags + k
    if squares[c] <= 1e-9:
        for s in range(len(effects)):
            effects[s] = abs(np.random.standard_normal()) * scales[a] if np.random.random() < share else 0.0
        return k
    i = c * kinds + a
    root = math.sqrt(squares[c])
    evaluate(i, c, root, rest, gain, drag, odds, share, pull, pull2, table, -1e300, nodes, node_logs)
    phi = nodes[draw_index(node_logs, 5)]
    for _ in range(TRIES):  # a trigger acts on at least one symptom
        if draw_effects(i, c, phi, rest, gain, drag, odds, noise, share, table, effects):
            return k
    return k


@compiled
def capped(log_factor, cap, nowhere):  # type: ignore[no-untyped-def]
    """A few exposures may coincide with a flare that has nothing to do with them: evidence saturates at `cap`.

    `nowhere` is the prior chance that no symptom is affected, which is no trigger at all and is taken out.
    """
    log_factor = math.log(max(math.exp(min(log_factor, 300.0)) - nowhere, 1e-12) / (1.0 - nowhere))
    return log_factor - math.log(1.0 + math.exp(min(log_factor - cap, 300.0)))


@compiled
def unexplained(spread0, projected, rest, on, lag, lags, effects):  # type: ignore[no-untyped-def]
    """(S, S) squares of what is left of the ratings once nuisance and the active groups are taken out."""
    spread = spread0.copy()
    symptoms = spread.shape[0]
    for g in range(len(on)):
        if on[g]:
            c = g * lags + lag[g]
            for s in range(symptoms):
                if effects[g, s] != 0.0:
                    for r in range(symptoms):
                        step = 0.5 * effects[g, s] * (projected[c, r] + rest[c, r])
                        spread[s, r] -= step
                        spread[r, s] -= step
    return spread


@compiled
def gibbs(  # type: ignore[no-untyped-def]
    columns,
    explained,
    projected,
    squares,
    spread0,
    freedom,
    log_odds,
    lag_logs,
    caps,
    scales,
    share,
    table,
    floor,
    sweeps,
    burn_in,
    seed,
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
    gain = np.empty((width * kinds, symptoms))
    drag, odds = np.empty_like(gain), np.empty_like(gain)
    pull, pull2 = loading / noise, loading * loading / noise
    prepare(squares, scales, loading, noise, share, gain, drag, odds)
    nowhere = (1.0 - share) ** symptoms
    cells = lags * kinds
    logs, places = np.empty(cells), np.empty(groups)
    nodes, node_logs = np.empty(5), np.empty(5)
    chance, visits, joint = np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    last, highest = np.zeros(groups), np.zeros(groups)
    draw_weight = np.zeros((groups, sweeps))
    draw_lag = np.zeros((groups, sweeps), dtype=np.int64)
    draw_effect = np.zeros((groups, sweeps, symptoms))
    conditionals = np.zeros((sweeps, groups))
    fresh = np.empty(symptoms)
    others = np.arange(groups)
    for sweep in range(sweeps + burn_in):
        kept = sweep - burn_in
        for g in range(groups):
            # after burn-in, groups that never looked like triggers are visited every fourth sweep
            if kept >= 0 and highest[g] < SELDOM and (sweep + g) % 4 != 0 and not on[g]:
                conditionals[kept, g] = last[g]
                continue
            if on[g]:
                add_effect(1.0, g * lags + lag[g], effects[g], columns, explained, gram, known, rest)
            total = weigh(
                g,
                log_odds[g],
                lags,
                scales,
                squares,
                rest,
                gain,
                drag,
                odds,
                share,
                pull,
                pull2,
                table,
                lag_logs,
                nodes,
                node_logs,
                logs,
            )
            total = capped(total, caps[g], nowhere)
            p = 1.0 / (1.0 + math.exp(-min(max(log_odds[g] + total, -40.0), 40.0)))
            last[g] = p
            if kept >= 0:
                chance[g] += p
                visits[g] += 1.0
                conditionals[kept, g] = p
            elif sweep >= burn_in // 3:
                highest[g] = max(highest[g], p)
            on[g] = np.random.random() < p
            if on[g] or (kept >= 0 and p > 2e-3):
                k = draw_group(
                    g,
                    lags,
                    scales,
                    squares,
                    rest,
                    gain,
                    drag,
                    odds,
                    noise,
                    share,
                    pull,
                    pull2,
                    table,
                    nodes,
                    node_logs,
                    logs,
                    fresh,
                )
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
                # a random handful of inactive groups may take the place of this one
                add_effect(1.0, g * lags + lag[g], effects[g], columns, explained, gram, known, rest)
                on[g] = False
                offered = 0
                for j in range(groups):
                    r = j + np.random.randint(groups - j)
                    others[j], others[r] = others[r], others[j]
                for j in range(groups):
                    h = others[j]
                    places[j] = -np.inf
                    if h == g or (not on[h] and offered < HANDFUL):
                        offered += h != g
                        total = weigh(
                            h,
                            log_odds[h],
                            lags,
                            scales,
                            squares,
                            rest,
                            gain,
                            drag,
                            odds,
                            share,
                            pull,
                            pull2,
                            table,
                            lag_logs,
                            nodes,
                            node_logs,
                            logs,
                        )
                        places[j] = log_odds[h] + capped(total, caps[h], nowhere)
                h = others[draw_index(places, groups)]
                weigh(
                    h,
                    log_odds[h],
                    lags,
                    scales,
                    squares,
                    rest,
                    gain,
                    drag,
                    odds,
                    share,
                    pull,
                    pull2,
                    table,
                    lag_logs,
                    nodes,
                    node_logs,
                    logs,
                )
                lag[h] = draw_group(
                    h,
                    lags,
                    scales,
                    squares,
                    rest,
                    gain,
                    drag,
                    odds,
                    noise,
                    share,
                    pull,
                    pull2,
                    table,
                    nodes,
                    node_logs,
                    logs,
                    fresh,
                )
                effects[h] = fresh
                on[h] = True
                add_effect(-1.0, h * lags + lag[h], effects[h], columns, explained, gram, known, rest)
        if kept >= 0:
            for g in range(groups):
                if on[g]:
                    for h in range(groups):
                        joint[g, h] += on[h]
        if sweep % 5 == 4 or sweep < 5:
            spread = unexplained(spread0, projected, rest, on, lag, lags, effects)
            refine_noise(spread, freedom, loading, noise, floor, 4)
            for s in range(symptoms):
                pull[s], pull2[s] = loading[s] / noise[s], loading[s] * loading[s] / noise[s]
            prepare(squares, scales, loading, noise, share, gain, drag, odds)
    return chance / np.maximum(visits, 1.0), joint / sweeps, draw_weight, draw_lag, draw_effect, conditionals
