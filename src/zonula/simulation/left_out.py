"""Which food groups a virtual patient leaves out in the Reboot, and how much of the complaints that can take away."""

import numpy as np

from zonula.simulation.assumed import Assumed, chance
from zonula.simulation.diary import VirtualDiary
from zonula.simulation.entries import BELIEF

QUARTERS = 4  # a diary keeps its numbers in quarters


def left_out(diary: VirtualDiary, says: Assumed, rng: np.random.Generator) -> tuple[str, ...]:
    """Most true triggers, some that are strongly suspected, few others.

    Drawn without looking at the skin test, or the percent of positive tests would tell something about recovery after all.
    """
    days, entries = says.course.treatment, diary.entries
    strong = (entries.kind == BELIEF) & (entries.value >= days.strong_belief * QUARTERS)
    suspected = {entries.names[place] for place in entries.item[strong].tolist()}
    found = []
    for group, truth in diary.truth.items():
        other = days.suspected_left_out if group in suspected else days.others_left_out
        if chance(days.triggers_left_out if truth.trigger else other, rng):
            found.append(group)
    return tuple(found[: days.most_left_out])


def improvement(diary: VirtualDiary, foods: tuple[str, ...], care: float, food: float, adherence: float) -> float:
    """The share of the weekly total that goes in the end: what care takes, and of the rest what the triggers left out do."""
    effects = {group: truth.effect for group, truth in diary.truth.items() if truth.trigger}
    if not effects:
        return round(care, 3)
    gone = sum(effects.get(group, 0.0) for group in foods) / sum(effects.values())
    return round(care + (1 - care) * food * gone * adherence, 3)
