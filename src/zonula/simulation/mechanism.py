"""The hidden mechanism of a virtual patient: wall, load, reactivity, inflammation, tolerance, expectation, and the twelve symptoms that follow.

For every food f, in hours; constants are drawn from the card `simulation/mechanism`. That an immune reaction starting in the gut shows
up as twelve symptoms is the clinic's hypothesis; this makes data with known truth, it proves nothing::

    gut           G1' = meals - k G1          G2' = k (G1 - G2)           k = 2 / transit_f
    passing       P   = e G2 (1 + g B)                                    one serving through a closed wall peaks at 1
    wall          B'  = (B_rest - B) / tau_B + (1 - B) (a sum I + b stress + c infection)     B += (1 - B) d per pain killer
    contact       C   = P / (P + D)
    tolerance     R'  = -R (1 - C) / tau_R + (R_0 - R) C / tau_S          tau_R is endless where tolerance never returns
    inflammation  I'  = -I ln 2 / h + R (1 + D) C / T                     T: so that one serving through a closed wall adds R in all
    expectation   E   = the strongest belief just eaten, halving with time
    symptom s     sum_f I_f M_fs + strength E N_s

B stays within 0 and 1, R within 0 and R_0 whatever the step: each equation is linear in its own variable while the others are held for
one step, and is solved exactly there. Halving the step changes symptom totals by a few parts in a thousand (tests).
"""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from zonula.simulation.compiled import compiled

