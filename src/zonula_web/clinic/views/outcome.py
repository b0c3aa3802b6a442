"""Step 8: what became of this patient, and of all of them."""

from typing import Any

import numpy as np
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zonula.outcomes import declared, patient_outcome
from zonula.reports.outcomes_page import STANDINGS, patient_text
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.audit.record import record
from zonula_web.clinic.outcome_pages import course_picture, curve_picture, report_sentences
from zonula_web.records import figures, read
from zonula_web.records.actions.figures import FOLDS_SEED, ask_figures
from zonula_web.records.course import course_of
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "outcome", "step_title": "Outcome"}


@gate(Right.SEE_RECORD)
def of_patient(request: Asked, patient: Patient) -> HttpResponse:
    """One course among the clinic's: judged by definitions that were declared before."""
    own = course_of(patient)
    rules = declared(read.knowledge())
    context: dict[str, Any] = {"patient": patient, "rules": rules, "course": own}
    if own is not None:
        others = [one for one in figures.courses(request.clinic) if one.patient != own.patient]
        found = patient_outcome(own.patient, [own, *others], rules, np.random.default_rng(FOLDS_SEED))
        context |= {
            "found": found,
            "standing": STANDINGS[found.outcome.standing],
            "sentences": patient_text(found).splitlines()[1:],
            "picture": course_picture(own, found.outcome.baseline, rules),
            "others": len(others),
        }
    return render(request, "clinic/outcome.html", PAGE | context)


@gate(Right.SEE_DASHBOARD)
def of_clinic(request: Asked) -> HttpResponse:
    """Everyone's figures as they were made last: benefit and harm side by side."""
    return render(request, "clinic/figures.html", _figures(request))


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
    return render(request, "clinic/figures_question.html", {"question": figures.last_question(request.clinic)})


def _figures(request: Asked) -> dict[str, Any]:
    stored = figures.stored(request.clinic)
    context: dict[str, Any] = {"stored": stored, "question": figures.last_question(request.clinic)}
    if stored is not None:
        whole = Right.FIND_PATIENTS in request.rights
        rules = declared(read.knowledge())
        context |= report_sentences(stored, rules, hide_small=not whole) | {
            "recovery": curve_picture(stored.report.recovery, stored.report.drop_out) if whole else None,
            "whole": whole,
        }
    return context
