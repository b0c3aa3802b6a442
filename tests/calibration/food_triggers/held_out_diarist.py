"""A third virtual diarist, written once from the list of traps and never tuned on: only its final figures are read.

Unlike the other two on purpose: hours instead of half hours or quarter days, bi-exponential reactions, bounded dose
response, symptoms that flare in a two-state way on a soft floor, menus that repeat by the week, labels that hide
ingredients, a clock that is wrong all along, ratings copied from yesterday, and 8 to 40 groups with 4 to 16 symptoms.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from zonula.diary import Diary, DiaryWriter, FoodGroup

HOURS = 120
START = date(2033, 3, 1)


@dataclass(frozen=True)
class Truth:
    """area: points x days per serving on the main symptom, on average over servings; lag: centroid in hours."""

    area: float
    lag: float


def held_out_diary(seed: int, days: int) -> tuple[Diary, dict[int, Truth]]:
    """A diary and the truth of its triggers, by index of the group."""
    rng = np.random.default_rng([seed, 77])
    groups, symptoms, length = int(rng.integers(8, 41)), int(rng.integers(4, 17)), days * 24
    prior = np.clip(rng.gamma(1.5, 0.045, groups), 0.01, 0.4)
    triggers = np.flatnonzero(rng.random(groups) < prior)[:6]
    suspected = rng.random(groups) < np.where(np.isin(np.arange(groups), triggers), 0.45, 0.15)
    belief = np.where(suspected, rng.integers(1, 11, groups), 0)
    felt = _weather(rng, symptoms, length)
    eaten, written, recipes = _eat(rng, groups, days, belief)
    truth, food = {}, np.zeros((symptoms, length + HOURS))
    for g in triggers:
        truth[int(g)] = _react(rng, [(h, d) for h, k, d in eaten if k == g], food)
    _expect(rng, eaten, belief, food)
    if rng.random() < 0.2:  # a cause that no group covers
        other = [(float(h), 1.0) for h in np.flatnonzero(rng.random(length) < 0.3 / 24)]
        _react(rng, other, food)
    felt = np.log1p(np.exp(2.0 * felt)) / 2.0 + food[:, :length]
    rows, per_day = _rate(rng, felt, days)
    rows += written + [("2033-03-01T07:00", "belief", f"group {g}", None, int(b)) for g, b in enumerate(belief) if b]
    said = np.clip(prior * rng.lognormal(0, 0.4, groups), 0.005, 0.5)
    writer = DiaryWriter(
        "h", START, tuple(FoodGroup(f"group {g}", float(p)) for g, p in enumerate(said)), recipes, days, per_day
    )
    for row in rows:
        assert writer.add(*row) is None, row
    return writer.diary(), truth


def _stamp(hour: float) -> str:
    return (datetime(START.year, START.month, START.day) + timedelta(hours=max(hour, 0.0))).isoformat(
        timespec="minutes"
    )


def _weather(rng, symptoms, length):
    """(S, H) level, slow drift, a bad start that passes, two-state flares, shocks and daily rhythm."""
    hours = np.arange(length)
    memory = rng.uniform(6, 50)
    keep = np.exp(-1 / memory)
    shocks = rng.standard_t(5, (symptoms + 1, length)) * np.sqrt((1 - keep**2) * 0.6)
    walk = np.zeros((symptoms + 1, length))
    for t in range(1, length):
        walk[:, t] = keep * walk[:, t - 1] + shocks[:, t]
    flare, on = np.zeros(length), False
    for t in range(length):
        on = rng.random() < (1 - 1 / 36 if on else 1 / 300)
        flare[t] = on
    share, size = rng.uniform(0.1, 0.7), rng.uniform(0.5, 1.2, (symptoms, 1))
    level = rng.choice([rng.uniform(-1.5, 0), rng.uniform(0.5, 2), rng.uniform(1, 4)], (symptoms, 1), p=[0.4, 0.4, 0.2])
    out = level + size * (np.sqrt(share) * walk[:1] + np.sqrt(1 - share) * walk[1:])
    out += rng.uniform(0, 1.5, (symptoms, 1)) * flare + rng.normal(0, 0.6, (symptoms, 1)) * (hours / length - 0.5)
    out += rng.uniform(0, 1.5) * np.exp(-hours / 24 / 6) + 0.2 * rng.normal(size=(symptoms, 1)) * np.cos(
        hours * np.pi / 12
    )
    return out


def _eat(rng, groups, days, belief):
    """What was eaten (hour, group, servings), the rows written, and the recipes as the label has them."""
    dishes = []
    for _ in range(int(rng.integers(25, 60))):
        inside = rng.choice(groups, min(groups, int(rng.integers(0, 5))), replace=False)
        dishes.append({int(g): float(rng.choice([0.3, 0.5, 1.0, 1.0, 2.0])) for g in inside})
    label = {
        f"dish {n}": [
            (f"group {g}", s * float(rng.choice([1, 1, 0.5, 2]))) for g, s in dish.items() if rng.random() > 0.06
        ]
        for n, dish in enumerate(dishes)
    }
    week = {(d, m): rng.choice(len(dishes), int(rng.integers(1, 4))) for d in range(7) for m in range(3)}
    forget, fixed, offset = rng.uniform(0.02, 0.25), rng.uniform(0.2, 0.8), rng.choice([0, 0, 0, 1.0, -1.0])
    eaten, rows = [], []
    for day in range(days):
        for meal, clock in enumerate((8.0, 12.5, 19.5)):
            hour = day * 24 + clock + rng.normal(0, 0.8)
            usual = rng.random() < fixed
            for n in week[day % 7, meal] if usual else rng.choice(len(dishes), 2):
                dish, portion = dishes[n], float(rng.choice([0.5, 1, 1, 1, 1.5, 2]))
                if any(belief[g] > 6 for g in dish) and rng.random() < 0.5:
                    continue
                eaten += [(hour, g, s * portion * float(rng.lognormal(0, 0.3))) for g, s in dish.items()]
                if rng.random() > forget:
                    rows.append((_stamp(hour + offset + rng.normal(0, 0.5)), "food", f"dish {n}", portion, None))
    return eaten, rows, label


def _react(rng, doses, food):
    """Add one group's reactions to (S, H) points; the truth of one serving."""
    symptoms, width = len(food), food.shape[1]
    rise, fall = rng.choice([rng.uniform(0.3, 2), rng.uniform(2, 10), rng.uniform(8, 24)]), rng.uniform(3, 24)
    hours = np.arange(HOURS) + 0.5
    course = np.exp(-hours / (fall + rise)) - np.exp(-hours / rise)
    course *= 24.0 / course.sum()
    area, chance, bend = (
        float(np.exp(rng.uniform(np.log(0.2), np.log(4)))),
        rng.choice([1.0, 1.0, 0.75, 0.5]),
        rng.uniform(0.4, 3),
    )
    weights = np.where(rng.random(symptoms) < 0.2, rng.uniform(0.3, 1, symptoms), 0.0)
    weights[rng.integers(symptoms)] = 1.0
    drift = rng.choice([0.0, 0.0, -0.5, 0.5])
    for hour, dose in doses:
        at = int(hour)
        if rng.random() < chance and 0 <= at < width:
            size = area * (1 - np.exp(-dose / bend)) / (1 - np.exp(-1 / bend)) * (1 + drift * (at / width - 0.5))
            part = course[: width - at]
            food[:, at : at + len(part)] += np.outer(weights * size, part)
    return Truth(area * chance, float((hours * course).sum() / course.sum()))


