"""Documents into a chart: as a job that tells how far it is, asks when it must, and keeps all or nothing."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zonula.errors import UserError
from zonula_web.access.rights import Role
from zonula_web.jobs.models import Job, State, Upload
from zonula_web.jobs.work import run_next
from zonula_web.records import documents, read, uploads
from zonula_web.records.actions import importing
from zonula_web.records.actions.importing import UNANSWERED, forget_unanswered, import_documents
from zonula_web.records.models import Document, Patient


@pytest.fixture
def doctor(signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.CLINICIAN)


def bundle(*people: tuple[str, str, str], condition: str = "Hives") -> bytes:
    """A FHIR bundle: (id, name, birth date) of each person, with one condition each."""
    entries: list[dict[str, Any]] = []
    for who, name, born in people:
        given, _, family = name.partition(" ")
        entries.append(
            {
                "resource": {
                    "resourceType": "Patient",
                    "id": who,
                    "birthDate": born,
                    "name": [{"family": family, "given": [given]}],
                    "identifier": [{"system": "https://one.example/mrn", "value": f"mrn-{who}"}],
                }
            }
        )
        entries.append(
            {
                "resource": {
                    "resourceType": "Condition",
                    "id": f"c-{who}",
                    "subject": {"reference": f"Patient/{who}"},
                    "code": {"text": f"{condition} of {given}"},
                    "onsetDateTime": "2020-03-04",
                }
            }
        )
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


VERA, NORA = ("v1", "Vera Probst", "1980-02-03"), ("n1", "Nora Blum", "1971-05-06")


def _send(browser: Client, patient: Patient, *files: tuple[str, bytes], **fields: str) -> Any:
    sent = [SimpleUploadedFile(name, body) for name, body in files]
    return browser.post(reverse("import", args=[patient.id]), {"files": sent, **fields})


def _texts(patient: Patient) -> set[str]:
    patient.refresh_from_db()
    return {fact.text for fact in read.chart(patient).facts}


def test_an_upload_is_a_job_whose_report_says_what_was_kept(doctor: Client, patient: Patient) -> None:
    assert _send(doctor, patient, ("letter.json", bundle(VERA))).status_code == 302
    page = doctor.get(reverse("documents", args=[patient.id])).content.decode()
    assert "every 2s" in page, "the page does not ask how far the import is"
    assert run_next()
    job = Job.objects.get()
    assert job.state == State.DONE
    assert _texts(patient) == {"Hives of Vera"}
    part = doctor.get(reverse("import_progress", args=[patient.id, job.pk])).content.decode()
    assert "1 kept" in part
    assert "every 2s" not in part
    assert not Upload.objects.exists()


def test_documents_of_someone_else_wait_for_a_word_and_keep_it(doctor: Client, patient: Patient) -> None:
    _send(doctor, patient, ("letter.json", bundle(NORA)))
    run_next()
    job = Job.objects.get()
    assert job.state == State.ASKS
    assert "born 1971-05-06" in job.says
    assert not Document.objects.exists()
    answer = reverse("import_answer", args=[patient.id, job.pk])
    assert doctor.post(answer, {"same_person": " "}).status_code == 422
    doctor.post(answer, {"same_person": "her name before the wedding; the birth date is a typing error"})
    run_next()
    assert _texts(patient) == {"Hives of Nora"}
    assert "her name before the wedding" in doctor.get(reverse("documents", args=[patient.id])).content.decode()
    patient.refresh_from_db()
    assert patient.born == "1980-02-03", "what the clinic knew was overwritten"


def test_an_import_that_asks_can_be_given_up(doctor: Client, patient: Patient) -> None:
    _send(doctor, patient, ("letter.json", bundle(NORA)))
    run_next()
    doctor.post(reverse("import_answer", args=[patient.id, Job.objects.get().pk]), {"give_up": "1"})
    assert Job.objects.get().state == State.FAILED
    assert not Upload.objects.exists()
    assert not Document.objects.exists()


def test_files_nobody_answers_for_are_forgotten(doctor: Client, patient: Patient) -> None:
    _send(doctor, patient, ("letter.json", bundle(NORA)))
    run_next()
    forget_unanswered()
    assert Upload.objects.exists()
    Job.objects.update(ended_at=timezone.now() - 2 * UNANSWERED)
    forget_unanswered()
    assert not Upload.objects.exists()


def test_of_several_people_in_one_file_only_the_chosen_one_is_taken(doctor: Client, patient: Patient) -> None:
    _send(doctor, patient, ("export.json", bundle(VERA, NORA)))
    run_next()
    job = Job.objects.get()
    assert job.state == State.ASKS
    people = {person["name"]: person["key"] for person in job.result["people"]}
    assert set(people) == {"Vera Probst", "Nora Blum"}
    page = doctor.get(reverse("documents", args=[patient.id])).content.decode()
    assert "Who of them is Vera Probst?" in page
    doctor.post(reverse("import_answer", args=[patient.id, job.pk]), {"person": people["Vera Probst"]})
    run_next()
    assert _texts(patient) == {"Hives of Vera"}
    assert Document.objects.get().whose
    # Another document of the same patient makes the chart anew: the other person stays out.
    import_documents(patient=patient, by=None, files=[("a.json", bundle(VERA, condition="Asthma"))])
    assert _texts(patient) == {"Hives of Vera", "Asthma of Vera"}


def test_the_wrong_one_of_several_people_is_still_asked_about(doctor: Client, patient: Patient) -> None:
    _send(doctor, patient, ("export.json", bundle(VERA, NORA)))
    run_next()
    job = Job.objects.get()
    key = next(person["key"] for person in job.result["people"] if person["name"] == "Nora Blum")
    doctor.post(reverse("import_answer", args=[patient.id, job.pk]), {"person": key})
    run_next()
    job.refresh_from_db()
    assert job.state == State.ASKS
    assert "born 1971-05-06" in job.says
    assert not Document.objects.exists()


def test_documents_of_others_only_are_not_kept(patient: Patient) -> None:
    files = [("vera.json", bundle(VERA)), ("nora.json", bundle(NORA))]
    with pytest.raises(UserError, match="2 people"):
        import_documents(patient=patient, by=None, files=files)
    import_documents(patient=patient, by=None, files=files, person="v1")
    assert [document.name for document in Document.objects.all()] == ["vera.json"]
    assert _texts(patient) == {"Hives of Vera"}


def test_a_zip_is_kept_whole_and_its_parts_are_reported(doctor: Client, patient: Patient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one/letter.json", bundle(VERA))
        archive.writestr("one/photo.bin", b"\x00\x01\x02")
    _send(doctor, patient, ("records.zip", packed.getvalue()))
    run_next()
    assert _texts(patient) == {"Hives of Vera"}
    line = documents.documents(patient)[0]
    assert {report.name for report in line.reports} == {"records.zip/one/letter.json", "records.zip/one/photo.bin"}
    fact = read.chart(patient).facts[0]
    assert "c-v1" in documents.excerpt(patient, fact.sources[0].document, fact.sources[0].place)


def test_paths_of_a_dropped_folder_are_kept_and_lead_nowhere_else(doctor: Client, patient: Patient) -> None:
    _send(doctor, patient, ("letter.json", bundle(VERA)), paths=json.dumps(["../../clinic/./b/letter.json"]))
    assert Upload.objects.get().name == "clinic/b/letter.json"


def test_what_is_no_record_is_left_out_with_a_word(doctor: Client, patient: Patient) -> None:
    _send(doctor, patient, ("letter.json", bundle(VERA)), ("scan.pdf", b"%PDF-1.7"), ("empty.json", b""))
    run_next()
    page = doctor.get(reverse("documents", args=[patient.id])).content.decode()
    assert "scan.pdf" in page
    assert "not a kind of file that Zonula reads" in page
    assert "the file is empty" in page
    assert _texts(patient) == {"Hives of Vera"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "No file was chosen"),
        ((("scan.pdf", b"%PDF-1.7"),), "not a kind of file"),
        ((("letter.json", b""),), "empty"),
    ],
)
def test_an_upload_without_anything_to_read_is_refused_beside_the_form(
    doctor: Client, patient: Patient, files: tuple[tuple[str, bytes], ...], said: str
) -> None:
    answer = _send(doctor, patient, *files)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Job.objects.exists()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    monkeypatch.setattr(uploads, "LARGEST_FILE", 2000)
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 3000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("sizes", "said"), [((5, 5, 5), "more than the 2"), ((2500,), "larger than"), ((1800, 1800), "Together")]
)
def test_limits_are_said_in_words(doctor: Client, patient: Patient, sizes: tuple[int, ...], said: str) -> None:
    answer = _send(doctor, patient, *((f"{number}.json", b"{" * size) for number, size in enumerate(sizes)))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_same_documents_again_change_nothing(doctor: Client, patient: Patient) -> None:
    for _ in range(2):
        _send(doctor, patient, ("letter.json", bundle(VERA)))
        run_next()
    assert Document.objects.count() == 1
    assert [job.state for job in Job.objects.order_by("made_at")] == [State.DONE, State.FAILED]
    assert "in the record already" in Job.objects.order_by("made_at")[1].says


def test_nothing_stays_of_an_import_that_fails_half_way(
    doctor: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _send(doctor, patient, ("letter.json", bundle(VERA)), ("more.json", bundle(VERA, condition="Asthma")))

    def broken(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(importing, "keep_chart", broken)
    run_next()
    assert Job.objects.get().state == State.FAILED
    assert not Document.objects.exists()
    assert _texts(patient) == set()


def test_a_record_that_changed_while_it_was_read_loses_nothing(patient: Patient) -> None:
    early = importing.read(patient, [("a.json", bundle(VERA))])
    import_documents(patient=patient, by=None, files=[("a.json", bundle(VERA, condition="Asthma"))])
    importing.keep(patient=patient, by=None, read=early)
    assert _texts(patient) == {"Hives of Vera", "Asthma of Vera"}
    assert len({document.name for document in Document.objects.all()}) == 2


def test_staff_may_import_and_a_dietitian_may_not(signed_in: Callable[..., Client], patient: Patient) -> None:
    assert _send(signed_in(Role.STAFF), patient, ("letter.json", bundle(VERA))).status_code == 302
    assert _send(signed_in(Role.DIETITIAN), patient, ("letter.json", bundle(VERA))).status_code == 404
