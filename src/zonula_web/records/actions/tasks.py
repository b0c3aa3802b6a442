"""Things someone must do. One open task for each subject, so that the same alarm does not pile up."""

from datetime import date

from django.utils import timezone

from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.records.actions.changing import changing
from zonula_web.records.models import Patient, Task

LONGEST_KEY, LONGEST_WHO, LONGEST_NOTE = 200, 40, 300


def ask_of(
    locked: Patient, *, key: str, level: str, what: str, who: str, due: date | None, by: Person | None = None
) -> Task:
    """An open task about `key`; an open one stays as it is. Call inside `changing`."""
    open_already = Task.objects.filter(patient=locked, key=key[:LONGEST_KEY], done_at=None).first()
    return open_already or Task.objects.create(
        patient=locked, by=by, key=key[:LONGEST_KEY], level=level, what=what, who=who[:LONGEST_WHO], due=due
    )


def make_task(*, patient: Patient, by: Person, key: str, level: str, what: str, who: str, due: date | None) -> None:
    """Make a task. Nothing happens when one about the same is open."""
    if not what.strip():
        raise UserError("What is to be done?", "Write it in a few words.")
    with changing(patient) as locked:
        ask_of(locked, key=key, level=level, what=what.strip(), who=who, due=due, by=by)


def finish_task(*, patient: Patient, by: Person, task_id: int, note: str = "") -> None:
    """Mark a task as done. note: what came of it."""
    with changing(patient) as locked:
        done = Task.objects.filter(patient=locked, pk=task_id, done_at=None).update(
            done_at=timezone.now(), done_by=by, done_note=note.strip()[:LONGEST_NOTE]
        )
        if not done:
            raise UserError("This task is done already, or is not of this patient.")
