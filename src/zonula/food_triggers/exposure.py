# mypy: allow-untyped-defs, allow-untyped-calls
"""From what was eaten to the rating that each group and lag class would add: the columns of the model.

A column is the response of the ratings to one rating-point-day per serving: a gamma kernel of the lag class, convolved
with the saturating dose, averaged over the hours that the rating speaks of ("severity since the previous rating").
"""

from functools import lru_cache

import numpy as np
from scipy.special import gammainc

from zonula.diary.entries import Diary, Floats, Ints
from zonula.food_triggers.compiled import compiled
from zonula.food_triggers.hyperparameters import Hyperparameters

TABLE_STEP = 0.25  # hours
SAME_MEAL_HOURS = 1.0


@lru_cache(maxsize=8)
def lag_table(centroids: tuple[float, ...], shapes: tuple[float, ...], horizon: float) -> Floats:
    """(K, N) share of the effect that has happened after 0, 0.25, 0.5, … hours; it ends at 1 at the horizon."""
    hours = np.arange(0.0, horizon + TABLE_STEP, TABLE_STEP)
    rows = [gammainc(shape, hours * shape / lag) for lag, shape in zip(centroids, shapes, strict=True)]
    return np.array([row / row[-1] for row in rows])


def meals(diary: Diary, hyper: Hyperparameters) -> tuple[Floats, Ints, Floats]:
    """Hour, group and effective dose of each intake; portions of a group within an hour count as one."""
    if len(diary.intake_hour) == 0:
        return np.zeros(0), np.zeros(0, np.int64), np.zeros(0)
    order = np.lexsort((diary.intake_hour, diary.intake_group))
    hour, group, dose = diary.intake_hour[order], diary.intake_group[order], diary.intake_servings[order]
    first = np.ones(len(hour), dtype=bool)
    first[1:] = (np.diff(group) != 0) | (np.diff(hour) > SAME_MEAL_HOURS)
    place = np.cumsum(first) - 1
    total = np.bincount(place, weights=dose)
    moment = np.bincount(place, weights=dose * hour) / total
    half = hyper.half_saturation
    return moment, group[first].astype(np.int64), total * (1.0 + half) / (total + half)


@compiled
def exposure_columns(hour, group, dose, begin, end, table, step, groups):
    """(T, groups x K) columns; begin and end (T) are the hours each rating speaks of, in order of time."""
    lags, size = table.shape
    horizon = (size - 1) * step
    rows = len(end)
    columns = np.zeros((rows, groups * lags))
    for n in range(len(hour)):
        first = np.searchsorted(end, hour[n], side="right")
        for i in range(first, rows):
            start = begin[i] - hour[n]
            if start >= horizon:
                break
            stop = min(end[i] - hour[n], horizon)
            start = max(start, 0.0)
            if stop <= start:
                continue
            a, b = start / step, stop / step
            ia, ib = min(int(a), size - 2), min(int(b), size - 2)
            fa, fb = a - ia, b - ib
            scale = 24.0 * dose[n] / (end[i] - begin[i])
            base = group[n] * lags
            for k in range(lags):
                before = table[k, ia] + fa * (table[k, ia + 1] - table[k, ia])
                after = table[k, ib] + fb * (table[k, ib + 1] - table[k, ib])
                columns[i, base + k] += scale * (after - before)
    return columns
