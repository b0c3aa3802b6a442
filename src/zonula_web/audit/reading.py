"""The log in words, for the people it is about."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.apps import apps

from zonula_web.access.models import Clinic, Membership, Person
from zonula_web.audit.models import Event

MOST_SHOWN = 500
HOLDER = "whoever held a questionnaire link"
_DEEDS = {"insert": "added", "update": "changed", "delete": "removed", "saw": "looked at", "was refused": "was refused"}


class Line(NamedTuple):
    """One event as it is read."""

    at: datetime
    who: str
    role: str
    deed: str
    what: str


def lines_of(patient_id: UUID) -> list[Line]:
    """What was seen and done in one record, newest first; at most MOST_SHOWN."""
    return _lines(Event.objects.filter(patient=patient_id.hex).order_by("-id")[:MOST_SHOWN])


def lines_of_clinic(clinic: Clinic) -> list[Line]:
    """What the clinic's people did, newest first; at most MOST_SHOWN."""
    people = Membership.objects.filter(clinic=clinic).values_list("person_id", flat=True)
    return _lines(Event.objects.filter(actor__in=[f"person:{one}" for one in people]).order_by("-id")[:MOST_SHOWN])


def _lines(events: Iterable[Event]) -> list[Line]:
    events = list(events)
    ids = {event.actor.partition(":")[2] for event in events if event.actor.startswith("person:")}
    names = {str(person.id): person.name or person.email for person in Person.objects.filter(pk__in=ids)}
    roles = {str(one.person_id): one.role for one in Membership.objects.filter(person_id__in=ids)}
    return [_line(event, names, roles) for event in events]


def _line(event: Event, names: dict[str, str], roles: dict[str, str]) -> Line:
    kind, _, name = event.actor.partition(":")
    who = names.get(name, "someone whose account is gone") if kind == "person" else f"Zonula ({name or kind})"
    if kind == "link":
        who = HOLDER
    what = event.detail or _table(event.table)
    return Line(
        at=datetime.fromisoformat(event.at), who=who, role=roles.get(name, "patient") if kind == "person" else "",
        deed=_DEEDS.get(event.action, event.action), what=re.sub("_", " ", what),
    )  # fmt: skip


def _table(table: str) -> str:
    model = next((one for one in apps.get_models() if one._meta.db_table == table), None)
    return str(model._meta.verbose_name) if model else table
