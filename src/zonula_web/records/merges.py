"""Merges of a record, as pages show them."""

from datetime import datetime
from typing import NamedTuple

from zonula_web.records.models import Merge, Patient


class Line(NamedTuple):
    """One record that was merged into this one. undone_at: None while it holds."""

    number: int
    name: str
    born: str
    by: str
    at: datetime
    because: str
    undone_at: datetime | None
    undone_because: str


def merges(patient: Patient) -> tuple[Line, ...]:
    """What was merged into this record, newest first."""
    rows = Merge.objects.filter(patient=patient).select_related("other", "by").order_by("-id")
    return tuple(
        Line(
            row.pk,
            row.other.name,
            row.other.born,
            row.by.name if row.by else "the system",
            row.at,
            row.because,
            row.undone_at,
            row.undone_because,
        )
        for row in rows
    )
