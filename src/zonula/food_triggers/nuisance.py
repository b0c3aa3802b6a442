"""Everything that moves symptoms and is not the food: trend, clock, weekday, sleep, stress, cycle, illness, drugs, phases,
and expectation, which is a cause of its own: belief in a group times having eaten it."""

import numpy as np

from zonula.diary.entries import Diary, Floats
from zonula.food_triggers.hyperparameters import Hyperparameters
from zonula.food_triggers.occasions import Occasions

RESCUE_HOURS = 10.0
EXPECTATION_LAG = 1  # lag class whose kernel an expected reaction follows: within hours of eating
PREMENSTRUAL_DAYS = 3


def nuisance_columns(diary: Diary, at: Occasions, columns: Floats, hyper: Hyperparameters) -> Floats:
    """(T, q) nuisance columns, each already multiplied by the prior sd of its coefficient (in units of noise sd)."""
    middle = 0.5 * (at.begin + at.end)
    day = np.floor(middle / 24.0).astype(np.int64)
    parts = [np.full(len(middle), hyper.intercept_sd)]
    parts += _trend(middle / 24.0, hyper)
    evening = np.cos((at.end % 24.0 - 20.0) / 24.0 * 2 * np.pi)
    parts.append(hyper.clock_sd * (evening - evening.mean()))
    weekday = (day + diary.start.weekday()) % 7
    parts += [hyper.weekday_sd * (weekday == d) for d in range(7)]
    for name in ("stress", "sleep_hours"):
        daily = _daily(diary, name, day)
        if daily is not None:
            parts += [hyper.context_sd * daily, 0.5 * hyper.context_sd * np.concatenate([daily[:1], daily[:-1]])]
    parts += _cycle(diary, day, hyper)
    ill = diary.context["ill"][0][diary.context["ill"][1] > 0]
    if len(ill):
        sick = np.unique(np.floor(ill / 24.0))
        distance = np.abs(day[:, None] - sick[None, :]).min(axis=1)
        parts += [hyper.ill_sd * (distance == 0), 0.7 * hyper.ill_sd * (distance == 1)]
    if len(diary.rescue):
        overlap = np.zeros(len(middle))
        for hour in diary.rescue:
            overlap += np.clip(np.minimum(at.end, hour + RESCUE_HOURS) - np.maximum(at.begin, hour), 0, None)
        parts.append(hyper.rescue_sd * np.clip(overlap / (at.end - at.begin), 0, 1))
        last = np.searchsorted(diary.rescue, at.end, side="right") - 1
        near = (last >= 0) & (at.end - diary.rescue[np.maximum(last, 0)] < 1.0)
        parts.append(hyper.rescue_sd * near)
    for hour, _ in diary.phases:
        parts.append(hyper.phase_sd * (middle > hour))
    parts += _expectation(diary, columns, hyper)
    table = np.stack(parts, axis=1).astype(np.float64)
    return np.ascontiguousarray(table[:, np.abs(table).sum(axis=0) > 0])


def _trend(days: Floats, hyper: Hyperparameters) -> list[Floats]:
    """Smooth bumps every `trend_days`, and the decay of a bad start (regression to the mean)."""
    begin, end = days[0], days[-1]
    knots = np.arange(begin, end + hyper.trend_days, hyper.trend_days)
    bumps = [hyper.trend_sd * np.exp(-0.5 * ((days - knot) / hyper.trend_days) ** 2) for knot in knots]
    near = np.arange(begin, end + hyper.slow_days, hyper.slow_days)
    bumps += [hyper.slow_sd * np.exp(-0.5 * ((days - knot) / (0.6 * hyper.slow_days)) ** 2) for knot in near]
    return [*bumps, hyper.trend_sd * np.exp(-(days - begin) / 7.0)]


def _daily(diary: Diary, name: str, day: np.ndarray) -> Floats | None:
    """The context value of each occasion's day, standardised; 0 (the mean) where it was not written."""
    hours, values = diary.context[name]
    if len(values) < 3 or float(np.std(values)) == 0.0:
        return None
    centred = (values - values.mean()) / values.std()
    known = {}
    for d, v in zip(np.floor(hours / 24.0), centred, strict=True):
        known[int(d)] = float(np.clip(v, -3, 3))
    return np.array([known.get(int(d), 0.0) for d in day])


def _cycle(diary: Diary, day: np.ndarray, hyper: Hyperparameters) -> list[Floats]:
    """Bleeding days, and the days before the first bleeding day of a cycle."""
    hours, values = diary.context["menses"]
    bleeding = {int(d) for d in np.floor(hours[values > 0] / 24.0)}
    if not bleeding:
        return []
    before = {d - n for d in bleeding if d - 1 not in bleeding for n in range(1, PREMENSTRUAL_DAYS + 1)} - bleeding
    return [hyper.menses_sd * np.array([float(int(d) in days) for d in day]) for days in (bleeding, before)]


def _expectation(diary: Diary, columns: Floats, hyper: Hyperparameters) -> list[Floats]:
    """One column per believed group, and one for all of them; open challenges carry an expectation of their own."""
    groups = len(diary.groups)
    if groups == 0:
        return []
    lags = columns.shape[1] // groups
    eaten = columns[:, EXPECTATION_LAG::lags]
    strength = np.nan_to_num(diary.belief) / 10.0
    believed = np.flatnonzero((strength > 0) & (eaten.sum(axis=0) > 0))
    parts = [hyper.expectation_sd * strength[g] * eaten[:, g] for g in believed]
    if len(believed):
        parts.append(hyper.expectation_sd * (eaten[:, believed] * strength[believed]).sum(axis=1))
    return parts
