"""Who stated what for the work-up, and when."""

from datetime import datetime
from typing import NamedTuple

from zonula_web.records.models import Evidence, Patient


class Stated(NamedTuple):
    """One statement. by: empty when a job or the system wrote it."""

    by: str
    at: datetime


def history(patient: Patient, kind: str) -> tuple[Stated, ...]:
    """Every statement of that kind, newest first; the first one holds."""
    rows = Evidence.objects.filter(patient=patient, kind=kind).select_related("by").order_by("-id")
    return tuple(Stated(str(row.by.name) if row.by else "", row.at) for row in rows)
