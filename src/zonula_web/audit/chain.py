"""Is the log whole? Walks the chain and names the first event that does not fit."""

import hashlib
from typing import NamedTuple

from zonula_web.audit.models import Event


class Broken(NamedTuple):
    """Where the chain does not fit, and how."""

    event: int
    what: str


class Walked(NamedTuple):
    """events: how many; head: the last hash, to be kept outside the database; broken: None when the chain is whole."""

    events: int
    head: str
    broken: Broken | None


def walk(expected_head: str = "") -> Walked:
    """Check every event. expected_head: a hash noted earlier; when it is nowhere in the chain, events were cut off its end."""
    previous, seen, count = "", not expected_head, 0
    for event in Event.objects.order_by("id").iterator(chunk_size=2000):
        count += 1
        if event.previous != previous:
            return Walked(count, previous, Broken(event.pk, "the event before it was removed, moved or changed"))
        if event.hash != digest(event):
            return Walked(count, previous, Broken(event.pk, "the event was changed"))
        previous = event.hash
        seen = seen or previous == expected_head
    return Walked(count, previous, None if seen else Broken(0, "the noted end of the log is missing"))


def digest(event: Event) -> str:
    """The hash that the database wrote for these fields."""
    fields = (
        event.pk,
        event.at,
        event.actor,
        event.action,
        event.patient,
        event.table,
        event.row,
        event.detail,
        event.previous,
    )
    return hashlib.sha256("\x1f".join(str(field) for field in fields).encode()).hexdigest()
