"""Step 1: the life timeline, domains, labels of suspicion, work-up, red flags and figures; every statement opens to its why."""

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render

from zonula import __version__
from zonula.reports.review_page import page_of
from zonula.reports.review_view import Page
from zonula.reports.timeline import Lane, Timeline, medicines
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.discretion import may_see
from zonula_web.records import read
from zonula_web.records.read import Patient

SECTIONS = (
    ("flags", "Red flags"),
    ("glance", "At a glance"),
    ("timeline", "Timeline"),
    ("domains", "Symptom domains"),
    ("labels", "Labels proposed"),
    ("workup", "Work-up"),
    ("statements", "Every statement"),
)


class ShownLane(NamedTuple):
    """A lane with the name of its check box."""

    id: str
    lane: Lane
    shown: bool


class ShownGroup(NamedTuple):
    """Lanes under one heading."""

    title: str
    lanes: tuple[ShownLane, ...]


@gate(Right.SEE_RECORD)
def chart(request: Asked, patient: Patient) -> HttpResponse:
    """The chart review as of today."""
    page = chart_page(patient)
    context: dict[str, Any] = {
        "patient": patient,
        "step": "chart",
        "step_title": "Chart",
        "page": page,
        "sections": SECTIONS,
    }
    context["flags"] = [flag for flag in page.flags if may_see(flag.id, request.rights)]
    context["kept_back"] = len(page.flags) - len(context["flags"])
    context["outcomes"] = _bar(page)
    if page.timeline is not None:
        drawn = timeline(patient)
        context |= {"drawn": drawn, "groups": _groups(drawn, request), "events": _events(drawn)}
    return render(request, "clinic/chart.html", context)


def chart_page(patient: Patient) -> Page:
    """The review in words, kept for as long as the review itself holds."""
    day = read.today(patient.clinic)
    key = ("chart page", patient.id, patient.chart_version, day)
    return read.derived.get(key, lambda: page_of(read.chart_review(patient), __version__))


def timeline(patient: Patient) -> Timeline:
    """The timeline of the review, with a lane for each medicine of the chart."""
    drawn = chart_page(patient).timeline
    assert drawn is not None, "asked only where something is dated"
    taken = medicines(read.chart(patient).facts, drawn)
    return drawn._replace(groups=(*drawn.groups, taken)) if taken else drawn


def _groups(drawn: Timeline, request: Asked) -> tuple[ShownGroup, ...]:
    """Every lane, with whether it is shown: without a script the boxes are a form that asks for the page again."""
    chosen, asked = set(request.GET.getlist("lane")), "lane" in request.GET
    return tuple(
        ShownGroup(
            group.title,
            tuple(
                ShownLane(f"{place}.{number}", lane, not asked or f"{place}.{number}" in chosen)
                for number, lane in enumerate(group.lanes)
            ),
        )
        for place, group in enumerate(drawn.groups)
    )


def _events(drawn: Timeline) -> list[tuple[str, str, str, str]]:
    """(group, lane, what, fact) of every mark, in order of time: the same picture for those who do not see it."""
    marks = [
        (mark.x, group.title, lane.label, mark.title, mark.fact)
        for group in drawn.groups
        for lane in group.lanes
        for mark in lane.marks
    ]
    return [(group, lane, title, fact) for _, group, lane, title, fact in sorted(marks)]


def _bar(page: Page) -> list[tuple[str, int, float, float]]:
    """(outcome, how many, from, width) in percent of all results."""
    total = sum(count for _, count in page.tests)
    bar, place = [], 0
    for name, count in page.tests:
        if count:
            bar.append((name, count, round(100 * place / total, 2), round(100 * count / total, 2)))
        place += count
    return bar
