"""Drawings of a blinded trial as SVG text: every rating in its period, and the period means with the difference.

Colour is never the only sign: food is a filled dot, sham a ring. The drawings carry their own paper so that they read in any theme.
"""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from zonula.food_triggers.blinded.conduct import Trial
from zonula.food_triggers.blinded.periods import window
from zonula.food_triggers.blinded.report import Report
from zonula.food_triggers.blinded.schedules import Arm

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 260, 44, 12, 14, 34
FOOD, SHAM, INK, FAINT = "#a34700", "#1f5fa8", "#1d2a2f", "#8a979c"
_COLOURS = {Arm.ACTIVE: FOOD, Arm.SHAM: SHAM}
_NAMES = {Arm.ACTIVE: "food", Arm.SHAM: "sham"}
_TOP_SCORE = 10


def _y(score: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - score / _TOP_SCORE)


def _svg(parts: Sequence[str], title: str, width: int = WIDTH) -> str:
    grid = "".join(
        f'<line x1="{LEFT}" x2="{width - RIGHT}" y1="{_y(score):.1f}" y2="{_y(score):.1f}" stroke="{FAINT}" stroke-opacity=".35"/>'
        f'<text x="{LEFT - 8}" y="{_y(score) + 4:.1f}" text-anchor="end">{score}</text>'
        for score in range(0, _TOP_SCORE + 1, 2)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" role="img" '
        f'font-family="DejaVu Sans Mono, sans-serif" font-size="12" fill="{INK}"><title>{escape(title)}</title>'
        f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>{grid}{"".join(parts)}</svg>'
    )


def _dot(x: float, y: float, arm: Arm | None, radius: float = 3.4) -> str:
    if arm is None:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{FAINT}"/>'
    fill = _COLOURS[arm] if arm is Arm.ACTIVE else "#ffffff"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{_COLOURS[arm]}" stroke-width="1.6"/>'


def ratings_figure(report: Report) -> str:
    """Every rating of the main outcome over time; the hours that count shaded, food filled and sham hollow."""
    trial, outcome = report.trial, report.trial.design.primary
    ratings = sorted((one.at, one.score) for one in trial.ratings if one.outcome == outcome)
    moments = [at for at, _ in ratings] + list(trial.started) + list(trial.ended)
    if not moments:
        return _svg([], f"No rating of {outcome} was recorded")
    first, last = min(moments), max(moments)
    span = max((last - first).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        return LEFT + 6 + (WIDTH - LEFT - RIGHT - 12) * (at - first).total_seconds() / span

    parts = []
    for number, arm in enumerate(report.verdict.schedule[: len(trial.started)], 1):
        begun, (counts_from, counts_to) = trial.started[number - 1], _window(trial, number)
        middle = (x(begun) + x(min(counts_to, last))) / 2
        parts.append(
            f'<rect x="{x(counts_from):.1f}" width="{max(x(min(counts_to, last)) - x(counts_from), 0):.1f}" y="{TOP}" '
            f'height="{HEIGHT - TOP - BOTTOM}" fill="{_COLOURS[arm]}" fill-opacity=".13"/>'
            f'<text x="{middle:.1f}" y="{HEIGHT - 17}" text-anchor="middle" fill="{_COLOURS[arm]}">{_NAMES[arm]}</text>'
        )
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 3}" fill="{INK}">{first.date()}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 3}" text-anchor="end">{last.date()}</text>')
    parts.extend(_dot(x(at), _y(score), _arm_at(report, at)) for at, score in ratings)
    return _svg(parts, f"Ratings of {outcome} over the trial, {len(ratings)} in all")


def _window(trial: Trial, number: int) -> tuple[datetime, datetime]:
    span = window(trial, number)
    assert span is not None  # asked for begun periods only
    return span


def _arm_at(report: Report, at: datetime) -> Arm | None:
    for number, arm in enumerate(report.verdict.schedule[: len(report.trial.started)], 1):
        counts_from, counts_to = _window(report.trial, number)
        if counts_from <= at < counts_to:
            return arm
    return None


def means_figure(report: Report) -> str:
    """The mean of each period, food beside sham, joined in the order they were eaten, and the two arms' means as bars."""
    width = 420
    columns = {Arm.ACTIVE: 150.0, Arm.SHAM: 310.0}
    measured = [(row.number, row.arm, row.mean) for row in report.periods if row.mean is not None]
    parts = [
        f'<text x="{columns[arm]:.0f}" y="{HEIGHT - 12}" text-anchor="middle" fill="{_COLOURS[arm]}">{_NAMES[arm]}</text>'
        for arm in Arm
    ]
    for arm in Arm:
        scores = [mean for _, where, mean in measured if where is arm]
        if scores:
            y = _y(sum(scores) / len(scores))
            parts.append(
                f'<line x1="{columns[arm] - 46}" x2="{columns[arm] + 46}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_COLOURS[arm]}" stroke-width="3"/>'
            )
        for place, mean in enumerate(scores):
            parts.append(_dot(columns[arm] + (place - (len(scores) - 1) / 2) * 12, _y(mean), arm, 4.5))
    return _svg(
        parts, f"Mean {report.trial.design.primary} in each of {len(measured)} measured periods, food and sham", width
    )
