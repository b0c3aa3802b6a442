"""A virtual patient's diary: meals as remembered, ratings as felt, with everything that makes a real diary lie.

Forgotten meals, wrong clocks, recipes that vary, ratings missing on bad days, favourite numbers, rescue drugs, stress, sleep, cycle, infections,
weather of its own, beliefs that make symptoms, and foods avoided because they are suspected. The truth is returned beside it.
"""

from datetime import date, datetime, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from zonula.simulation.mechanism import PER_DAY, STEP_HOURS, Body, Range, draw_body, one_serving, react
from zonula.simulation.table import GROUPS, MEAL_HOURS, Catalogue, Habits, habits

Floats = NDArray[np.float64]

SYMPTOMS = (
    "fatigue", "bloating", "body_aches", "rash", "chemical_sensitivity", "multiple_allergies", "treatment_side_effects",
    "slow_healing", "frequent_illness", "headache", "anxiety_depression", "itch",
)  # fmt: skip
DAYS = (30, 45, 60, 90, 120)
# Group effects below this many rating points x days per serving count as no trigger: nobody could feel them.
LEAST_EFFECT = 0.1


class GroupTruth(msgspec.Struct, frozen=True, kw_only=True):
    """The truth of one group in one patient. effect: points x days over 5 days after one serving, on the symptom it acts on most."""

    trigger: bool
    effect: float = 0.0
    symptom: str = ""
    lag_hours: float | None = None


class VirtualDiary(msgspec.Struct, frozen=True, kw_only=True):
    """rows: time, kind, item, amount, value, ready for the diary contract. beliefs: 0 to 10 per group."""

    patient: str
    start: date
    days: int
    ratings_per_day: int
    rows: tuple[tuple[str, str, str, str, str], ...]
    truth: dict[str, GroupTruth]
    priors: dict[str, float]


class _Life(msgspec.Struct, frozen=True):
    """Everything of the days but food, per step of six hours (T) or per day."""

    stress: Floats
    sleep: Floats
    bleeding: NDArray[np.bool_]
    ill: NDArray[np.bool_]


