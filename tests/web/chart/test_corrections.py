"""Corrections by hand: laid over the documents, kept through every import, never in the place of what was written."""

import json
import zlib
from collections.abc import Callable

import msgspec
import pytest

from zonula.chart import Fact, Kind, Quantity, Status, at
from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.access.rights import Role
from zonula_web.records import attention, facts, read
from zonula_web.records.actions.corrections import correct_fact, enter_fact, take_back, withdraw_fact
from zonula_web.records.actions.documents import put_back_document, remove_document
from zonula_web.records.actions.importing import import_documents
from zonula_web.records.models import Document, Entry, Patient


@pytest.fixture
def doctor(member: Callable[..., Person]) -> Person:
    return member(Role.CLINICIAN)


def _first(patient: Patient, kind: Kind) -> Fact:
    return next(fact for fact in read.chart(patient).facts if fact.kind is kind)


def _measured(patient: Patient) -> Fact:
    return next(fact for fact in read.chart(patient).facts if fact.value is not None)


def _corrected_value(patient: Patient, fact_id: str) -> float | None:
    fact = next((each for each in read.chart(patient).facts if each.id == fact_id), None)
    return fact.value.value if fact and fact.value else None


def test_a_fact_entered_by_hand_stands_in_the_chart(patient: Patient, doctor: Person) -> None:
    token = enter_fact(
        patient=patient,
        by=doctor,
        fact=Fact("", Kind.CONDITION, (), text="Asthma", when=at("2019"), status=Status.CONFIRMED),
    )
    page = facts.page(patient, token)
    assert page is not None
    assert page.row.origin == facts.BY_HAND
    assert page.row.line.provider == doctor.name
    assert [fact.text for fact in read.chart(patient).facts] == ["Asthma"]


def test_a_correction_keeps_what_was_written_with_who_and_why(mara: Patient, doctor: Person) -> None:
    fact = _measured(mara)
    assert fact.value is not None
    new = msgspec.structs.replace(fact, value=Quantity(fact.value.value + 1, fact.value.unit))
    correct_fact(patient=mara, by=doctor, token=facts.token_of(fact.id), fact=new, reason="typing error in the letter")
    page = facts.page(mara, facts.token_of(fact.id))
    assert page is not None
    assert page.row.origin == facts.CORRECTED
    assert page.fact.value == new.value
    written = page.history[0]
    assert (written.by, written.reason) == (doctor.name, "typing error in the letter")
    assert written.before is not None
    assert written.after is not None
    assert written.before.result != written.after.result


def test_a_withdrawn_fact_is_out_of_the_chart_and_still_listed(mara: Patient, doctor: Person) -> None:
    fact = _first(mara, Kind.CONDITION)
    withdraw_fact(patient=mara, by=doctor, token=facts.token_of(fact.id), reason="another patient's letter")
    assert fact.id not in {each.id for each in read.chart(mara).facts}
    row = next(row for row in facts.rows(mara) if row.token == facts.token_of(fact.id))
    assert row.origin == facts.WITHDRAWN


def test_taking_back_puts_the_original_in_force_again(mara: Patient, doctor: Person) -> None:
    fact = _first(mara, Kind.CONDITION)
    withdraw_fact(patient=mara, by=doctor, token=facts.token_of(fact.id), reason="by mistake")
    take_back(patient=mara, by=doctor, number=Entry.objects.get(patient=mara).pk, reason="it was right")
    assert fact in read.chart(mara).facts


def test_without_a_reason_nothing_is_changed(mara: Patient, doctor: Person) -> None:
    token = facts.token_of(_first(mara, Kind.CONDITION).id)
    with pytest.raises(UserError, match="Why"):
        withdraw_fact(patient=mara, by=doctor, token=token, reason="  ")
    assert not Entry.objects.exists()


