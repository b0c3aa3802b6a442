"""Papers and exports. Each download is written into the log; the names of the files say nothing about anyone's health."""

from typing import Any, cast

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zonula import __version__
from zonula.chart import Grade
from zonula.errors import UserError
from zonula.reports import assessment_page, review_page
from zonula.reports.assessment_paper import assessment_paper
from zonula.reports.paper import Person, paper_pdf
from zonula.reports.passport import NOTHING, card_pdf, holds, passport_pdf
from zonula.reports.plan_paper import plan_paper
from zonula.reports.review_pdf import review_pdf
from zonula.reports.typeset import Summary
from zonula.treatment_protocols import limits
from zonula.treatment_protocols import today as plan_today
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.audit.record import record
from zonula_web.clinic.discretion import discreet
from zonula_web.clinic.plan_foods import food_name
from zonula_web.records import export, read
from zonula_web.records import plan as plans
from zonula_web.records.passport import passport as passport_of
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "print", "step_title": "Print and export"}
PDF = "application/pdf"


@gate(Right.SEE_RECORD)
@require_GET
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """What can be printed and taken away."""
    return _page(request, patient)


@gate(Right.EXPORT)
@require_GET
def summary(request: Asked, patient: Patient) -> HttpResponse:
    """The physician's one-page summary."""
    try:
        made = review_pdf(review_page.page_of(read.chart_review(patient), __version__))
    except UserError as wrong:
        return _page(request, patient, wrong=wrong)
    return _pdf(patient, made, "summary")


@gate(Right.SEE_RECORD)
@require_GET
def assessment(request: Asked, patient: Patient) -> HttpResponse:
    """The assessment, as the person asking may see it."""
    try:
        assessed = read.assessment(patient)
    except UserError as wrong:
        return _page(request, patient, wrong=wrong)
    shown = discreet(assessment_page.page_of(assessed, __version__), assessed, request.rights)
    paper = assessment_paper(shown.page, _person(patient), request.clinic.name, shown.kept_back)
    return _pdf(patient, paper_pdf(paper), "assessment")


@gate(Right.SEE_RECORD)
@require_GET
def plan(request: Asked, patient: Patient) -> HttpResponse:
    """The patient's plan in plain words."""
    try:
        running = plans.running(patient)
        if running is None:
            raise UserError("No plan runs.", "Start one on the page of the plan.")
        day, shelf = read.today(request.clinic), read.knowledge()
        now = plan_today(running.plan, running.assembled.situation, day, shelf)
        card = shelf.card(f"treatment_protocols/protocols/{running.plan.protocol.id}")
        paper = plan_paper(
            running.plan,
            running.state,
            now,
            person=_person(patient),
            clinic=request.clinic.name,
            version=__version__,
            hypothesis=card.grade is Grade.CLINIC_HYPOTHESIS,
            limit_days=limits(shelf).strict_days,
            named=food_name,
        )
    except UserError as wrong:
        return _page(request, patient, wrong=wrong)
    return _pdf(patient, paper_pdf(paper), "plan")


@gate(Right.SEE_RECORD)
@require_GET
def passport(request: Asked, patient: Patient) -> HttpResponse:
    """The food passport."""
    made = passport_pdf(passport_of(patient), _person(patient), request.clinic.name, __version__)
    return _pdf(patient, made, "passport")


@gate(Right.SEE_RECORD)
@require_GET
def card(request: Asked, patient: Patient) -> HttpResponse:
    """The passport as a card for a wallet."""
    return _pdf(patient, card_pdf(passport_of(patient), _person(patient), __version__), "card")


@gate(Right.EXPORT)
@require_GET
def fhir(request: Asked, patient: Patient) -> HttpResponse:
    """The record as FHIR."""
    return _file(patient, export.fhir_bundle(patient), "application/fhir+json", "record", "fhir.json")


@gate(Right.EXPORT)
@require_GET
def table(request: Asked, patient: Patient) -> HttpResponse:
    """The facts as a table."""
    return _file(patient, export.csv_table(patient), "text/csv; charset=utf-8", "facts", "csv")


@gate(Right.EXPORT)
@require_GET
def everything(request: Asked, patient: Patient) -> HttpResponse:
    """All of it in one zip."""
    record("exported", patient=patient.id, detail="everything")
    packed, name = export.everything(patient), _name(patient, "everything", "zip")
    answer = FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")
    return cast("HttpResponse", answer)  # streamed; the gate hands it on untouched


def _page(request: Asked, patient: Patient, wrong: UserError | None = None) -> HttpResponse:
    found = passport_of(patient)
    context = PAGE | {
        "patient": patient,
        "wrong": wrong,
        "passport": found,
        "tests": [(one, one.result.value.replace("_", " "), holds(one, found.as_of)) for one in found.tests],
        "nothing": NOTHING,
        "plan_runs": read.plan_row(patient) is not None,
        "may_export": Right.EXPORT in request.rights,
    }
    return render(request, "clinic/print.html", context, status=422 if wrong else 200)


def _person(patient: Patient) -> Person:
    return Person(patient.name, patient.born, patient.number or str(patient.id)[:8])


def _pdf(patient: Patient, made: Summary, what: str) -> HttpResponse:
    return _file(patient, made.pdf, PDF, what, "pdf")


def _file(patient: Patient, content: bytes, kind: str, what: str, ending: str) -> HttpResponse:
    record("exported", patient=patient.id, detail=f"{what} as {ending}")
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{_name(patient, what, ending)}"'},
    )


def _name(patient: Patient, what: str, ending: str) -> str:
    """Neither who nor what they have: the beginning of the record's id, and the day."""
    return f"zonula-{str(patient.id)[:8]}-{what}-{read.today(patient.clinic)}.{ending}"
