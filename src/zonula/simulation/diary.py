"""A virtual patient's diary: meals as remembered, ratings as felt, with everything that makes a real diary lie.

Forgotten meals, wrong clocks, recipes that vary, ratings missing on bad days, favourite numbers, rescue drugs, stress, sleep, cycle, infections,
weather of its own, beliefs that make symptoms, and foods avoided because they are suspected. The truth is returned beside it.
"""

from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from zonula.simulation.days import BLOCK_HOURS, PER_DAY, USUAL_STRESS, Days, draw_days, other_symptoms
from zonula.simulation.entries import BELIEF, CONTEXT, EMPTY, FOOD, MEDICINE, SYMPTOM, Entries, Part, gathered
from zonula.simulation.mechanism import STEP_HOURS, Body, Range, draw_body, one_serving, react
from zonula.simulation.table import GROUPS, MEAL_HOURS, Catalogue, Habits, habits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SYMPTOMS = (
    "fatigue", "bloating", "body_aches", "rash", "chemical_sensitivity", "multiple_allergies", "treatment_side_effects",
    "slow_healing", "frequent_illness", "headache", "anxiety_depression", "itch",
)  # fmt: skip
CONTEXTS = ("stress", "sleep_hours", "menses", "ill")
PAIN_KILLER = "pain killer"
DAYS = (30, 45, 60, 90, 120)
# Group effects below this many rating points x days per serving count as no trigger: nobody could feel them.
LEAST_EFFECT = 0.1
_STEPS_A_DAY = round(24 / STEP_HOURS)
_STEPS_A_BLOCK = _STEPS_A_DAY // PER_DAY


class GroupTruth(msgspec.Struct, frozen=True, kw_only=True):
    """The truth of one group in one patient. effect: points x days over 5 days after one serving, on the symptom it acts on most."""

    trigger: bool
    effect: float = 0.0
    symptom: str = ""
    lag_hours: float | None = None


class VirtualDiary(msgspec.Struct, frozen=True, kw_only=True):
    """entries: the diary. body: the hidden mechanism. truth, priors: per group."""

    patient: str
    start: date
    days: int
    ratings_per_day: int
    entries: Entries
    truth: dict[str, GroupTruth]
    priors: dict[str, float]
    body: Body

    @property
    def rows(self) -> tuple[tuple[str, str, str, str, str], ...]:
        """Time, kind, item, amount and value, ready for the diary contract."""
        return self.entries.rows(self.start)

    def csv_bytes(self) -> bytes:
        """The same rows as lines of `diary.csv`."""
        return self.entries.csv_bytes(self.patient, self.start)


class _Meals(msgspec.Struct, frozen=True):
    """What was really eaten: arrays (M,)."""

    day: Ints
    hour: Floats
    dish: Ints
    portions: Floats


