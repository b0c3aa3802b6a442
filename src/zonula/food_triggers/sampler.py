# mypy: allow-untyped-defs, allow-untyped-calls
"""Block Gibbs sampler over which groups are triggers, how late, how strong and on which symptoms.

Per group: inclusion z, lag class k, effect scale a, affected symptoms and effects are drawn as one block, with everything
but k and a summed out of the inclusion probability (`flare_integral`). Swap moves exchange an active group with another
one, which lets foods eaten together trade places. Groups that never looked like triggers are visited less often.
"""

import math

import numpy as np

from zonula.food_triggers.compiled import compiled
from zonula.food_triggers.draws import draw_effects, draw_index, draw_noise, refine_noise, unexplained
from zonula.food_triggers.flare_integral import NODES, evaluate, prepare

SELDOM = 0.02  # conditional probability below which a group is visited less often
TRIES = 60
HANDFUL = 5  # groups offered in one swap


@compiled
def add_effect(sign, column, effects, columns, explained, gram, known, rest):
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
    worth,
):
    """log marginal Bayes factor of group g; `logs` (lags x scales) receives the parts.

    `nowhere`, the prior chance that no symptom is affected, is no trigger at all and is taken out.
    """
    kinds = len(scales)
    nowhere = (1.0 - share) ** rest.shape[1]
    top = -np.inf
    spread = math.log(kinds)
    for k in range(lags):
        c = g * lags + k
        root = math.sqrt(squares[c])
        for a in range(kinds):
            i = k * kinds + a
            logs[i] = lag_logs[k] - spread
            if squares[c] > 1e-9:
                enough = worth - log_odds
                _, factor = evaluate(
                    c * kinds + a, c, root, rest, gain, drag, odds, share, pull, pull2, table, enough, nodes, node_logs
                )
                logs[i] += math.log(max(math.exp(min(factor, 300.0)) - nowhere, 1e-12) / (1.0 - nowhere))
            top = max(top, logs[i])
    total = 0.0
    for i in range(lags * kinds):
        if logs[i] > top - 30.0:
            total += math.exp(logs[i] - top)
    return top + math.log(total)


@compiled
def draw_group(
    g, lags, scales, squares, rest, gain, drag, odds, noise, share, pull, pull2, table, nodes, node_logs, logs, effects
):
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
    count, _ = evaluate(i, c, root, rest, gain, drag, odds, share, pull, pull2, table, -1e300, nodes, node_logs)
    for _ in range(TRIES):  # a trigger acts on at least one symptom
        phi = nodes[draw_index(node_logs, count)]
        if draw_effects(i, c, phi, rest, gain, drag, odds, noise, share, table, effects):
            return k
    return k


@compiled
def capped(log_factor, cap):
    """A few exposures may coincide with a flare that has nothing to do with them: evidence saturates at `cap`."""
    return log_factor - math.log(1.0 + math.exp(min(log_factor - cap, 300.0)))


@compiled
def gibbs(  # noqa: PLR0912, PLR0915 (one kernel: its steps share two dozen arrays)
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
    worth,
):
    """Run the sampler.

    columns (T, P): whitened exposure, P = groups x lags. explained (q, P): their nuisance part. projected (P, S): inner
    products with the ratings after nuisance. worth: log posterior odds below which one value of the flare is enough. squares (P): squared length after nuisance. spread0 (S, S): squares of
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
    cells = lags * kinds
    logs, places = np.empty(cells), np.empty(groups)
    nodes, node_logs = np.empty(NODES), np.empty(NODES)
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
            if kept >= 0 and highest[g] < SELDOM and (sweep + g) % 4 != 0:
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
                worth,
            )
            total = capped(total, caps[g])
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
            for _ in range(int(on.sum())):
                # which one is drawn at random: a fixed turn for each group would not leave the posterior unchanged
                g = np.random.randint(groups)
                while not on[g]:
                    g = np.random.randint(groups)
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
                            worth,
                        )
                        places[j] = log_odds[h] + capped(total, caps[h])
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
                    worth,
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
        if sweep % 2 == 0 or sweep < 5:
            spread = unexplained(spread0, projected, rest, on, lag, lags, effects)
            draw_noise(spread, freedom, loading, noise, floor, 10)
            for s in range(symptoms):
                pull[s], pull2[s] = loading[s] / noise[s], loading[s] * loading[s] / noise[s]
            prepare(squares, scales, loading, noise, share, gain, drag, odds)
    return chance / np.maximum(visits, 1.0), joint / sweeps, draw_weight, draw_lag, draw_effect, conditionals
