"""Who needs attention today. Derived when a record has changed and once each day, by the worker; pages only read the tasks.

A task a person has dealt with stays done until what is behind it changes. One nobody dealt with closes by itself when it is no longer
so; but what someone said of themselves, what went wrong under treatment and what was urgent is closed by people only.
"""

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import OperationalError, transaction
from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, Value, When
from django.utils import timezone

from zonula_web.access.models import Clinic
from zonula_web.audit.actor import acting
from zonula_web.records import read
from zonula_web.records.matters import ADVERSE, ANSWERS, BY_HAND, KINDS, Matter, matters
from zonula_web.records.models import Attention, Patient, Task
from zonula_web.records.patients import asked_for

log = logging.getLogger("zonula.attention")
ACTOR = "system:attention"
ORDER = "EUPHC"
LONGEST_KEY = 200
GONE = "No longer so."
BY_PEOPLE, URGENT = (ANSWERS, ADVERSE, BY_HAND), "EU"
ON_A_PAGE = 50
REASONS_SHOWN = 3


def refresh_next() -> bool:
    """Derive the tasks of one patient that is behind, those whose record changed first. Returns whether there was one."""
    for clinic in Clinic.objects.all():
        day = read.today(clinic)
        patients = Patient.objects.filter(clinic=clinic, merged_into=None).select_related("clinic")
        changed = patients.filter(Q(attention=None) | ~Q(attention__version=F("version"))).order_by("-made_at").first()
        behind = changed or patients.filter(attention__day__lt=day).order_by("attention__day", "id").first()
        if behind is not None:
            refresh(behind, day)
            return True
    return False


def refresh(patient: Patient, day: date | None = None) -> None:
    """Bring the patient's tasks in step with the record as it is on that day (default: today in the clinic)."""
    day = day or read.today(patient.clinic)
    found: tuple[Matter, ...] | None = None
    try:
        found = matters(patient, day)
    except OperationalError:
        raise
    except Exception:
        # One record that our own defect trips over must not keep the others waiting; its tasks stay as they were.
        log.exception("attention could not be derived")
    with acting(ACTOR):
        try:
            _keep(patient, day, found)
        except OperationalError:
            raise
        except Exception:
            log.exception("attention could not be kept")
            _keep(patient, day, None)


def _keep(patient: Patient, day: date, found: tuple[Matter, ...] | None) -> None:
    """Write the tasks and for which record they hold. found: None leaves the tasks as they were."""
    with transaction.atomic():
        locked = Patient.objects.select_for_update().get(pk=patient.pk)
        if locked.version != patient.version:
            return  # it changed while this was derived; it will be derived again
        if found is not None:
            _in_step(locked, {matter.key[:LONGEST_KEY]: matter for matter in found})
        Attention.objects.update_or_create(patient=locked, defaults={"version": locked.version, "day": day})


def _in_step(patient: Patient, found: dict[str, Matter]) -> None:
    standing = {task.key: task for task in Task.objects.filter(patient=patient, done_at=None)}
    for key, task in standing.items():
        if key not in found and task.kind not in BY_PEOPLE and task.level not in URGENT:
            task.done_at, task.done_note = timezone.now(), GONE
            task.save(update_fields=["done_at", "done_note"])
    for key, matter in found.items():
        said = {
            "kind": matter.kind,
            "level": matter.level,
            "what": matter.what,
            "why": matter.why,
            "because": list(matter.because),
            "who": matter.who[:40],
            "due": matter.due,
        }
        if key in standing:
            _said_anew(standing[key], said)
        elif not _dealt_with(patient, key, matter):
            Task.objects.create(patient=patient, key=key, **said)


def _said_anew(task: Task, said: dict[str, Any]) -> None:
    changed = [field for field, value in said.items() if getattr(task, field) != value]
    if changed:
        for field in changed:
            setattr(task, field, said[field])
        task.save(update_fields=changed)


