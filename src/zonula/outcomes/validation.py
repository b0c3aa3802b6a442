"""Cross-validated prediction of recovery, with and without the skin test: discrimination, calibration, error.

Every patient is predicted by a Cox model that has not seen them. Brier scores are weighted for censoring and integrated over the
middle of follow-up (Graf E et al., Stat Med 1999;18:2529) by scikit-survival; concordance is Harrell's, by lifelines.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import pandas as pd

# Folds: many where refitting is cheap and every patient counts, few where the fit is the cost and the sample is large.
_FOLDS = ((2_000, 10), (20_000, 5), (10**9, 2))
GROUPS = 5
BLOCKS = 20
MANY = 5_000


class CalibrationGroup(msgspec.Struct, frozen=True):
    """A fifth of the patients by predicted probability to have recovered by the horizon: predicted mean and observed share (Kaplan-Meier)."""

    patients: int
    predicted: float
    observed: float


class Validated(msgspec.Struct, frozen=True, kw_only=True):
    """concordance: 0.5 is a coin. brier: integrated, smaller is better; null is a curve for everybody. explained: 1 - brier / null.

    concordance_gain is with minus without, with its 95 % interval. horizon: the day of the calibration groups.
    """

    folds: int
    concordance_without: float
    concordance_with: float
    concordance_gain: tuple[float, float, float]
    brier_null: float
    brier_without: float
    brier_with: float
    explained_without: float
    explained_with: float
    horizon: int
    calibration: tuple[CalibrationGroup, ...]


def validate(
    table: pd.DataFrame,
    base: Sequence[str],
    full: Sequence[str],
    *,
    days: np.ndarray,
    recovered: np.ndarray,
    rng: np.random.Generator,
) -> Validated:
    """Compare two sets of predictors out of sample. table: standardised columns; days, recovered: one entry a row."""
    from sksurv.metrics import integrated_brier_score
    from sksurv.util import Surv

    folds = next(count for limit, count in _FOLDS if len(table) <= limit)
    times = _times(days, recovered)
    fold_of = rng.permutation(np.arange(len(table)) % folds)
    frame = table.reset_index(drop=True).assign(day=days, recovered=recovered)
    still = {name: np.empty((len(frame), len(times))) for name in ("null", "without", "with")}
    risk = {name: np.empty(len(frame)) for name in ("without", "with")}
    for fold in range(folds):
        seen, unseen = frame[fold_of != fold], frame[fold_of == fold]
        still["null"][unseen.index] = _everybody(seen, times)
        for name, columns in (("without", list(base)), ("with", list(full))):
            still[name][unseen.index], risk[name][unseen.index] = _predicted(seen, unseen, columns, times)
    truth = Surv.from_arrays(recovered, days)
    brier = {name: float(integrated_brier_score(truth, truth, curves, times)) for name, curves in still.items()}
    horizon = int(times[len(times) // 2])
    return Validated(
        folds=folds,
        concordance_without=_concordance(days, risk["without"], recovered),
        concordance_with=_concordance(days, risk["with"], recovered),
        concordance_gain=_gain(days, risk, recovered, rng),
        brier_null=brier["null"],
        brier_without=brier["without"],
        brier_with=brier["with"],
        explained_without=1 - brier["without"] / brier["null"],
        explained_with=1 - brier["with"] / brier["null"],
        horizon=horizon,
        calibration=_calibration(1 - still["with"][:, len(times) // 2], days, recovered, horizon),
    )


def _times(days: np.ndarray, recovered: np.ndarray) -> np.ndarray:
    """A grid over the middle of follow-up: from the 10th to the 80th percentile of recoveries, inside what everyone could reach."""
    low, high = np.percentile(days[recovered], [10, 80])
    high = min(high, np.percentile(days, 95), days.max() - 1)
    low = min(low, high - 1)
    return np.unique(np.linspace(max(low, days.min() + 0.5), max(high, days.min() + 1.5), 25))


def _everybody(seen: pd.DataFrame, times: np.ndarray) -> np.ndarray:
    from lifelines import KaplanMeierFitter

    return np.asarray(KaplanMeierFitter().fit(seen["day"], seen["recovered"]).predict(times))


def _predicted(
    seen: pd.DataFrame, unseen: pd.DataFrame, columns: list[str], times: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    from lifelines import CoxPHFitter

    if not columns:
        return np.tile(_everybody(seen, times), (len(unseen), 1)), np.zeros(len(unseen))
    model = CoxPHFitter().fit(seen[[*columns, "day", "recovered"]], "day", "recovered")
    risk = np.asarray(model.predict_partial_hazard(unseen[columns]))
    # exp(-H0(t) * risk), done here because lifelines builds an index of every patient by every time.
    hazard = model.baseline_cumulative_hazard_.iloc[:, 0]
    base = np.interp(times, hazard.index.to_numpy(), hazard.to_numpy())
    return np.exp(-np.outer(risk, base)), risk


def _concordance(days: np.ndarray, risk: np.ndarray, recovered: np.ndarray) -> float:
    from lifelines.utils import concordance_index

    return float(concordance_index(days, -risk, recovered))


def _gain(
    days: np.ndarray, risk: dict[str, np.ndarray], recovered: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Gain in concordance with a 95 % interval from its spread over random blocks of patients."""
    point = _concordance(days, risk["with"], recovered) - _concordance(days, risk["without"], recovered)
    block = rng.permutation(np.arange(len(days)) % BLOCKS)
    gains = []
    for number in range(BLOCKS):
        # Few patients: leave one block out, so that each estimate still has almost everyone. Many: each block alone is enough and cheaper.
        use = block == number if len(days) > MANY else block != number
        with_it, without = (_concordance(days[use], risk[name][use], recovered[use]) for name in ("with", "without"))
        gains.append(with_it - without)
    scatter = float(np.sum((np.asarray(gains) - np.mean(gains)) ** 2))
    alone = scatter / (BLOCKS * (BLOCKS - 1))
    error = np.sqrt(alone if len(days) > MANY else scatter * (BLOCKS - 1) / BLOCKS)
    return point, float(point - 1.96 * error), float(point + 1.96 * error)


def _calibration(
    predicted: np.ndarray, days: np.ndarray, recovered: np.ndarray, horizon: int
) -> tuple[CalibrationGroup, ...]:
    from lifelines import KaplanMeierFitter

    found = []
    for members in np.array_split(np.argsort(predicted, kind="stable"), GROUPS):
        if members.size:
            curve = KaplanMeierFitter().fit(days[members], recovered[members])
            found.append(
                CalibrationGroup(int(members.size), float(predicted[members].mean()), float(1 - curve.predict(horizon)))
            )
    return tuple(found)
