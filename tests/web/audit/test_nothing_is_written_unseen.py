"""Every write is seen by the database itself, whoever makes it and however; what was seen cannot be changed unnoticed."""

import pytest
from django.db import DatabaseError, connection, transaction

from zonula_web.audit.actor import acting
from zonula_web.audit.chain import walk
from zonula_web.audit.models import Event
from zonula_web.records.models import Patient, Task

pytestmark = pytest.mark.django_db


def events(action: str, table: str) -> int:
    return Event.objects.filter(action=action, table=table, actor="system:test").count()


def without_guards(deed: str) -> None:
    """What someone could do who owns the database: take the guards away, then do the deed."""
    guards = ("audit_no_update", "audit_no_delete") if connection.vendor == "sqlite" else ("audit_no_change",)
    with connection.cursor() as cursor:
        for guard in guards:
            cursor.execute(f"DROP TRIGGER {guard}" + ("" if connection.vendor == "sqlite" else " ON audit_event"))
        cursor.execute(deed)


def test_writes_that_pass_by_the_models_are_seen_too(patient):
    tasks = Task.objects.bulk_create([Task(patient=patient, key=str(n), what="call") for n in range(3)])
    Task.objects.filter(key="1").update(what="write")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_task SET what = 'visit'")
    Task.objects.filter(pk=tasks[0].pk).delete()
    assert events("insert", "records_task") == 3
    assert events("update", "records_task") == 1 + 3
    assert events("delete", "records_task") == 1
    assert set(Event.objects.filter(table="records_task").values_list("patient", flat=True)) == {patient.pk.hex}


def test_nobody_acting_means_nothing_written(patient):
    with acting(""), pytest.raises(DatabaseError), transaction.atomic():
        Patient.objects.filter(pk=patient.pk).update(name="X")


def test_events_cannot_be_changed_or_removed(patient):
    for statement in ("UPDATE audit_event SET actor = 'me'", "DELETE FROM audit_event"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_chain_is_whole(patient):
    walked = walk()
    assert walked.broken is None
    assert walked.events == Event.objects.count() > 0


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE audit_event SET actor = 'person:other' WHERE id = (SELECT id FROM audit_event ORDER BY id DESC LIMIT 1 OFFSET 1)",
        "DELETE FROM audit_event WHERE id = (SELECT id FROM audit_event ORDER BY id DESC LIMIT 1 OFFSET 1)",
        "UPDATE audit_event SET at = '2001-01-01T00:00:00.000Z' WHERE id = (SELECT min(id) FROM audit_event)",
    ],
)
def test_someone_with_the_file_in_hand_is_found_out(patient, deed):
    without_guards(deed)
    assert walk().broken is not None


def test_events_cut_off_the_end_are_found_with_a_noted_head(patient):
    head = walk().head
    without_guards("DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)")
    assert walk().broken is None
    assert walk(head).broken is not None