def _dealt_with(patient: Patient, key: str, matter: Matter) -> bool:
    """Whether a person closed exactly this: same facts, same words, same urgency."""
    last = Task.objects.filter(patient=patient, key=key).exclude(done_by=None).order_by("-id").first()
    return last is not None and (last.because, last.why, last.level) == (list(matter.because), matter.why, matter.level)


class Reason(NamedTuple):
    """Why a patient stands in the list. key: of the task, by which a page knows what its reader may see."""

    key: str
    kind: str
    level: str
    what: str
    why: str
    due: date | None


class Line(NamedTuple):
    """One patient of the list. more: how many further reasons there are."""

    patient: Patient
    level: str
    reasons: tuple[Reason, ...]
    more: int


class Worklist(NamedTuple):
    """One page of the list. counts: (kind, title, patients) of the whole clinic. behind: records whose tasks are still being derived."""

    lines: tuple[Line, ...]
    found: int
    counts: tuple[tuple[str, str, int], ...]
    behind: int


def worklist(clinic: Clinic, *, kind: str = "", wanted: str = "", page: int = 1) -> Worklist:
    """Patients with open tasks, most urgent first, then by the day something is due, then by name."""
    tasks = Task.objects.filter(patient__clinic=clinic, patient__merged_into=None, done_at=None)
    counted = dict(tasks.values_list("kind").annotate(Count("patient", distinct=True)))
    chosen = tasks.filter(kind=kind) if kind else tasks
    patients = asked_for(Patient.objects.filter(clinic=clinic, merged_into=None), wanted)
    ranked = list(
        chosen.filter(patient__in=patients)
        .values("patient")
        .annotate(urgency=Min(_urgency()), first=Min("due"), count=Count("id"))
        .order_by("urgency", F("first").asc(nulls_last=True), "patient__name", "patient")
    )
    shown = ranked[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    named = Patient.objects.in_bulk([row["patient"] for row in shown])
    reasons = _reasons(chosen, list(named))
    lines = tuple(
        Line(
            named[row["patient"]],
            reasons[row["patient"]][0].level,
            tuple(reasons[row["patient"]][:REASONS_SHOWN]),
            max(0, row["count"] - REASONS_SHOWN),
        )
        for row in shown
    )
    counts = tuple((name, title, counted[name]) for name, title in KINDS.items() if name in counted)
    behind = patients.filter(Q(attention=None) | ~Q(attention__version=F("version"))).count()
    return Worklist(lines, len(ranked), counts, behind)


def is_behind(patient: Patient) -> bool:
    """Whether the record changed since its tasks were derived."""
    return not Attention.objects.filter(patient=patient, version=patient.version).exists()


def tasks_of(patient: Patient) -> QuerySet[Task]:
    """The open tasks of a patient, most urgent first."""
    return Task.objects.filter(patient=patient, done_at=None).order_by(_urgency(), F("due").asc(nulls_last=True), "id")


def tasks_done(patient: Patient, newest: int = 20) -> QuerySet[Task]:
    """The tasks that people closed, newest first."""
    done = Task.objects.filter(patient=patient).exclude(done_by=None).select_related("done_by")
    return done.order_by("-done_at", "-id")[:newest]


def _reasons(tasks: QuerySet[Task], patients: Sequence[Any]) -> dict[Any, list[Reason]]:
    found: dict[Any, list[Reason]] = {}
    for task in tasks.filter(patient__in=patients).order_by(_urgency(), F("due").asc(nulls_last=True), "id"):
        reason = Reason(task.key, KINDS.get(task.kind, task.kind), task.level, task.what, task.why, task.due)
        found.setdefault(task.patient_id, []).append(reason)
    return found


def _urgency() -> Case:
    return Case(
        *(When(level=level, then=Value(place)) for place, level in enumerate(ORDER)),
        default=Value(len(ORDER)),
        output_field=IntegerField(),
    )
