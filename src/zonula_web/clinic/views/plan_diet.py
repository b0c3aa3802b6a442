"""The diet page of the plan: ask about a food, plan a week, check supplements. Nothing here is kept; the plan is."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from zonula.chart import Kind
from zonula.diet import Person
from zonula.errors import UserError
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.plan_diet import (
    DAYS,
    Eaten,
    judged,
    left_out,
    lost,
    may_eat,
    menu,
    needs_dietitian,
    person_of,
    products_of,
    taken,
)
from zonula_web.clinic.plan_foods import all_foods, food_name
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "plan", "step_title": "Diet"}
LEAST_ROWS, USUAL_ENERGY = 4, "2000"


@gate(Right.SEE_RECORD)
def diet(request: Asked, patient: Patient) -> HttpResponse:
    """What is out, what that costs, and the three questions."""
    return _page(request, patient)


@gate(Right.SEE_RECORD)
@require_POST
def eat(request: Asked, patient: Patient) -> HttpResponse:
    """May this be eaten? Asked by htmx the answer alone comes back."""
    answer = may_eat(request.POST.get("food", ""), left_out(patient), read.today(request.clinic))
    context: dict[str, Any] = {
        "asked": request.POST.get("food", ""),
        "eaten" if isinstance(answer, Eaten) else "refused": answer,
    }
    if "HX-Request" in request.headers:
        return render(request, "clinic/plan_eat.html", context | {"patient": patient})
    return _page(request, patient, **context)


@gate(Right.SEE_RECORD)
@require_POST
def week(request: Asked, patient: Patient) -> HttpResponse:
    """A week's menu."""
    energy = request.POST.get("energy", "").strip()
    try:
        kcal = float(energy)
    except ValueError:
        kcal = 0.0
    try:
        if not 0 < kcal < 10000:
            raise UserError(
                f"{energy[:20] or 'Nothing'} is not an energy in kcal a day.", "Write a number such as 2000."
            )
        found = menu(left_out(patient), _person(patient), kcal, (), read.today(request.clinic))
    except UserError as wrong:
        return _page(request, patient, status=422, week_wrong=_for_page(wrong), energy=energy)
    return _page(request, patient, menu=found, energy=energy, days=DAYS)


@gate(Right.SEE_RECORD)
@require_POST
def supplements(request: Asked, patient: Patient) -> HttpResponse:
    """Supplements against the drugs and conditions of the chart."""
    typed = request.POST.dict()
    try:
        products = products_of(typed)
        if not products:
            raise UserError("No product was named.", "Write at least one.")
        judgement, together = judged(
            patient, _person(patient), products, read.today(request.clinic), "complete" in typed
        )
    except UserError as wrong:
        return _page(request, patient, status=422, products_wrong=wrong, typed=typed)
    return _page(request, patient, products=judgement, together=together, typed=typed)


def _person(patient: Patient) -> Person:
    return person_of(read.chart(patient), plans.assembled(patient).situation, read.today(patient.clinic))


def _for_page(wrong: UserError) -> UserError:
    """The core speaks of options of the command line; here they are fields."""
    if "--age" in wrong.cure:
        return UserError(wrong.what, "Correct the patient's birth date and sex.")
    return wrong


def _page(
    request: Asked, patient: Patient, *, status: int = 200, typed: dict[str, str] | None = None, **more: Any
) -> HttpResponse:
    day, chart = read.today(request.clinic), read.chart(patient)
    typed = typed or {}
    context: dict[str, Any] = PAGE | {"patient": patient, "energy": USUAL_ENERGY, "all_foods": all_foods()}
    try:
        out = left_out(patient)
        context |= {
            "out": [(food_name(one.food), one) for one in plans.not_eaten(patient)],
            "unknown": out.unknown,
            "lost": lost(out),
            "dietitian": needs_dietitian(out, _person(patient), day),
        }
    except UserError as unreadable:
        return render(request, "clinic/plan_diet.html", context | {"unreadable": unreadable}, status=422)
    rows = max(LEAST_ROWS, 1 + sum(name.startswith("name.") and bool(value.strip()) for name, value in typed.items()))
    context |= {
        "drugs": taken(chart, Kind.MEDICATION),
        "conditions": taken(chart, Kind.CONDITION),
        "rows": [
            {name: typed.get(f"{name}.{number}", "") for name in ("name", "amount", "unit", "doses")}
            | {"number": number}
            for number in range(rows)
        ],
        "complete": "complete" in typed,
    }
    return render(request, "clinic/plan_diet.html", context | more, status=status)
