"""What a patient and a clinician read about one diary: suspects, what is cleared, what is unknown, and a timeline."""

from html import escape

import numpy as np

from zonula.diary import Diary
from zonula.food_triggers.verdict import CANNOT_TELL, NONE, TRIGGER, DiaryVerdict, GroupVerdict

WIDTH, ROW, LEFT, DAY_TOP = 900, 26, 150, 20
INK, FAINT, FOOD, SYMPTOM = "#1d2a2f", "#c9d2d6", "#a34700", "#1f5fa8"
CAUTION = (
    "This is a reading of an open diary, not a diagnosis. A suspected food is confirmed only by a blinded challenge, and no "
    "food that once caused a severe reaction may be tried at home."
)


def triggers_text(diary: Diary, verdict: DiaryVerdict) -> str:
    """Plain words for a terminal."""
    lines = [f"{verdict.days} days with ratings, {verdict.ratings} ratings."]
    if verdict.refusal:
        lines.append(f"No answer can be given: {verdict.refusal}.")
    for title, groups in _sections(verdict):
        lines += ["", f"{title}:"]
        lines += ["  " + " ".join(_sentences(group)) for group in groups] or ["  none"]
    if verdict.separations:
        lines += ["", "Cannot be told apart by this diary:"]
        lines += [f"  {pair.first} and {pair.second}. {pair.change}" for pair in verdict.separations]
    return "\n".join([*lines, "", CAUTION])


def triggers_html(diary: Diary, verdict: DiaryVerdict) -> str:
    """One self-contained page, readable on a phone and on paper."""
    parts = [f"<p>{verdict.days} days with ratings, {verdict.ratings} ratings.</p>"]
    if verdict.refusal:
        parts.append(f"<p><strong>No answer can be given: {escape(verdict.refusal)}.</strong></p>")
    for title, groups in _sections(verdict):
        items = "".join(f"<li>{escape(' '.join(_sentences(group)))}</li>" for group in groups)
        parts.append(f"<h2>{title}</h2><ul>{items or '<li>none</li>'}</ul>")
    if verdict.separations:
        items = "".join(
            f"<li>{escape(pair.first)} and {escape(pair.second)}. {escape(pair.change)}</li>"
            for pair in verdict.separations
        )
        parts.append(f"<h2>Cannot be told apart by this diary</h2><ul>{items}</ul>")
    parts.append(f"<h2>Timeline</h2>{timeline(diary, verdict)}<p><small>{CAUTION}</small></p>")
    style = f"body{{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:{INK}}}svg{{max-width:100%;height:auto}}"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Food triggers: {escape(diary.patient)}</title><style>{style}</style>"
        f"<body><h1>Which food does it? {escape(diary.patient)}</h1>{''.join(parts)}</body></html>\n"
    )


def timeline(diary: Diary, verdict: DiaryVerdict) -> str:
    """SVG: daily mean of the symptom each leading group acts on, and the days on which the group was eaten (dots)."""
    leading = sorted((g for g in verdict.groups if g.main is not None and g.exposures), key=lambda g: -g.probability)[
        :5
    ]
    if not leading or len(diary.rating_hour) == 0:
        return "<p>Nothing to draw.</p>"
    index = {group.name: i for i, group in enumerate(diary.groups)}
    symptom = {name: i for i, name in enumerate(diary.symptoms)}
    first, last = float(diary.rating_hour.min()) / 24.0, float(diary.rating_hour.max()) / 24.0
    scale = (WIDTH - LEFT - 10) / max(last - first, 1.0)
    parts, top = [], DAY_TOP
    for group in leading:
        assert group.main is not None
        mine = diary.rating_symptom == symptom[group.main.symptom]
        day, place = np.unique(np.floor(diary.rating_hour[mine] / 24.0), return_inverse=True)
        mean = np.bincount(place, diary.rating_value[mine]) / np.bincount(place)
        for d, value in zip(day, mean, strict=True):
            x, height = LEFT + (d - first) * scale, 2.2 * ROW * value / 10.0
            parts.append(
                f'<rect x="{x:.1f}" y="{top + 2.2 * ROW - height:.1f}" width="{max(0.7 * scale, 1.0):.1f}" '
                f'height="{height:.1f}" fill="{SYMPTOM}" fill-opacity=".55"/>'
            )
        for hour in diary.intake_hour[diary.intake_group == index[group.group]]:
            x = LEFT + (hour / 24.0 - first) * scale
            parts.append(f'<circle cx="{x:.1f}" cy="{top + 2.2 * ROW + 6:.1f}" r="2.5" fill="{FOOD}"/>')
        parts.append(
            f'<text x="4" y="{top + ROW:.0f}">{escape(group.main.symptom)}</text>'
            f'<text x="4" y="{top + 2.2 * ROW + 10:.0f}" fill="{FOOD}">{escape(group.group)} eaten</text>'
            f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{top + 2.2 * ROW:.0f}" y2="{top + 2.2 * ROW:.0f}" stroke="{FAINT}"/>'
        )
        top += 4 * ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" font-size="13" fill="{INK}">'
        f"<title>Symptoms by day and the days on which the leading suspects were eaten</title>"
        f'<rect width="{WIDTH}" height="{top}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _sections(verdict: DiaryVerdict) -> list[tuple[str, list[GroupVerdict]]]:
    ranked = sorted(verdict.groups, key=lambda group: -group.probability)
    return [
        ("Probable triggers", [g for g in ranked if g.verdict == TRIGGER]),
        ("Cannot tell yet", [g for g in ranked if g.verdict == CANNOT_TELL]),
        ("Probably harmless", [g for g in ranked if g.verdict == NONE]),
    ]


def _sentences(group: GroupVerdict) -> list[str]:
    said = [f"{group.group}: {_percent(group.probability)} probable."]
    if group.verdict == TRIGGER and group.main is not None and group.lag_hours is not None:
        said.append(
            f"One serving adds about {group.main.mean:.1f} points x days of {group.main.symptom} "
            f"({group.main.low:.1f} to {group.main.high:.1f}), on average {group.lag_hours[0]:.0f} hours later "
            f"({group.lag_hours[1]:.0f} to {group.lag_hours[2]:.0f})."
        )
    said += list(group.reasons)
    if group.verdict == CANNOT_TELL and group.days_needed:
        said.append(f"About {group.days_needed} more days like these could tell.")
    return said


def _percent(probability: float) -> str:
    if probability < 0.01:
        return "less than 1 %"
    return "more than 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"
