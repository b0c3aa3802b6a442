"""The list of patients, a new patient, and the patient's first page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from zonula import __version__
from zonula.errors import UserError
from zonula.journey import Assessment
from zonula.reports.assessment_page import Step, page_of
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.discretion import discreet, may_see
from zonula_web.clinic.views.chart import chart_page
from zonula_web.records import read
from zonula_web.records.actions.patients import change_identity, new_patient
from zonula_web.records.actions.tasks import finish_task, open_again, write_task
from zonula_web.records.attention import ON_A_PAGE, Line, is_behind, tasks_done, tasks_of, worklist
from zonula_web.records.journey_state import BEGUN, DONE, OPEN, StepState, journey_state
from zonula_web.records.matters import KINDS
from zonula_web.records.patients import MOST_FOUND, count_patients, find_patients, twins
from zonula_web.records.read import Patient

IDENTITY = ("name", "born", "sex", "number")
TONES = {DONE: "good", BEGUN: "calm", OPEN: "warn"}
KEPT_BACK = "An answer about mental health needs a clinician."


@gate(Right.FIND_PATIENTS)
def patient_list(request: Asked) -> HttpResponse:
    """Who needs attention today; or the clinic's patients, found by name, birth date or number."""
    wanted = " ".join(request.GET.get("q", "").split())
    everyone = "all" in request.GET
    context: dict[str, Any] = {"wanted": wanted, "everyone": everyone, "total": count_patients(request.clinic)}
    if wanted or everyone:
        context |= {"patients": find_patients(request.clinic, wanted), "most": MOST_FOUND}
    else:
        kind = request.GET.get("kind", "")
        page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
        work = worklist(request.clinic, kind=kind if kind in KINDS else "", page=max(1, min(page, 1000)))
        work = work._replace(lines=tuple(_discreet(line, request) for line in work.lines))
        pages = -(-work.found // ON_A_PAGE)
        context |= {"work": work, "kind": kind, "page": page, "pages": pages, "page_numbers": range(1, pages + 1)}
    return render(request, "clinic/patients.html", context)


@gate(Right.IMPORT_RECORDS)
def new(request: Asked) -> HttpResponse:
    """Make a patient."""
    context: dict[str, Any] = {"heading": "New patient", "does": "Make the patient", "back": reverse("patients")}
    if request.method == "POST":
        fields = {name: request.POST.get(name, "") for name in IDENTITY}
        there = () if "anyway" in request.POST else twins(request.clinic, fields["name"], fields["born"].strip())
        if there:
            return render(request, "clinic/patient_new.html", context | {"fields": fields, "twins": there}, status=422)
        try:
            patient = new_patient(clinic=request.clinic, today=read.today(request.clinic), **fields)
        except UserError as wrong:
            return render(
                request, "clinic/patient_new.html", context | {"fields": fields, "problem": wrong}, status=422
            )
        messages.success(request, "The patient is made. Import the records next.")
        return redirect("documents", patient_id=patient.id)
    return render(request, "clinic/patient_new.html", context | {"fields": {"sex": "unknown"}})


@gate(Right.CORRECT_RECORD)
def identity(request: Asked, patient: Patient) -> HttpResponse:
    """Correct who the patient is."""
    back = reverse("patient", args=[patient.id])
    context = {"heading": f"Correct who {patient.name} is", "does": "Correct", "back": back, "patient": patient}
    fields = {name: getattr(patient, name) for name in IDENTITY}
    if request.method == "POST":
        fields = {name: request.POST.get(name, "") for name in IDENTITY}
        try:
            change_identity(patient=patient, today=read.today(request.clinic), **fields)
        except UserError as wrong:
            return render(
                request, "clinic/patient_new.html", context | {"fields": fields, "problem": wrong}, status=422
            )
        messages.success(request, "Corrected.")
        return redirect("patient", patient_id=patient.id)
    return render(request, "clinic/patient_new.html", context | {"fields": fields})


@gate(Right.SEE_RECORD)
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """The patient's first page: what cannot wait, where the journey stands and what is to be done."""
    context: dict[str, Any] = {
        "patient": patient,
        "step": "overview",
        "step_title": "Overview",
        "facts": len(read.chart(patient).facts),
        "documents": len(read.import_reports(patient)),
        # Tasks are notes of the clinic to itself; a patient who reads the own record sees what is asked, not the notes.
        "tasks": [task for task in tasks_of(patient) if request.membership and may_see(task.key, request.rights)],
        "done": [task for task in tasks_done(patient) if request.membership and may_see(task.key, request.rights)],
        "behind": is_behind(patient),
        "may_finish": Right.PLAN in request.rights,
    }
    context["empty"] = not context["facts"] and not read.responses(patient)
    assessment = None
    try:
        assessment = read.assessment(patient)
        shown = discreet(page_of(assessment, __version__), assessment, request.rights)
        context |= {"crisis": shown.page.crisis, "hidden_steps": len(assessment.next_steps) - len(shown.page.steps)}
        context["next"] = (
            ()
            if context["empty"]
            else _not_among(shown.page.steps, assessment, {task.key for task in context["tasks"]})
        )
        context["figures"] = () if context["empty"] else chart_page(patient).figures[:6]
    except UserError as wrong:
        context["problem"] = f"No assessment can be made. {wrong}"
    context["journey"] = [_step(state, patient) for state in journey_state(patient, assessment)]
    return render(request, "clinic/overview.html", context)


@require_POST
@gate(Right.PLAN)
def task_new(request: Asked, patient: Patient) -> HttpResponse:
    """Add a task."""
    try:
        write_task(
            patient=patient, by=request.person, what=request.POST.get("what", ""), due=request.POST.get("due", "")
        )
        messages.success(request, "It stands among the tasks now.")
    except UserError as wrong:
        messages.error(request, str(wrong))
    return redirect("patient", patient_id=patient.id)


@require_POST
@gate(Right.PLAN)
def task_done(request: Asked, patient: Patient, task_id: int) -> HttpResponse:
    """A task was dealt with."""
    note = request.POST.get("note", "")
    try:
        if not note.strip():
            raise UserError("What was done?", "Write a short note; the next person reads it.")
        finish_task(patient=patient, by=request.person, task_id=task_id, note=note)
        messages.success(request, "Done. It can be opened again below.")
    except UserError as wrong:
        messages.error(request, str(wrong))
    return redirect("patient", patient_id=patient.id)


@require_POST
@gate(Right.PLAN)
def task_again(request: Asked, patient: Patient, task_id: int) -> HttpResponse:
    """A task was not dealt with after all."""
    try:
        open_again(patient=patient, task_id=task_id)
    except UserError as wrong:
        messages.error(request, str(wrong))
    return redirect("patient", patient_id=patient.id)


def _not_among(steps: tuple[Step, ...], assessment: Assessment, asked: set[str]) -> tuple[Step, ...]:
    """The steps that no open task asks for already. asked: keys of the open tasks."""
    known = {step.order for step in assessment.next_steps if asked.intersection(step.because) and step.who != "patient"}
    return tuple(step for step in steps if step.order not in known)


def _step(state: StepState, patient: Patient) -> dict[str, str]:
    try:
        address = reverse(state.page, args=[patient.id])
    except NoReverseMatch:
        address = ""
    return state._asdict() | {"address": address, "tone": TONES.get(state.standing, "")}


def _discreet(line: Line, request: Asked) -> Line:
    """The urgency of a reason is shown to everyone, its words to those who may see them."""
    reasons = tuple(
        reason if may_see(reason.key, request.rights) else reason._replace(why=KEPT_BACK, what="")
        for reason in line.reasons
    )
    return line._replace(reasons=reasons)
