"""Drawings of the explanation page as SVG text, narrow enough to be read on a phone. Colours come from the page, so they follow its theme.

Colour is never the only sign: a second line is dashed and each line carries its name.
"""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from zonula.simulation.scenes import Passing, Ratings, Reaction, Tolerance, Twelve, Wall

Floats = NDArray[np.float64]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400, 210, 34, 10, 26, 38
# More points than this cannot be seen.
_MOST_POINTS = 240


class _Frame:
    """One plot: x and y in the units of the data, and the pieces drawn so far."""

    def __init__(
        self,
        last: float,
        top: float,
        left: float = LEFT,
        upper: float = TOP,
        size: tuple[float, float] = (WIDTH, HEIGHT),
    ) -> None:
        self.last, self.top, self.left, self.upper = last, top, left, upper
        self.right, self.lower = left + size[0] - LEFT - RIGHT, upper + size[1] - TOP - BOTTOM
        self.parts: list[str] = []

    def x(self, at: float) -> float:
        return self.left + (self.right - self.left) * at / self.last

    def y(self, value: float) -> float:
        return self.lower - (self.lower - self.upper) * value / self.top

    def text(self, x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> None:
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>')

    def axes(self, ticks: Sequence[float], below: str, beside: str) -> None:
        self.parts.append(f'<path class="axis" d="M{self.left} {self.upper}V{self.lower}H{self.right}"/>')
        for tick in ticks:
            self.text(self.x(tick), self.lower + 14, f"{tick:g}", "middle")
        self.text((self.left + self.right) / 2, self.lower + 30, below, "middle")
        self.text(self.left - 4, self.upper - 12, beside)

    def levels(self, values: Sequence[float]) -> None:
        for value in values:
            self.text(self.left - 5, self.y(value) + 4, f"{value:g}", "end")

    def span(self, first: float, last: float, words: str) -> None:
        width = self.x(last) - self.x(first)
        self.parts.append(
            f'<rect class="span" x="{self.x(first):.1f}" y="{self.upper}" width="{width:.1f}" height="{self.lower - self.upper:.1f}"/>'
        )
        self.text(self.x((first + last) / 2), self.upper + 11, words, "middle", "strong")

    def line(self, at: Floats, values: Floats, kind: str = "first") -> None:
        every = max(1, len(values) // _MOST_POINTS)
        path = " ".join(
            f"{self.x(float(a)):.1f},{self.y(float(v)):.1f}" for a, v in zip(at[::every], values[::every], strict=True)
        )
        self.parts.append(f'<polyline class="line {kind}" points="{path}"/>')

    def marks(self, days: Sequence[float], kind: str = "meal") -> None:
        for day in days:
            x = self.x(day)
            self.parts.append(f'<path class="{kind}" d="M{x:.1f} {self.lower - 1:.1f}l-4 -8h8z"/>')


def _svg(parts: Sequence[str], says: str, height: float = HEIGHT) -> str:
    return (
        f'<svg class="drawing" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(says)}" focusable="false">'
        f"{''.join(parts)}</svg>"
    )


def wall_figure(scene: Wall) -> str:
    """How open the wall is over two months."""
    plot = _Frame(scene.days, 1.0)
    for words, first, last in scene.spans:
        plot.span(first, last, words)
    plot.axes(range(0, scene.days + 1, 10), "days", "how open the wall is (0 closed, 1 open)")
    plot.levels((0, 0.5, 1))
    plot.line(np.arange(len(scene.leak)) / 24, scene.leak)
    return _svg(
        plot.parts,
        "The invented wall opens in a hard week, with pain killers and with an infection, and closes again within weeks.",
    )


def passing_figure(scene: Passing) -> str:
    """What passes after the same meal, through a calm and through an opened wall."""
    plot = _Frame(24, 1.1 * float(scene.opened.max()))
    plot.axes(range(0, 25, 6), "hours after the meal", "food passing the wall")
    plot.line(scene.hours, scene.opened, "second")
    plot.line(scene.hours, scene.calm)
    peak = int(scene.opened.argmax())
    plot.text(plot.x(scene.hours[peak]) + 26, plot.y(float(scene.opened[peak])) + 4, "open wall (dashed)")
    plot.text(plot.x(scene.hours[peak]) - 16, plot.y(0.35 * float(scene.calm[peak])), "calm wall")
    return _svg(plot.parts, f"The same meal passes {scene.times:.1f} times as much through the opened wall.")


def reaction_figure(scene: Reaction) -> str:
    """Inflammation after a trigger food and after a harmless one."""
    plot = _Frame(120, 1.15 * float(scene.trigger.max()))
    plot.axes(range(0, 121, 24), "hours after the meal", "inflammation")
    plot.line(scene.hours, scene.trigger, "second")
    plot.line(scene.hours, scene.harmless)
    plot.text(plot.x(34), plot.y(0.8 * float(scene.trigger.max())), "a food this body reacts to (dashed)")
    plot.text(plot.x(60), plot.y(0) - 6, "a harmless food")
    return _svg(
        plot.parts,
        "Inflammation rises within hours after the trigger food and is nearly gone after five days; the harmless food does nothing.",
    )


def twelve_figure(scene: Twelve, names: Sequence[str]) -> str:
    """Twelve small plots of the same two weeks in the same body."""
    most = float(scene.points.max())
    cell, row = WIDTH / 3, 74.0
    at = (np.arange(len(scene.points)) + 0.5) / 4
    parts: list[str] = []
    for place, name in enumerate(names):
        plot = _Frame(
            scene.days, most, left=6 + cell * (place % 3), upper=20 + row * (place // 3),
            size=(cell - 12 + LEFT + RIGHT, 44 + TOP + BOTTOM),
        )  # fmt: skip
        plot.parts.append(f'<path class="axis" d="M{plot.left:.1f} {plot.lower}H{plot.right:.1f}"/>')
        plot.line(at, scene.points[:, place], "second solid")
        plot.marks(scene.eaten)
        plot.text(plot.left, plot.upper - 4, name, kind="small")
        parts += plot.parts
    return _svg(
        parts,
        "Twelve symptoms of one invented body over two weeks: the same meals, each symptom more or less.",
        4 * row + 8,
    )


def tolerance_figure(scene: Tolerance) -> str:
    """Reactivity while a food is eaten, left out and eaten again."""
    days = len(scene.returns)
    plot = _Frame(days, 1.1)
    plot.span(*scene.avoided, "the food is left out")
    plot.axes(range(0, days, 90), "days", "how strongly the body reacts (1 = as at first)")
    plot.levels((0, 0.5, 1))
    at = np.arange(days, dtype=np.float64)
    plot.line(at, scene.never)
    plot.line(at, scene.returns, "second")
    plot.text(plot.x(210), plot.y(0.86), "it never fades")
    plot.text(plot.x(90), plot.y(0.16), "it fades (dashed)")
    return _svg(
        plot.parts,
        "Left out for over a year, the reaction fades in one invented body and never in the other; it comes back with eating.",
    )


def ratings_figure(scene: Ratings, *, knowing: bool) -> str:
    """Two people's ratings of one symptom, one above the other; triangles mark the days with the food."""
    people = (
        ("Person A", scene.reacts if knowing else scene.reacts_blind),
        ("Person B", scene.expects if knowing else scene.expects_blind),
    )
    parts: list[str] = []
    for place, (name, ratings) in enumerate(people):
        plot = _Frame(scene.days, 8, upper=TOP + 118 * place, size=(WIDTH, 80 + TOP + BOTTOM))
        plot.levels((0, 4, 8))
        plot.parts.append(f'<path class="axis" d="M{plot.left} {plot.upper}V{plot.lower}H{plot.right}"/>')
        at = (np.arange(len(ratings)) + 0.5) / 2
        plot.line(at, ratings, "first thin")
        plot.marks([day + 0.5 for day in scene.eaten])
        plot.text(plot.left, plot.upper - 8, name, kind="strong")
        if place:
            for tick in range(0, scene.days + 1, 7):
                plot.text(plot.x(tick), plot.lower + 14, f"{tick}", "middle")
            plot.text((plot.left + plot.right) / 2, plot.lower + 30, "days; triangles: days with the food", "middle")
        parts += plot.parts
    says = (
        "Both people's ratings rise on days with the food when they know what they eat."
        if knowing
        else "When nobody knows the days, only person A's ratings rise on days with the food."
    )
    return _svg(parts, says, 2 * 118 + 34)