def virtual_diary(
    number: int, shelf: Catalogue, ranges: dict[str, Range], start: date, rng: np.random.Generator
) -> VirtualDiary:
    """One patient's free-living diary."""
    days = int(rng.choice(DAYS))
    steps = days * PER_DAY
    priors = np.array([GROUPS.get(group, 0.05) for group in shelf.groups])
    triggers = rng.random(len(priors)) < priors * rng.choice([0.0, 0.7, 1.2, 1.5], p=[0.15, 0.35, 0.3, 0.2])
    body = draw_body(ranges, triggers, len(SYMPTOMS), rng)
    beliefs = _beliefs(triggers, rng)
    eating = habits(shelf, rng)
    life = _life(days, rng)
    meals = _meals(days, shelf, eating, beliefs, rng)
    eaten = np.zeros((steps, len(shelf.groups)))
    for day, hour, dish, portion in meals:
        step = min(steps - 1, day * PER_DAY + int(hour // STEP_HOURS))
        # A recipe is never quite the recipe: what is in the pot differs from what is on the card.
        eaten[step] += shelf.content[dish] * portion * rng.lognormal(0.0, 0.25)
    points, _, _ = react(body, eaten, np.zeros(steps))
    # A symptom cannot be less than absent: what is not food is cut at 0 before food adds to it.
    felt = points + np.clip(_other(life, eaten, beliefs, ranges, rng), 0, None)
    ratings, medicines = _ratings(felt, days, rng)
    twice = 1 if rng.random() < 0.25 else 2
    rows = [*_food_rows(meals, shelf, start, rng), *_rating_rows(ratings, twice, days, start, rng)]
    rows += _context_rows(life, days, start, rng) + _medicine_rows(medicines, start)
    noon = f"{start.isoformat()}T08:00"
    rows += [
        (noon, "belief", group, "", f"{10 * belief:.0f}")
        for group, belief in zip(shelf.groups, beliefs, strict=True)
        if belief > 0
    ]
    order = rng.permutation(len(rows))
    return VirtualDiary(
        patient=f"v{number:05d}",
        start=start,
        days=days,
        ratings_per_day=twice,
        rows=tuple(rows[place] for place in order),
        truth={group: _truth(body, place) for place, group in enumerate(shelf.groups)},
        priors={
            group: float(np.clip(prior * rng.lognormal(0, 0.3), 0.005, 0.5))
            for group, prior in zip(shelf.groups, priors, strict=True)
        },
    )


def _truth(body: Body, food: int) -> GroupTruth:
    if body.reactivity[food] <= 0:
        return GroupTruth(trigger=False)
    total, lag = one_serving(body, food)
    most = int(total.argmax())
    if total[most] < LEAST_EFFECT:
        return GroupTruth(trigger=False)
    return GroupTruth(trigger=True, effect=float(total[most]), symptom=SYMPTOMS[most], lag_hours=lag)


def _beliefs(triggers: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """People suspect true triggers often and harmless foods sometimes."""
    suspected = rng.random(len(triggers)) < np.where(triggers, 0.4, 0.12)
    return np.where(suspected, rng.uniform(0.2, 1.0, len(triggers)), 0.0)


def _life(days: int, rng: np.random.Generator) -> _Life:
    stress = np.clip(4 + 2 * _weather(days, 2.5, rng), 0, 10)
    sleep = np.clip(7 - 0.25 * (stress - 4) + rng.normal(0, 0.9, days), 2, 11)
    bleeding = np.zeros(days, dtype=bool)
    if rng.random() < 0.55:
        length, first = int(rng.integers(25, 33)), int(rng.integers(0, 28))
        bleeding = (np.arange(days) - first) % length < int(rng.integers(3, 7))
    ill = np.zeros(days, dtype=bool)
    for begin in np.flatnonzero(rng.random(days) < 0.015):
        ill[begin : begin + int(rng.integers(2, 8))] = True
    return _Life(stress, sleep, bleeding, ill)


def _weather(length: int, memory: float, rng: np.random.Generator, columns: int | None = None) -> Floats:
    """Autocorrelated noise of standard deviation 1 with this memory in steps."""
    keep = np.exp(-1 / memory)
    noise = rng.normal(size=length if columns is None else (length, columns))
    for step in range(1, length):
        noise[step] = keep * noise[step - 1] + np.sqrt(1 - keep**2) * noise[step]
    return noise


def _meals(
    days: int, shelf: Catalogue, eating: Habits, beliefs: Floats, rng: np.random.Generator
) -> list[tuple[int, float, int, float]]:
    """Day, hour, dish and portions. Dishes with a strongly suspected group are often left out."""
    avoid = np.clip(beliefs - 0.5, 0, None) * 1.4 * rng.random()
    meals = []
    for day in range(days):
        for meal, hour in enumerate(MEAL_HOURS):
            for dish in rng.choice(eating.dishes[meal], int(rng.integers(1, 4)), p=eating.weights[meal]):
                if rng.random() < float(((shelf.content[dish] > 0) * avoid).max()):
                    continue
                meals.append(
                    (
                        day,
                        float(np.clip(hour + rng.normal(0, 0.7), 0, 23.9)),
                        int(dish),
                        float(rng.choice([0.5, 1.0, 1.0, 1.5, 2.0])),
                    )
                )
    return meals


def _other(life: _Life, eaten: Floats, beliefs: Floats, ranges: dict[str, Range], rng: np.random.Generator) -> Floats:
    """Symptom points that are not food: (T, S)."""
    steps = len(eaten)
    count = len(SYMPTOMS)
    day = np.arange(steps) // PER_DAY
    share = rng.uniform(0.1, 0.9, count)
    weather = ranges["weather"].draw(rng, count)
    memory = float(ranges["weather_hours"].draw(rng)) / STEP_HOURS
    common = _weather(steps, memory, rng)
    own = _weather(steps, memory, rng, count)
    level = np.where(rng.random(count) < 0.75, rng.uniform(0.3, 3.5, count), 0.0)
    trend = np.outer(np.linspace(0.5, -0.5, steps), rng.normal(0.4, 0.8, count))
    felt = level + trend + weather * (np.sqrt(share) * common[:, None] + np.sqrt(1 - share) * own)
    felt += np.outer(life.stress[day] - 4, rng.uniform(0, 1, count)) * ranges["stress"].draw(rng)
    felt += np.outer(np.clip(7 - life.sleep[day], 0, None), rng.uniform(0, 1, count)) * ranges["sleep"].draw(rng)
    felt += np.outer(life.bleeding[day], rng.uniform(0, 1, count)) * ranges["cycle"].draw(rng)
    felt += np.outer(life.ill[day], rng.uniform(0, 1, count)) * ranges["illness"].draw(rng)
    attack = np.zeros(steps)
    for begin in np.flatnonzero(rng.random(steps) < 0.006):
        attack[begin : begin + int(rng.integers(2, 9))] += rng.exponential(1.5)
    felt += np.outer(attack, rng.random(count) < 0.4)
    expected = ((eaten > 0) * beliefs).max(axis=1) * float(ranges["expectation"].draw(rng))
    lasting = np.convolve(expected, [1.0, 0.6, 0.25])[:steps]
    # A symptom the patient does not have is not raised by weather alone.
    shown: Floats = np.where(level > 0, felt, 0.3 * (felt - level)) + np.outer(lasting, rng.beta(1, 2, count))
    return shown


def _ratings(felt: Floats, days: int, rng: np.random.Generator) -> tuple[Floats, list[int]]:
    """Ratings (2 a day, S) as integers, NaN where not rated; and the steps at which a rescue drug was taken."""
    medicines: list[int] = []
    if rng.random() < 0.4:
        bad = np.flatnonzero(felt.max(axis=1) > rng.uniform(5, 8))
        for step in bad[rng.random(len(bad)) < 0.35]:
            medicines.append(int(step))
            felt[step : step + 2] *= rng.uniform(0.4, 0.8)
    halves = np.clip(felt.reshape(days * 2, PER_DAY // 2, -1).mean(axis=1), 0, 10)
    rated = np.round(halves + rng.normal(0, 0.35, halves.shape))
    if rng.random() < 0.3:
        rated = np.where(rng.random(rated.shape) < 0.5, 2 * np.round(rated / 2), rated)
    rated = np.clip(rated, 0, 10)
    unrated = rng.random(len(rated)) < rng.uniform(0.02, 0.15) * (1 + 1.5 * (halves.max(axis=1) > 6))
    rated[unrated] = np.nan
    rated[rng.random(rated.shape) < 0.02] = np.nan
    return rated, medicines


_Row = tuple[str, str, str, str, str]


def _food_rows(
    meals: list[tuple[int, float, int, float]], shelf: Catalogue, start: date, rng: np.random.Generator
) -> list[_Row]:
    forgotten, slip, fuzzy = rng.uniform(0.03, 0.2), rng.uniform(0.1, 0.8), rng.uniform(0.0, 0.35)
    midnight = datetime.combine(start, datetime.min.time())
    rows = []
    for day, hour, dish, portion in meals:
        if rng.random() < forgotten:
            continue
        when = midnight + timedelta(days=day, hours=float(np.clip(hour + rng.normal(0, slip), 0, 23.9)))
        written = max(0.25, round(portion * rng.lognormal(0, fuzzy) * 4) / 4)
        rows.append((when.isoformat(timespec="minutes"), "food", shelf.items[dish], f"{written:g}", ""))
    return rows


def _rating_rows(ratings: Floats, per_day: int, days: int, start: date, rng: np.random.Generator) -> list[_Row]:
    midnight = datetime.combine(start, datetime.min.time())
    rows = []
    for day in range(days):
        for half in range(2):
            felt = ratings[2 * day + half]
            if per_day == 1:
                if half == 0:
                    continue
                felt = (
                    np.round(np.nanmean(ratings[2 * day : 2 * day + 2], axis=0))
                    if not np.isnan(ratings[2 * day : 2 * day + 2]).all(axis=0).any()
                    else felt
                )
            when = midnight + timedelta(days=day, hours=(12.5 if half == 0 else 21.5) + float(rng.normal(0, 0.4)))
            stamp = when.isoformat(timespec="minutes")
            rows += [
                (stamp, "symptom", name, "", f"{value:.0f}")
                for name, value in zip(SYMPTOMS, felt, strict=True)
                if not np.isnan(value)
            ]
    return rows


def _context_rows(life: _Life, days: int, start: date, rng: np.random.Generator) -> list[_Row]:
    rows = []
    for day in range(days):
        stamp = f"{(start + timedelta(day)).isoformat()}T21:40"
        if rng.random() < 0.9:
            rows.append((stamp, "context", "stress", "", f"{life.stress[day]:.0f}"))
            rows.append((stamp, "context", "sleep_hours", "", f"{round(2 * life.sleep[day]) / 2:g}"))
        if life.bleeding[day] and rng.random() < 0.9:
            rows.append((stamp, "context", "menses", "", "1"))
        if life.ill[day] and rng.random() < 0.6:
            rows.append((stamp, "context", "ill", "", "1"))
    return rows


def _medicine_rows(medicines: list[int], start: date) -> list[_Row]:
    midnight = datetime.combine(start, datetime.min.time())
    return [
        (
            (midnight + timedelta(hours=STEP_HOURS * (step + 0.5))).isoformat(timespec="minutes"),
            "med",
            "pain killer",
            "1",
            "",
        )
        for step in medicines
    ]
