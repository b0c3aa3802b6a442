"""Drawings of a diary as SVG text: what was felt on each day, and when the leading suspects were eaten.

Colour is never the only sign: symptoms are bars, food is dots below the line, days without a rating are hatched.
"""

from datetime import timedelta
from html import escape

import numpy as np

from zonula.diary import Diary
from zonula.food_triggers.verdict import TRIGGER, DiaryVerdict, GroupVerdict
from zonula.reports.triggers_wording import food, symptom

WIDTH, LEFT, RIGHT, PANEL, BARS = 720, 34, 12, 150, 84
INK, FAINT, FOOD, SYMPTOM = "#1d2a2f", "#c9d2d6", "#a34700", "#1f5fa8"
MOST_PANELS = 6
WORTH_DRAWING = 0.1  # probability


def leading(verdict: DiaryVerdict) -> list[GroupVerdict]:
    """The groups worth a drawing: eaten, and a trigger or well on the way to it; the most probable first."""
    shown = [
        g
        for g in verdict.groups
        if g.main is not None and g.exposures and (g.verdict == TRIGGER or g.probability >= WORTH_DRAWING)
    ]
    return sorted(shown, key=lambda group: -group.probability)[:MOST_PANELS]


def timeline(diary: Diary, group: GroupVerdict) -> str:
    """One group: daily mean of the symptom it acts on most (bars), and each time it was eaten (dots)."""
    assert group.main is not None
    first, last = int(diary.rating_hour.min() // 24), int(diary.rating_hour.max() // 24)
    scale = (WIDTH - LEFT - RIGHT) / (last - first + 1)
    base, top = 24 + BARS, 24

    def x(day: float) -> float:
        return LEFT + (day - first) * scale

    mine = diary.rating_symptom == diary.symptoms.index(group.main.symptom)
    days, place = np.unique((diary.rating_hour[mine] // 24).astype(int), return_inverse=True)
    means = np.bincount(place, diary.rating_value[mine]) / np.maximum(np.bincount(place), 1)
    parts = [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base - BARS * value / 10:.1f}" y2="{base - BARS * value / 10:.1f}" stroke="{FAINT}"/>'
        f'<text x="{LEFT - 6}" y="{base - BARS * value / 10 + 4:.1f}" text-anchor="end">{value}</text>'
        for value in (0, 5, 10)
    ]
    parts += [
        f'<rect x="{x(day):.1f}" y="{top}" width="{scale:.2f}" height="{BARS}" fill="url(#unrated)"/>'
        for day in sorted(set(range(first, last + 1)) - set(days.tolist()))
    ]
    parts += [
        f'<rect x="{x(day) + 0.1 * scale:.1f}" y="{base - BARS * mean / 10:.1f}" width="{max(0.8 * scale, 0.8):.1f}" '
        f'height="{BARS * mean / 10:.1f}" fill="{SYMPTOM}" fill-opacity=".6"/>'
        for day, mean in zip(days.tolist(), means.tolist(), strict=True)
    ]
    index = [one.name for one in diary.groups].index(group.group)
    eaten = diary.intake_group == index
    parts += [
        f'<circle cx="{x(hour / 24):.1f}" cy="{base + 11}" r="{3.2 if tested else 2.2}" fill="{FOOD}"/>'
        for hour, tested in zip(diary.intake_hour[eaten].tolist(), diary.intake_open[eaten].tolist(), strict=True)
        if first <= hour / 24 <= last + 1
    ]
    for hour, phase in diary.phases:
        if first <= hour / 24 <= last:
            parts.append(
                f'<line x1="{x(hour / 24):.1f}" x2="{x(hour / 24):.1f}" y1="{top}" y2="{base + 16}" stroke="{INK}" stroke-dasharray="3 3"/>'
                f'<text x="{x(hour / 24) + 4:.1f}" y="{top + 10}">{escape(symptom(phase))}</text>'
            )
    for day, anchor in ((first, "start"), ((first + last) // 2, "middle"), (last, "end")):
        at = x(day + (0.5 if anchor == "middle" else float(anchor == "end")))
        parts.append(
            f'<text x="{at:.1f}" y="{base + 34}" text-anchor="{anchor}">{(diary.start + timedelta(days=day)).isoformat()}</text>'
        )
    title = f"{symptom(group.main.symptom)} by day, and {food(group.group)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {PANEL}" width="{WIDTH}" height="{PANEL}" role="img" '
        f'font-family="DejaVu Sans, sans-serif" font-size="12" fill="{INK}"><title>{escape(title)}</title>'
        f'<defs><pattern id="unrated" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<line x1="0" y1="0" x2="0" y2="6" stroke="{FAINT}" stroke-width="2"/></pattern></defs>'
        f'<rect width="{WIDTH}" height="{PANEL}" fill="#fff"/>'
        f'<text x="{LEFT}" y="14"><tspan fill="{SYMPTOM}" font-weight="600">{escape(symptom(group.main.symptom))}</tspan>'
        f' (bars, 0 to 10) and <tspan fill="{FOOD}" font-weight="600">{escape(food(group.group))}</tspan> eaten (dots)</text>'
        f"{''.join(parts)}</svg>"
    )
