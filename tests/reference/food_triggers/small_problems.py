"""Small virtual diaries as the engine's kernel sees them: the problems that the engine and the NUTS reference both solve."""

import inspect
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "simulators"))

from diary_files import diary_of
from virtual_diarist import Traps, free_living

from zonula.diary import Diary
from zonula.food_triggers import inference
from zonula.food_triggers.flare_integral import slab_table
from zonula.food_triggers.hyperparameters import Hyperparameters
from zonula.food_triggers.sampler import gibbs

DAYS = 40
DIARIES = [
    {"person": person, "triggers": triggers, "groups": 3, "symptoms": symptoms}
    for person, triggers, symptoms in ((0, 1, 2), (1, 2, 2), (6, 1, 3), (6, 1, 2), (2, 1, 3))
]
PLAIN = Hyperparameters(
    temper=1.0, coincidence=1e-300, sweeps=80, tail=12.0, half_saturation=3.0, affected_base=1.0, affected_share=0.17,
    belief_log_odds=0.12, belief_absent=-0.2, suspicion_prior=1e12,
)  # fmt: skip
"""The engine without its deviations from the model: no tempering, no limit on what few exposures can prove. The constants
are those of the day the answers were sampled, so that they stay comparable when the engine's are tuned."""


@dataclass(frozen=True)
class Problem:
    """Sufficient statistics of a diary: G groups x K lags = P columns, S symptoms, after whitening and projecting.

    gram (P, P), projected (P, S), spread (S, S): inner products of columns and ratings; freedom: occasions' worth of noise.
    log_odds (G), lag_logs (K): prior. scale: of the half-normal slab. share: chance that a symptom is affected.
    floor: least noise variance. noise (S, S): covariance when it is known, or None.
    """

    gram: list[list[float]]
    projected: list[list[float]]
    spread: list[list[float]]
    freedom: float
    log_odds: list[float]
    lag_logs: list[float]
    scale: float
    share: float
    floor: float
    noise: list[list[float]] | None = None


def problem_of(diary: Diary, hyper: Hyperparameters = PLAIN) -> tuple[Problem, list[int]]:
    """The problem that the engine's kernel is given for this diary, and the diary's index of each of its groups."""
    seen: dict[str, np.ndarray] = {}

    def watch(*arguments):
        seen.update(inspect.signature(gibbs.py_func).bind(*arguments).arguments)
        return gibbs(*arguments)

    with mock.patch.object(inference, "gibbs", watch):
        refusal = inference.infer(diary, replace(hyper, sweeps=2, burn_in=0)).refusal
    assert not refusal, refusal
    (scale,) = seen["scales"]
    odds = inference.prior_log_odds(diary, hyper)
    assert len(np.unique(odds)) == len(odds), "groups with equal priors cannot be told apart"
    x, u = seen["columns"], seen["explained"]
    problem = Problem(
        (x.T @ x - u.T @ u).tolist(), seen["projected"].tolist(), seen["spread0"].tolist(), float(seen["freedom"]),
        seen["log_odds"].tolist(), seen["lag_logs"].tolist(), float(scale), float(seen["share"]), float(seen["floor"][0]),
    )  # fmt: skip
    return problem, [int(np.flatnonzero(odds == o)[0]) for o in seen["log_odds"]]


def noise_known(problem: Problem) -> Problem:
    """The same problem with the noise held where the engine begins: the ratings' own variances, 0.3 of each shared as flare.

    Not where its EM ends: that creeps for hundreds of rounds, so that no finite run of the kernel would be given one noise.
    """
    variance = np.diag(problem.spread) / problem.freedom
    return replace(problem, noise=(0.3 * np.sqrt(np.outer(variance, variance)) + np.diag(0.7 * variance)).tolist())


def engine_given_noise(problem: Problem, sweeps: int = PLAIN.sweeps, burn_in: int = 100) -> np.ndarray:
    """(G) inclusion probabilities of the engine's kernel when a huge prior weight holds the noise where it is known to be."""
    value, vector = np.linalg.eigh(np.array(problem.gram))
    columns = np.ascontiguousarray(np.sqrt(np.maximum(value, 0.0))[:, None] * vector.T)
    symptoms, sure = len(problem.spread), 1e7
    chance, *_ = gibbs(
        columns, np.zeros((1, len(value))), np.array(problem.projected), (columns**2).sum(axis=0),
        sure * np.array(problem.noise), sure, np.array(problem.log_odds), np.array(problem.lag_logs),
        np.full(len(problem.log_odds), 1e6), np.array([problem.scale]), problem.share, slab_table(),
        np.full(symptoms, 1e-9), sweeps, burn_in, PLAIN.seed, -np.inf,
    )  # fmt: skip
    return np.asarray(chance)


def small_diary(shape: dict):
    """The 40-day free-living diary of one entry, every trap on."""
    person, rows = free_living(
        shape["person"], DAYS, Traps(triggers=shape["triggers"]), groups=shape["groups"], symptoms=shape["symptoms"]
    )
    return diary_of(person, rows, DAYS)
