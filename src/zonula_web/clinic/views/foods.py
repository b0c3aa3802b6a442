"""Step 7: which foods were tested and how they stand, what the diary suspects, and which food may come back next."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from zonula.errors import UserError
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.food_pages import next_foods, relapse_of, tested, wheals
from zonula_web.records import diary, plan, suspects
from zonula_web.records.actions.suspects import ask_suspects
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "foods", "step_title": "Foods"}


@gate(Right.SEE_RECORD)
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """The tested truth first, then what is only suspected."""
    running = plan.running(patient)
    standing = suspects.standing(patient)
    context = {
        "patient": patient,
        "tested": tested(plan.verdicts(patient), request.clinic),
        "out": plan.not_eaten(patient),
        "running": running,
        "standing": standing,
        "question": suspects.last_question(patient),
        "kept": diary.version(patient) > 0,
        "next": next_foods(patient, running, standing),
        "wheals": wheals(patient),
        "relapse": relapse_of(patient, running),
        "may_ask": Right.PLAN in request.rights,
    }
    return render(request, "clinic/foods.html", PAGE | context)


@require_POST
@gate(Right.PLAN)
def ask(request: Asked, patient: Patient) -> HttpResponse:
    """Ask the diary which food does it; the answer comes in the background."""
    try:
        ask_suspects(patient=patient, by=request.person)
    except UserError as wrong:
        messages.error(request, str(wrong))
    return redirect("foods", patient_id=patient.id)


@require_GET
@gate(Right.SEE_RECORD, read="whether the diary has answered")
def asked(request: Asked, patient: Patient) -> HttpResponse:
    """Where the question stands; asked again while it runs."""
    return render(
        request, "clinic/foods_question.html", {"patient": patient, "question": suspects.last_question(patient)}
    )