def test_corrections_survive_another_import(mara: Patient, doctor: Person) -> None:
    """A new document whose name comes first changes the ids of merged facts; the corrections still find their records."""
    fact = _measured(mara)
    assert fact.value is not None
    new = msgspec.structs.replace(fact, value=Quantity(fact.value.value + 1, fact.value.unit))
    gone = _first(mara, Kind.CONDITION)
    correct_fact(patient=mara, by=doctor, token=facts.token_of(fact.id), fact=new, reason="typing error")
    withdraw_fact(patient=mara, by=doctor, token=facts.token_of(gone.id), reason="not so")
    copy = Document.objects.filter(patient=mara).order_by("name").first()
    assert copy is not None
    body = zlib.decompress(copy.body) + b"\n"  # the same records under another name and other bytes
    import_documents(patient=mara, by=doctor, files=[("0-" + copy.name, body)])
    chart = read.chart(mara)
    assert not any(each.text == gone.text and each.when == gone.when and each.kind is gone.kind for each in chart.facts)
    renamed = [
        each for each in chart.facts if each.value == new.value and each.codes == fact.codes and each.when == fact.when
    ]
    assert len(renamed) == 1
    assert renamed[0].id != fact.id, "the import did not rename the fact: this test proves nothing"


def test_a_correction_rests_while_its_document_is_away_and_returns_with_it(mara: Patient, doctor: Person) -> None:
    fact = next(each for each in read.chart(mara).facts if each.value is not None and len(each.sources) == 1)
    assert fact.value is not None
    new = msgspec.structs.replace(fact, value=Quantity(fact.value.value + 1, fact.value.unit))
    correct_fact(patient=mara, by=doctor, token=facts.token_of(fact.id), fact=new, reason="typing error")
    document = Document.objects.get(patient=mara, name=fact.sources[0].document)
    remove_document(patient=mara, number=document.pk, because="of someone else")
    assert not any(each.value == new.value and each.text == fact.text for each in read.chart(mara).facts)
    assert [written.reason for written in facts.resting(mara)] == ["typing error"]
    put_back_document(patient=mara, number=document.pk)
    assert _corrected_value(mara, fact.id) == fact.value.value + 1


def test_a_correction_of_a_correction_and_back(mara: Patient, doctor: Person) -> None:
    fact = _measured(mara)
    assert fact.value is not None
    for step in (1, 2):
        now = next(each for each in read.chart(mara).facts if each.id == fact.id)
        new = msgspec.structs.replace(now, value=Quantity(fact.value.value + step, fact.value.unit))
        correct_fact(patient=mara, by=doctor, token=facts.token_of(fact.id), fact=new, reason=f"step {step}")
    assert _corrected_value(mara, fact.id) == fact.value.value + 2
    newest = Entry.objects.filter(patient=mara).order_by("-id").first()
    assert newest is not None
    take_back(patient=mara, by=doctor, number=newest.pk, reason="no")
    assert _corrected_value(mara, fact.id) == fact.value.value + 1


def _letter(onset: str) -> bytes:
    person = {"resourceType": "Patient", "id": "v", "birthDate": "1980-02-03", "name": [{"text": "Vera Probst"}]}
    hives = {"resourceType": "Condition", "id": "h", "subject": {"reference": "Patient/v"}, "code": {"text": "Hives"},
             "onsetDateTime": onset}  # fmt: skip
    entries = [{"resource": person}, {"resource": hives}]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def test_a_document_that_says_something_else_now_asks_for_a_look(patient: Patient, doctor: Person) -> None:
    import_documents(patient=patient, by=doctor, files=[("letter.json", _letter("2020-03-04"))])
    fact = read.chart(patient).facts[0]
    earlier = msgspec.structs.replace(fact, when=at("2012"))
    correct_fact(patient=patient, by=doctor, token=facts.token_of(fact.id), fact=earlier, reason="since school")
    remove_document(patient=patient, number=Document.objects.get().pk, because="a newer export came")
    import_documents(patient=patient, by=doctor, files=[("letter.json", _letter("2019-01-01"))])
    assert [each.when for each in read.chart(patient).facts] == [at("2012")]
    attention.refresh(patient)
    assert "says something else now" in attention.tasks_of(patient).get(kind="record").why
    page = facts.page(patient, facts.token_of(read.chart(patient).facts[0].id))
    assert page is not None
    assert page.history[0].standing == "holds, but the document says something else now"
