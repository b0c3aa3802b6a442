"""Recording what no trigger can see: reading, exporting, signing in."""

from uuid import UUID

from zonula_web.audit.actor import current
from zonula_web.audit.models import Event

LONGEST_DETAIL = 200


def record(action: str, *, patient: UUID | None = None, table: str = "", row: str = "", detail: str = "") -> None:
    """Write one event by the current actor. detail: ids and names of pages, never health data. Patients are written as 32 hexadecimal characters, as the triggers do."""
    Event.objects.create(
        actor=current().name,
        action=action,
        patient=patient.hex if patient else "",
        table=table,
        row=row,
        detail=detail[:LONGEST_DETAIL],
    )
