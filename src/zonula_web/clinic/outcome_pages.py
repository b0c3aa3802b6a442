"""What the pages on outcomes show: one course as a picture, the clinic's figures in words."""

from typing import Any, NamedTuple

from zonula.outcomes import Course, Curve, Definitions
from zonula.reports.outcomes_page import (
    STANDINGS,
    VERDICTS,
    change_sentence,
    foods_sentence,
    recovery_sentence,
    stage_sentences,
)
from zonula_web.records.figures import Stored

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 240, 44, 16, 34
HIGHEST = 120
STAGE_WORDS = {
    "run_in": "run-in",
    "reboot": "reboot",
    "giving_back": "giving back",
    "maintenance": "maintenance",
    "rejuvenation": "rejuvenation",
}


class Point(NamedTuple):
    """A place in the picture and what it stands for."""

    x: float
    y: float
    words: str


class Span(NamedTuple):
    """A stage: from where to where it runs, and its name."""

    x: float
    width: float
    name: str


class Picture(NamedTuple):
    """A course: totals as points, stages as bands, the baseline and the recovery limit as lines."""

    points: tuple[Point, ...]
    path: str
    spans: tuple[Span, ...]
    baseline: float | None
    limit: float | None
    start: float
    words: str
    width: int = WIDTH
    height: int = HEIGHT
    bottom: int = HEIGHT - BOTTOM


class Curves(NamedTuple):
    """Shares over time: recovered with its interval, and dropped out."""

    line: str
    band: str
    left: str
    ticks: tuple[tuple[float, int], ...]
    rows: tuple[tuple[int, str, str, int], ...]
    words: str


def course_picture(course: Course, baseline: float | None, rules: Definitions) -> Picture | None:
    """The weekly totals on the scale 0 to 120; None without any."""
    readings = sorted(course.readings, key=lambda one: one.day)
    if not readings:
        return None
    first, last = min(readings[0].day, 0), max(course.last_day, readings[-1].day, 1)

    def x(day: int) -> float:
        return round(LEFT + (WIDTH - LEFT - 12) * (day - first) / (last - first), 1)

    def y(total: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - total / HIGHEST), 1)

    points = tuple(Point(x(one.day), y(one.total), f"day {one.day}: {one.total:g} of 120") for one in readings)
    ends = [*(stage.day for stage in course.stages[1:]), last]
    spans = tuple(
        Span(
            x(max(stage.day, first)),
            round(x(end) - x(max(stage.day, first)), 1),
            STAGE_WORDS.get(stage.stage, stage.stage),
        )
        for stage, end in zip(course.stages, ends, strict=True)
        if end > first
    )
    said = f"The 12-area total went from {readings[0].total:g} on day {readings[0].day} to {readings[-1].total:g} on day {readings[-1].day}, of 120."
    return Picture(
        points=points,
        path=" ".join(f"{one.x},{one.y}" for one in points),
        spans=spans,
        baseline=None if baseline is None else y(baseline),
        limit=None if baseline is None else y(baseline * (1 - rules.recovery_percent / 100)),
        start=x(0),
        words=said,
    )


def curve_picture(recovery: Curve | None, drop_out: Curve | None) -> Curves | None:
    """Recovered and dropped out by day; None when there are too few recoveries to say."""
    if recovery is None or not recovery.points:
        return None
    last = recovery.points[-1].day

    def place(day: int, share: float) -> str:
        return f"{LEFT + (WIDTH - LEFT - 12) * day / last:.1f},{TOP + (HEIGHT - TOP - BOTTOM) * (1 - share):.1f}"

    zero = place(0, 0.0)
    band = [place(one.day, one.high) for one in recovery.points] + [
        place(one.day, one.low) for one in reversed(recovery.points)
    ]
    rows = tuple(
        (one.day, f"{100 * one.probability:.0f} %", f"{100 * one.low:.0f} to {100 * one.high:.0f} %", one.at_risk)
        for one in recovery.points
    )
    return Curves(
        line=" ".join([zero, *(place(one.day, one.probability) for one in recovery.points)]),
        band=" ".join([zero, *band]),
        left=" ".join([zero, *(place(one.day, one.probability) for one in drop_out.points)]) if drop_out else "",
        ticks=tuple((float(place(one.day, 0.0).split(",")[0]), one.day) for one in recovery.points),
        rows=rows,
        words=f"{rows[-1][1]} had recovered by day {last} ({rows[-1][2]}).",
    )


def report_sentences(stored: Stored) -> dict[str, Any]:
    """The clinic's figures in words, for those who may see its patients."""
    report = stored.report
    return {
        "report": report,
        "funnel": [
            (step.title, step.patients, _share(step.patients, stored.funnel[0].patients)) for step in stored.funnel
        ],
        "standings": [(words, report.standings[kind.value]) for kind, words in STANDINGS.items()],
        "sentences": [
            change_sentence(report),
            recovery_sentence(report),
            foods_sentence(report),
            *stage_sentences(report),
        ],
        "verdict": VERDICTS[report.claim.verdict],
    }


def _share(count: int, of: int) -> int:
    """Whole percent, for a bar beside the number."""
    return round(100 * count / of) if of else 0
