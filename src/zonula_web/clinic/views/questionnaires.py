"""Step 2: which questionnaires were answered, filling one in, handing out a link, the course of the scores."""

from typing import Any

import msgspec
import segno
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from zonula.chart import State
from zonula.errors import UserError
from zonula.questionnaires import Questionnaire, alarms, answers_as_facts, instruments, read_response, shipped
from zonula.questionnaires.as_facts import NOT_ANSWERED
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.courses import Course, course_of
from zonula_web.clinic.mail import can_mail, check_address, send_link
from zonula_web.design.questionnaire_form import Json, fields_of, response_from, with_another
from zonula_web.records import read, sheets
from zonula_web.records.actions.answers import close_link, make_link, save_answers, withdraw_answers
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "questionnaires", "step_title": "Questionnaires"}
LINKS_SHOWN = 20
DAYS = (3, 7, 14, 30)
FIRST = ("safety-screen", "symptom-domains")  # asked of everyone, before any other


@gate(Right.SEE_RECORD)
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """Every questionnaire with its last answers, and the links that are out."""
    today = read.today(request.clinic)
    filled = sheets.sheets(patient, today)
    allowed = [form for form, one in instruments().items() if one.offered != "no" and _may_see(request, form)]
    allowed.sort(key=lambda form: FIRST.index(form) if form in FIRST else len(FIRST))
    courses = [course_of(form, [sheet for sheet in filled if sheet.form == form]) for form in allowed]
    names = {course.form: course.title for course in courses}
    context = {
        "patient": patient,
        "answered": [course for course in courses if course.sheets],
        "ours": [course for course in courses if not course.sheets and course.may_show],
        "licensed": [course for course in courses if not course.sheets and not course.may_show],
        "links": [(link, names[link.form]) for link in sheets.links(patient) if link.form in allowed][:LINKS_SHOWN],
        "kept_back": len(sheets.MENTAL_HEALTH - set(allowed)),
    }
    return render(request, "clinic/questionnaires.html", PAGE | context)


@gate(Right.SEE_RECORD)
def course(request: Asked, patient: Patient, form: str) -> HttpResponse:
    """One questionnaire: its scores over time, its sheets, and ways to have it answered again."""
    return render(request, "clinic/questionnaire.html", PAGE | _course_page(request, patient, form))


@gate(Right.ENTER_ANSWERS)
def fill(request: Asked, patient: Patient, form: str) -> HttpResponse:
    """Fill in a questionnaire in the clinic, or enter a paper sheet."""
    questionnaire = _form(request, form)
    today = read.today(request.clinic)
    context = PAGE | {"patient": patient, "form": form, "questionnaire": questionnaire, "day": today.isoformat()}
    if request.method != "POST":
        return render(request, "clinic/questionnaire_fill.html", context | {"filled": fields_of(questionnaire)})
    context["day"] = request.POST.get("authored", "").strip()
    response = _posted(request, questionnaire, patient)
    if "another" in request.POST:
        again = fields_of(questionnaire, with_another(response, request.POST["another"]))
        return render(request, "clinic/questionnaire_fill.html", context | {"filled": again})
    filled = fields_of(questionnaire, response, judged=True)
    try:
        if not filled.problems:
            raised = save_answers(patient=patient, by=request.person, form=form, response=response, today=today)
            if raised:
                messages.error(request, f"Act on this now: {raised[0].says}")
            else:
                messages.success(request, "The answers are kept.")
            return redirect("questionnaire", patient_id=patient.id, form=form)
    except UserError as wrong:
        context["wrong"] = str(wrong)
    return render(request, "clinic/questionnaire_fill.html", context | {"filled": filled}, status=422)


@require_POST
@gate(Right.ENTER_ANSWERS)
def look(request: Asked, patient: Patient, form: str) -> HttpResponse:
    """While a form is being filled in: the alarms its answers raise so far, and which questions do not apply."""
    questionnaire = _form(request, form)
    response = _posted(request, questionnaire, patient)
    found = alarms(questionnaire, read_response(msgspec.json.encode(response)), read.today(request.clinic))
    context = {
        "alarms": [finding for finding in found if finding.state is State.YES],
        "idle": fields_of(questionnaire, response).idle,
    }
    return render(request, "clinic/questionnaire_alarms.html", context)


