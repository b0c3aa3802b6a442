"""The experiments of the explanation page: the mechanism on one invented body whose every number is the middle of the card's range.

They show what the hypothesis would look like if it were true. Nothing here was measured in anyone.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from zonula.simulation.days import BLOCK_HOURS, weather
from zonula.simulation.diary import SYMPTOMS
from zonula.simulation.mechanism import STEP_HOURS, Body, Range, draw_body, react

Floats = NDArray[np.float64]
A_DAY = round(24 / STEP_HOURS)
TRIGGER, HARMLESS = 0, 1


class Wall(msgspec.Struct, frozen=True):
    """Leak per hour over `days`, and the spans of days in which something opened it: (name, first day, last day)."""

    days: int
    leak: Floats
    spans: tuple[tuple[str, float, float], ...]


class Passing(msgspec.Struct, frozen=True):
    """Load through the wall per half hour after one serving, calm and with the wall opened before."""

    hours: Floats
    calm: Floats
    opened: Floats

    @property
    def times(self) -> float:
        """How many times as much passes in all."""
        return float(self.opened.sum() / self.calm.sum())


class Reaction(msgspec.Struct, frozen=True):
    """Inflammation per half hour after one serving of the trigger food and of a harmless one, in points."""

    hours: Floats
    trigger: Floats
    harmless: Floats


class Twelve(msgspec.Struct, frozen=True):
    """Symptom points per block of six hours: (T, 12). eaten: days on which the trigger food was eaten."""

    days: int
    eaten: tuple[int, ...]
    points: Floats


class Tolerance(msgspec.Struct, frozen=True):
    """Reactivity per day, as a share of the first day: with a tolerance that returns, and one that never does."""

    avoided: tuple[int, int]
    returns: Floats
    never: Floats


class Ratings(msgspec.Struct, frozen=True):
    """One symptom, 0 to 10, twice a day: of who reacts and of who only expects, knowing what they eat and not knowing."""

    days: int
    eaten: tuple[int, ...]
    reacts: Floats
    expects: Floats
    reacts_blind: Floats
    expects_blind: Floats

    def rise(self, ratings: Floats) -> float:
        """How many points higher on days with the food and the day after than on the others."""
        day = np.arange(len(ratings)) // 2
        fed = np.isin(day, self.eaten) | np.isin(day - 1, self.eaten)
        return float(ratings[fed].mean() - ratings[~fed].mean())


class Scenes(msgspec.Struct, frozen=True):
    """All experiments, in the order of the page."""

    wall: Wall
    passing: Passing
    reaction: Reaction
    twelve: Twelve
    tolerance: Tolerance
    ratings: Ratings


def scenes(ranges: dict[str, Range], seed: int = 27) -> Scenes:
    """The experiments. seed: of the dice for the weather and for which symptoms one body shows; the one given draws a clear example."""
    body = middle_body(ranges, seed)
    return Scenes(
        wall=_wall(body),
        passing=_passing(body),
        reaction=_reaction(body),
        twelve=_twelve(body),
        tolerance=_tolerance(body),
        ratings=_ratings(body, ranges, np.random.default_rng(seed)),
    )


def middle_body(ranges: dict[str, Range], seed: int) -> Body:
    """A body of two foods, the first a trigger, in the middle of every range; which symptoms it shows is drawn."""
    drawn = draw_body(ranges, np.array([True, False]), len(SYMPTOMS), np.random.default_rng(seed))
    middle = {
        name: ranges[name].middle
        for name in msgspec.structs.asdict(drawn)
        if name in ranges and isinstance(getattr(drawn, name), float)
    }
    arrays = {name: np.full(2, ranges[name].middle) for name in ("transit_hours", "half_dose")}
    reactivity = np.array([ranges["reactivity"].middle, 0.0])
    return msgspec.structs.replace(
        drawn, **middle, **arrays, reactivity=reactivity, tolerance_returns=np.ones(2, dtype=bool)
    )


def _eaten(days: int, *when: float, food: int = TRIGGER) -> Floats:
    """One serving at each of these times, in days: (T, 2)."""
    eaten = np.zeros((days * A_DAY, 2))
    eaten[[round(day * A_DAY) for day in when], food] = 1.0
    return eaten


def _hours(days: int) -> Floats:
    hours: Floats = np.arange(days * A_DAY, dtype=np.float64) * STEP_HOURS
    return hours


def _during(days: int, first: float, last: float, amount: float) -> Floats:
    felt = np.zeros(days * A_DAY)
    felt[round(first * A_DAY) : round(last * A_DAY)] = amount
    return felt


def _doses(days: int, first: float, last: float) -> Floats:
    """Two pain killers a day."""
    doses = np.zeros(days * A_DAY)
    doses[round(first * A_DAY) : round(last * A_DAY) : A_DAY // 2] = 1.0
    return doses


def _wall(body: Body) -> Wall:
    days = 60
    spans = (("hard week", 5.0, 12.0), ("pain killers", 22.0, 25.0), ("gut infection", 40.0, 44.0))
    course = react(
        body,
        _eaten(days),
        stress=_during(days, *spans[0][1:], 4.0),
        drugs=_doses(days, *spans[1][1:]),
        illness=_during(days, *spans[2][1:], 1.0),
    )
    return Wall(days, course.leak[:: A_DAY // 24], spans)


def _passing(body: Body) -> Passing:
    days, meal = 8, 4
    calm = react(body, _eaten(days, meal))
    opened = react(body, _eaten(days, meal), drugs=_doses(days, 1, meal))
    shown = slice(meal * A_DAY, (meal + 1) * A_DAY)
    return Passing(_hours(1), calm.passing[shown, 0], opened.passing[shown, 0])


def _reaction(body: Body) -> Reaction:
    days = 5
    burning = react(body, _eaten(days, 0)).inflammation[:, 0]
    nothing = react(body, _eaten(days, 0, food=HARMLESS)).inflammation[:, 0]
    return Reaction(_hours(days), burning, nothing)


def _twelve(body: Body) -> Twelve:
    days, eaten = 14, (2, 3, 9)
    return Twelve(days, eaten, react(body, _eaten(days, *eaten)).points(BLOCK_HOURS))


def _tolerance(body: Body) -> Tolerance:
    days, avoided = 540, (30, 450)
    eaten = _eaten(days, *range(avoided[0]), *range(avoided[1], days))
    shares = []
    for returns in (True, False):
        one = msgspec.structs.replace(body, tolerance_returns=np.full(2, returns))
        shares.append(react(one, eaten).reactivity[::A_DAY, 0] / one.reactivity[TRIGGER])
    return Tolerance(avoided, shares[0], shares[1])


def _ratings(body: Body, ranges: dict[str, Range], rng: np.random.Generator) -> Ratings:
    """Reaction and expectation stronger than most that are drawn, so that there is something to see above the weather."""
    days, eaten = 28, (4, 11, 18, 24)
    full = np.ones((2, len(SYMPTOMS)))
    reacting = msgspec.structs.replace(
        body, reactivity=np.array([ranges["reactivity"].high / 2, 0.0]), expression=full, expectation=0.0
    )
    expecting = msgspec.structs.replace(
        body,
        reactivity=np.zeros(2),
        expectation=ranges["expectation"].high,
        expectation_hours=ranges["expectation_hours"].high,
        suggestibility=full[0],
    )
    meals = _eaten(days, *(day + part for day in eaten for part in (0.3, 0.5, 0.8)))
    known = meals[:, TRIGGER].copy()
    own = 1.5 + ranges["weather"].middle * weather(4 * days, ranges["weather_hours"].middle / BLOCK_HOURS, rng, 2)

    def rated(one: Body, person: int, believed: Floats | None) -> Floats:
        felt = np.clip(own[:, person], 0, None) + react(one, meals, believed=believed).points(BLOCK_HOURS)[:, 0]
        halves: Floats = np.clip(np.round(felt.reshape(-1, 2).mean(axis=1)), 0, 10)
        return halves

    return Ratings(
        days,
        eaten,
        reacts=rated(reacting, 0, known),
        expects=rated(expecting, 1, known),
        reacts_blind=rated(reacting, 0, None),
        expects_blind=rated(expecting, 1, None),
    )
