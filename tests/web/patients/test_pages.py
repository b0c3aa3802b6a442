"""The list, a new patient, the overview with its tasks, merging."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from zonula_web.access.models import Clinic, Person
from zonula_web.access.rights import Role
from zonula_web.records import attention
from zonula_web.records.models import Merge, Patient, Task

OTHER = "Other clinic"


def _derive() -> None:
    while attention.refresh_next():
        pass


@pytest.fixture
def doctor(signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.CLINICIAN)


def test_the_list_opens_on_what_needs_attention_today(doctor: Client, mara: Patient, patient: Patient) -> None:
    _derive()
    page = doctor.get("/patients/").content.decode()
    assert "What needs attention today" in page
    assert "Mara Lindqvist" in page
    assert "Prompt: two weeks" in page
    assert "Vera Probst" not in page
    assert "Vera Probst" in doctor.get("/patients/?all=1").content.decode()


def test_a_record_still_looked_through_is_said(doctor: Client, mara: Patient) -> None:
    assert "being looked through" in doctor.get("/patients/").content.decode()


def test_the_list_can_be_narrowed_to_one_kind(doctor: Client, mara: Patient) -> None:
    _derive()
    assert "Mara Lindqvist" in doctor.get("/patients/?kind=red flag").content.decode()
    assert "Mara Lindqvist" not in doctor.get("/patients/?kind=adverse event").content.decode()


def test_a_search_finds_by_part_of_the_name_and_says_when_nobody_fits(doctor: Client, mara: Patient) -> None:
    assert "Mara Lindqvist" in doctor.get("/patients/?q=lindq").content.decode()
    assert "Nobody found" in doctor.get("/patients/?q=nosuchname").content.decode()


def test_no_page_of_the_list_shows_another_clinics_patients(signed_in: Callable[..., Client], mara: Patient) -> None:
    stranger = signed_in(Role.CLINICIAN, clinic_name=OTHER)
    _derive()
    for address in ("/patients/", "/patients/?all=1", "/patients/?q=mara"):
        assert "Lindqvist" not in stranger.get(address).content.decode()


def test_a_new_patient_is_sent_on_to_the_import(doctor: Client, clinic: Clinic) -> None:
    made = doctor.post("/patients/new/", {"name": "Nora Blum", "born": "1990-05", "sex": "female", "number": "7"})
    patient = Patient.objects.get(name="Nora Blum")
    assert made.headers["Location"] == reverse("documents", args=[patient.id])


def test_what_cannot_be_a_birth_date_is_said_beside_the_form(doctor: Client, clinic: Clinic) -> None:
    made = doctor.post("/patients/new/", {"name": "Nora Blum", "born": "1990-13", "sex": "female", "number": ""})
    assert made.status_code == 422
    assert 'id="problem"' in made.content.decode()
    assert not Patient.objects.filter(name="Nora Blum").exists()


def test_a_person_who_is_there_already_is_not_made_twice_unnoticed(doctor: Client, patient: Patient) -> None:
    fields = {"name": "probst VERA", "born": "1980-02-03", "sex": "female", "number": ""}
    asked = doctor.post("/patients/new/", fields)
    assert asked.status_code == 422
    assert reverse("patient", args=[patient.id]) in asked.content.decode()
    assert doctor.post("/patients/new/", fields | {"anyway": "1"}).status_code == 302
    assert doctor.post("/patients/new/", fields | {"born": "1999"}).status_code == 302, (
        "another birth date, another person"
    )


def test_a_patient_sees_no_notes_of_the_clinic_to_itself(
    signed_in: Callable[..., Client], mara: Patient, doctor: Client
) -> None:
    doctor.post(reverse("task_new", args=[mara.id]), {"what": "Ask her sister in confidence"})
    mara.person = Person.objects.create_user("mara@example.invalid", None, name="Mara")
    mara.save(update_fields=["person"])
    own = Client()
    own.force_login(mara.person)
    page = own.get(reverse("patient", args=[mara.id]))
    assert page.status_code == 200
    assert "in confidence" not in page.content.decode()
    assert "in confidence" in doctor.get(reverse("patient", args=[mara.id])).content.decode()


def test_the_overview_says_what_comes_next_and_where_the_journey_stands(doctor: Client, mara: Patient) -> None:
    _derive()
    page = doctor.get(reverse("patient", args=[mara.id])).content.decode()
    assert "To do now" in page
    assert "What comes then" in page
    assert "See the patient; no elimination diet until the loss is explained" in page
    assert "1 Chart and history" in page
    assert "No plan runs." in page


def test_the_overview_of_an_empty_record_says_what_to_do_first(doctor: Client, patient: Patient) -> None:
    page = doctor.get(reverse("patient", args=[patient.id])).content.decode()
    assert "Nothing is known yet" in page


def test_a_task_is_done_with_a_note_and_can_be_opened_again(doctor: Client, mara: Patient) -> None:
    _derive()
    task = attention.tasks_of(mara).first()
    assert task is not None
    assert doctor.post(reverse("task_done", args=[mara.id, task.pk]), {"note": ""}).status_code == 302
    task.refresh_from_db()
    assert task.done_at is None, "a task was closed without a note"
    doctor.post(reverse("task_done", args=[mara.id, task.pk]), {"note": "Seen and referred."})
    task.refresh_from_db()
    assert task.done_note == "Seen and referred."
    assert task.done_by is not None
    doctor.post(reverse("task_again", args=[mara.id, task.pk]))
    task.refresh_from_db()
    assert task.done_at is None


def test_a_task_of_another_patient_cannot_be_closed_through_ones_own(
    doctor: Client, mara: Patient, patient: Patient
) -> None:
    _derive()
    task = attention.tasks_of(mara).first()
    assert task is not None
    doctor.post(reverse("task_done", args=[patient.id, task.pk]), {"note": "x"})
    task.refresh_from_db()
    assert task.done_at is None


def test_staff_cannot_close_tasks(signed_in: Callable[..., Client], mara: Patient) -> None:
    _derive()
    task = Task.objects.filter(patient=mara).first()
    assert task is not None
    assert signed_in(Role.STAFF).post(reverse("task_done", args=[mara.id, task.pk]), {"note": "x"}).status_code == 404


def test_merged_records_are_one_and_the_old_address_leads_on(doctor: Client, mara: Patient, patient: Patient) -> None:
    Patient.objects.filter(pk=patient.pk).update(born=mara.born)
    answer = doctor.post(reverse("merge", args=[patient.id]), {"other": str(mara.id), "because": "the same person"})
    assert answer.status_code == 302
    old = doctor.get(reverse("chart", args=[mara.id]))
    assert old.headers["Location"] == reverse("chart", args=[patient.id])
    assert "Mara Lindqvist" in doctor.get(reverse("merge", args=[patient.id])).content.decode()
    assert Merge.objects.get().because == "the same person"


def test_records_with_other_birth_dates_are_merged_only_with_an_explicit_word(
    doctor: Client, mara: Patient, patient: Patient
) -> None:
    address = reverse("merge", args=[patient.id])
    refused = doctor.post(address, {"other": str(mara.id), "because": "the same person"})
    assert refused.status_code == 422
    assert "birth dates differ" in refused.content.decode()
    doctor.post(address, {"other": str(mara.id), "because": "typing error in the letter", "although": "1"})
    assert Merge.objects.exists()


def test_a_record_of_another_clinic_cannot_be_merged(
    doctor: Client, signed_in: Callable[..., Client], patient: Patient
) -> None:
    signed_in(Role.CLINICIAN, clinic_name=OTHER)
    stranger = Patient.objects.create(clinic=Clinic.objects.get(name=OTHER), name="Vera Probst", born="1980-02-03")
    answer = doctor.post(reverse("merge", args=[patient.id]), {"other": str(stranger.id), "because": "x"})
    assert answer.status_code == 422
    assert not Merge.objects.exists()
