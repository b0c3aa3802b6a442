"""Who needs attention today: derived when a record changes, closed when dealt with, back when something new is behind it."""

from collections.abc import Callable

from zonula_web.access.models import Clinic, Person
from zonula_web.access.rights import Role
from zonula_web.records import attention
from zonula_web.records.actions.documents import remove_document
from zonula_web.records.actions.tasks import finish_task, open_again, write_task
from zonula_web.records.models import Document, Patient, Task


def _derive() -> None:
    while attention.refresh_next():
        pass


def test_a_patient_with_red_flags_comes_first(clinic: Clinic, patient: Patient, mara: Patient) -> None:
    _derive()
    found = attention.worklist(clinic)
    assert [line.patient.name for line in found.lines] == ["Mara Lindqvist"]
    assert found.lines[0].level == "P"
    assert any("weight" in reason.why.lower() for reason in found.lines[0].reasons)
    assert ("red flag", "Red flags", 1) in found.counts
    assert found.behind == 0


def test_nothing_is_derived_twice(clinic: Clinic, mara: Patient) -> None:
    _derive()
    before = list(Task.objects.values_list("id", "key"))
    assert not attention.refresh_next()
    attention.refresh(mara)
    assert list(Task.objects.values_list("id", "key")) == before


def test_a_task_that_was_dealt_with_stays_done_until_something_new_is_behind_it(
    mara: Patient, member: Callable[..., Person]
) -> None:
    doctor = member(Role.CLINICIAN)
    _derive()
    task = attention.tasks_of(mara).first()
    assert task is not None
    finish_task(patient=mara, by=doctor, task_id=task.pk, note="Seen today, referred.")
    _derive()
    assert not Task.objects.filter(patient=mara, key=task.key, done_at=None).exists()
    Task.objects.filter(pk=task.pk).update(because=["an older fact"])  # as if the task had rested on other facts
    attention.refresh(mara)
    assert Task.objects.filter(patient=mara, key=task.key, done_at=None).count() == 1


def test_a_task_closes_by_itself_when_it_is_no_longer_so(mara: Patient) -> None:
    _derive()
    assert attention.tasks_of(mara).exists()
    for document in Document.objects.filter(patient=mara):
        remove_document(patient=mara, number=document.pk, because="of someone else")
    mara.refresh_from_db()
    _derive()
    assert not attention.tasks_of(mara).filter(kind="red flag").exists()
    assert Task.objects.filter(patient=mara, done_note=attention.GONE, done_by=None).exists()


def test_a_task_by_hand_is_left_alone_and_can_be_opened_again(patient: Patient, member: Callable[..., Person]) -> None:
    doctor = member(Role.CLINICIAN)
    write_task(patient=patient, by=doctor, what="Call about the endoscopy", due="2026-12-01")
    _derive()
    task = attention.tasks_of(patient).get(kind="by hand")
    finish_task(patient=patient, by=doctor, task_id=task.pk, note="Called.")
    assert [one.done_note for one in attention.tasks_done(patient)] == ["Called."]
    open_again(patient=patient, task_id=task.pk)
    assert attention.tasks_of(patient).get(kind="by hand").done_by is None
