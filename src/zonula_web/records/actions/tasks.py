"""Tasks in people's hands: written, done with a note, opened again."""

from datetime import date

from django.utils import timezone

from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.records.actions.asking import Wanted, ask_of
from zonula_web.records.actions.changing import changing
from zonula_web.records.matters import BY_HAND
from zonula_web.records.models import Patient, Task

LONGEST_NOTE = LONGEST_TASK = 300


def write_task(*, patient: Patient, by: Person, what: str, due: str = "", who: str = "clinician") -> None:
    """A task someone sets. due: YYYY-MM-DD or empty."""
    what = " ".join(what.split())
    if not what or len(what) > LONGEST_TASK:
        raise UserError("What is to be done?", f"Write it in at most {LONGEST_TASK} letters.")
    try:
        day = date.fromisoformat(due.strip()) if due.strip() else None
    except ValueError:
        raise UserError(f"{due[:20]} is not a day.", "Write YYYY-MM-DD, or leave it empty.") from None
    with changing(patient) as locked:
        number = Task.objects.filter(patient=locked, kind=BY_HAND).count() + 1
        who = who.strip() or "clinician"
        ask_of(locked, Wanted(key=f"by hand {number}", level="", what=what, who=who, due=day), by)


def finish_task(*, patient: Patient, by: Person, task_id: int, note: str = "") -> None:
    """Mark a task as done. note: what came of it."""
    with changing(patient) as locked:
        done = Task.objects.filter(patient=locked, pk=task_id, done_at=None).update(
            done_at=timezone.now(), done_by=by, done_note=note.strip()[:LONGEST_NOTE]
        )
        if not done:
            raise UserError("This task is done already, or is not of this patient.")


def open_again(*, patient: Patient, task_id: int) -> None:
    """Take back that a task was dealt with."""
    with changing(patient) as locked:
        task = Task.objects.filter(patient=locked, pk=task_id).exclude(done_by=None).first()
        if task is None or Task.objects.filter(patient=locked, key=task.key, done_at=None).exists():
            raise UserError("This task cannot be opened again.", "Look at the list of tasks.")
        task.done_at, task.done_by, task.done_note = None, None, ""
        task.save(update_fields=["done_at", "done_by", "done_note"])
