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
