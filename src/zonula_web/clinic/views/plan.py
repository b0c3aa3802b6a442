"""Step 5: the plan. Every gate is shown before anyone presses a button; a step that may not be is refused and changes nothing."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zonula.errors import UserError
from zonula.treatment_protocols import Role as Acts
from zonula.treatment_protocols import Situation
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right, Role
from zonula_web.clinic.plan_choice import choices
from zonula_web.clinic.plan_foods import all_foods
from zonula_web.clinic.plan_forms import event_of, filled
from zonula_web.clinic.plan_page import PlanPage, Reader, page_of
from zonula_web.clinic.plan_told import Teller
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.actions.plan import WrittenMeanwhileError, start_plan, write_event
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "plan", "step_title": "Plan"}
# What a member answers for in a plan. Nobody acts as allergist or gastroenterologist here: the clinic's list of members does not say who is one.
ACTS: dict[Role, Acts] = {Role.CLINICIAN: Acts.CLINICIAN, Role.DIETITIAN: Acts.DIETITIAN, Role.STAFF: Acts.STAFF}


class _Refused(NamedTuple):
    """A form that was not written. key: of the form; typed: what was sent."""

    key: str
    typed: dict[str, str]
    problem: UserError


def acts_as(request: Asked) -> Acts | None:
    """What the person asking answers for, or None."""
    return ACTS.get(Role(request.membership.role)) if request.membership else None


@gate(Right.SEE_RECORD)
def plan(request: Asked, patient: Patient) -> HttpResponse:
    """Where the plan stands; without one, what can be started."""
    return _page(request, patient)


@gate(Right.PLAN)
@require_POST
def begin(request: Asked, patient: Patient) -> HttpResponse:
    """Start a protocol."""
    role = acts_as(request)
    seen = request.POST.get("seen", "")
    try:
        if role is None:
            raise UserError("Only a member of the clinic starts a plan.")
        start_plan(
            patient=patient, by=request.person, role=role, protocol=request.POST.get("protocol", ""),
            seen=int(seen) if seen.isdecimal() else None,
        )  # fmt: skip
    except UserError as wrong:
        return _page(request, patient, wrong=wrong, status=409 if isinstance(wrong, WrittenMeanwhileError) else 422)
    messages.success(request, "The plan has started.")
    return redirect("plan", patient_id=patient.id)


@gate(Right.PLAN)
@require_POST
def event(request: Asked, patient: Patient) -> HttpResponse:
    """Write an event. Refused with the core's words (422), or because someone wrote first (409)."""
    typed = request.POST.dict()
    role = acts_as(request)
    try:
        running = plans.running(patient)
        if role is None or running is None:
            raise UserError("There is no plan to write into.", "Start one first.")
        name = typed.get("event", "")
        if name == "override" and Right.OVERRIDE_GATE not in request.rights:
            raise UserError("You may not override a gate.", "Ask a clinician.")
        written = event_of(typed, request.person.name, role, read.today(request.clinic), running.state)
        numbers = [
            int(number) if number.isdecimal() else 0 for number in (typed.get("plan", ""), typed.get("seen", ""))
        ]
        write_event(patient=patient, by=request.person, event=written, plan=numbers[0], seen=numbers[1])
    except UserError as wrong:
        status = 409 if isinstance(wrong, WrittenMeanwhileError) else 422
        refused = _Refused(typed.get("form_key", ""), typed, wrong)
        return _page(request, patient, refused=refused, status=status)
    messages.success(request, f"Written: {name.replace('_', ' ')}.")
    return redirect("plan", patient_id=patient.id)


def _page(
    request: Asked,
    patient: Patient,
    *,
    wrong: UserError | None = None,
    refused: _Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    day = read.today(request.clinic)
    context: dict[str, Any] = PAGE | {"patient": patient, "wrong": wrong, "may_plan": Right.PLAN in request.rights}
    try:
        running = plans.running(patient)
        stated = plans.stated_situation(patient, day)
        context |= {"stated_by": stated.by, "stated_at": stated.at, "nothing_stated": stated.situation == Situation()}
        if running is None:
            return render(request, "clinic/plan_none.html", context | {"choices": choices(), "seen": ""}, status=status)
        reader = Reader(acts_as(request), request.rights, request.person.name)
        page = page_of(patient, running, reader, day)
        if refused is not None:
            told = Teller(running.assessment, running.assembled.situation, request.rights)
            problem = UserError(told.plain(refused.problem.what), told.plain(refused.problem.cure))
            page, placed = _with(page, refused._replace(problem=problem))
            context["wrong"] = None if placed else problem
            context["refused"] = problem
        context |= {"page": page, "seen": len(running.history), "plan": running.number, "all_foods": all_foods()}
        if page.final:
            context["choices"] = choices()
    except UserError as unreadable:
        return render(request, "clinic/plan_none.html", context | {"unreadable": unreadable}, status=max(status, 200))
    return render(request, "clinic/plan.html", context, status=status)


def _with(page: PlanPage, refused: _Refused) -> tuple[PlanPage, bool]:
    """The page with the refused form open and filled in as it was sent, and whether that form is still on the page."""
    placed = False

    def put(forms: tuple[Any, ...]) -> tuple[Any, ...]:
        nonlocal placed
        placed = placed or any(form.key == refused.key for form in forms)
        return tuple(
            filled(form, refused.typed, refused.problem) if form.key == refused.key else form for form in forms
        )

    page = page._replace(
        forms=put(page.forms),
        foods=tuple(food._replace(forms=put(food.forms)) for food in page.foods),
        back=tuple(line._replace(form=put((line.form,))[0]) for line in page.back),
        tries=tuple(line._replace(form=put((line.form,))[0] if line.form else None) for line in page.tries),
        held=tuple(line._replace(form=put((line.form,))[0] if line.form else None) for line in page.held),
        steps=tuple(line._replace(problem=put((line.problem,))[0]) for line in page.steps),
    )
    return page, placed
