"""The days of a virtual patient apart from food: stress, sleep, cycle, infections, and the symptoms' own weather."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from zonula.simulation.compiled import compiled
from zonula.simulation.mechanism import Range

Floats = NDArray[np.float64]
USUAL_STRESS = 4.0  # the middle of the virtual patients' 0 to 10; only what lies above it opens the wall
BLOCK_HOURS = 6
PER_DAY = 24 // BLOCK_HOURS


class Days(msgspec.Struct, frozen=True):
    """Per day: stress 0 to 10, hours slept, bleeding, infection."""

    stress: Floats
    sleep: Floats
    bleeding: NDArray[np.bool_]
    ill: NDArray[np.bool_]


def draw_days(days: int, rng: np.random.Generator) -> Days:
    """Stress with a memory of days, sleep that follows it, a cycle in half of the patients, an infection now and then."""
    stress = np.clip(USUAL_STRESS + 2 * weather(days, 2.5, rng), 0, 10)
    sleep = np.clip(7 - 0.25 * (stress - USUAL_STRESS) + rng.normal(0, 0.9, days), 2, 11)
    bleeding = np.zeros(days, dtype=bool)
    if rng.random() < 0.55:
        length, first = int(rng.integers(25, 33)), int(rng.integers(0, 28))
        bleeding = (np.arange(days) - first) % length < int(rng.integers(3, 7))
    ill = np.zeros(days, dtype=bool)
    for begin in np.flatnonzero(rng.random(days) < 0.015):
        ill[begin : begin + int(rng.integers(2, 8))] = True
    return Days(stress, sleep, bleeding, ill)


def weather(length: int, memory: float, rng: np.random.Generator, columns: int | None = None) -> Floats:
    """Autocorrelated noise of standard deviation 1 with this memory in steps: (length,) or (length, columns)."""
    noise = rng.normal(size=(length, 1 if columns is None else columns))
    _remember(noise, float(np.exp(-1 / memory)))
    return noise[:, 0] if columns is None else noise


@compiled
def _remember(noise: Floats, keep: float) -> None:
    """In place: each row keeps this share of the row before."""
    fresh = np.sqrt(1 - keep * keep)
    for step in range(1, len(noise)):
        for column in range(noise.shape[1]):
            noise[step, column] = keep * noise[step - 1, column] + fresh * noise[step, column]


def other_symptoms(life: Days, symptoms: int, ranges: dict[str, Range], rng: np.random.Generator) -> Floats:
    """Symptom points that are neither food nor expectation, per block of six hours: (T, S)."""
    steps = len(life.stress) * PER_DAY
    day = np.arange(steps) // PER_DAY
    share = rng.uniform(0.1, 0.9, symptoms)
    swing = ranges["weather"].draw(rng, symptoms)
    memory = float(ranges["weather_hours"].draw(rng)) / BLOCK_HOURS
    common = weather(steps, memory, rng)
    own = weather(steps, memory, rng, symptoms)
    level = np.where(rng.random(symptoms) < 0.75, rng.uniform(0.3, 3.5, symptoms), 0.0)
    trend = np.outer(np.linspace(0.5, -0.5, steps), rng.normal(0.4, 0.8, symptoms))
    felt = level + trend + swing * (np.sqrt(share) * common[:, None] + np.sqrt(1 - share) * own)
    daily = np.outer(life.stress - USUAL_STRESS, rng.uniform(0, 1, symptoms)) * ranges["stress"].draw(rng)
    daily += np.outer(np.clip(7 - life.sleep, 0, None), rng.uniform(0, 1, symptoms)) * ranges["sleep"].draw(rng)
    daily += np.outer(life.bleeding, rng.uniform(0, 1, symptoms)) * ranges["cycle"].draw(rng)
    daily += np.outer(life.ill, rng.uniform(0, 1, symptoms)) * ranges["illness"].draw(rng)
    felt += daily[day]
    attack = np.zeros(steps)
    for begin in np.flatnonzero(rng.random(steps) < 0.006):
        attack[begin : begin + int(rng.integers(2, 9))] += rng.exponential(1.5)
    felt += np.outer(attack, rng.random(symptoms) < 0.4)
    # A symptom the patient does not have is not raised by weather alone.
    shown: Floats = np.where(level > 0, felt, 0.3 * (felt - level))
    return shown