@require_POST
@gate(Right.ENTER_ANSWERS)
def link(request: Asked, patient: Patient, form: str) -> HttpResponse:
    """Make a link and show it, once. The answer is the page itself and no redirect: the secret is kept nowhere, so no later page could show it."""
    _form(request, form)
    email = request.POST.get("email", "").strip()
    days = request.POST.get("days", "")
    try:
        if email:
            check_address(email)
        length = int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0
        secret = make_link(patient=patient, by=request.person, form=form, days=length)
    except UserError as wrong:
        page = _course_page(request, patient, form) | {"link_wrong": str(wrong), "email": email}
        return render(request, "clinic/questionnaire.html", PAGE | page, status=422)
    address = request.build_absolute_uri(reverse("answer", args=[secret]))
    made = {
        "patient": patient,
        "form": form,
        "days": days,
        "address": address,
        "qr": segno.make(address, error="m").svg_inline(omitsize=True),
        "email": email,
        "mailed": bool(email) and send_link(email, address, request.clinic.name, length),
    }
    return render(request, "clinic/questionnaire_link.html", PAGE | made)


@require_POST
@gate(Right.ENTER_ANSWERS)
def end_link(request: Asked, patient: Patient, link_id: int) -> HttpResponse:
    """End a link that is out."""
    close_link(patient=patient, link_id=link_id)
    messages.success(request, "The link is ended; it opens nothing any more.")
    return redirect("questionnaires", patient_id=patient.id)


@gate(Right.SEE_RECORD)
def sheet(request: Asked, patient: Patient, sheet_id: int) -> HttpResponse:
    """One filled questionnaire, question by question."""
    return render(request, "clinic/questionnaire_sheet.html", PAGE | _sheet_page(request, patient, sheet_id))


@require_POST
@gate(Right.CORRECT_RECORD)
def withdraw(request: Asked, patient: Patient, sheet_id: int) -> HttpResponse:
    """Withdraw a sheet, with the reason."""
    page = _sheet_page(request, patient, sheet_id)
    because = request.POST.get("because", "").replace("\0", "")
    try:
        withdraw_answers(patient=patient, sheet_id=sheet_id, because=because)
    except UserError as wrong:
        return render(
            request,
            "clinic/questionnaire_sheet.html",
            PAGE | page | {"wrong": str(wrong), "because": because},
            status=422,
        )
    messages.success(request, "The answers are withdrawn. They stay here, with the reason, and count no more.")
    return redirect("questionnaire_sheet", patient_id=patient.id, sheet_id=sheet_id)


def _may_see(request: Asked, form: str) -> bool:
    return form not in sheets.MENTAL_HEALTH or Right.SEE_MENTAL_HEALTH in request.rights


def _form(request: Asked, form: str) -> Questionnaire:
    """The questionnaire of that name, when it exists and may be seen; otherwise the page does not exist."""
    known = instruments().get(form)
    if known is None or known.offered == "no" or not _may_see(request, form):
        raise Http404
    return shipped(form)


def _posted(request: Asked, questionnaire: Questionnaire, patient: Patient) -> Json:
    day = request.POST.get("authored", "").strip()
    return response_from(questionnaire, request.POST, subject=f"Patient/{patient.id}", authored=day, id_="entered")


def _course_page(request: Asked, patient: Patient, form: str) -> dict[str, Any]:
    _form(request, form)
    filled = [one for one in sheets.sheets(patient, read.today(request.clinic)) if one.form == form]
    shown: Course = course_of(form, filled)
    return {"patient": patient, "course": shown, "days": DAYS, "can_mail": can_mail()}


def _sheet_page(request: Asked, patient: Patient, sheet_id: int) -> dict[str, Any]:
    found = sheets.sheet(patient, sheet_id, read.today(request.clinic))
    if found is None or not _may_see(request, found.form):
        raise Http404
    shown = course_of(found.form, [found])
    lines = [
        {"question": fact.text, "answer": fact.value_text, "answered": fact.value_text != NOT_ANSWERED}
        for fact in answers_as_facts(found.questionnaire, found.response)
    ]
    return {"patient": patient, "sheet": found, "course": shown, "title": shown.title, "lines": lines}