STEP_HOURS = 0.5
Floats = NDArray[np.float64]
_NUMBERS = (
    "barrier_rest", "barrier_days", "barrier_by_inflammation", "barrier_by_drug", "barrier_by_stress", "barrier_by_illness", "leak_gain",
    "inflammation_hours", "tolerance_days", "resensitise_days", "expectation", "expectation_hours",
)  # fmt: skip


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """A range of the card; what is drawn from it is log-uniform when its low end is above 0. basis: where the range comes from."""

    low: float
    high: float
    unit: str
    says: str
    basis: str = "assumed"

    @property
    def middle(self) -> float:
        """The median of what is drawn."""
        return float(np.sqrt(self.low * self.high) if self.low > 0 else (self.low + self.high) / 2)

    def draw(self, rng: np.random.Generator, size: int | None = None) -> Any:
        """One value, or an array of `size`."""
        if self.low > 0:
            return np.exp(rng.uniform(np.log(self.low), np.log(self.high), size))
        return rng.uniform(self.low, self.high, size)


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """One virtual body. Arrays are per food group (F) or per symptom (S). Units: the card `simulation/mechanism`."""

    barrier_rest: float
    barrier_days: float
    barrier_by_inflammation: float
    barrier_by_drug: float
    barrier_by_stress: float
    barrier_by_illness: float
    leak_gain: float
    inflammation_hours: float
    tolerance_days: float
    resensitise_days: float
    expectation: float
    expectation_hours: float
    reactivity: Floats  # (F,) 0 for harmless foods
    transit_hours: Floats  # (F,)
    half_dose: Floats  # (F,)
    tolerance_returns: NDArray[np.bool_]  # (F,)
    expression: Floats  # (F, S) how strongly the inflammation of each food shows in each symptom, largest 1
    suggestibility: Floats  # (S,) how strongly expectation shows in each symptom, 0 to 1


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What went on inside, per step (T). foods: (A,) the columns of the arrays (T, A); harmless foods move nothing and are left out."""

    body: Body
    step_hours: float
    foods: NDArray[np.int64]
    leak: Floats  # (T,) 0 closed to 1 open
    passing: Floats  # (T, A) load through the wall; one serving through a closed wall peaks at 1
    inflammation: Floats  # (T, A) points
    reactivity: Floats  # (T, A)
    expected: Floats  # (T,) 0 to 1

    def points(self, hours: float | None = None) -> Floats:
        """Symptom points from food and from expectation, (T', S), averaged over spans of `hours` (a step when not given)."""
        span = 1 if hours is None else round(hours / self.step_hours)
        spans = len(self.leak) // span
        inside = self.inflammation[: spans * span].reshape(spans, span, -1).mean(axis=1)
        expected = self.expected[: spans * span].reshape(spans, span).mean(axis=1)
        felt: Floats = inside @ self.body.expression[self.foods]
        felt += np.outer(expected, self.body.expectation * self.body.suggestibility)
        return felt


def draw_body(ranges: dict[str, Range], triggers: NDArray[np.bool_], symptoms: int, rng: np.random.Generator) -> Body:
    """A body with these trigger foods. triggers: (F,)."""
    foods = len(triggers)
    expression = rng.beta(0.5, 2.0, (foods, symptoms))
    expression /= expression.max(axis=1, keepdims=True)
    return Body(
        **{name: float(ranges[name].draw(rng)) for name in _NUMBERS},
        reactivity=np.where(triggers, ranges["reactivity"].draw(rng, foods), 0.0),
        transit_hours=ranges["transit_hours"].draw(rng, foods),
        half_dose=ranges["half_dose"].draw(rng, foods),
        tolerance_returns=rng.random(foods) < ranges["tolerance_returns"].draw(rng),
        expression=expression,
        suggestibility=rng.beta(1.0, 2.0, symptoms),
    )


def react(
    body: Body,
    eaten: Floats,
    *,
    drugs: Floats | None = None,
    stress: Floats | None = None,
    illness: Floats | None = None,
    believed: Floats | None = None,
    step_hours: float = STEP_HOURS,
) -> Course:
    """What happens inside while this is eaten and lived. eaten: servings (T, F), swallowed at the start of each step.

    drugs: doses of pain killer (T,). stress: points above usual (T,). illness: 1 while infected (T,). believed: strongest belief, 0 to 1,
    in any food eaten in the step (T,). What is not given is 0.
    """
    none = np.zeros(len(eaten))
    foods = np.flatnonzero(body.reactivity > 0)
    rate = np.where(body.tolerance_returns[foods], 1 / (24 * body.tolerance_days), 0.0)
    leak, passing, inflammation, reactivity = _live(
        np.ascontiguousarray(eaten[:, foods]),
        none if drugs is None else drugs,
        none if stress is None else stress,
        none if illness is None else illness,
        step_hours,
        body.reactivity[foods],
        2 / body.transit_hours[foods],
        body.half_dose[foods],
        _one_serving_hours(body.half_dose[foods]) * body.transit_hours[foods] / 2,
        rate,
        1 / (24 * body.resensitise_days),
        np.log(2) / body.inflammation_hours,
        body.leak_gain,
        body.barrier_rest,
        1 / (24 * body.barrier_days),
        np.array([body.barrier_by_inflammation, body.barrier_by_stress, body.barrier_by_illness]) / 24,
        body.barrier_by_drug,
    )
    return Course(
        body=body,
        step_hours=step_hours,
        foods=foods,
        leak=leak,
        passing=passing,
        inflammation=inflammation,
        reactivity=reactivity,
        expected=none if believed is None else _expect(believed, 0.5 ** (step_hours / body.expectation_hours)),
    )


def one_serving(body: Body, food: int, days: int = 5) -> tuple[Floats, float]:
    """Truth of one food: points x days per symptom (S,) over `days` after one serving in quiet, and the centroid of its time course in hours."""
    steps = round(days * 24 / STEP_HOURS)
    eaten = np.zeros((steps, len(body.reactivity)))
    eaten[0, food] = 1.0
    points = react(body, eaten).points()
    total = points.sum(axis=0) * STEP_HOURS / 24
    course = points.sum(axis=1)
    hours = (np.arange(steps) + 0.5) * STEP_HOURS
    return total, float((hours * course).sum() / course.sum()) if course.sum() > 0 else float("nan")


# One serving through the gut in units of 1/k: u e^-u, scaled to peak at 1.
_U = np.linspace(0.0, 30.0, 601)
_WAVE = np.e * _U * np.exp(-_U)


def _one_serving_hours(half_dose: Floats) -> Floats:
    """The integral of (1 + D) C over one serving through a closed wall, in units of 1/k: (A,)."""
    contact: Floats = _WAVE / (_WAVE + half_dose[:, None])
    # The trapezoid rule; both ends are 0.
    hours: Floats = (1 + half_dose) * contact.sum(axis=1) * (_U[1] - _U[0])
    return hours


@compiled
def _live(
    eaten: Floats,
    drugs: Floats,
    stress: Floats,
    illness: Floats,
    h: float,
    first: Floats,
    rate: Floats,
    half: Floats,
    whole: Floats,
    regain: Floats,
    lose: float,
    decay: float,
    gain: float,
    rest: float,
    heal: float,
    opens: Floats,
    by_drug: float,
) -> tuple[Floats, Floats, Floats, Floats]:
    """The equations of the module. Rates per hour. whole: hours that one serving is in contact. opens: by inflammation, stress, illness."""
    steps, foods = eaten.shape
    leak = np.empty(steps)
    passing, inflammation, reactivity = np.empty((steps, foods)), np.empty((steps, foods)), np.empty((steps, foods))
    stomach, wall, fire, ready, keep = (
        np.zeros(foods),
        np.zeros(foods),
        np.zeros(foods),
        first.copy(),
        np.exp(-rate * h),
    )
    fades = np.exp(-decay * h)
    barrier = rest
    for step in range(steps):
        push = opens[0] * fire.sum() + opens[1] * stress[step] + opens[2] * illness[step]
        if drugs[step] > 0:
            barrier += (1 - barrier) * (1 - (1 - by_drug) ** drugs[step])
        speed = heal + push
        goal = (heal * rest + push) / speed
        barrier = goal + (barrier - goal) * np.exp(-speed * h)
        leak[step] = barrier
        for food in range(foods):
            stomach[food] += eaten[step, food]
            # The mean at the wall, exactly: what left it in this step over the rate at which it leaves.
            there = wall[food] + stomach[food]
            wall[food] = keep[food] * (wall[food] + rate[food] * h * stomach[food])
            stomach[food] *= keep[food]
            load = np.e * max(0.0, there - wall[food] - stomach[food]) / (rate[food] * h) * (1 + gain * barrier)
            contact = load / (load + half[food])
            turn = regain[food] * (1 - contact) + lose * contact
            if turn > 0:
                aim = lose * contact * first[food] / turn
                ready[food] += (aim - ready[food]) * (1 - np.exp(-turn * h))
            fire[food] = (
                fades * fire[food] + (1 - fades) / decay * ready[food] * (1 + half[food]) * contact / whole[food]
            )
            passing[step, food], inflammation[step, food], reactivity[step, food] = load, fire[food], ready[food]
    return leak, passing, inflammation, reactivity


@compiled
def _expect(believed: Floats, fades: float) -> Floats:
    """Expectation (T,): the strongest belief just eaten, halving with time."""
    expected = np.empty(len(believed))
    now = 0.0
    for step in range(len(believed)):
        now = max(now * fades, believed[step])
        expected[step] = now
    return expected