def virtual_diary(
    number: int, shelf: Catalogue, ranges: dict[str, Range], start: date, rng: np.random.Generator
) -> VirtualDiary:
    """One patient's free-living diary."""
    days = int(rng.choice(DAYS))
    priors = np.array([GROUPS.get(group, 0.05) for group in shelf.groups])
    triggers = rng.random(len(priors)) < priors * rng.choice([0.0, 0.7, 1.2, 1.5], p=[0.15, 0.35, 0.3, 0.2])
    body = draw_body(ranges, triggers, len(SYMPTOMS), rng)
    beliefs = _beliefs(triggers, rng)
    eating = habits(shelf, rng)
    life = draw_days(days, rng)
    meals = _meals(days, shelf, eating, beliefs, rng)
    felt, medicines = _felt(
        body, life, meals, shelf, beliefs, other_symptoms(life, len(SYMPTOMS), ranges, rng), ranges, rng
    )
    ratings = _ratings(felt, rng)
    twice = 1 if rng.random() < 0.25 else 2
    # Places of the names: dishes, then groups, symptoms, contexts and the drug.
    names = shelf.items + shelf.groups + SYMPTOMS + CONTEXTS + (PAIN_KILLER,)
    groups_at, symptoms_at = len(shelf.items), len(shelf.items) + len(shelf.groups)
    contexts_at = symptoms_at + len(SYMPTOMS)
    believed = np.flatnonzero(beliefs)
    entries = gathered(
        names,
        [
            _food_entries(meals, rng),
            _rating_entries(ratings, twice, symptoms_at, rng),
            *_context_entries(life, contexts_at, rng),
            (60 * (BLOCK_HOURS * medicines + BLOCK_HOURS // 2), MEDICINE, contexts_at + len(CONTEXTS), 4, EMPTY),
            (np.full(len(believed), 8 * 60), BELIEF, groups_at + believed, EMPTY, 4 * np.rint(10 * beliefs[believed])),
        ],
        rng,
    )
    seen = np.clip(priors * rng.lognormal(0, 0.3, len(priors)), 0.005, 0.5)
    return VirtualDiary(
        patient=f"v{number:05d}",
        start=start,
        days=days,
        ratings_per_day=twice,
        entries=entries,
        truth={group: _truth(body, place) for place, group in enumerate(shelf.groups)},
        priors=dict(zip(shelf.groups, seen.tolist(), strict=True)),
        body=body,
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
    """People suspect true triggers often and harmless foods sometimes: 0 to 1 per group."""
    suspected = rng.random(len(triggers)) < np.where(triggers, 0.4, 0.12)
    return np.where(suspected, rng.uniform(0.2, 1.0, len(triggers)), 0.0)


def _meals(days: int, shelf: Catalogue, eating: Habits, beliefs: Floats, rng: np.random.Generator) -> _Meals:
    """One to three dishes at each of four meals a day. Dishes with a strongly suspected group are often left out."""
    avoid = np.clip(beliefs - 0.5, 0, None) * 1.4 * rng.random()
    left_out = ((shelf.content > 0) * avoid).max(axis=1)
    dishes_a_meal = rng.integers(1, 4, (len(MEAL_HOURS), days))
    dish = np.concatenate(
        [
            eating.dishes[meal][rng.choice(len(eating.dishes[meal]), int(count.sum()), p=eating.weights[meal])]
            for meal, count in enumerate(dishes_a_meal)
        ]
    )
    day = np.concatenate([np.repeat(np.arange(days), count) for count in dishes_a_meal])
    hour = np.repeat(MEAL_HOURS, dishes_a_meal.sum(axis=1)) + rng.normal(0, 0.7, len(dish))
    portions = rng.choice([0.5, 1.0, 1.0, 1.5, 2.0], len(dish))
    eaten = rng.random(len(dish)) >= left_out[dish]
    return _Meals(day[eaten], np.clip(hour[eaten], 0, 23.9), dish[eaten], portions[eaten])


def _felt(
    body: Body,
    life: Days,
    meals: _Meals,
    shelf: Catalogue,
    beliefs: Floats,
    other: Floats,
    ranges: dict[str, Range],
    rng: np.random.Generator,
) -> tuple[Floats, Ints]:
    """Symptom points per block of six hours (T, S), and the blocks in which a pain killer was taken."""
    steps = len(life.stress) * _STEPS_A_DAY
    step = meals.day * _STEPS_A_DAY + (meals.hour / STEP_HOURS).astype(np.int64)
    # A recipe is never quite the recipe: what is in the pot differs from what is on the card.
    servings = shelf.content[meals.dish] * (meals.portions * rng.lognormal(0.0, 0.25, len(step)))[:, None]
    eaten, believed = np.zeros((steps, len(shelf.groups))), np.zeros(steps)
    np.add.at(eaten, step, servings)
    np.maximum.at(believed, step, ((shelf.content > 0) * beliefs).max(axis=1)[meals.dish])
    stress = np.repeat(np.clip(life.stress - USUAL_STRESS, 0, None), _STEPS_A_DAY)
    illness = np.repeat(life.ill.astype(np.float64), _STEPS_A_DAY)
    drugs = np.zeros(steps)
    # A symptom cannot be less than absent: what is not food is cut at 0 before food adds to it.
    background = np.clip(other, 0, None)

    def live() -> Floats:
        course = react(body, eaten, drugs=drugs, stress=stress, illness=illness, believed=believed)
        return background + course.points(BLOCK_HOURS)

    felt = live()
    # All dice are thrown whether needed or not: with one number changed, everything else of a life stays the same.
    takes, limit = rng.random() < 0.4, rng.uniform(5, 8)
    wants, relief = rng.random(len(felt)) < 0.35, ranges["relief"].draw(rng, len(felt))
    medicines = np.flatnonzero(wants & (felt.max(axis=1) > limit)) if takes else np.empty(0, dtype=np.int64)
    if len(medicines):
        # Pain killers open the wall before they relieve.
        drugs[medicines * _STEPS_A_BLOCK] = 1.0
        felt = live()
        for block in medicines:
            felt[block : block + 2] *= relief[block]
    return felt, medicines


def _ratings(felt: Floats, rng: np.random.Generator) -> Floats:
    """Ratings (2 a day, S) as whole numbers, NaN where not rated."""
    halves = felt.reshape(-1, PER_DAY // 2, felt.shape[1]).mean(axis=1).clip(0, 10)
    rated: Floats = np.round(halves + rng.normal(0, 0.35, halves.shape))
    if rng.random() < 0.3:
        rated = np.where(rng.random(rated.shape) < 0.5, 2 * np.round(rated / 2), rated)
    rated = rated.clip(0, 10)
    rated[rng.random(len(rated)) < rng.uniform(0.02, 0.15) * (1 + 1.5 * (halves.max(axis=1) > 6))] = np.nan
    rated[rng.random(rated.shape) < 0.02] = np.nan
    return rated


def _food_entries(meals: _Meals, rng: np.random.Generator) -> Part:
    forgotten, slip, fuzzy = rng.uniform(0.03, 0.2), rng.uniform(0.1, 0.8), rng.uniform(0.0, 0.35)
    kept = rng.random(len(meals.day)) >= forgotten
    hour = np.clip(meals.hour[kept] + rng.normal(0, slip, int(kept.sum())), 0, 23.9)
    quarters = np.rint(4 * meals.portions[kept] * rng.lognormal(0, fuzzy, len(hour)))
    return 1440 * meals.day[kept] + 60 * hour, FOOD, meals.dish[kept], np.maximum(1, quarters), EMPTY


def _rating_entries(ratings: Floats, per_day: int, first: int, rng: np.random.Generator) -> Part:
    """Noon and evening; who rates once a day gives, in the evening, the mean of the halves not left out."""
    days = len(ratings) // 2
    hours = (np.array([12.5, 21.5]) + rng.normal(0, 0.4, (days, 2))).clip(0, 23.9)
    if per_day == 1:
        halves = ratings.reshape(days, 2, -1)
        known = ~np.isnan(halves)
        total = np.where(known, halves, 0).sum(axis=1)
        ratings = np.full_like(total, np.nan)
        np.divide(total, known.sum(axis=1), out=ratings, where=known.any(axis=1))
        hours = hours[:, 1:]
    minutes = (1440 * np.arange(days)[:, None] + np.floor(60 * hours)).ravel()
    row, symptom = np.nonzero(~np.isnan(ratings))
    return minutes[row], SYMPTOM, first + symptom, EMPTY, 4 * np.round(ratings[row, symptom])


def _context_entries(life: Days, first: int, rng: np.random.Generator) -> list[Part]:
    """Every evening, most of it: 21:40."""
    days = len(life.stress)
    told = np.flatnonzero(rng.random(days) < 0.9)
    bleeding = np.flatnonzero(life.bleeding & (rng.random(days) < 0.9))
    ill = np.flatnonzero(life.ill & (rng.random(days) < 0.6))
    evening = 21 * 60 + 40
    return [
        (1440 * told + evening, CONTEXT, first, EMPTY, 4 * np.rint(life.stress[told])),
        (1440 * told + evening, CONTEXT, first + 1, EMPTY, 2 * np.rint(2 * life.sleep[told])),
        (1440 * bleeding + evening, CONTEXT, first + 2, EMPTY, 4),
        (1440 * ill + evening, CONTEXT, first + 3, EMPTY, 4),
    ]
