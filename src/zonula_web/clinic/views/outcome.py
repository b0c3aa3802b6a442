"""Step 8: what became of this patient, and of all of them."""

from typing import Any

import msgspec
import numpy as np
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zonula.errors import UserError
from zonula.outcomes import Course, PatientOutcome, declared, patient_outcome
from zonula.reports.outcomes_page import STANDINGS, patient_text
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.audit.record import record
from zonula_web.clinic.outcome_pages import course_picture, curve_picture, report_sentences
from zonula_web.clinic.views.research import context_of
from zonula_web.records import figures, read
from zonula_web.records.actions.figures import FOLDS_SEED, ask_figures
from zonula_web.records.course import course_of
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "outcome", "step_title": "Outcome"}


@gate(Right.SEE_RECORD)
def of_patient(request: Asked, patient: Patient) -> HttpResponse:
    """One course among the clinic's: judged by definitions that were declared before."""
    rules = declared(read.knowledge())
    context: dict[str, Any] = {"patient": patient, "rules": rules}
    try:
        own = course_of(patient)
    except UserError as wrong:
        return render(request, "clinic/outcome.html", PAGE | context | {"wrong": wrong})
    context["course"] = own
    if own is not None:
        found, others = _among_others(request, patient, own)
        context |= {
            "found": found,
            "standing": STANDINGS[found.outcome.standing],
            "sentences": patient_text(found).splitlines()[1:],
            "picture": course_picture(own, found.outcome.baseline, rules),
            # How many others there are is told to who may see them.
            "others": others if Right.FIND_PATIENTS in request.rights else None,
        }
    return render(request, "clinic/outcome.html", PAGE | context)


def _among_others(request: Asked, patient: Patient, own: Course) -> tuple[PatientOutcome, int]:
    """What can be said of this course, and how many others it was compared with. Kept until the course or the figures change."""
    stored, rules = figures.stored(request.clinic), declared(read.knowledge())

    def judged() -> tuple[PatientOutcome, int]:
        others = [one for one in figures.courses(request.clinic) if one.patient != own.patient]
        claim, rng = stored.report.claim if stored else None, np.random.default_rng(FOLDS_SEED)
        return patient_outcome(own.patient, [own, *others], rules, rng, claim), len(others)

    return read.derived.get(("outcome", patient.id, msgspec.json.encode(own), stored and stored.made_at), judged)


@gate(Right.SEE_DASHBOARD)
def of_clinic(request: Asked) -> HttpResponse:
    """Everyone's figures as they were made last: benefit and harm side by side. Who may not see patients gets the release for research."""
    if Right.FIND_PATIENTS in request.rights:
        return render(request, "clinic/figures.html", _figures(request))
    return render(request, "clinic/research.html", context_of(request) | _question(request))


@require_POST
@gate(Right.SEE_DASHBOARD)
def make(request: Asked) -> HttpResponse:
    """Make the figures anew, in the background."""
    ask_figures(clinic=request.clinic, by=request.person)
    record("asked for figures")
    messages.info(request, "The figures are made in the background.")
    return redirect("figures")


@require_GET
@gate(Right.SEE_DASHBOARD)
def making(request: Asked) -> HttpResponse:
    """How far the making is; asked again while it runs."""
    return render(request, "clinic/figures_question.html", _question(request))


def _question(request: Asked) -> dict[str, Any]:
    """What the making says counts patients one by one, so only who may see them reads it."""
    return {"question": figures.last_question(request.clinic), "whole": Right.FIND_PATIENTS in request.rights}


def _figures(request: Asked) -> dict[str, Any]:
    stored = figures.stored(request.clinic)
    context: dict[str, Any] = {"stored": stored} | _question(request)
    if stored is not None:
        context |= report_sentences(stored) | {
            "recovery": curve_picture(stored.report.recovery, stored.report.drop_out)
        }
    return context
