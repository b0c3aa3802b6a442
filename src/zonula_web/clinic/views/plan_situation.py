"""What is known about the patient, for the gates: stated by a clinician or dietitian, beside what the records say."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from zonula.errors import UserError
from zonula.plan_situation import situation_of
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.plan_answers import SENSITIVE, foods, may_state, questions, situation_of_form
from zonula_web.clinic.plan_foods import all_foods
from zonula_web.clinic.plan_forms import names_in
from zonula_web.clinic.plan_told import Teller
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.actions.plan import state_situation
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "plan", "step_title": "What is known"}


@gate(Right.PLAN)
def situation(request: Asked, patient: Patient) -> HttpResponse:
    """The questions with what was stated and what the records say; posted to state it anew."""
    today = read.today(request.clinic)
    before = plans.stated_situation(patient, today)
    typed = request.POST.dict()
    wrong, stated = None, before.situation
    if request.method == "POST":
        try:
            stated = situation_of_form(typed, before.situation, request.rights, today)
            state_situation(patient=patient, by=request.person, situation=stated)
            messages.success(request, "Written down.")
            return redirect("plan", patient_id=patient.id)
        except UserError as problem:
            wrong = problem
    context: dict[str, Any] = PAGE | {"patient": patient, "wrong": wrong, "by": before.by, "at": before.at}
    try:
        assessment, running = read.assessment(patient), plans.running(patient)
        known = situation_of(assessment, read.chart(patient), stated)
    except UserError as unreadable:
        return render(request, "clinic/plan_situation.html", context | {"unreadable": unreadable}, status=422)
    teller = Teller(assessment, known.situation, request.rights)
    asked = questions(stated, known.told, teller, request.rights)
    if wrong is not None:
        asked = tuple(one._replace(stated=typed.get(one.name, one.stated)) for one in asked)
    weight = known.situation.weight_on(today)
    context |= {
        "questions": asked,
        "kept_back": sum(not may_state(name, request.rights) for name in SENSITIVE),
        "foods": foods(known.situation, stated, tuple(names_in(running.state)) if running else ()),
        "height_cm": typed.get("height_cm", f"{stated.height_m * 100:g}" if stated.height_m else ""),
        "weight_kg": typed.get("weight_kg", ""),
        "weighed_on": typed.get("weighed_on", today.isoformat()),
        "last_weight": weight,
        "bmi": known.situation.bmi_on(today),
        "answers": (("yes", "yes"), ("no", "no"), ("unknown", "not known")),
        "all_foods": all_foods(),
    }
    return render(request, "clinic/plan_situation.html", context, status=422 if wrong else 200)
