"""How much worse with the food: the posterior of active minus sham under the person's own noise.

Model of a counted rating at time t in period p: level + difference·[p active] + drift·t + swing_p + weather_t, where swings are
independent from period to period (other meals, work, sleep) and weather is autocorrelated. Run-in ratings join with a level of
their own: they say nothing about the food but much about the noise. Flat priors on the coefficients and on log noise; rho and the
size of the swings are summed over a grid; the posterior of the difference is a mixture of Student t distributions.
"""

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import t as student

from zonula.food_triggers.blinded.weather import Fit, Floats, correlation, fit

RHOS = np.linspace(0.0, 0.9, 7)
SWINGS = np.array([0.0, 0.25, 0.5, 1.0])  # sd of period swings in units of the weather's sd


class Contrast(msgspec.Struct, frozen=True, kw_only=True):
    """Posterior of the difference in rating points: mean, central interval, and the mixture behind them."""

    mean: float
    lo: float
    hi: float
    content: float
    weights: tuple[float, ...]
    locations: tuple[float, ...]
    scales: tuple[float, ...]
    freedoms: tuple[int, ...]

    def above(self, points: float) -> float:
        """Probability that the difference exceeds this many points."""
        return float(np.dot(self.weights, student.sf(points, self.freedoms, loc=self.locations, scale=self.scales)))


def contrast_of(
    days: Floats,
    scores: Floats,
    period: npt.NDArray[np.int64],
    active: npt.NDArray[np.bool_],
    *,
    drift_from: int,
    content: float,
) -> Contrast | None:
    """The posterior from counted ratings. None when the two arms cannot be compared (one missing, or too few ratings).

    days, scores: shape (n,), increasing times, no NaN. period: 0 for the run-in, else 1, 2, ...; active: shape (n,), False in the
    run-in. A straight drift is modelled from `drift_from` measured periods on.
    """
    trial = period > 0
    if not (trial & active).any() or not (trial & ~active).any():
        return None
    columns = [trial.astype(float), (trial & active).astype(float)]
    if (~trial).any():
        columns.append((~trial).astype(float))
    if len(np.unique(period[trial])) >= drift_from:
        columns.append(np.where(trial, days - days[trial].mean(), 0.0) / max(np.ptp(days[trial]), 1.0))
    design = np.stack(columns, axis=1)
    if len(scores) <= design.shape[1] + 1 or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    together = (period[:, None] == period[None, :]) & trial[:, None]
    fits = [fit(design, scores, correlation(days, rho) + swing**2 * together) for rho in RHOS for swing in SWINGS]
    return _mixture(fits, content)


def _mixture(fits: list[Fit], content: float) -> Contrast:
    evidence = np.array([one.log_evidence for one in fits])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    kept = weights > 1e-6  # lighter components move no probability by more than their own weight
    weights = weights[kept] / weights[kept].sum()
    chosen = [one for one, keep in zip(fits, kept, strict=True) if keep]
    locations = np.array([one.estimate[1] for one in chosen])
    scales = np.array([one.scale[1] for one in chosen])
    freedoms = np.array([one.freedom for one in chosen])

    def quantile(level: float) -> float:
        span = 60 * scales.max()
        return float(
            brentq(
                lambda x: np.dot(weights, student.cdf(x, freedoms, loc=locations, scale=scales)) - level,
                locations.min() - span,
                locations.max() + span,
            )
        )

    return Contrast(
        mean=float(weights @ locations),
        lo=quantile((1 - content) / 2),
        hi=quantile((1 + content) / 2),
        content=content,
        weights=tuple(weights.tolist()),
        locations=tuple(locations.tolist()),
        scales=tuple(scales.tolist()),
        freedoms=tuple(freedoms.tolist()),
    )
