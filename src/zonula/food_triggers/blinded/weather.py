"""A symptom's own weather: first-order autocorrelated noise at the times it was rated, with gaps left as gaps.

Two ratings g days apart correlate by rho**g. The level, the noise and rho are integrated or gridded, so what is said about a
contrast carries the doubt about them (Box, Jenkins & Reinsel, Time Series Analysis; Gelman et al., Bayesian Data Analysis, ch. 14).
"""

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from zonula.errors import UserError

Floats = npt.NDArray[np.float64]
RHO_GRID = np.linspace(0.0, 0.9, 19)  # lag-1 day correlation; above 0.9 a fortnight cannot tell weather from drift


class Fit(msgspec.Struct, frozen=True):
    """Least squares under one correlation matrix, flat priors on coefficients and log scale.

    estimate, covariance: coefficients' posterior location and scale (without the residual variance); residual: sum of squares;
    freedom: degrees of freedom; log_evidence: log marginal likelihood up to a constant.
    """

    estimate: Floats
    covariance: Floats
    residual: float
    freedom: int
    log_evidence: float

    @property
    def scale(self) -> Floats:
        """Scale of the Student t posterior of each coefficient."""
        found: Floats = np.sqrt(np.diag(self.covariance) * self.residual / self.freedom)
        return found


def correlation(days: Floats, rho: float) -> Floats:
    """Correlation matrix of ratings taken at these times (days, fractions allowed): shape (n, n)."""
    gaps = np.abs(days[:, None] - days[None, :])
    if rho == 0:
        return np.eye(len(days))
    found: Floats = rho**gaps
    return found


def fit(design: Floats, scores: Floats, matrix: Floats) -> Fit:
    """Regress scores (n,) on design (n, k) under this correlation matrix. Needs n > k."""
    lower = np.linalg.cholesky(matrix)
    x = solve_triangular(lower, design, lower=True)
    y = solve_triangular(lower, scores, lower=True)
    gram = x.T @ x
    covariance = np.linalg.inv(gram)
    estimate = covariance @ (x.T @ y)
    residual = float(((y - x @ estimate) ** 2).sum())
    freedom = len(y) - x.shape[1]
    # Ratings that never move have no noise to estimate; a thousandth of a point keeps the evidence finite.
    residual = max(residual, freedom * 1e-6)
    evidence = -np.log(np.diag(lower)).sum() - 0.5 * np.linalg.slogdet(gram)[1] - 0.5 * freedom * np.log(residual)
    return Fit(estimate, covariance, residual, freedom, float(evidence))


class Noise(msgspec.Struct, frozen=True, kw_only=True):
    """A person's own noise, as weights over a grid: level (mean, standard error), marginal sd and lag-1 day correlation."""

    days: int
    level: float
    rho: float
    sd: float
    grid: tuple[tuple[float, float, float, int], ...]  # weight, rho, residual sum of squares, degrees of freedom

    def draw(self, rng: np.random.Generator) -> tuple[float, float]:
        """One plausible (rho, sd)."""
        weights = np.array([row[0] for row in self.grid])
        _, rho, residual, freedom = self.grid[int(rng.choice(len(self.grid), p=weights))]
        return rho, float(np.sqrt(residual / rng.chisquare(freedom)))


def noise_of(days: Floats, scores: Floats, *, least_days: int) -> Noise:
    """Estimate the noise from a run-in. days: times in days, increasing; scores: ratings, no NaN. Raises UserError when too few."""
    if len(np.unique(np.floor(days))) < least_days:
        raise UserError(
            f"the run-in has {len(np.unique(np.floor(days)))} rated days; {least_days} are needed to know the noise.",
            "Rate on more days before the start.",
        )
    if np.ptp(scores) == 0:
        raise UserError(
            "every rating of the run-in is the same, so the person's own noise is unknown.",
            "Check that the ratings are real, or choose an outcome that moves.",
        )
    ones = np.ones((len(scores), 1))
    fits = [fit(ones, scores, correlation(days, rho)) for rho in RHO_GRID]
    evidence = np.array([one.log_evidence for one in fits])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    sds = np.array([np.sqrt(one.residual / one.freedom) for one in fits])
    return Noise(
        days=len(np.unique(np.floor(days))),
        level=float(weights @ [one.estimate[0] for one in fits]),
        rho=float(weights @ RHO_GRID),
        sd=float(weights @ sds),
        grid=tuple(
            (float(weight), float(rho), one.residual, one.freedom)
            for weight, rho, one in zip(weights, RHO_GRID, fits, strict=True)
        ),
    )


def weather(days: Floats, rho: float, sd: float, rng: np.random.Generator, *, size: int) -> Floats:
    """Draws of autocorrelated noise at these times: shape (size, len(days))."""
    if len(days) == 0:
        return np.zeros((size, 0))
    noise = rng.standard_normal((size, len(days))) * sd
    carry = rho ** np.diff(days) if rho > 0 else np.zeros(len(days) - 1)
    for step, kept in enumerate(carry, start=1):
        noise[:, step] = kept * noise[:, step - 1] + np.sqrt(1 - kept**2) * noise[:, step]
    return noise
