"""The chart, its facts and documents as pages."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from zonula.chart import Kind
from zonula_web.access.models import Clinic
from zonula_web.access.rights import Role
from zonula_web.records import facts, read
from zonula_web.records.actions.importing import import_documents
from zonula_web.records.actions.patients import new_patient
from zonula_web.records.models import Document, Patient


@pytest.fixture
def doctor(signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.CLINICIAN)


def _token(patient: Patient, kind: Kind) -> str:
    return facts.token_of(next(fact.id for fact in read.chart(patient).facts if fact.kind is kind))


def test_the_chart_shows_flags_figures_timeline_domains_labels_and_work_up(doctor: Client, mara: Patient) -> None:
    page = doctor.get(reverse("chart", args=[mara.id])).content.decode()
    for said in ("Red flags", "years since the first symptom", "Migraine or chronic headache", "Chronic Lyme disease",
                 "Work-up: first-line tests", "Medicines", "cetirizine"):  # fmt: skip
        assert said in page
    assert "style=" not in page


def test_every_mark_of_the_timeline_opens_a_fact(doctor: Client, mara: Patient) -> None:
    page = doctor.get(reverse("chart", args=[mara.id])).content.decode()
    tokens = set(re.findall(r'data-fact="(\w+)"', page))
    assert len(tokens) > 100
    assert tokens <= {row.token for row in facts.rows(mara)}


def test_a_document_with_an_endless_name_has_facts_that_open(doctor: Client, patient: Patient) -> None:
    """Ids of facts begin with names of documents: nothing may cut them."""
    person = {"resourceType": "Patient", "id": "v", "birthDate": "1980-02-03", "name": [{"text": "Vera Probst"}]}
    hives = {"resourceType": "Condition", "id": "h", "subject": {"reference": "Patient/v"}, "code": {"text": "Hives"},
             "onsetDateTime": "2020-03-04"}  # fmt: skip
    entries = [{"resource": person}, {"resource": hives}]
    body = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    import_documents(patient=patient, by=None, files=[(f"{'letter ' * 34}.json", body)])
    page = doctor.get(reverse("chart", args=[patient.id])).content.decode()
    tokens = set(re.findall(r"/facts/(\w{20})/", page)) | set(re.findall(r'data-fact="(\w+)"', page))
    assert tokens
    for token in tokens:
        assert doctor.get(reverse("fact", args=[patient.id, token])).status_code == 200


def test_without_a_script_the_lanes_are_chosen_by_a_form(doctor: Client, mara: Patient) -> None:
    page = doctor.get(reverse("chart", args=[mara.id]), {"lane": ["0.0"]}).content.decode()
    assert 'data-lane="0.0">' in page
    assert 'data-lane="0.1" hidden>' in page


def test_statements_open_to_facts_rule_source_grade_and_version(doctor: Client, mara: Patient) -> None:
    page = doctor.get(reverse("chart", args=[mara.id])).content.decode()
    why = page.split('<details class="why">')[1].split("</details>")[0]
    assert "/facts/" in why
    assert "Rule and source" in why
    assert "Grade:" in why
    assert "Said by Zonula" in why


def test_addresses_of_facts_say_nothing_of_documents(doctor: Client, mara: Patient) -> None:
    page = doctor.get(reverse("facts", args=[mara.id])).content.decode()
    assert "fhir.json" not in " ".join(re.findall(r'href="([^"]*)"', page))


def test_an_empty_chart_says_what_to_do(doctor: Client, patient: Patient) -> None:
    page = doctor.get(reverse("chart", args=[patient.id])).content.decode()
    assert "There is no record in this chart yet" in page


def test_facts_are_searched_and_filtered(doctor: Client, mara: Patient) -> None:
    address = reverse("facts", args=[mara.id])
    page = doctor.get(address, {"q": "ferritin"}).content.decode()
    assert "erritin" in page
    assert "cetirizine" not in page
    assert "No fact fits" in doctor.get(address, {"q": "nosuchword"}).content.decode()
    document = Document.objects.get(patient=mara, name__startswith="5-")
    assert "Dr. Anneke Roos" not in doctor.get(address, {"document": document.pk}).content.decode()


def test_a_fact_shows_the_words_of_its_document(doctor: Client, mara: Patient) -> None:
    page = doctor.get(reverse("fact", args=[mara.id, _token(mara, Kind.CONDITION)])).content.decode()
    assert "As it stands in the original" in page
    assert "resourceType" in page


def test_the_panel_of_the_timeline_is_a_part_of_the_page(doctor: Client, mara: Patient) -> None:
    address = reverse("fact", args=[mara.id, _token(mara, Kind.CONDITION)])
    part = doctor.get(address, headers={"X-Fragment": "fact"}).content.decode()
    assert "<html" not in part
    assert "Read in" in part


def test_a_fact_is_entered_corrected_withdrawn_and_taken_back(doctor: Client, patient: Patient) -> None:
    fields = {"kind": "observation", "text": "Ferritin", "start": "2026-01-05", "end": "", "status": "confirmed",
              "value": "8,5", "unit": "ug/L", "low": "15", "high": "150", "note": "", "reason": "paper letter"}  # fmt: skip
    made = doctor.post(reverse("fact_new", args=[patient.id]), fields)
    assert made.status_code == 302
    fact = read.chart(Patient.objects.get(pk=patient.pk)).facts[0]
    assert fact.value is not None
    assert (fact.value.value, fact.value.unit) == (8.5, "ug/L")
    address = made.headers["Location"]
    correct = reverse("fact_correct", args=[patient.id, facts.token_of(fact.id)])
    assert doctor.post(correct, fields | {"value": "85", "reason": ""}).status_code == 422
    assert doctor.post(correct, fields | {"value": "85", "reason": "comma"}).status_code == 302
    page = doctor.get(address).content.decode()
    assert "85 µg/L" in page
    assert re.search(r"<s><bdi>[^<]*8\.5", page)
    doctor.post(reverse("fact_withdraw", args=[patient.id, facts.token_of(fact.id)]), {"reason": "not hers"})
    page = doctor.get(address).content.decode()
    assert "withdrawn" in page
    number = facts.page(Patient.objects.get(pk=patient.pk), facts.token_of(fact.id)).history[0].number  # type: ignore[union-attr]
    doctor.post(reverse("entry_undo", args=[patient.id, facts.token_of(fact.id), number]), {"reason": "hers after all"})
    assert "85 µg/L" in doctor.get(address).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": " "}, "Name it"),
        ({"start": "2026-02-30"}, "is not a date"),
        ({"start": "2026", "end": "2019"}, "ends before it begins"),
        ({"low": "5", "high": "1"}, "upper limit is below"),
        ({"low": "<5"}, "is not a limit"),
        ({"kind": "spell"}, "what kind of fact"),
        ({"status": "certain"}, "how sure"),
        ({"text": "x" * 201}, "too long"),
    ],
)
def test_what_cannot_be_a_fact_is_said_and_nothing_is_written(
    doctor: Client, patient: Patient, wrong: dict[str, str], said: str
) -> None:
    fields = {"kind": "observation", "text": "Ferritin", "start": "", "end": "", "status": "confirmed",
              "value": "8", "unit": "ug/L", "low": "", "high": "", "note": "", "reason": ""}  # fmt: skip
    answer = doctor.post(reverse("fact_new", args=[patient.id]), fields | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not read.chart(patient).facts


def test_a_correction_changes_only_what_was_changed(doctor: Client, mara: Patient) -> None:
    fact = next(each for each in read.chart(mara).facts if each.value is not None and each.codes)
    address = reverse("fact_correct", args=[mara.id, facts.token_of(fact.id)])
    form = doctor.get(address).context["fields"]
    doctor.post(address, form | {"note": "haemolytic sample", "reason": "told by the laboratory"})
    mara.refresh_from_db()
    now = next(each for each in read.chart(mara).facts if each.id == fact.id)
    assert now.note == "haemolytic sample"
    assert (now.value, now.codes, now.when, now.status, now.interpretation, now.reference) == (
        fact.value, fact.codes, fact.when, fact.status, fact.interpretation, fact.reference,
    )  # fmt: skip


def test_documents_are_downloaded_byte_for_byte_and_never_shown(doctor: Client, mara: Patient) -> None:
    document = Document.objects.filter(patient=mara).order_by("id")[0]
    answer = doctor.get(reverse("document", args=[mara.id, document.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert json.loads(answer.content)["resourceType"] == "Bundle"
    assert len(answer.content) == document.size


def test_a_document_is_taken_out_with_a_reason_and_put_back(doctor: Client, mara: Patient) -> None:
    document = Document.objects.filter(patient=mara).order_by("id")[0]
    address = reverse("document_remove", args=[mara.id, document.pk])
    before = len(read.chart(mara).facts)
    assert doctor.post(address, {"because": " "}).status_code == 422
    assert doctor.post(address, {"because": "of someone else"}).status_code == 302
    mara.refresh_from_db()
    assert len(read.chart(mara).facts) < before
    assert "of someone else" in doctor.get(reverse("documents", args=[mara.id])).content.decode()
    doctor.post(reverse("document_back", args=[mara.id, document.pk]))
    mara.refresh_from_db()
    assert len(read.chart(mara).facts) == before


def test_a_document_of_another_patient_is_not_reached_through_ones_own(
    doctor: Client, mara: Patient, patient: Patient
) -> None:
    document = Document.objects.filter(patient=mara)[0]
    assert doctor.get(reverse("document", args=[patient.id, document.pk])).status_code == 404
    assert doctor.post(reverse("document_remove", args=[patient.id, document.pk]), {"because": "x"}).status_code == 422


def test_nothing_from_a_record_becomes_a_tag(doctor: Client, clinic: Clinic) -> None:
    bad = "<img src=x onerror=alert(1)>"
    patient = new_patient(clinic=clinic, name=f"Vera {bad}", born="1980-02-03", number=bad, today=read.today(clinic))
    person = {"resourceType": "Patient", "id": "v", "birthDate": "1980-02-03", "name": [{"text": f"Vera {bad}"}]}
    hives = {"resourceType": "Condition", "id": "h", "subject": {"reference": "Patient/v"}, "note": [{"text": bad}],
             "code": {"text": f"Hives {bad}"}, "onsetDateTime": "2020-03-04", "recorder": {"display": bad}}  # fmt: skip
    entries = [{"resource": person}, {"resource": hives}]
    body = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    import_documents(patient=patient, by=None, files=[(f"{bad}.json", body)])
    token = _token(patient, Kind.CONDITION)
    doctor.post(reverse("fact_correct", args=[patient.id, token]), {
        "text": f"Hives {bad}", "start": "2019", "end": "", "status": "confirmed", "note": bad, "reason": bad,
        "value": "", "unit": "", "low": "", "high": "",
    })  # fmt: skip
    doctor.post(reverse("task_new", args=[patient.id]), {"what": bad})
    addresses = [reverse(name, args=[patient.id]) for name in ("patient", "chart", "facts", "documents", "merge")]
    addresses += [reverse("fact", args=[patient.id, token]), "/patients/", "/patients/?all=1", f"/patients/?q={bad}"]
    shown = "".join(doctor.get(address).content.decode() for address in addresses)
    assert "&lt;img src=x" in shown
    assert "<img" not in shown
