"""Two records of one person: everything is in one afterwards, and everything is back where it was when the merge is taken back."""

import zlib
from collections.abc import Callable

import msgspec
import pytest

from zonula.chart import Quantity
from zonula.errors import UserError
from zonula_web.access.models import Clinic, Person
from zonula_web.access.rights import Role
from zonula_web.records import facts, read
from zonula_web.records.actions.corrections import correct_fact
from zonula_web.records.actions.importing import import_documents
from zonula_web.records.actions.merging import merge, take_apart
from zonula_web.records.actions.patients import new_patient
from zonula_web.records.actions.tasks import write_task
from zonula_web.records.models import Document, Merge, Patient, Plan


@pytest.fixture
def doctor(member: Callable[..., Person]) -> Person:
    return member(Role.CLINICIAN)


@pytest.fixture
def twin(clinic: Clinic, mara: Patient) -> Patient:
    """A second record of the same woman, with one of her documents under the same name and other bytes."""
    someone = new_patient(clinic=clinic, name="Mara Lindqvist-Berg", today=read.today(clinic))
    row = Document.objects.filter(patient=mara).order_by("id")[0]
    import_documents(patient=someone, by=None, files=[(row.name, zlib.decompress(row.body) + b" ")])
    someone.refresh_from_db()
    return someone


def _fingerprint(patient: Patient) -> set[tuple[str, str, str]]:
    patient.refresh_from_db()
    return {(fact.kind, fact.text, str(fact.value)) for fact in read.chart(patient).facts}


def test_the_merged_record_knows_everything_of_both(mara: Patient, twin: Patient, doctor: Person) -> None:
    before = _fingerprint(mara)
    merge(patient=mara, other=twin, by=doctor, because="she married")
    assert _fingerprint(mara) == before, "the same document twice gave other facts"
    names = list(Document.objects.filter(patient=mara).values_list("name", flat=True))
    assert len(names) == len(set(names)) == 6
    assert str(twin.id) in read.chart(mara).patient.identifiers


def test_a_correction_written_in_either_record_holds_in_the_merged_one(
    mara: Patient, twin: Patient, doctor: Person
) -> None:
    fact = next(each for each in read.chart(twin).facts if each.value is not None)
    assert fact.value is not None
    new = msgspec.structs.replace(fact, value=Quantity(fact.value.value + 1000, fact.value.unit))
    correct_fact(patient=twin, by=doctor, token=facts.token_of(fact.id), fact=new, reason="typing error")
    merge(patient=mara, other=twin, by=doctor, because="she married")
    mara.refresh_from_db()
    assert [each for each in read.chart(mara).facts if each.value == new.value]


def test_taking_it_back_gives_both_records_what_was_theirs(mara: Patient, twin: Patient, doctor: Person) -> None:
    theirs = _fingerprint(mara), _fingerprint(twin)
    names = sorted(Document.objects.filter(patient=twin).values_list("name", flat=True))
    made = merge(patient=mara, other=twin, by=doctor, because="she married")
    take_apart(patient=mara, number=made.pk, because="they are sisters")
    twin.refresh_from_db()
    assert twin.merged_into_id is None
    assert (_fingerprint(mara), _fingerprint(twin)) == theirs
    assert sorted(Document.objects.filter(patient=twin).values_list("name", flat=True)) == names
    assert Merge.objects.get().undone_because == "they are sisters"


def test_nothing_is_written_into_a_merged_record(mara: Patient, twin: Patient, doctor: Person) -> None:
    merge(patient=mara, other=twin, by=doctor, because="she married")
    with pytest.raises(UserError, match="merged"):
        write_task(patient=twin, by=doctor, what="Call her")


@pytest.mark.parametrize("because", ["", "   "])
def test_without_a_reason_nothing_is_merged(mara: Patient, twin: Patient, doctor: Person, because: str) -> None:
    with pytest.raises(UserError, match="Why"):
        merge(patient=mara, other=twin, by=doctor, because=because)


def test_a_record_is_not_merged_with_itself(mara: Patient, doctor: Person) -> None:
    with pytest.raises(UserError, match="another record"):
        merge(patient=mara, other=mara, by=doctor, because="x")


def test_two_running_plans_are_not_mixed(mara: Patient, twin: Patient, doctor: Person) -> None:
    for one in (mara, twin):
        Plan.objects.create(patient=one, protocol="x", protocol_fingerprint="x", protocol_body={})
    with pytest.raises(UserError, match="plan that runs"):
        merge(patient=mara, other=twin, by=doctor, because="she married")
    assert not Merge.objects.exists()


def test_an_account_of_the_patient_moves_and_comes_back(
    mara: Patient, twin: Patient, doctor: Person, member: Callable[..., Person]
) -> None:
    account = Person.objects.create_user("mara@example.invalid", None, name="Mara")
    twin.person = account
    twin.save(update_fields=["person"])
    made = merge(patient=mara, other=twin, by=doctor, because="she married")
    mara.refresh_from_db()
    assert mara.person == account
    take_apart(patient=mara, number=made.pk, because="they are sisters")
    mara.refresh_from_db()
    twin.refresh_from_db()
    assert (mara.person, twin.person) == (None, account)
