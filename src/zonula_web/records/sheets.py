"""Answer sheets and the links they come by, as pages show them."""

import hashlib
import json
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from zonula.errors import UserError
from zonula.questionnaires import Questionnaire, Response, Score, form_of, read_response, score
from zonula_web.records.models import Answers, FormLink, Patient

# Questionnaires whose answers are seen only with the right to see answers on mental health, and kept only with consent.
MENTAL_HEALTH = frozenset({"phq-9", "gad-7"})


class Sheet(NamedTuple):
    """One filled questionnaire. score: None when it cannot be scored, for the reason in `unscored`."""

    id: int
    form: str
    day: date
    by: str
    at: datetime
    withdrawn_because: str
    questionnaire: Questionnaire
    response: Response
    score: Score | None
    unscored: str


class Link(NamedTuple):
    """A link that was handed out. standing: `open`, `used` or `over`."""

    id: int
    form: str
    by: str
    at: datetime
    expires_at: datetime
    used_at: datetime | None
    standing: str


def sheets(patient: Patient, day: date) -> tuple[Sheet, ...]:
    """Every filled questionnaire, withdrawn ones included, oldest first. day: today."""
    rows = Answers.objects.filter(patient=patient).select_related("by").order_by("day", "id")
    return tuple(_sheet(row, day) for row in rows)


def sheet(patient: Patient, sheet_id: int, day: date) -> Sheet | None:
    """One filled questionnaire of this patient."""
    row = Answers.objects.filter(patient=patient, pk=sheet_id).select_related("by").first()
    return None if row is None else _sheet(row, day)


def links(patient: Patient) -> tuple[Link, ...]:
    """Every link made for this patient, newest first."""
    rows = FormLink.objects.filter(patient=patient).select_related("by").order_by("-id")
    return tuple(_link(row) for row in rows)


def digest(secret: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_named(secret: str) -> tuple[Link, Patient] | None:
    """The link of this secret with its patient, or None when there is none."""
    row = FormLink.objects.filter(secret_hash=digest(secret)).select_related("by", "patient__clinic").first()
    return None if row is None else (_link(row), row.patient)


def _link(row: FormLink) -> Link:
    over = row.expires_at <= timezone.now() or row.patient.merged_into_id is not None
    standing = "used" if row.used_at else "over" if over else "open"
    return Link(
        row.pk, row.form, str(row.by.name) if row.by else "", row.at, row.expires_at, row.used_at, standing
    )  # fmt: skip


def _sheet(row: Answers, day: date) -> Sheet:
    response = read_response(json.dumps(row.response).encode())
    questionnaire = form_of(response, "the answers")
    scored, unscored = None, ""
    try:
        scored = score(questionnaire, response, day)
    except UserError as wrong:
        unscored = str(wrong)
    by = row.by.name if row.by else "the patient, by a link"
    return Sheet(
        row.pk, row.form, row.day, by, row.at, row.withdrawn_because, questionnaire, response, scored, unscored
    )  # fmt: skip
