# mypy: allow-untyped-defs, allow-untyped-calls
"""Draws that the sampler needs: a positive normal, an index, the effects of a group, the noise of the symptoms."""

import math

import numpy as np

from zonula.food_triggers.compiled import compiled
from zonula.food_triggers.flare_integral import slab


@compiled
def positive_normal(mean, deviation):
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
def draw_index(logs, count):
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
def draw_effects(i, c, phi, rest, gain, drag, odds, noise, share, table, effects):
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
def refine_noise(spread, freedom, loading, noise, floor, rounds):
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
def draw_noise(spread, freedom, loading, noise, floor, rounds):
    """Metropolis steps of the noise covariance noise + loading loading' given its squares `spread` (S, S), in place.

    Per symptom the variance (flat in its log) and the correlation with the flare (flat) are proposed together. Changing one
    symptom costs a few products, so that a hundred rounds cost less than a sweep over the groups.
    """
    symptoms = len(noise)
    pull, moved = np.empty(symptoms), np.zeros(symptoms)
    shared, fit = 1.0, 0.0
    for s in range(symptoms):
        pull[s] = loading[s] / noise[s]
        shared += loading[s] * pull[s]
    for s in range(symptoms):
        for r in range(symptoms):
            moved[s] += spread[s, r] * pull[r]
    for s in range(symptoms):
        fit += pull[s] * moved[s]
    wide, turn = 2.4 * math.sqrt(2.0 / freedom), 2.4 / math.sqrt(freedom)
    for n in range(rounds):
        step = 1.0 if n % 2 == 0 else 0.35
        for s in range(symptoms):
            own = max(noise[s] - floor[s], 1e-12)
            variance = own + loading[s] * loading[s]
            flare = loading[s] / math.sqrt(variance) + step * turn * np.random.standard_normal()
            if abs(flare) >= 1.0:
                continue
            variance *= math.exp(step * wide * np.random.standard_normal())
            new_loading = math.sqrt(variance) * flare
            new_noise = variance * (1.0 - flare * flare) + floor[s]
            change = new_loading / new_noise - pull[s]
            new_shared = shared + new_loading * new_loading / new_noise - loading[s] * pull[s]
            new_fit = fit + change * (2.0 * moved[s] + change * spread[s, s])
            gain = freedom * (math.log(noise[s] / new_noise) + math.log(shared / new_shared))
            gain += spread[s, s] * (1.0 / noise[s] - 1.0 / new_noise) + new_fit / new_shared - fit / shared
            if math.log(1.0 - np.random.random()) < 0.5 * gain:
                for r in range(symptoms):
                    moved[r] += change * spread[r, s]
                pull[s] += change
                shared, fit = new_shared, new_fit
                loading[s], noise[s] = new_loading, new_noise


@compiled
def unexplained(spread0, projected, rest, on, lag, lags, effects):
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
