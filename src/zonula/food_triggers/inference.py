"""From a diary to the posterior: which groups are triggers, how strongly, how late, with what certainty."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from zonula.diary.entries import Diary, Floats, Ints
from zonula.food_triggers.exposure import TABLE_STEP, exposure_columns, lag_table, meals
from zonula.food_triggers.flare_integral import slab_table
from zonula.food_triggers.hyperparameters import DEFAULT, Hyperparameters
from zonula.food_triggers.nuisance import nuisance_columns
from zonula.food_triggers.occasions import occasions
from zonula.food_triggers.sampler import gibbs
from zonula.food_triggers.weather import best_weather, cross, fill_missing, nuisance_factor, project, trust, whiten

FEWEST_OCCASIONS = 6
MOST_TELLING = 1.3  # how far a rare suspicion may count beyond a usual one
USUAL_CELLS, MOST_MORE_SWEEPS = 300, 10.0  # groups x symptoms of a usual diary
MOST_DRIFT = 0.4  # of a probability between the halves of the run


@dataclass(frozen=True)
class Posterior:
    """What the diary says. G groups in the diary's order, N draws, S symptoms in the diary's order.

    probability (G): that eating the group causes symptoms. joint (G, G): probability that both are triggers.
    weight (G, N), lag_class (G, N), effect (G, N, S): weighted draws given that the group is a trigger (points x days per
    serving). information (G): squared length of the group's column, in noise units: how much the diary can say about it.
    settled (G): whether both halves of the run agree. refusal: why no answer beyond the prior can be given; empty when there is one.
    """

    probability: Floats
    joint: Floats
    weight: Floats
    lag_class: Ints
    effect: Floats
    information: Floats
    memory_hours: float
    settled: npt.NDArray[np.bool_]
    refusal: str = ""


@lru_cache(maxsize=1)
def _slab() -> Floats:
    return slab_table()


def prior_log_odds(diary: Diary, hyper: Hyperparameters) -> Floats:
    """Population prior moved by the person's own suspicion: weak evidence, and none from a person who suspects everything.

    A suspicion counts by how much oftener triggers are suspected than this person's foods are.
    """
    prior = np.clip([group.prior for group in diary.groups], 1e-4, 0.95)
    belief = np.nan_to_num(diary.belief)
    suspected = (belief > 0).sum()
    if suspected == 0:
        return np.asarray(np.log(prior / (1.0 - prior)))
    usual, right, weight = hyper.suspected_usually, hyper.suspected_rightly, hyper.suspicion_prior
    share = (suspected + weight * usual) / (len(belief) + weight)
    telling = float(np.clip(np.log(right / share) / np.log(right / usual), 0.0, MOST_TELLING))
    moved = np.where(belief > 0, hyper.belief_log_odds * belief, hyper.belief_absent)
    return np.asarray(np.log(prior / (1.0 - prior)) + telling * moved)


def infer(diary: Diary, hyper: Hyperparameters = DEFAULT) -> Posterior:
    """The posterior of one diary. Deterministic; does not depend on names, row order or the order of groups."""
    groups, symptoms = len(diary.groups), len(diary.symptoms)
    log_odds = prior_log_odds(diary, hyper)
    at = occasions(diary)
    if groups == 0 or not at.usable or len(at.end) < FEWEST_OCCASIONS:
        return _nothing(diary, log_odds, "too few ratings that ever change")
    hour, group, dose = meals(diary, hyper)
    if len(hour) == 0:
        return _nothing(diary, log_odds, "no food of any group was recorded")
    table = lag_table(hyper.lag_centroids, hyper.lag_shapes, hyper.horizon_hours)
    lags = len(hyper.lag_centroids)
    columns = exposure_columns(hour, group, dose, at.begin, at.end, table, TABLE_STEP, groups)
    nuisance = nuisance_columns(diary, at, columns, hyper)
    order = _canonical(columns, log_odds, lags)
    picked = (order[:, None] * lags + np.arange(lags)[None, :]).ravel()
    columns = np.ascontiguousarray(columns[:, picked])
    middle = 0.5 * (at.begin + at.end)
    ratings = fill_missing(at.ratings, middle, 24.0, 3)
    floor = np.full(ratings.shape[1], 0.02)
    memory, white = best_weather(
        ratings, nuisance, middle, np.array(hyper.memory_hours), np.array(hyper.white_shares), floor
    )
    ratings_w, _ = whiten(ratings, middle, memory, white)
    nuisance_w, _ = whiten(nuisance, middle, memory, white)
    columns_w, _ = whiten(columns, middle, memory, white)
    root = np.sqrt(trust(ratings_w, nuisance_w, hyper.tail, 3))[:, None]
    ratings_w, nuisance_w, columns_w = ratings_w * root, nuisance_w * root, columns_w * root
    low = nuisance_factor(nuisance_w)
    u_ratings, u_columns = project(nuisance_w, ratings_w, low), project(nuisance_w, columns_w, low)
    projected = cross(columns_w, ratings_w) - cross(u_columns, u_ratings)
    squares = np.maximum((columns_w**2).sum(axis=0) - (u_columns**2).sum(axis=0), 0.0)
    spread = cross(ratings_w, ratings_w) - cross(u_ratings, u_ratings)
    spread[np.diag_indices(spread.shape[0])] += hyper.noise_prior * hyper.noise_typical
    used = ratings.shape[1]
    share = min(0.9, (hyper.affected_base + hyper.affected_share * used) / used)
    explained = (
        2.0 * np.log(np.diag(low)).sum() / math.log(len(middle) + 2.0)
    )  # about the nuisance's degrees of freedom
    freedom = max(len(middle) - explained, 0.4 * len(middle), 3.0) + hyper.noise_prior
    times = np.array([len(np.unique(np.floor(hour[group == g] / 24.0))) for g in range(groups)], dtype=np.float64)
    caps = -np.log(hyper.coincidence) * times[order]
    spread = spread / hyper.temper
    sweeps, worth = _care(hyper, groups * used)
    chance, joint, weight, lag, effect, conditionals = gibbs(
        columns_w, u_columns, projected, squares, spread, freedom, log_odds[order],
        np.log(np.array(hyper.lag_weights) / sum(hyper.lag_weights)), caps, np.array(hyper.effect_scales), share, _slab(), floor,
        sweeps, hyper.burn_in, hyper.seed, worth,
    )  # fmt: skip
    back = np.argsort(order)
    full = np.zeros((groups, sweeps, symptoms))
    full[:, :, at.symptoms] = effect[back]
    half = sweeps // 2
    drift = np.abs(conditionals[:half].mean(axis=0) - conditionals[half:].mean(axis=0))
    return Posterior(
        probability=chance[back],
        joint=joint[np.ix_(back, back)],
        weight=weight[back],
        lag_class=lag[back],
        effect=full,
        information=squares.reshape(groups, lags).max(axis=1)[back],
        memory_hours=float(memory),
        settled=(drift < MOST_DRIFT)[back],
    )


def _care(hyper: Hyperparameters, cells: int) -> tuple[int, float]:
    """Sweeps, and the log posterior odds from which the flare is integrated with care: small diaries can afford more of both."""
    more = min(max(USUAL_CELLS / cells, 1.0), MOST_MORE_SWEEPS)
    return round(hyper.sweeps * more), -7.0 if more < MOST_MORE_SWEEPS else -np.inf


def _canonical(columns: Floats, log_odds: Floats, lags: int) -> Ints:
    """An order of groups that depends on their content only, so that the sampler's draws do not depend on names."""
    sums = columns.reshape(len(columns), len(log_odds), lags).sum(axis=(0, 2))
    keys = [(-float(log_odds[g]), -float(sums[g]), columns[:, g * lags].tobytes()) for g in range(len(log_odds))]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _nothing(diary: Diary, log_odds: Floats, why: str) -> Posterior:
    groups, symptoms = len(diary.groups), len(diary.symptoms)
    chance = 1.0 / (1.0 + np.exp(-log_odds))
    return Posterior(
        probability=chance,
        joint=np.diag(chance),
        weight=np.zeros((groups, 0)),
        lag_class=np.zeros((groups, 0), np.int64),
        effect=np.zeros((groups, 0, symptoms)),
        information=np.zeros(groups),
        memory_hours=float("nan"),
        settled=np.ones(groups, dtype=np.bool_),
        refusal=why,
    )
