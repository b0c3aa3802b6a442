"""Can this trial tell? Played many times before the start, with the person's own noise, through the real verdict."""

from collections.abc import Sequence
from math import sqrt

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from zonula.errors import UserError
from zonula.food_triggers.blinded.design import Design, knowledge
from zonula.food_triggers.blinded.periods import Counted
from zonula.food_triggers.blinded.randomisation import Guess, randomisation_test
from zonula.food_triggers.blinded.rules import Declaration
from zonula.food_triggers.blinded.schedules import MOST_PERIODS, Arm, Schedules
from zonula.food_triggers.blinded.verdict import Decision, decide, weigh
from zonula.food_triggers.blinded.weather import Floats, Noise, weather
from zonula.knowledge import Shelf


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """At a true effect of so many points: share of plays with each decision; lo, hi: 95 % interval of `confirmed`."""

    effect: float
    confirmed: float
    lo: float
    hi: float
    not_confirmed: float
    cannot_tell: float


class Prospect(msgspec.Struct, frozen=True, kw_only=True):
    """What the trial can tell before it starts. needed_per_arm: fewest periods of each arm with which `limit` is in reach."""

    smallest_p: float
    limit: float
    can_confirm: bool
    needed_per_arm: int
    plays: int
    chances: tuple[Chance, ...]


def wilson(hits: int, plays: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share (Wilson EB, J Am Stat Assoc 1927;22:209)."""
    z = float(norm.ppf(0.975))
    share, spread = hits / plays, z**2 / plays
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / plays + spread / (4 * plays))
    return max(0.0, centre - half), min(1.0, centre + half)


def needed_per_arm(schedules: Schedules, limit: float) -> int:
    """Fewest periods of each arm, keeping the run and pair limits, for which the exact test can reach `limit`."""
    for per_arm in range(1, MOST_PERIODS // 2 + 1):
        try:
            wider = Schedules(active=per_arm, sham=per_arm, longest_run=schedules.longest_run, paired=schedules.paired)
        except UserError:
            continue
        if wider.smallest_p <= limit:
            return per_arm
    raise UserError(
        f"with runs of at most {schedules.longest_run} no feasible number of periods brings the exact test to {limit:g}.",
        "Allow a longer run.",
    )


def prospect_of(
    design: Design,
    declaration: Declaration,
    noise: Noise | None,
    rng: np.random.Generator,
    *,
    effects: Sequence[float] | None = None,
    plays: int | None = None,
    cards: Shelf | None = None,
) -> Prospect:
    """Attainable p and, when the noise is known, the chance of each verdict by true effect. The card `power` gives defaults."""
    assumed = knowledge("power", cards)
    limit = declaration.figures.false_verdicts_at_most
    plays = assumed["plays"] if plays is None else plays
    chances = []
    for effect in (assumed["effects"] if effects is None else effects) if noise is not None else ():
        assert noise is not None
        decisions = [
            _play(design, declaration, noise.draw(rng), noise.level + np.array([0.0, effect]), rng, assumed=assumed)
            for _ in range(plays)
        ]
        confirmed = decisions.count(Decision.CONFIRMED)
        lo, hi = wilson(confirmed, plays)
        chances.append(
            Chance(
                effect=float(effect),
                confirmed=confirmed / plays,
                lo=lo,
                hi=hi,
                not_confirmed=decisions.count(Decision.NOT_CONFIRMED) / plays,
                cannot_tell=decisions.count(Decision.CANNOT_TELL) / plays,
            )
        )
    return Prospect(
        smallest_p=design.schedules.smallest_p,
        limit=limit,
        can_confirm=design.schedules.smallest_p <= limit,
        needed_per_arm=_needed(design.schedules, limit),
        plays=plays if chances else 0,
        chances=tuple(chances),
    )


def _needed(schedules: Schedules, limit: float) -> int:
    try:
        return needed_per_arm(schedules, limit)
    except UserError:
        # A protocol of strict alternation never gets there; say what a run of two would need.
        return needed_per_arm(Schedules(active=2, sham=2, longest_run=2), limit)


def _play(
    design: Design,
    declaration: Declaration,
    noise: tuple[float, float],
    levels: Floats,
    rng: np.random.Generator,
    *,
    assumed: dict[str, float],
) -> Decision:
    """One trial through the real verdict. noise: (rho, sd); levels: score expected without and with the food."""
    rho, sd = noise
    schedule = design.schedules.sample(rng)
    period_of_day = np.zeros(design.days, dtype=np.int64)
    counts = np.zeros(design.days, dtype=bool)
    counts[: design.run_in_days] = True
    for period in range(1, design.schedules.periods + 1):
        first = (design.planned(period)[0] - design.first_day).days
        period_of_day[first : first + design.period_days] = period
        counts[first + design.uncounted_hours // 24 : first + design.period_days] = True
    counts &= rng.random(design.days) >= assumed["missing"]
    is_active = np.array([False, *(arm is Arm.ACTIVE for arm in schedule)])
    swings = np.concatenate([[0.0], rng.standard_normal(design.schedules.periods) * assumed["swing"] * sd])
    days = np.arange(design.days, dtype=float)
    scores = (
        weather(days, rho, sd, rng, size=1)[0] + swings[period_of_day] + levels[is_active[period_of_day].astype(int)]
    )
    scores = np.clip(np.round(scores), 0, 10)
    data = _counted(days[counts], scores[counts], period_of_day[counts], design.schedules.periods)
    guesses = [
        Guess(str(rng.choice(list(Arm)))) if rng.random() < assumed["guesses"] else Guess.DONT_KNOW for _ in schedule
    ]
    test = randomisation_test(
        design.schedules, schedule, data.means, guesses=guesses, drift_from=declaration.figures.drift_from_periods
    )
    return decide(weigh(design.primary, data, schedule, declaration), test, (), declaration)[0]


def _counted(days: Floats, scores: Floats, period: npt.NDArray[np.int64], periods: int) -> Counted:
    rated = np.bincount(period, minlength=periods + 1)[1:]
    totals = np.bincount(period, weights=scores, minlength=periods + 1)[1:]
    means = np.where(rated > 0, totals / np.maximum(rated, 1), np.nan)
    return Counted(days=days, scores=scores, period=period, means=means, rated_days=tuple(rated.tolist()))
