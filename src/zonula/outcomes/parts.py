"""Which parts of the treatment do something? Stages compared within patients, and supplements switched off at random.

Stages follow each other in one order, so their comparison is description, not effect. The off-switch trial is an effect: a randomised N-of-1 trial
(by the engine of food_triggers) per patient, pooled over patients by random effects.
"""

import csv
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isfinite

import msgspec
import numpy as np

from zonula.errors import UserError
from zonula.outcomes.course import Course
from zonula.outcomes.pooling import Pooled, combine

# Fewest patients with both stages from which a comparison is shown.
FEWEST = 10
# Points of the 12-domain total; a standard error below the least is a slip of the pen, not precision.
MOST_POINTS, LEAST_ERROR = 120, 1e-6


class StageChange(msgspec.Struct, frozen=True, kw_only=True):
    """Mean 12-domain total of the later stage minus the earlier one within the same patients, with a 95 % interval."""

    earlier: str
    later: str
    patients: int
    change: float
    low: float
    high: float


def stage_changes(courses: Sequence[Course]) -> tuple[StageChange, ...]:
    """Every pair of stages that follow each other in at least ten patients, in order of their first appearance."""
    pairs: dict[tuple[str, str], list[float]] = {}
    for course in courses:
        means = _stage_means(course)
        for (earlier, before), (later, after) in pairwise(means):
            pairs.setdefault((earlier, later), []).append(after - before)
    found = []
    for (earlier, later), changes in pairs.items():
        if len(changes) >= FEWEST:
            from scipy.stats import t

            mean, error = float(np.mean(changes)), float(np.std(changes, ddof=1) / np.sqrt(len(changes)))
            half = float(t.ppf(0.975, len(changes) - 1)) * error
            found.append(
                StageChange(
                    earlier=earlier, later=later, patients=len(changes), change=mean, low=mean - half, high=mean + half
                )
            )
    return tuple(found)


def _stage_means(course: Course) -> list[tuple[str, float]]:
    """The mean total of each stage that has a reading, in order; a stage entered twice stands twice."""
    starts = sorted(course.stages, key=lambda one: one.day)
    means = []
    for place, stage in enumerate(starts):
        until = starts[place + 1].day if place + 1 < len(starts) else course.last_day + 1
        totals = [one.total for one in course.readings if stage.day <= one.day < until]
        if totals:
            means.append((stage.stage, sum(totals) / len(totals)))
    return means


class OffSwitch(msgspec.Struct, frozen=True):
    """One patient's randomised on-off trial of one agent: mean total on minus off, and its standard error."""

    patient: str
    agent: str
    difference: float
    error: float


def read_off_switches(lines: Iterable[str], name: str) -> list[OffSwitch]:
    """CSV with the header `patient,agent,difference,error`. Raises UserError naming the line."""
    reader = csv.DictReader(lines)
    if not {"patient", "agent", "difference", "error"} <= set(reader.fieldnames or ()):
        raise UserError(
            f"{name}: not a list of on-off trials.", "It needs the columns patient, agent, difference, error."
        )
    found: list[OffSwitch] = []
    for row in reader:
        try:
            one = OffSwitch(row["patient"], row["agent"], float(row["difference"]), float(row["error"]))
        except (TypeError, ValueError):
            raise UserError(f"{name}, line {reader.line_num}: difference and error are numbers.") from None
        if not one.patient.strip() or not one.agent.strip():
            raise UserError(f"{name}, line {reader.line_num}: patient and agent need a name.")
        if not isfinite(one.difference) or abs(one.difference) > MOST_POINTS:
            raise UserError(f"{name}, line {reader.line_num}: a difference lies within {MOST_POINTS} points.")
        if not LEAST_ERROR <= one.error <= MOST_POINTS:
            raise UserError(f"{name}, line {reader.line_num}: the standard error must be above 0.")
        if any(one.patient == other.patient and one.agent == other.agent for other in found):
            raise UserError(f"{name}, line {reader.line_num}: {one.patient} has {one.agent} twice.")
        found.append(one)
    if not found:
        raise UserError(f"{name}: no trial in it.")
    return found


def pool_off_switches(trials: Sequence[OffSwitch]) -> dict[str, Pooled]:
    """Per agent the pooled difference (negative is better) with its interval, heterogeneity and leave-one-out over patients."""
    pooled = {}
    for agent in dict.fromkeys(one.agent for one in trials):
        made = combine([(one.patient, one.difference, one.error) for one in trials if one.agent == agent])
        if made is not None:
            pooled[agent] = made
    return pooled
