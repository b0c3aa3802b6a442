"""The hidden mechanism of a virtual patient: barrier, load, inflammation, tolerance, and the twelve symptoms that follow.

Difference equations with a step of six hours (dt in days). For leak B, inflammation I, load L_f and reactivity R_f of food f::

    L_f <- what was eaten, spread over the gut transit of f
    B   <- B + dt * ((B_rest - B) / tau_B + a * I) + b * drug doses
    R_f <- R_f * (1 - dt / tau_R) while f is avoided for more than a day
    I   <- I * 2^(-dt / h_I) + sum_f R_f * L_f / (L_f + D_f) * (1 + D_f) * (1 + g * B)

The factor 1 + D_f makes one serving worth R_f whatever the half dose. All parameters are ranges on the card `simulation/mechanism`, assumed. A patient can be told from it *how
an immune problem in the gut could show up as twelve different symptoms*; that it does is the hypothesis.
"""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

STEP_HOURS = 6
PER_DAY = 24 // STEP_HOURS

Floats = NDArray[np.float64]


class Range(msgspec.Struct, frozen=True):
    """A range of the card; what is drawn from it is log-uniform when its low end is above 0."""

    low: float
    high: float
    unit: str
    says: str

    def draw(self, rng: np.random.Generator, size: int | None = None) -> Any:
        """One value, or an array of `size`."""
        if self.low > 0:
            return np.exp(rng.uniform(np.log(self.low), np.log(self.high), size))
        return rng.uniform(self.low, self.high, size)


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """One virtual body. Arrays are per food group (F) or per symptom (S)."""

    barrier_rest: float
    barrier_days: float
    barrier_by_inflammation: float
    barrier_by_drug: float
    inflammation_hours: float
    leak_gain: float
    reactivity: Floats  # (F,) 0 for harmless foods
    transit_hours: Floats  # (F,)
    half_dose: Floats  # (F,)
    tolerance_days: float
    expression: Floats  # (F, S) how strongly the inflammation of each food shows in each symptom, largest 1


def draw_body(ranges: dict[str, Range], triggers: NDArray[np.bool_], symptoms: int, rng: np.random.Generator) -> Body:
    """A body with these trigger foods. triggers: (F,)."""
    foods = len(triggers)
    expression = rng.beta(0.5, 2.0, (foods, symptoms))
    expression /= expression.max(axis=1, keepdims=True)
    return Body(
        **{
            name: float(ranges[name].draw(rng))
            for name in (
                "barrier_rest",
                "barrier_days",
                "barrier_by_inflammation",
                "barrier_by_drug",
                "inflammation_hours",
                "leak_gain",
                "tolerance_days",
            )
        },
        reactivity=np.where(triggers, ranges["reactivity"].draw(rng, foods), 0.0),
        transit_hours=ranges["transit_hours"].draw(rng, foods),
        half_dose=ranges["half_dose"].draw(rng, foods),
        expression=expression,
    )


def react(body: Body, eaten: Floats, drugs: Floats) -> tuple[Floats, Floats, Floats]:
    """Symptom points from food (T, S), leak (T,) and reactivity at the end (F,). eaten: servings (T, F); drugs: doses (T,).

    T counts steps of six hours. Foods that trigger nothing are skipped: they change nothing.
    """
    active = np.flatnonzero(body.reactivity > 0)
    steps, symptoms = len(eaten), body.expression.shape[1]
    points, leak = np.zeros((steps, symptoms)), np.empty(steps)
    reactivity = body.reactivity[active].copy()
    load = _load(eaten[:, active], body.transit_hours[active])
    fade = 2.0 ** (-STEP_HOURS / body.inflammation_hours)
    dt = 1 / PER_DAY
    inflammation, barrier = np.zeros(len(active)), body.barrier_rest
    since = np.full(len(active), 0)
    for step in range(steps):
        barrier += dt * (
            (body.barrier_rest - barrier) / body.barrier_days + body.barrier_by_inflammation * inflammation.sum()
        )
        barrier = min(1.0, barrier + body.barrier_by_drug * drugs[step])
        since = np.where(eaten[step, active] > 0, 0, since + 1)
        reactivity = np.where(since > PER_DAY, reactivity * (1 - dt / body.tolerance_days), reactivity)
        half = body.half_dose[active]
        push = reactivity * load[step] * (1 + half) / (load[step] + half) * (1 + body.leak_gain * barrier)
        inflammation = inflammation * fade + push
        points[step] = inflammation @ body.expression[active]
        leak[step] = barrier
    final = body.reactivity.copy()
    final[active] = reactivity
    return points, leak, final


def _load(eaten: Floats, transit_hours: Floats) -> Floats:
    """Servings arriving per step: each meal arrives spread around its transit time (a triangle of the same width)."""
    arrived = np.zeros_like(eaten)
    for food, hours in enumerate(transit_hours):
        width = max(1, round(hours / STEP_HOURS))
        kernel = np.bartlett(2 * width + 1)[1:-1] if width > 1 else np.ones(1)
        kernel = kernel / kernel.sum()
        arrived[:, food] = np.convolve(eaten[:, food], kernel)[: len(eaten)]
    return arrived


def one_serving(body: Body, food: int, days: int = 5) -> tuple[Floats, float]:
    """Truth of one food: points x days per symptom (S,) over `days` after one serving in quiet, and the centroid of its time course in hours."""
    steps = days * PER_DAY
    eaten, drugs = np.zeros((steps, len(body.reactivity))), np.zeros(steps)
    eaten[0, food] = 1.0
    points, _, _ = react(body, eaten, drugs)
    total = points.sum(axis=0) / PER_DAY
    course = points.sum(axis=1)
    hours = (np.arange(steps) + 0.5) * STEP_HOURS
    return total, float((hours * course).sum() / course.sum()) if course.sum() > 0 else float("nan")