def _expect(rng, eaten, belief, food):
    """Points in the hours after eating what is believed to harm."""
    strength, shown = rng.uniform(0, 1.5), np.where(rng.random(len(food)) < 0.5, rng.uniform(0.2, 1, len(food)), 0.0)
    for hour, g, _ in eaten:
        if belief[g] and rng.random() < 0.6:
            food[:, int(hour) : int(hour) + 8] += (strength * belief[g] / 10 / 2 * shown)[:, None]


def _rate(rng, felt, days):
    """Rows of ratings and rescue drugs, and how often a day is planned."""
    per_day = int(rng.choice([1, 2, 2, 3]))
    clocks = {1: [21], 2: [12, 21], 3: [9, 15, 22]}[per_day]
    lazy, miss, coarse = rng.uniform(0, 0.1), rng.uniform(0.02, 0.2), rng.random() < 0.3
    rows, before, since = [], None, 0
    for day in range(days):
        for clock in clocks:
            now = day * 24 + clock
            window = np.clip(felt[:, since:now], 0, 10)
            since = now
            value = 0.7 * window.mean(axis=1) + 0.3 * window[:, -6:].mean(axis=1) + rng.normal(0, 0.4, len(felt))
            value = np.clip(np.round(value / 2) * 2 if coarse else np.round(value), 0, 10)
            if before is not None and rng.random() < lazy:
                value = before
            before = value
            if value.max() >= 8 and rng.random() < 0.3:
                rows.append((_stamp(now), "med", "pain killer", 1, None))
                felt[:, now : now + 8] *= 0.6
            if rng.random() < miss * (2.0 if value.mean() > 3 else 0.8):
                continue
            stamp = _stamp(now + rng.normal(0, 0.3))
            rows += [
                (stamp, "symptom", f"symptom {s}", None, int(v)) for s, v in enumerate(value) if rng.random() > 0.02
            ]
    return rows, per_day
