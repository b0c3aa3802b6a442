"""The patient's first page: what cannot wait, what is to be done and why, where the journey stands; and its tasks."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from zonula import __version__
from zonula.errors import UserError
from zonula.journey import Assessment
from zonula.reports import wording
from zonula.reports.assessment_page import Step, page_of
from zonula.reports.reasons import Reason, Reasons
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.discretion import discreet, may_see
from zonula_web.clinic.views.chart import chart_page
from zonula_web.records import read
from zonula_web.records.actions.tasks import finish_task, open_again, write_task
from zonula_web.records.attention import is_behind, tasks_done, tasks_of
from zonula_web.records.journey_state import BEGUN, DONE, OPEN, StepState, journey_state
from zonula_web.records.read import Patient

TONES = {DONE: "good", BEGUN: "calm", OPEN: "warn"}
FIGURES = 6


class Asks(NamedTuple):
    """A task or a step with what is behind it. what: the task (`records.attention`) or the step (`reports.assessment_page.Step`)."""

    what: Any
    reason: Reason
    grade: str = ""


@gate(Right.SEE_RECORD)
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """What cannot wait, what is to be done, and where the journey stands."""
    facts = len(read.chart(patient).facts)
    empty = not facts and not read.responses(patient)
    # Tasks are notes of the clinic to itself; a patient who reads the own record sees what is asked, not the notes.
    tasks = [task for task in tasks_of(patient) if request.membership and may_see(task.key, request.rights)]
    context: dict[str, Any] = {
        "patient": patient,
        "step": "overview",
        "step_title": "Overview",
        "facts": facts,
        "documents": len(read.import_reports(patient)),
        "empty": empty,
        "tasks": [Asks(task, Reason()) for task in tasks],
        "done": [task for task in tasks_done(patient) if request.membership and may_see(task.key, request.rights)],
        "behind": is_behind(patient),
        "may_finish": Right.PLAN in request.rights,
    }
    assessment = None
    try:
        assessment = read.assessment(patient)
        reasons = Reasons(assessment)
        shown = discreet(page_of(assessment, __version__), assessment, request.rights)
        context |= {"crisis": shown.page.crisis, "hidden_steps": len(assessment.next_steps) - len(shown.page.steps)}
        context["tasks"] = [_of_task(task, assessment, reasons) for task in tasks]
        if not empty:
            context["next"] = _not_among(shown.page.steps, assessment, {task.key for task in tasks}, reasons)
            context["figures"] = chart_page(patient).figures[:FIGURES]
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


def _of_task(task: Any, assessment: Assessment, reasons: Reasons) -> Asks:
    """A task with the facts and rules of its finding; of a task without one, the facts it was written with."""
    finding = assessment.findings.get(task.key)
    if finding is None:
        return Asks(task, reasons.of(task.because))
    return Asks(task, reasons.of_finding(finding), wording.GRADES[finding.grade])


def _not_among(steps: tuple[Step, ...], assessment: Assessment, asked: set[str], reasons: Reasons) -> list[Asks]:
    """The steps that no open task asks for already, each with what is behind it. asked: keys of the open tasks."""
    behind = {step.order: step for step in assessment.next_steps}
    found = []
    for step in steps:
        because = behind[step.order].because
        if asked.intersection(because) and behind[step.order].who != "patient":
            continue
        findings = [assessment.findings[name] for name in because]
        facts = [fact for finding in findings for fact in finding.because]
        cards = [card for finding in findings for card in finding.according_to]
        found.append(Asks(step, reasons.of(facts, cards)))
    return found


def _step(state: StepState, patient: Patient) -> dict[str, str]:
    try:
        address = reverse(state.page, args=[patient.id])
    except NoReverseMatch:
        address = ""
    return state._asdict() | {"address": address, "tone": TONES.get(state.standing, "")}
