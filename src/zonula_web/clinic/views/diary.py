"""Step 6: the diary as the clinic reads it: how complete, how the areas went, what was eaten before a bad day."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from zonula.diary.completeness import completeness
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic import diary_pages
from zonula_web.records import diary, plan, read
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "diary", "step_title": "Diary"}


@gate(Right.SEE_DIARY)
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """Calendar, trends, and whether the plan was kept."""
    kept = diary.entries(patient)
    today = read.today(request.clinic)
    running = plan.running(patient)
    days = completeness((one.entry for one in kept), today)
    context = {
        "patient": patient,
        "completeness": days,
        "weeks": diary_pages.calendar(days),
        "trends": diary_pages.trends(kept, today),
        "adherence": diary_pages.adherence(patient, running.state.exclusions if running else (), today),
        "disputed": [diary_pages.line(one) for one in kept if one.disputes],
        "bad_days": diary_pages.worst_days(days),
    }
    return render(request, "clinic/diary.html", PAGE | context)


@gate(Right.SEE_DIARY, read="one day of the diary")
def one_day(request: Asked, patient: Patient, day: str) -> HttpResponse:
    """One day and the three before it: food acts with a delay."""
    try:
        chosen = date.fromisoformat(day)
        beside = diary_pages.neighbours(chosen)
        days = diary_pages.before(diary.entries(patient), chosen)
    except (ValueError, OverflowError):  # no day, or one at the end of the calendar
        raise Http404 from None
    context = {"patient": patient, "day": chosen, "days": days, **beside}
    return render(request, "clinic/diary_day.html", PAGE | context)
