"""Two records of one person become one. Nothing is copied or lost: rows move to the record that stays, and what moved is noted, so
that the merge can be taken back."""

from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from zonula.chart import Moment
from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.records.actions.changing import changing
from zonula_web.records.actions.charts import keep_chart
from zonula_web.records.models import (
    Answers,
    Chart,
    Consent,
    DiaryEntry,
    DiaryMeal,
    DiaryPhoto,
    Document,
    Entry,
    Evidence,
    FormLink,
    Merge,
    Patient,
    Plan,
    PlanEvent,
    SkinSession,
    Task,
)

# What belongs to a person moves. Derived rows (the chart, the mark of attention) are made anew, and tasks are derived again.
MOVED: tuple[type[models.Model], ...] = (
    Document, Entry, Answers, FormLink, Evidence, SkinSession, Plan, PlanEvent, DiaryEntry, DiaryMeal,
    DiaryPhoto, Consent,
)  # fmt: skip
LONGEST_REASON = 300


def merge(*, patient: Patient, other: Patient, by: Person, because: str, same_birth_date: bool = True) -> Merge:
    """Merge `other` into `patient`. same_birth_date: False when someone says that they are one person although birth dates differ.

    Raises UserError when that cannot be: two clinics, one record, two running plans, two accounts, birth dates that differ.
    """
    reason = because.strip()[:LONGEST_REASON]
    if not reason:
        raise UserError("Why are they one person?", "Write a short reason; it stays in both histories.")
    if patient.pk == other.pk or patient.clinic_id != other.clinic_id:
        raise UserError("Choose another record of this clinic.")
    first, second = sorted(
        (patient, other), key=lambda one: str(one.pk)
    )  # always in one order: two merges cannot wait for each other
    with changing(first, chart=True), changing(second, chart=True):
        kept, gone = Patient.objects.get(pk=patient.pk), Patient.objects.get(pk=other.pk)
        _may_be_one(kept, gone, same_birth_date)
        moved: dict[str, Any] = {"names": _rename(kept, gone)}
        for model in MOVED:
            rows = model._default_manager.filter(patient=gone)
            moved[model.__name__] = [str(number) for number in rows.values_list("pk", flat=True)]
            rows.update(patient=kept)
        _renumber_diary(kept, moved["DiaryEntry"])
        moved["account"] = str(gone.person_id or "")
        if gone.person_id:
            account, gone.person_id = gone.person_id, None
            gone.save(update_fields=["person"])
            kept.person_id = account
        moved["born"] = "" if kept.born else gone.born
        kept.born = kept.born or gone.born
        kept.save(update_fields=["person", "born"])
        gone.merged_into = kept
        gone.save(update_fields=["merged_into"])
        moved["tasks"] = _close_tasks(gone)
        Chart.objects.filter(patient=gone).delete()
        made = Merge.objects.create(patient=kept, other=gone, by=by, because=reason, moved=moved)
        keep_chart(kept)
    return made


def take_apart(*, patient: Patient, number: int, because: str) -> Patient:
    """Take a merge back: what came from the other record returns to it. What was written since stays with the record that stayed."""
    reason = because.strip()[:LONGEST_REASON]
    if not reason:
        raise UserError("Why are they two people?", "Write a short reason; it stays in both histories.")
    with changing(patient, chart=True) as kept:
        made = Merge.objects.filter(patient=kept, pk=number, undone_at=None).select_related("other").first()
        if made is None:
            raise UserError("This merge was taken back already.")
        other = Patient.objects.select_for_update().get(pk=made.other_id)
        for model in MOVED:
            model._default_manager.filter(patient=kept, pk__in=made.moved.get(model.__name__, ())).update(patient=other)
        for document, name in made.moved.get("names", {}).items():
            Document.objects.filter(pk=document).update(name=name)
        Task.objects.filter(patient=other, pk__in=made.moved.get("tasks", ())).update(done_at=None, done_note="")
        if made.moved.get("account") and str(kept.person_id or "") == made.moved["account"]:
            account, kept.person_id = kept.person_id, None
            kept.save(update_fields=["person"])
            other.person_id = account
        if made.moved.get("born") and kept.born == made.moved["born"]:
            kept.born = ""
            kept.save(update_fields=["born"])
        other.merged_into = None
        other.save(update_fields=["person", "merged_into"])
        made.undone_at, made.undone_because = timezone.now(), reason
        made.save(update_fields=["undone_at", "undone_because"])
        keep_chart(kept)
    with changing(other, chart=True) as apart:
        keep_chart(apart)
    return other


def found_other(patient: Patient, other_id: str) -> Patient | None:
    """The record of the same clinic that is to be merged, or None."""
    try:
        wanted = UUID(other_id)
    except ValueError:
        return None
    return Patient.objects.filter(pk=wanted, clinic=patient.clinic_id, merged_into=None).exclude(pk=patient.pk).first()


def _may_be_one(kept: Patient, gone: Patient, same_birth_date: bool) -> None:
    if gone.merged_into_id or kept.merged_into_id:
        raise UserError("One of the records was merged already.", "Open the other record.")
    if same_birth_date and kept.born and gone.born:
        one, two = Moment.parse(kept.born), Moment.parse(gone.born)
        if one.latest < two.earliest or two.latest < one.earliest:
            raise UserError(
                f"The birth dates differ: {kept.born} and {gone.born}.",
                "Correct the wrong one, or say in the reason why they are one person and tick the box.",
            )
    if all(Plan.objects.filter(patient=one, closed_at=None).exists() for one in (kept, gone)):
        raise UserError("Both records have a plan that runs.", "Close one of the plans first.")
    if kept.person_id and gone.person_id:
        raise UserError("Both records belong to an account of a patient.", "End one of the accounts first.")


def _rename(kept: Patient, gone: Patient) -> dict[str, str]:
    """Documents of one name would mix their facts: those that move get names nobody has. Returns number -> name before."""
    taken = set(Document.objects.filter(patient=kept).values_list("name", flat=True))
    before: dict[str, str] = {}
    for document in Document.objects.filter(patient=gone, name__in=taken).only("id", "name"):
        before[str(document.pk)] = document.name
        document.name = f"{document.pk}-{document.name[-240:]}"
        document.save(update_fields=["name"])
    return before


def _renumber_diary(kept: Patient, moved: list[str]) -> None:
    """Phones ask for what is new by number; entries that came from the other record are new to the phone of this one."""
    last = (
        DiaryEntry.objects.filter(patient=kept).exclude(pk__in=moved).aggregate(last=models.Max("number"))["last"] or 0
    )
    for place, entry in enumerate(
        DiaryEntry.objects.filter(pk__in=moved).order_by("number").only("pk", "number"), last + 1
    ):
        DiaryEntry.objects.filter(pk=entry.pk).update(number=place)


def _close_tasks(gone: Patient) -> list[int]:
    opened = Task.objects.filter(patient=gone, done_at=None)
    numbers = list(opened.values_list("pk", flat=True))
    opened.update(done_at=timezone.now(), done_note="The record was merged into another.")
    return numbers
