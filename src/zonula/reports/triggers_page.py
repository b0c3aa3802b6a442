"""What a patient and a clinician read about one diary: suspects, what is cleared, what is unknown, and timelines."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from zonula.diary import Diary
from zonula.food_triggers.verdict import CANNOT_TELL, TRIGGER, DiaryVerdict, GroupVerdict
from zonula.reports.triggers_figures import leading, timeline
from zonula.reports.triggers_wording import (
    CAUTION,
    change,
    effect,
    food,
    for_the_patient,
    headline,
    lag,
    needs,
    percent,
    sections,
    symptom,
)
from zonula.reports.wording import plain

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"


def triggers_text(diary: Diary, verdict: DiaryVerdict) -> str:
    """Plain words for a terminal."""
    lines = [headline(verdict), f"Read from {verdict.days} days with ratings, {verdict.ratings} ratings."]
    for title, groups in sections(verdict):
        lines += ["", f"{title}:"]
        lines += [f"  {_sentences(group)}" for group in groups] or ["  none"]
    if verdict.separations:
        lines += ["", "Cannot be told apart by this diary:"]
        lines += [f"  {food(pair.first)} and {food(pair.second)}. {change(pair)}" for pair in verdict.separations]
    return "\n".join([*lines, "", CAUTION])


def triggers_html(diary: Diary, verdict: DiaryVerdict) -> str:
    """One self-contained page, for phone, desk and paper: no script, no request to anywhere, everything escaped."""
    from markupsafe import Markup

    titled = sections(verdict)
    drawn = leading(verdict) if len(diary.rating_hour) else []
    return _template().render(
        patient=plain(diary.patient, 60) or "no name",
        days=verdict.days,
        ratings=verdict.ratings,
        headline=headline(verdict),
        refusal=verdict.refusal,
        converged=verdict.converged,
        suspects=[(food(group.group), for_the_patient(group)) for group in titled[0][1]],
        open=[(food(group.group), needs(group)) for group in titled[1][1]],
        cleared=[food(group.group) for group in titled[2][1]],
        left_out=[food(group.group) for title, groups in titled[3:] for group in groups],
        pairs=[
            (food(pair.first), food(pair.second), change(pair), percent(pair.together)) for pair in verdict.separations
        ],
        rows=[_row(title, group) for title, groups in titled for group in groups],
        drawings=[Markup(timeline(diary, group)) for group in drawn],  # noqa: S704 - drawn by us, words escaped there
        caution=CAUTION,
    )


def _row(title: str, group: GroupVerdict) -> dict[str, object]:
    return {
        "name": food(group.group),
        "id": plain(group.group, 80),
        "title": title,
        "percent": percent(group.probability),
        "share": round(100 * group.probability, 1),
        "effect": effect(group),
        "others": ", ".join(_other_symptoms(group)),
        "lag": lag(group),
        "eaten": f"{group.exposures} on {group.exposure_days} {'day' if group.exposure_days == 1 else 'days'}",
        "why": " ".join(group.reasons),
        "needs": needs(group),
    }


def _other_symptoms(group: GroupVerdict) -> list[str]:
    """What else a probable trigger acts on; for the others the list would be guesswork."""
    if group.verdict != TRIGGER or group.main is None:
        return []
    return [symptom(one.symptom) for one in group.effects if one.symptom != group.main.symptom]


def _sentences(group: GroupVerdict) -> str:
    said = [f"{food(group.group)}: {percent(group.probability)} probable."]
    if group.verdict == TRIGGER and group.main is not None and group.lag_hours is not None:
        said.append(
            f"One serving adds {effect(group)} (points x days, 90 % interval), on average {lag(group)} hours later."
        )
    said += list(group.reasons)
    if group.verdict == CANNOT_TELL and group.days_needed:
        said.append(f"Could be told after {needs(group)} like these.")
    return " ".join(said)


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("triggers.html.j2")
    template.globals["style"] = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return template
