"""Many clinics from their aggregates alone: random-effects meta-analysis, heterogeneity, leave-one-out. No row ever moves.

Estimates are combined on the scale on which they are near normal (log hazard ratio; complementary log-log of the share recovered at an agreed
day) with the Paule-Mandel between-clinic variance and the Hartung-Knapp interval (statsmodels). One clinic is reported as one clinic.
"""

from collections.abc import Callable, Mapping, Sequence
from math import exp

import msgspec
import numpy as np

from zonula.errors import UserError
from zonula.outcomes.aggregate import Aggregate, Signed

FORMAT = "zonula.pooled/1"


class Pooled(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity over clinics. i_squared: share of variation between clinics (percent); None for a single clinic."""

    estimate: float
    low: float
    high: float
    clinics: int
    i_squared: float | None
    tau_squared: float | None
    leave_one_out: tuple[tuple[str, float], ...] = ()


class PooledReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything pooled. recovered: by agreed day. Totals are None when a clinic's part of them is suppressed."""

    format: str = FORMAT
    clinics: tuple[str, ...]
    definitions: str
    patients: int | None
    ends: dict[str, int | None]
    standings: dict[str, int | None]
    adverse_events: int | None
    serious_adverse_events: int | None
    recovered: dict[int, Pooled]
    hazard_ratio: Pooled | None
    says: str


def pool(aggregates: Sequence[Aggregate]) -> PooledReport:
    """Combine clinics. Raises UserError on different definitions or the same clinic twice."""
    if not aggregates:
        raise UserError("No aggregate was given.")
    names = [one.clinic for one in aggregates]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError(f"{twice[0]} stands twice.", "Give each clinic's newest export once.")
    if len({one.definitions for one in aggregates}) > 1:
        raise UserError(
            "The clinics used different definitions of recovery.",
            "Only equal definitions are pooled; agree on the cards first.",
        )
    effects = [(one.clinic, one.effect.log_hazard_ratio, one.effect.error) for one in aggregates if one.effect]
    ratio = combine(effects)
    days = sorted({point.day for one in aggregates for point in one.points})
    recovered = {}
    for day in days:
        at_day = [
            (one.clinic, point.cloglog, point.error) for one in aggregates for point in one.points if point.day == day
        ]
        found = combine(at_day)
        if found is not None:
            recovered[day] = _map(found, lambda scale: 1 - exp(-exp(scale)))
    return PooledReport(
        clinics=tuple(names),
        definitions=aggregates[0].definitions,
        patients=_sum([one.patients for one in aggregates]),
        ends=_sums([one.ends for one in aggregates]),
        standings=_sums([one.standings for one in aggregates]),
        adverse_events=_sum([one.adverse_events for one in aggregates]),
        serious_adverse_events=_sum([one.serious_adverse_events for one in aggregates]),
        recovered=recovered,
        hazard_ratio=_map(ratio, exp) if ratio else None,
        says=_words(ratio, len(effects), len(names)),
    )


def check_keys(signed: Sequence[Signed], known: Mapping[str, str] | None) -> None:
    """A signature proves only who holds a key. Raises UserError when one key signs for two clinics or a clinic's key is not the known one."""
    signers: dict[str, str] = {}
    for one in signed:
        name = one.aggregate.clinic
        other = signers.setdefault(one.public_key, name)
        if other != name:
            raise UserError(f"{other} and {name} are signed with the same key.", "Each clinic signs with its own.")
        if known is None:
            continue
        if name not in known:
            raise UserError(f"{name} is not among the known keys.", "Ask the clinic for its key by another way.")
        if known[name] != one.public_key:
            raise UserError(f"{name} is signed with another key than the known one.", "Ask the clinic by another way.")


def combine(estimates: Sequence[tuple[str, float, float]]) -> Pooled | None:
    """Random-effects mean of (name, estimate, standard error); None for none, the estimate itself for one."""
    from statsmodels.stats.meta_analysis import combine_effects

    if not estimates:
        return None
    effect = np.array([value for _, value, _ in estimates])
    variance = np.array([error**2 for *_, error in estimates])
    if len(estimates) == 1:
        half = 1.959963984540054 * float(np.sqrt(variance[0]))
        return Pooled(
            estimate=float(effect[0]),
            low=float(effect[0]) - half,
            high=float(effect[0]) + half,
            clinics=1,
            i_squared=None,
            tau_squared=None,
        )
    result = combine_effects(effect, variance, method_re="iterated", use_t=True)
    low, high = (float(bound) for bound in result.conf_int()[3])
    without = tuple(
        (name, float(_random_effect(np.delete(effect, i), np.delete(variance, i))))
        for i, (name, *_) in enumerate(estimates)
    )
    return Pooled(
        estimate=float(result.mean_effect_re),
        low=low,
        high=high,
        clinics=len(estimates),
        i_squared=float(100 * max(0.0, result.i2)),
        tau_squared=float(max(0.0, result.tau2)),
        leave_one_out=without,
    )


def _random_effect(effect: np.ndarray, variance: np.ndarray) -> float:
    from statsmodels.stats.meta_analysis import combine_effects

    if effect.size == 1:
        return float(effect[0])
    return float(combine_effects(effect, variance, method_re="iterated", use_t=True).mean_effect_re)


def _map(pooled: Pooled, scale: Callable[[float], float]) -> Pooled:
    return msgspec.structs.replace(
        pooled,
        estimate=scale(pooled.estimate),
        low=scale(pooled.low),
        high=scale(pooled.high),
        leave_one_out=tuple((name, scale(value)) for name, value in pooled.leave_one_out),
    )


def _sum(parts: Sequence[int | None]) -> int | None:
    return None if any(part is None for part in parts) else sum(part for part in parts if part is not None)


def _sums(parts: Sequence[dict[str, int | None]]) -> dict[str, int | None]:
    return {name: _sum([part.get(name) for part in parts]) for name in sorted({key for part in parts for key in part})}


def _words(ratio: Pooled | None, with_effect: int, clinics: int) -> str:
    if ratio is None:
        return f"None of {clinics} clinics has enough recoveries to say anything of the skin-test claim."
    low, high = exp(ratio.low), exp(ratio.high)
    verdict = "excludes no effect" if low > 1 or high < 1 else "includes no effect"
    return f"{with_effect} of {clinics} clinics: hazard ratio {exp(ratio.estimate):.2f} per standard deviation of percent positive (95 % interval {low:.2f} to {high:.2f}, which {verdict})."
