"""Was the blinding kept? Bang's and James' indices, and an exact test of the guesses.

Bang's index, per arm: (right - wrong) / all answers, do-not-knows counted in the denominator; 1 every guess right, 0 chance, -1
every guess wrong. Variance for independent answers with shares r right and w wrong: (r + w - (r - w)**2) / n
(Bang H, Ni L, Davis CE, Control Clin Trials 2004;25:143-156, PMID 15020033).

James' index, both arms together: (1 + d + (1 - d) k) / 2, where d is the share that does not know and k is a kappa-like chance
corrected disagreement among the rest, with weight 0 for right and 1/2 for wrong guesses; 1 nobody knows, 0 everyone is right
(James KE et al., Stat Med 1996;15:1421-1434, PMID 8841652).

In one person the answers of several periods stand for several persons, and few answers make both indices uncertain. So whether
the blinding counts as broken is decided by an exact test against the admissible orders, not by an index.
"""

from collections.abc import Sequence
from math import sqrt

import msgspec
import numpy as np
from scipy.stats import norm

from zonula.food_triggers.blinded.randomisation import Guess
from zonula.food_triggers.blinded.schedules import Arm, Schedules


class Index(msgspec.Struct, frozen=True):
    """An index with a 95 % interval by the normal approximation."""

    value: float
    lo: float
    hi: float


class Blinding(msgspec.Struct, frozen=True, kw_only=True):
    """counts: arm -> guess -> periods. bang: by arm, None without an answer there. agreement_p: exact, one-sided."""

    counts: dict[Arm, dict[Guess, int]]
    asked: int
    periods: int
    bang: dict[Arm, Index | None]
    james: float | None
    agreement_p: float


def bang_index(right: int, wrong: int, unsure: int) -> Index | None:
    """Bang's index of one arm; None without any answer."""
    answers = right + wrong + unsure
    if answers == 0:
        return None
    index = (right - wrong) / answers
    half = float(norm.ppf(0.975)) * sqrt(max(0.0, (right + wrong) / answers - index**2) / answers)
    return Index(index, max(-1.0, index - half), min(1.0, index + half))


def james_index(counts: dict[Arm, dict[Guess, int]]) -> float | None:
    """James' index over both arms; None without any answer."""
    table = np.array([[counts[arm][guess] for guess in (Guess.ACTIVE, Guess.SHAM)] for arm in Arm], dtype=float)
    unsure = sum(counts[arm][Guess.DONT_KNOW] for arm in Arm)
    answers = table.sum() + unsure
    if answers == 0:
        return None
    share_unsure = unsure / answers
    if table.sum() == 0:
        return 1.0
    weights = np.array([[0.0, 0.5], [0.5, 0.0]])
    shares = table / table.sum()
    observed = float((weights * shares).sum())
    expected = float((weights * np.outer(shares.sum(axis=1), shares.sum(axis=0))).sum())
    kappa = (observed - expected) / expected if expected > 0 else 0.0
    return float((1 + share_unsure + (1 - share_unsure) * kappa) / 2)


def blinding_of(
    schedules: Schedules, schedule: Sequence[Arm], guesses: Sequence[Guess | None], *, reached: int
) -> Blinding:
    """Judge the guesses, one a period (None: not asked), against the real order. reached: periods that were begun."""
    counts = {arm: dict.fromkeys(Guess, 0) for arm in Arm}
    for arm, guess in zip(schedule, guesses, strict=True):
        if guess is not None:
            counts[arm][guess] += 1
    bang = {
        arm: bang_index(counts[arm][Guess(arm)], counts[arm][Guess(other)], counts[arm][Guess.DONT_KNOW])
        for arm, other in ((Arm.ACTIVE, Arm.SHAM), (Arm.SHAM, Arm.ACTIVE))
    }
    said = np.array([{Guess.ACTIVE: 1, Guess.SHAM: -1}.get(guess, 0) if guess else 0 for guess in guesses])
    agreement = np.where(schedules.matrix, said, -said).sum(axis=1)
    real = sum(guess_sign if arm is Arm.ACTIVE else -guess_sign for arm, guess_sign in zip(schedule, said, strict=True))
    return Blinding(
        counts=counts,
        asked=sum(guess is not None for guess in guesses),
        periods=reached,
        bang=bang,
        james=james_index(counts),
        agreement_p=float((agreement >= real).mean()),
    )
