"""Foods that the diary cannot tell apart, and the smallest change of menu that would."""

from dataclasses import dataclass

import numpy as np

from zonula.diary.entries import Diary
from zonula.food_triggers.inference import Posterior

EITHER_BUT_NOT_BOTH = 3.0  # how many times rarer than chance both are triggers in the same draw
WORTH_ASKING = 0.05
TOGETHER = 0.5
SAME_MEAL_HOURS = 2.0
DAYS_APART = 6  # separate exposures to each that make their columns distinguishable


@dataclass(frozen=True)
class Separation:
    """Two groups that stand in for each other. change: the smallest change of menu that would separate them."""

    first: str
    second: str
    first_index: int
    second_index: int
    together: float  # share of the rarer one's meals that held both
    change: str


def separations(diary: Diary, posterior: Posterior) -> tuple[Separation, ...]:
    """Pairs that are mostly eaten together, at least one suspected, and whose inclusions exclude each other."""
    found = []
    p = posterior.probability
    eaten = [np.sort(diary.intake_hour[diary.intake_group == g]) for g in range(len(diary.groups))]
    for g in range(len(p)):
        for h in range(g + 1, len(p)):
            if max(p[g], p[h]) < WORTH_ASKING or min(p[g], p[h]) < 0.005:
                continue
            if diary.groups[g].excluded or diary.groups[h].excluded:
                continue
            share = _share_together(eaten[g], eaten[h])
            if share < TOGETHER:
                continue
            if posterior.joint[g, h] * EITHER_BUT_NOT_BOTH <= p[g] * p[h] or max(p[g], p[h]) < 0.8:
                found.append(_separation(diary, g, h, share, len(eaten[g]) <= len(eaten[h])))
    return tuple(found)


def _share_together(first: np.ndarray, second: np.ndarray) -> float:
    few, many = (first, second) if len(first) <= len(second) else (second, first)
    if len(few) == 0:
        return 0.0
    place = np.searchsorted(many, few)
    before = np.abs(few - many[np.maximum(place - 1, 0)])
    after = np.abs(many[np.minimum(place, len(many) - 1)] - few)
    return float((np.minimum(before, after) <= SAME_MEAL_HOURS).mean())


def _separation(diary: Diary, g: int, h: int, share: float, first_is_rarer: bool) -> Separation:
    a, b = diary.groups[g].name, diary.groups[h].name
    rare, common = (a, b) if first_is_rarer else (b, a)
    change = (
        f"On {DAYS_APART} days eat {common} without {rare}, and on {DAYS_APART} other days {rare} without {common}, "
        "everything else as usual."
    )
    return Separation(a, b, g, h, share, change)
