"""Who needs attention today: derived when a record changes, closed when dealt with, back when something new is behind it."""

from collections.abc import Callable

import pytest

from zonula.treatment_protocols import Event
from zonula.treatment_protocols import Role as Doing
from zonula_web.access.models import Clinic, Person
from zonula_web.access.rights import Role
from zonula_web.records import attention, read
from zonula_web.records.actions.documents import remove_document
from zonula_web.records.actions.plan import start_plan, write_event
from zonula_web.records.actions.tasks import finish_task, open_again, write_task
from zonula_web.records.matters import Matter, matters
from zonula_web.records.models import Document, Patient, Task
from zonula_web.records.models import Plan as PlanRow

PROTOCOL = "low_fodmap"


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


def test_an_alarm_that_vanished_is_closed_by_people_only(mara: Patient) -> None:
    """Yes on Monday and no on Tuesday: the yes must still be seen by someone."""
    for key, kind, level in (("diary.alarm.1", "alarm", "U"), ("chart_review.red_flag.gone", "red flag", "E")):
        Task.objects.create(patient=mara, key=key, kind=kind, level=level, what="Call the patient now.")
    Task.objects.create(patient=mara, key="chart_review.red_flag.old", kind="red flag", level="P", what="Look at it.")
    attention.refresh(mara)
    still = {task.key for task in attention.tasks_of(mara)}
    assert {"diary.alarm.1", "chart_review.red_flag.gone"} <= still
    assert "chart_review.red_flag.old" not in still


def test_a_task_asked_for_at_once_is_not_doubled_by_the_derived_one(mara: Patient) -> None:
    _derive()
    key = attention.tasks_of(mara)[0].key
    Task.objects.filter(patient=mara).delete()
    Task.objects.create(patient=mara, key=key, kind="by hand", what="Now.")
    attention.refresh(mara)
    assert Task.objects.get(patient=mara, key=key).kind == "red flag"


def test_a_defect_in_one_record_keeps_no_other_waiting(
    mara: Patient, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(of: Patient, day: object) -> tuple[Matter, ...]:
        if of.pk == patient.pk:
            raise ZeroDivisionError
        return matters(mara, read.today(mara.clinic))

    monkeypatch.setattr(attention, "matters", broken)
    Task.objects.create(patient=patient, key="standing", kind="red flag", level="P", what="Look at it.")
    _derive()
    assert attention.tasks_of(mara).exists()
    assert attention.tasks_of(patient).filter(key="standing").exists()


def test_an_adverse_event_of_a_plan_is_a_matter_until_someone_looked(
    patient: Patient, member: Callable[..., Person]
) -> None:
    doctor, day = member(Role.CLINICIAN), read.today(patient.clinic)
    start_plan(patient=patient, by=doctor, role=Doing.CLINICIAN, protocol=PROTOCOL, seen=None)
    plan = PlanRow.objects.get()
    event = Event(day=day, event="adverse_event", by="Dr", role=Doing.CLINICIAN, reason="a rash after the first tablet")
    write_event(patient=patient, by=doctor, event=event, plan=plan.pk, seen=1)
    patient.refresh_from_db()
    found = {matter.kind: matter for matter in matters(patient, day)}
    assert "a rash after the first tablet" in found["adverse event"].why
