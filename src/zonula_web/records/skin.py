"""Skin test sessions as pages show them: the one being typed, and the finished ones with their revisions."""

from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from zonula_web.records.models import Patient, SkinSession


class Draft(NamedTuple):
    """The session that is being typed. typed: the form's fields. saved: how many times it was saved. tab: the window that saved it last."""

    id: int
    typed: dict[str, str]
    saved: int
    tab: str
    by: str
    at: datetime


class Finished(NamedTuple):
    """The newest revision of one day. revisions: how many times that day was written."""

    day: date
    by: str
    at: datetime
    revisions: int
    withdrawn_because: str


def draft(patient: Patient) -> Draft | None:
    """The unfinished session of this patient, or None."""
    row = SkinSession.objects.filter(patient=patient, finished=False).select_related("by").order_by("-id").first()
    if row is None:
        return None
    body = row.body
    at = datetime.fromisoformat(body["at"]) if body.get("at") else timezone.now()
    return Draft(row.pk, dict(body["typed"]), int(body["saved"]), str(body["tab"]), str(body.get("by", "")), at)


def newest_finished(patient: Patient) -> int:
    """The number of the newest finished revision; 0 when there is none."""
    row = SkinSession.objects.filter(patient=patient, finished=True).order_by("-id").only("id").first()
    return row.pk if row else 0


def finished(patient: Patient) -> tuple[Finished, ...]:
    """Every day with a finished session, newest first, withdrawn ones included."""
    rows = SkinSession.objects.filter(patient=patient, finished=True).select_related("by").order_by("id")
    days: dict[date, list[SkinSession]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    return tuple(
        Finished(day, str(rows[-1].by.name) if rows[-1].by else "", rows[-1].at, len(rows), rows[-1].withdrawn_because)
        for day, rows in sorted(days.items(), reverse=True)
    )
