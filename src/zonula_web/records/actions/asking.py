"""Tasks that something else asks for: an alarm in answers, a step of an assessment. One open task for each subject, so that the same alarm does not pile up."""

from datetime import date
from typing import NamedTuple

from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.records.actions.changing import changing
from zonula_web.records.matters import BY_HAND
from zonula_web.records.models import Patient, Task

LONGEST_KEY, LONGEST_WHO = 200, 40


class Wanted(NamedTuple):
    """What someone must do. key: what it is about. kind: as in `records.matters`; why: the sentence behind it."""

    key: str
    level: str
    what: str
    why: str = ""
    kind: str = BY_HAND
    who: str = "clinician"
    due: date | None = None
    because: tuple[str, ...] = ()


def ask_of(locked: Patient, wanted: Wanted, by: Person | None = None) -> Task:
    """An open task about `key`; an open one stays as it is. Call inside `changing`."""
    key = wanted.key[:LONGEST_KEY]
    open_already = Task.objects.filter(patient=locked, key=key, done_at=None).first()
    if open_already is not None:
        return open_already
    fields = wanted._replace(key=key, who=wanted.who[:LONGEST_WHO])._asdict()
    return Task.objects.create(patient=locked, by=by, **fields | {"because": list(wanted.because)})


def make_task(*, patient: Patient, by: Person, wanted: Wanted) -> None:
    """Make a task. Nothing happens when one about the same is open."""
    if not wanted.what.strip():
        raise UserError("What is to be done?", "Write it in a few words.")
    with changing(patient) as locked:
        ask_of(locked, wanted, by)
