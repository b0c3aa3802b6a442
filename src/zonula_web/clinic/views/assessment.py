"""Steps 1 to 4 put together: what is unsafe first, what to do next, what is excluded, what is open, what is believed."""

import hashlib
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zonula import __version__
from zonula.errors import UserError
from zonula.journey import NextStep
from zonula.reports.assessment_page import page_of
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.discretion import Discreet, discreet, may_see
from zonula_web.records import read
from zonula_web.records.actions.asking import Wanted, make_task
from zonula_web.records.attention import tasks_of
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "assessment", "step_title": "Assessment"}


@gate(Right.SEE_RECORD)
def assessment(request: Asked, patient: Patient) -> HttpResponse:
    """The assessment as of today."""
    try:
        shown = _shown(request, patient)
    except UserError as wrong:
        return render(request, "clinic/assessment.html", PAGE | {"patient": patient, "wrong": wrong})
    page, open_already = shown.discreet.page, {task.key for task in tasks_of(patient)}
    context = {
        "patient": patient,
        "page": page,
        "kept_back": shown.discreet.kept_back,
        "urgent": shown.discreet.urgent,
        "gluten_held": shown.gluten_held,
        "steps": [(step, shown.keys[step.order], shown.keys[step.order] in open_already) for step in page.steps],
    }
    return render(request, "clinic/assessment.html", PAGE | context)


@gate(Right.SEE_RECORD)
def others(request: Asked, patient: Patient) -> HttpResponse:
    """The statements that ask for nothing and have no place of their own: many, so they have a page."""
    try:
        shown = _shown(request, patient)
    except UserError:
        return redirect("assessment", patient_id=patient.id)
    return render(request, "clinic/assessment_others.html", PAGE | {"patient": patient, "page": shown.discreet.page})


@require_POST
@gate(Right.PLAN)
def task(request: Asked, patient: Patient) -> HttpResponse:
    """Make a task of one of the next steps."""
    key = request.POST.get("step", "")
    shown = _shown(request, patient)
    step = next((one for one in shown.discreet.page.steps if shown.keys[one.order] == key), None)
    if step is None:
        raise Http404
    make_task(
        patient=patient,
        by=request.person,
        wanted=Wanted(
            key=key,
            level=step.level,
            what=step.what,
            why=step.why,
            who=step.who.lower(),
            due=date.fromisoformat(step.by) if step.by else None,
        ),
    )
    messages.success(request, "It stands among the tasks now.")
    return redirect("assessment", patient_id=patient.id)


class _Shown(NamedTuple):
    """The page as this person sees it, and the key under which each step becomes a task, by its order.

    gluten_held: gluten stays in the diet until celiac testing is settled.
    """

    discreet: Discreet
    keys: dict[int, str]
    gluten_held: bool


def _shown(request: Asked, patient: Patient) -> _Shown:
    assessed = read.assessment(patient)
    return _Shown(
        discreet(page_of(assessed, __version__), assessed, request.rights),
        {step.order: _key(step) for step in assessed.next_steps},
        gluten_held=not assessed.gluten_may_be_restricted,
    )


def _key(step: NextStep) -> str:
    """The same step has the same key tomorrow, whatever place it has then; one that not everyone may see begins with the reason for that."""
    name = f"step.{hashlib.sha256(f'{step.who}|{step.what}'.encode()).hexdigest()[:20]}"
    private = next((finding for finding in step.because if not may_see(finding, ())), "")
    return f"{private}.{name}" if private else name
