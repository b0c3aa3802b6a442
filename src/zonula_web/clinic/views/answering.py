"""The page behind a link: a patient fills in one questionnaire on a phone, without an account. It shows nothing of the record."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zonula.chart import Ask, Finding, State
from zonula.errors import UserError
from zonula.questionnaires import Questionnaire, alarms, read_response, shipped
from zonula_web.access.gate import public
from zonula_web.audit.actor import acting
from zonula_web.audit.record import record
from zonula_web.design.questionnaire_form import Json, fields_of, response_from, with_another
from zonula_web.records import read, sheets
from zonula_web.records.actions.answers import answer_link, tell_alarm
from zonula_web.records.read import Patient
from zonula_web.records.sheets import Link

# Per address: a secret cannot be guessed, but nobody shall try. Opening and answering one long form stays far below.
RATES = {"answer": "40/10m/ip", "answer_look": "600/10m/ip"}
View = Callable[..., HttpResponse]


def _limited(action: str) -> Callable[[View], View]:
    def around(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, secret: str) -> HttpResponse:
            usage = ratelimit.consume(request, app="zonula", action=action, config=RATES, limit_get=True)
            if usage is None:
                return render(request, "clinic/answer_over.html", {"standing": "too often"}, status=429)
            found = sheets.link_named(secret)
            if found is None:
                return render(request, "clinic/answer_over.html", {"standing": "unknown"}, status=404)
            link, patient = found
            with acting(f"link:{link.id}"):
                if link.standing != "open":
                    return render(request, "clinic/answer_over.html", {"standing": link.standing}, status=410)
                return view(request, secret, link, patient)

        return limited

    return around


@public
@_limited("answer")
def answer(request: HttpRequest, secret: str, link: Link, patient: Patient) -> HttpResponse:
    """Show the questionnaire; take the answers once."""
    questionnaire = shipped(link.form)
    page: dict[str, Any] = {"questionnaire": questionnaire, "secret": secret, "clinic_name": patient.clinic.name}
    if request.method != "POST":
        record("opened a link", patient=patient.id, table="records_formlink", row=str(link.id))
        return render(request, "clinic/answer.html", page | {"filled": fields_of(questionnaire)})
    response = _posted(request, questionnaire, patient)
    if "another" in request.POST:
        again = fields_of(questionnaire, with_another(response, request.POST["another"]))
        return render(request, "clinic/answer.html", page | {"filled": again})
    filled = fields_of(questionnaire, response, judged=True)
    page["cards"] = cards_of(_raised(questionnaire, response, patient))
    if not filled.problems:
        try:
            raised = answer_link(
                patient=patient, secret=secret, response=response, now=timezone.now(), today=read.today(patient.clinic)
            )
            return render(request, "clinic/answer_thanks.html", {"cards": cards_of(raised)})
        except UserError as wrong:
            page["wrong"] = str(wrong)
    return render(request, "clinic/answer.html", page | {"filled": filled}, status=422)


@public
@_limited("answer_look")
def look(request: HttpRequest, secret: str, link: Link, patient: Patient) -> HttpResponse:
    """While the patient answers: what must be done at once, and which questions do not apply. An alarm is told to the clinic now, not when the form is sent."""
    if request.method != "POST":
        return HttpResponse(status=405)
    questionnaire = shipped(link.form)
    response = _posted(request, questionnaire, patient)
    raised = _raised(questionnaire, response, patient)
    cards = cards_of(raised)
    if cards:
        tell_alarm(patient=patient, raised=tuple(finding for finding in raised if cards_of((finding,))))
    return render(
        request, "clinic/answer_alarms.html", {"cards": cards, "idle": fields_of(questionnaire, response).idle}
    )


def cards_of(raised: tuple[Finding, ...]) -> tuple[Ask, ...]:
    """What alarms ask of the patient at once. Others are for the clinic; on a screen that someone else may read they say nothing."""
    asks = [ask for finding in raised for ask in finding.asks if ask.who == "patient"]
    return tuple({ask.what: ask for ask in asks}.values())


def _raised(questionnaire: Questionnaire, response: Json, patient: Patient) -> tuple[Finding, ...]:
    found = alarms(questionnaire, read_response(msgspec.json.encode(response)), read.today(patient.clinic))
    return tuple(finding for finding in found if finding.state is State.YES)


def _posted(request: HttpRequest, questionnaire: Questionnaire, patient: Patient) -> Json:
    day = read.today(patient.clinic).isoformat()
    return response_from(questionnaire, request.POST, subject=f"Patient/{patient.id}", authored=day, id_="link")
