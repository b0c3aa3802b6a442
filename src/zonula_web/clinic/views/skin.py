"""Step 4: the skin test. What it shows, validity first; and the grid in which a session is typed."""

import json
import secrets
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zonula.chart import Kind, Status
from zonula.errors import UserError
from zonula.skin_prick_tests import SkinTest, judge, parse_session
from zonula.skin_prick_tests import read as read_session
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.said import statements
from zonula_web.clinic.skin_entry import Entered, entered, kept, label_of, typed_of
from zonula_web.clinic.skin_grid import grid_of
from zonula_web.clinic.skin_result import result_of
from zonula_web.records import read, skin
from zonula_web.records.actions.skin import (
    FinishedMeanwhileError,
    TypedElsewhereError,
    Window,
    discard_draft,
    finish_session,
    nothing_typed,
    save_draft,
    state_eating,
    withdraw_session,
)
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "skin", "step_title": "Skin test"}
LONGEST_TAB = 32
_ASKED = {"yes", "no", "unknown"}


@gate(Right.SEE_RECORD)
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """The newest session that counts, and the others."""
    sessions = read.skin_sessions(patient)
    context = _context(patient) | {"result": result_of(sessions, len(sessions) - 1) if sessions else None}
    return render(request, "clinic/skin.html", PAGE | context)


@gate(Right.SEE_RECORD)
def of_day(request: Asked, patient: Patient, day: str) -> HttpResponse:
    """The session of one day."""
    return render(request, "clinic/skin.html", PAGE | _day_page(patient, _day(day)))


@gate(Right.ENTER_SKIN_TEST)
def session(request: Asked, patient: Patient) -> HttpResponse:
    """The grid: shown with what was typed so far; posted to be kept, or to be finished."""
    typed = _typed(request, patient)
    if request.method != "POST":
        draft = skin.draft(patient)
        window = Window(secrets.token_hex(8), draft.saved if draft else 0, skin.newest_finished(patient))
        return _grid_page(request, patient, typed, window, Entered({}, {}))
    window = _window(request)
    found = entered(typed, patient, read.panel())
    today = read.today(request.clinic)
    try:
        save_draft(patient=patient, by=request.person, typed=typed, window=window, today=today)
        if "finish" not in request.POST:
            if not found.problems:
                messages.success(request, "Kept. The session is not finished yet.")
                return redirect("skin_session", patient_id=patient.id)
        elif not found.problems:
            corrects = date.fromisoformat(typed["corrects"]) if typed.get("corrects") else None
            done = finish_session(
                patient=patient, by=request.person, session=found.session, today=today, corrects=corrects
            )
            return redirect("skin_day", patient_id=patient.id, day=done.day.isoformat())
    except FinishedMeanwhileError as wrong:
        messages.info(request, str(wrong))
        return redirect("skin", patient_id=patient.id)
    except UserError as wrong:
        return _grid_page(request, patient, typed, window, found, wrong)
    return _grid_page(request, patient, typed, window, found, status=422)


@require_POST
@gate(Right.ENTER_SKIN_TEST)
def check(request: Asked, patient: Patient) -> HttpResponse:
    """While the grid is typed: keep what is there, and say whether the session could be read as it stands."""
    typed = _typed(request, patient)
    found = entered(typed, patient, read.panel())
    context: dict[str, Any] = {"problems": _named(found)}
    try:
        save_draft(
            patient=patient, by=request.person, typed=typed, window=_window(request), today=read.today(request.clinic)
        )
        context |= {"saved_at": read.now(request.clinic), "so_far": _so_far(found)}
    except (TypedElsewhereError, FinishedMeanwhileError) as wrong:
        context["elsewhere"] = wrong
    except UserError as wrong:
        context["wrong"] = wrong
    return render(request, "clinic/skin_check.html", context)


@require_POST
@gate(Right.ENTER_SKIN_TEST)
def discard(request: Asked, patient: Patient) -> HttpResponse:
    """Throw the unfinished session away."""
    discard_draft(patient=patient)
    messages.success(request, "The unfinished session is thrown away.")
    return redirect("skin", patient_id=patient.id)


@require_POST
@gate(Right.ENTER_SKIN_TEST)
def correct(request: Asked, patient: Patient, day: str) -> HttpResponse:
    """Open a finished session in the grid again; finishing makes a new revision."""
    found = next((one for one in read.skin_sessions(patient) if one.day == _day(day)), None)
    if found is None:
        raise Http404
    try:
        nothing_typed(patient)
        save_draft(
            patient=patient,
            by=request.person,
            typed=typed_of(found),
            window=Window("", 0, skin.newest_finished(patient)),
            today=read.today(request.clinic),
        )
    except UserError as wrong:
        messages.error(request, str(wrong))
        return redirect("skin_day", patient_id=patient.id, day=day)
    return redirect("skin_session", patient_id=patient.id)


