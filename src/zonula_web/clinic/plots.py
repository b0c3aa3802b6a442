"""The course of a score as a picture drawn by the server: places of points and marks, no more; the template draws, the page says it in words."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 18, 34


class Dot(NamedTuple):
    """One score. scaled: it was scaled up because answers were missing."""

    x: float
    y: float
    day: str
    value: str
    scaled: bool


class Tick(NamedTuple):
    """A line across the picture with its label."""

    y: float
    label: str


class Plot(NamedTuple):
    """One scale over time. path: points of the line between the scores."""

    title: str
    words: str
    dots: tuple[Dot, ...]
    path: str
    ticks: tuple[Tick, ...]
    first: str
    last: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM
    label_y: int = HEIGHT - 10


def plot(title: str, words: str, points: Sequence[tuple[date, float, bool]], low: float, high: float) -> Plot:
    """Place the points (day, value, scaled up), at least one, oldest first, on the whole range of the scale."""
    first, last = points[0][0], points[-1][0]
    days = (last - first).days
    span = (high - low) or 1.0

    def x(day: date) -> float:
        share = (day - first).days / days if days else 0.5
        return round(LEFT + 14 + share * (WIDTH - LEFT - RIGHT - 28), 1)

    def y(value: float) -> float:
        return round(TOP + (1 - (value - low) / span) * (HEIGHT - TOP - BOTTOM), 1)

    dots = tuple(Dot(x(day), y(value), day.isoformat(), f"{value:g}", scaled) for day, value, scaled in points)
    return Plot(
        title,
        words,
        dots,
        " ".join(f"{dot.x},{dot.y}" for dot in dots),
        tuple(Tick(y(value), f"{value:g}") for value in (low, low + span / 2, high)),
        first.isoformat(),
        last.isoformat() if days else "",
    )
