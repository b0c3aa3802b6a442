"""The exact randomisation test: how many admissible orders would look at least as bad for the food as the real one.

If the food does nothing, the scores would have been the same under any order, so every admissible order is as good as the real
one and p = (orders whose statistic >= the real one's) / (all orders) is valid: P(p <= a) <= a, whatever the symptoms do by
themselves and whatever the person expects, and also when the trial stopped early, as long as the decision to stop was taken
without knowing the order (Edgington & Onghena, Randomization Tests, 2007).

What breaks it is knowing. Then expectation follows the order. So the test is done a second time among the orders that agree
with the person's guesses exactly as often, in each arm, as the real one does. That second p stays valid when expectation works
through the recorded guess and the chance that the food gives itself away is the same in every period (then, given the guesses
and those counts, all such orders are equally likely). A person who guesses everything right leaves one order, p = 1. It cannot
help when a person knows and says they do not.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
import numpy as np
import numpy.typing as npt

from zonula.food_triggers.blinded.schedules import Arm, Schedules

Floats = npt.NDArray[np.float64]
_TIE = 1e-9  # statistics closer than this are the same number written twice; counted against the food's conviction


class Guess(StrEnum):
    """What the person believes a period's portions hold."""

    ACTIVE = "active"
    SHAM = "sham"
    DONT_KNOW = "dont_know"


class RandomisationTest(msgspec.Struct, frozen=True, kw_only=True):
    """orders: how many orders each comparison had; a p of its reciprocal is the smallest it could have given."""

    p_plain: float
    orders: int
    p_within_guesses: float
    orders_within_guesses: int

    @property
    def p(self) -> float:
        """The p the verdict uses: the food must convince in both comparisons."""
        return max(self.p_plain, self.p_within_guesses)

    @property
    def smallest(self) -> float:
        """The smallest p this trial could have given, with the guesses that were made."""
        return 1 / min(self.orders, self.orders_within_guesses)


def randomisation_test(
    schedules: Schedules,
    schedule: Sequence[Arm],
    scores: Floats,
    *,
    guesses: Sequence[Guess | None] = (),
    drift_from: int,
) -> RandomisationTest:
    """Test the real schedule against the admissible ones, one-sided (the food makes it worse).

    scores: one mean score a period, shape (periods,), NaN where nothing was measured. guesses: one a period, None where
    nobody was asked. A straight drift is taken out when at least `drift_from` periods were measured.
    """
    real = np.array([arm is Arm.ACTIVE for arm in schedule])
    orders = schedules.matrix
    convincing = as_convincing(orders, real, scores, drift_from=drift_from)
    same = agreeing(orders, real, guesses)
    return RandomisationTest(
        p_plain=float(convincing.mean()),
        orders=len(orders),
        p_within_guesses=float(convincing[same].mean()),
        orders_within_guesses=int(same.sum()),
    )


def as_convincing(
    orders: npt.NDArray[np.bool_], real: npt.NDArray[np.bool_], scores: Floats, *, drift_from: int
) -> npt.NDArray[np.bool_]:
    """Which orders give a statistic at least as large as the real one: shape (orders,)."""
    statistics = statistic(orders, scores, drift_from=drift_from)
    threshold = statistic(real[None, :], scores, drift_from=drift_from)[0]
    if not np.isfinite(threshold):
        return np.ones(len(orders), dtype=bool)
    found: npt.NDArray[np.bool_] = statistics >= threshold - _TIE * max(1.0, abs(threshold))
    return found


def statistic(orders: npt.NDArray[np.bool_], scores: Floats, *, drift_from: int) -> Floats:
    """Standardised active-minus-sham contrast of the period means for each order; shape (orders,).

    scores has shape (periods,). Infinite where an order offers no contrast in the measured periods, so that such orders count
    against conviction and a real order without contrast can convince nobody.
    """
    measured = ~np.isnan(scores)
    y, z = scores[measured], orders[:, measured].astype(float)
    if len(y) == 0:
        return np.full(len(orders), np.inf)
    columns = [np.ones(len(y))]
    if len(y) >= drift_from:
        columns.append(np.flatnonzero(measured) - np.flatnonzero(measured).mean())
    basis, _ = np.linalg.qr(np.stack(columns, axis=1))
    y = y - basis @ (basis.T @ y)
    z = z - (z @ basis) @ basis.T
    spread = np.sqrt((z**2).sum(axis=1))
    contrast = z @ y
    found: Floats = np.where(spread > _TIE, contrast / np.where(spread > _TIE, spread, 1.0), np.inf)
    return found


def agreeing(
    orders: npt.NDArray[np.bool_],
    real: npt.NDArray[np.bool_],
    guesses: Sequence[Guess | None],
) -> npt.NDArray[np.bool_]:
    """Which orders have the same number of active periods behind each kind of guess as the real one: shape (orders,)."""
    same = np.ones(len(orders), dtype=bool)
    for said in Guess:
        here = np.array([guess is said for guess in guesses], dtype=bool)
        if len(here):
            same &= orders[:, here].sum(axis=1) == real[here].sum()
    return same
