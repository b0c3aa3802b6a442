"""Is the log whole? Walks the chain and names the first event that does not fit."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from zonula_web.audit.models import Event

# The columns in the order in which the database seals them; the seal itself comes last.
COLUMNS = ("id", "at", "actor", "action", "patient", "table", "row", "detail", "previous", "hash")
Row = tuple[object, ...]


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
    """Check every event of this database. expected_head: as for `walk_rows`."""
    return walk_rows(Event.objects.order_by("id").values_list(*COLUMNS).iterator(chunk_size=2000), expected_head)


def walk_rows(rows: Iterable[Row], expected_head: str = "") -> Walked:
    """Check events given as COLUMNS in order of id. expected_head: a hash noted earlier; when it is nowhere in the chain, events were
    cut off its end."""
    previous, seen, count = "", not expected_head, 0
    for *fields, sealed in rows:
        count += 1
        number = int(str(fields[0]))
        if fields[-1] != previous:
            return Walked(count, previous, Broken(number, "the event before it was removed, moved or changed"))
        if sealed != hashlib.sha256("\x1f".join(str(field) for field in fields).encode()).hexdigest():
            return Walked(count, previous, Broken(number, "the event was changed"))
        previous = str(sealed)
        seen = seen or previous == expected_head
    return Walked(count, previous, None if seen else Broken(0, "the noted end of the log is missing"))