@require_POST
@gate(Right.ENTER_SKIN_TEST)
def eating(request: Asked, patient: Patient, day: str) -> HttpResponse:
    """What is known of eating the foods that raised a wheal."""
    tested = _day(day)
    stated: dict[str, dict[str, str]] = {}
    for food in read.panel().labels:
        tolerated, last = request.POST.get(f"tolerated.{food}", ""), request.POST.get(f"last.{food}", "").strip()
        if tolerated in _ASKED or last:
            stated[food] = ({"tolerated": tolerated} if tolerated in _ASKED else {}) | (
                {"last_eaten": last} if last else {}
            )
    try:
        state_eating(patient=patient, by=request.person, day=tested, eating=stated)
    except UserError as wrong:
        page = _day_page(patient, tested) | {"eating_wrong": wrong, "eating_typed": request.POST}
        return render(request, "clinic/skin.html", PAGE | page, status=422)
    messages.success(request, "Written down.")
    return redirect("skin_day", patient_id=patient.id, day=day)


@require_POST
@gate(Right.CORRECT_RECORD)
def withdraw(request: Asked, patient: Patient, day: str) -> HttpResponse:
    """Take a session out of every judgement, with the reason."""
    tested = _day(day)
    try:
        withdraw_session(
            patient=patient, by=request.person, day=tested, because=request.POST.get("because", "").replace("\0", "")
        )
    except UserError as wrong:
        return render(request, "clinic/skin.html", PAGE | _day_page(patient, tested) | {"wrong": wrong}, status=422)
    messages.success(request, "The session is withdrawn. It stays in the history, with the reason, and counts no more.")
    return redirect("skin", patient_id=patient.id)


def _context(patient: Patient) -> dict[str, Any]:
    return {"patient": patient, "finished": skin.finished(patient), "draft": skin.draft(patient)}


def _day_page(patient: Patient, day: date) -> dict[str, Any]:
    sessions = read.skin_sessions(patient)
    place = next((number for number, one in enumerate(sessions) if one.day == day), None)
    if place is None:
        raise Http404
    return _context(patient) | {"result": result_of(sessions, place)}


def _typed(request: Asked, patient: Patient) -> dict[str, str]:
    """What the form holds: what is posted, or what was typed before, or an empty grid of today by this person."""
    if request.method == "POST":
        return kept(request.POST.dict(), read.panel())
    draft = skin.draft(patient)
    if draft is not None:
        return draft.typed
    return {"day": read.today(request.clinic).isoformat(), "operator": request.person.name}


def _grid_page(
    request: Asked,
    patient: Patient,
    typed: dict[str, str],
    window: Window,
    found: Entered,
    wrong: UserError | None = None,
    status: int = 200,
) -> HttpResponse:
    taken = [
        fact.text
        for fact in read.chart(patient).of_kind(Kind.MEDICATION)
        if fact.asserted and fact.status is not Status.RESOLVED and fact.text
    ]
    context = {
        "patient": patient,
        "grid": grid_of(typed, read.panel(), found.problems),
        "window": window,
        "wrong": wrong,
        "problems": _named(found),
        "medicines": sorted(set(taken)),
        "so_far": _so_far(entered(typed, patient, read.panel())),
    }
    return render(request, "clinic/skin_session.html", PAGE | context, status=422 if wrong else status)


def _named(found: Entered) -> list[tuple[str, str, str]]:
    """Each problem with the id of its field and the field's name."""
    return [
        (name, label_of(name.partition(".")[2], read.panel()) if name[:2] in ("w1", "w2") else "", what)
        for name, what in found.problems.items()
    ]


def _so_far(found: Entered) -> dict[str, Any] | None:
    """Validity and counts of what can be read so far; None while nothing can."""
    if "day" in found.problems or not found.session["pricks"]:
        return None
    try:
        typed = parse_session(json.dumps(found.session), "the session", read.panel())
    except UserError as wrong:
        return {"wrong": wrong}
    test: SkinTest = read_session(typed, read.knowledge(), read.panel())
    validity = judge(typed, read.knowledge())
    return {
        "validity": validity,
        "cautions": statements(validity.cautions),
        "foods": len(typed.foods),
        "count": test.count,
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _window(request: Asked) -> Window:
    """The window that sends the form; what is not a name or a number of ours counts as none."""
    tab = request.POST.get("tab", "")
    known = tab.isascii() and tab.isalnum() and len(tab) <= LONGEST_TAB
    return Window(tab if known else "", _whole(request.POST.get("opened", "")), _whole(request.POST.get("newest", "")))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
