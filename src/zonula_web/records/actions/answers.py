"""Filled questionnaires: kept, withdrawn, asked for by a link. An answer that raises an alarm makes a task in the same transaction."""

import json
import secrets
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from zonula.chart import Finding, Level, State
from zonula.errors import UserError
from zonula.questionnaires import alarms, instrument_named, read_response, shipped, validate
from zonula_web.access.models import Person
from zonula_web.records.actions.asking import Wanted, ask_of
from zonula_web.records.actions.changing import changing
from zonula_web.records.consent import agreed
from zonula_web.records.matters import ANSWERS, BY_HAND
from zonula_web.records.models import Answers, FormLink, Patient
from zonula_web.records.sheets import MENTAL_HEALTH, digest

LONGEST_LINK = 90
LONGEST_REASON = 300
SECRET_BYTES = 24


def save_answers(
    *, patient: Patient, by: Person | None, form: str, response: dict[str, Any], today: date
) -> tuple[Finding, ...]:
    """Keep one filled questionnaire. Returns the alarms its answers raised, most urgent first; each has made its tasks.

    Raises UserError when an answer cannot be read, when the date cannot be right, or when consent is missing.
    """
    with changing(patient) as locked:
        return _keep(locked, by, form, response, today)


def withdraw_answers(*, patient: Patient, sheet_id: int, because: str) -> None:
    """Take an answer sheet out of every judgement; it stays in the history with the reason."""
    if not because.strip():
        raise UserError("Why are the answers withdrawn?", "Write a short reason; it stays in the history.")
    with changing(patient) as locked:
        row = Answers.objects.filter(patient=locked, pk=sheet_id).first()
        if row is None or row.withdrawn_because:
            raise UserError("These answers are withdrawn already, or are not of this patient.")
        row.withdrawn_because = because.strip()[:LONGEST_REASON]
        row.save(update_fields=["withdrawn_because"])


def make_link(*, patient: Patient, by: Person, form: str, days: int) -> str:
    """A secret that lets whoever holds it fill in one questionnaire, once, within these days. Only its hash is kept.

    Raises UserError for a questionnaire whose wording is not ours to show, or without the consent it needs.
    """
    if instrument_named(form).offered != "items":
        raise UserError("The wording of this questionnaire may not be shown.", "Enter the answers from its paper form.")
    if not 1 <= days <= LONGEST_LINK:
        raise UserError(f"A link holds for 1 to {LONGEST_LINK} days.")
    _agreed(patient, form)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with changing(patient) as locked:
        FormLink.objects.create(
            patient=locked,
            by=by,
            form=form,
            secret_hash=digest(secret),
            expires_at=timezone.now() + timedelta(days=days),
        )
    return secret


def close_link(*, patient: Patient, link_id: int) -> None:
    """End a link now."""
    with changing(patient) as locked:
        FormLink.objects.filter(patient=locked, pk=link_id, used_at=None).update(expires_at=timezone.now())


def answer_link(
    *, patient: Patient, secret: str, response: dict[str, Any], now: datetime, today: date
) -> tuple[Finding, ...]:
    """Keep the answers that came by a link and use the link up. Raises UserError when it was used meanwhile or is over."""
    with changing(patient) as locked:
        link = FormLink.objects.filter(patient=locked, secret_hash=digest(secret)).first()
        if link is None or link.used_at or link.expires_at <= now:
            raise UserError("This link was used already or is over.", "Ask your clinic for a new one.")
        link.used_at = now
        link.save(update_fields=["used_at"])
        return _keep(locked, None, link.form, response, today)


def tell_alarm(*, patient: Patient, raised: Iterable[Finding]) -> None:
    """Make the tasks of alarms in a form that is not sent yet, so that the clinic learns of them even if it never is.

    They are kept apart from those of sent forms: nothing in the record can settle them, a person has to.
    """
    with changing(patient) as locked:
        for finding in raised:
            wanted = _wanted(finding)
            why = f"{wanted.why} It was answered so in a form that was not sent yet."
            ask_of(locked, wanted._replace(key=f"{wanted.key}.unsent", kind=BY_HAND, why=why, because=()))


def _keep(locked: Patient, by: Person | None, form: str, response: dict[str, Any], today: date) -> tuple[Finding, ...]:
    questionnaire = shipped(form)
    _agreed(locked, form)
    written = {**response, "id": uuid.uuid4().hex, "subject": {"reference": f"Patient/{locked.id}"}}
    read = read_response(json.dumps(written).encode())
    if not read.item:
        raise UserError("Nothing was answered.", "Answer at least one question.")
    serious = [str(problem) for problem in validate(questionnaire, read) if problem.serious]
    if serious:
        raise UserError("; ".join(serious[:3]))
    day = read.day
    if day is None or day > today or (locked.born and day.isoformat()[: len(locked.born)] < locked.born):
        raise UserError("The day on which it was filled in cannot be right.", "Write the day as YYYY-MM-DD.")
    Answers.objects.create(patient=locked, by=by, form=form, day=day, response=written)
    raised = tuple(finding for finding in alarms(questionnaire, read, today) if finding.state is State.YES)
    _tasks(locked, raised)
    return raised


def _tasks(locked: Patient, raised: Iterable[Finding]) -> None:
    for finding in raised:
        if finding.level not in (None, Level.CLINICIAN):  # the assessment shows those; a task must not wait for it
            ask_of(locked, _wanted(finding))


def _wanted(finding: Finding) -> Wanted:
    """What an alarm asks of the clinic; what it asks of the patient is on the patient's screen."""
    asked = [ask for ask in finding.asks if ask.who != "patient"] or list(finding.asks)
    return Wanted(
        key=finding.id,
        level=finding.level.value if finding.level else "",
        what=" ".join(dict.fromkeys(ask.what for ask in asked)),
        why=finding.says,
        kind=ANSWERS,
        due=min((ask.by for ask in asked if ask.by), default=None),
        because=finding.because,
    )


def _agreed(patient: Patient, form: str) -> None:
    if form in MENTAL_HEALTH and not agreed(patient, "mental_health"):
        raise UserError(
            "The patient has not agreed that answers on mental health are kept.",
            "Write down the consent first, on the page Consent.",
        )
