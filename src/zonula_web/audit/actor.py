"""Who acts now. The database's own triggers ask this, so a write without an actor fails instead of going unrecorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.db import connection


class NobodyError(RuntimeError):
    """Something was written without saying who does it: a defect of ours."""


class ActorName(NamedTuple):
    """name: `person:<id>`, `job:<what>`, `system:<what>`, `link:<id>` (whoever holds a questionnaire link) or `visitor` (before sign-in)."""

    name: str


_now: ContextVar[ActorName | None] = ContextVar("actor", default=None)


def current() -> ActorName:
    """Who acts. Raises NobodyError outside `acting`."""
    actor = _now.get()
    if actor is None or not actor.name:
        raise NobodyError("nobody is acting: wrap the write in zonula_web.audit.actor.acting")
    return actor


@contextmanager
def acting(name: str) -> Iterator[None]:
    """Everything written inside is written by `name`."""
    token = _now.set(ActorName(name))
    try:
        _tell_postgresql(name)
        yield
    finally:
        _now.reset(token)
        before = _now.get()
        _tell_postgresql(before.name if before else "")


def _tell_postgresql(name: str) -> None:
    """SQLite asks `current` by a function; PostgreSQL's triggers read a setting of the connection."""
    if connection.vendor == "postgresql" and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('zonula.actor', %s, false)", [name])
