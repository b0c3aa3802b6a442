"""Ways to re-introduce foods compared on virtual people: a table for the terminal and one page with plots."""

from collections.abc import Sequence
from functools import cache
from html import escape
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from zonula.food_triggers.policy_comparison import Estimate, PolicyFigures

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
NOTE = "Virtual people built from the engine's own assumptions: this compares policies, it is no evidence about people."
MEANING = (
    "found: share of true triggers called triggers; false, missed, undecided: groups a person (missed: true triggers called safe); "
    "burden: mean rating x days, all symptoms"
)
WIDTH, LEFT, RIGHT, INK, FAINT = 720, 150, 60, "#1d2a2f", "#c9d2d6"
# Colour and dash differ together, so that the lines are told apart without colour.
STYLES = (("#0a5a63", ""), ("#a34700", "7 4"), ("#4b3a8c", "2 3"), ("#6b6b00", "9 3 2 3"))
COLUMNS = (
    ("found", "Triggers found (share)", 1.0),
    ("false", "Harmless groups called triggers, a person", None),
    ("missed", "Triggers called safe, a person", None),
    ("burden", "Symptom burden, mean rating x days", None),
)


def policies_text(rows: Sequence[PolicyFigures]) -> str:
    """The table for a terminal."""
    lines = [f"{'policy':<18}{'days':>6}{'found':>19}{'false':>19}{'missed':>19}{'undecided':>12}{'burden':>8}"]
    lines += [
        f"{row.policy:<18}{row.median_days:>6.0f}{said(row.found):>19}{said(row.false):>19}{said(row.missed):>19}"
        f"{row.undecided.value:>12.2f}{row.burden.value:>8.1f}"
        for row in rows
    ]
    return "\n".join([*lines, f"{MEANING}. In brackets: 95 % intervals.", NOTE])


def said(figure: Estimate) -> str:
    """A figure with its interval, as far as they are known."""
    if isnan(figure.value):
        return "not known"
    return f"{figure.value:.2f}" if isnan(figure.low) else f"{figure.value:.2f} ({figure.low:.2f}-{figure.high:.2f})"


def policies_html(rows: Sequence[PolicyFigures], seed: int) -> str:
    """One self-contained page: no script, no request to anywhere."""
    from markupsafe import Markup

    plots = [("Share of foods without an answer, by day", unanswered_figure(rows))]
    plots += [(title, interval_figure(rows, name, title, most)) for name, title, most in COLUMNS]
    return _template().render(
        rows=[{"row": row, **{name: said(getattr(row, name)) for name, _, _ in COLUMNS}} for row in rows],
        plots=[(title, Markup(plot)) for title, plot in plots],  # noqa: S704 - drawn by us
        note=NOTE,
        meaning=MEANING,
        seed=seed,
    )


def unanswered_figure(rows: Sequence[PolicyFigures]) -> str:
    """Survival of foods without an answer: a step line for each policy."""
    height, base, top = 320, 250, 20
    last = max((len(row.unanswered) - 1 for row in rows), default=1) or 1
    scale = (WIDTH - LEFT - RIGHT) / last
    parts = [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base - (base - top) * share / 100:.1f}" y2="{base - (base - top) * share / 100:.1f}" stroke="{FAINT}"/>'
        f'<text x="{LEFT - 8}" y="{base - (base - top) * share / 100 + 4:.1f}" text-anchor="end">{share} %</text>'
        for share in (0, 25, 50, 75, 100)
    ]
    for day in range(0, last + 1, 10 if last <= 60 else 30):
        parts.append(f'<text x="{LEFT + day * scale:.1f}" y="{base + 18}" text-anchor="middle">{day}</text>')
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{base + 36}" text-anchor="middle">day of re-introduction</text>'
    )
    for place, row in enumerate(rows):
        colour, dash = STYLES[place % len(STYLES)]
        points = " ".join(
            f"{LEFT + day * scale:.1f},{base - (base - top) * before:.1f} {LEFT + day * scale:.1f},{base - (base - top) * share:.1f}"
            for day, (before, share) in enumerate(zip((1.0, *row.unanswered), row.unanswered, strict=False))
        )
        x = 20 + place * (WIDTH - 40) / len(rows)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
            f'<line x1="{x:.0f}" x2="{x + 28:.0f}" y1="{height - 16}" y2="{height - 16}" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
            f'<text x="{x + 34:.0f}" y="{height - 12}">{escape(row.policy)}</text>'
        )
    return _svg(parts, height, "Share of foods without an answer after each day, one line for each policy")


def interval_figure(rows: Sequence[PolicyFigures], name: str, title: str, most: float | None) -> str:
    """A dot with its interval for each policy."""
    figures: list[tuple[str, Estimate]] = [(row.policy, getattr(row, name)) for row in rows]
    ends = [value for _, one in figures for value in (one.value, one.high) if not isnan(value)]
    top = most or (max(ends, default=0.0) or 1.0) * 1.1
    scale, height = (WIDTH - LEFT - RIGHT) / top, 30 * len(rows) + 34
    parts = [
        f'<line x1="{LEFT + top * part / 4 * scale:.1f}" x2="{LEFT + top * part / 4 * scale:.1f}" y1="6" y2="{height - 26}" stroke="{FAINT}"/>'
        f'<text x="{LEFT + top * part / 4 * scale:.1f}" y="{height - 8}" text-anchor="middle">{top * part / 4:.2g}</text>'
        for part in range(5)
    ]
    for place, (policy, one) in enumerate(figures):
        colour, y = STYLES[place % len(STYLES)][0], 24 + 30 * place
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{escape(policy)}</text>')
        if isnan(one.value):
            parts.append(f'<text x="{LEFT + 6}" y="{y + 4}">not known</text>')
            continue
        if not isnan(one.low):
            parts.append(
                f'<line x1="{LEFT + one.low * scale:.1f}" x2="{LEFT + one.high * scale:.1f}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="3"/>'
            )
        parts.append(
            f'<circle cx="{LEFT + one.value * scale:.1f}" cy="{y}" r="5" fill="{colour}"/>'
            f'<text x="{WIDTH - RIGHT + 8}" y="{y + 4}">{one.value:.2f}</text>'
        )
    return _svg(parts, height, f"{title}, by policy, with 95 % intervals")


def _svg(parts: Sequence[str], height: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'font-family="DejaVu Sans, sans-serif" font-size="12" fill="{INK}"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>'
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("policies.html.j2")
    template.globals["style"] = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return template
