"""Papers and exports told as a clinician uses them: read again from the bytes that were handed out."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import msgspec
import pytest
from django.urls import reverse
from fhir.resources.R4B.bundle import Bundle
from pypdf import PdfReader

from zonula.chart_import import fhir
from zonula.treatment_protocols import Event, Result, Why
from zonula.treatment_protocols import Role as Acts
from zonula_web.access.rights import Role
from zonula_web.audit.models import Event as Logged
from zonula_web.records import read
from zonula_web.records.actions.plan import start_plan
from zonula_web.records.models import Plan, PlanEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician(signed_in):
    return signed_in(Role.CLINICIAN)


def get(browser, patient, name):
    answer = browser.get(reverse(name, args=[patient.id]))
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def pages(answer):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(body(answer))).pages]


@pytest.fixture
def tested(patient, member):
    """A plan with an allergy and two verdicts, one of them open; written as the core would, in three weeks."""
    by = member(Role.CLINICIAN, administrator=True)
    start_plan(patient=patient, by=by, role=Acts.CLINICIAN, protocol="reboot_maintenance_rejuvenation", seen=None)
    row = Plan.objects.get()
    day = read.today(patient.clinic)
    first = day - timedelta(60)
    gates = ("celiac", "pregnancy", "adult", "eating_disorder", "weight", "asthma", "anaphylaxis", "insulin", "kidney", "transplant", "mastocytosis", "red_flag")  # fmt: skip

    def event(after, name, **fields):
        return Event(
            day=first + timedelta(after), event=name, by="Dr Test", role=Acts.CLINICIAN, open_gates=gates, **fields
        )

    events = [
        event(0, "start"),
        event(1, "exclude", food="peanut", why=Why.ALLERGY, reason="anaphylaxis 2019", owner="Dr Test"),
        event(7, "begin_reboot"),
        event(30, "end_reboot"),
        event(31, "challenge", food="milk", form="boiled"),
        event(41, "verdict", food="milk", result=Result.ACCEPTED),
        event(42, "challenge", food="egg_white", blinded=True, supervised=True),
        event(43, "verdict", food="egg_white", result=Result.REACTS),
    ]
    PlanEvent.objects.filter(plan=row).delete()
    for number, one in enumerate(events, 1):
        PlanEvent.objects.create(patient=patient, plan=row, number=number, event=msgspec.to_builtins(one), by=by)
    return patient


@pytest.mark.parametrize("name", ["print_summary", "print_assessment", "print_plan", "print_passport", "print_card"])
def test_every_page_carries_the_patient_and_the_paper_is_accessible(clinician, tested, name):
    answer = get(clinician, tested, name)
    assert answer["Content-Type"] == "application/pdf"
    for text in pages(answer):
        assert "Vera Probst" in text
        assert "1980-02-03" in text
    assert b"pdfuaid" in body(get(clinician, tested, name))  # PDF/UA
    assert PdfReader(io.BytesIO(body(answer))).metadata.title


def test_the_plan_says_in_plain_words_what_is_out_and_why(clinician, tested):
    text = " ".join(pages(get(clinician, tested, "print_plan")))
    assert "Peanut" in text
    assert "Allergy: never try it by yourself" in text
    assert "Anaphylaxis 2019" in text
    assert "You reacted when it was tested" in text
    assert "working hypothesis" in text
    assert "version 1" in text
    assert "page 1 of" in text


def test_the_passport_says_how_each_food_was_tested_and_until_when_it_holds(clinician, tested):
    text = " ".join(pages(get(clinician, tested, "print_passport")))
    day = read.today(tested.clinic) - timedelta(60)
    assert re.search(rf"Milk boiled 1 usual portion {day + timedelta(41)} open test until something changes", text)
    assert re.search(rf"Egg white not written not recorded {day + timedelta(43)} blinded test until \d{{4}}", text)
    assert "Never, for safety" in text
    assert "Peanut" in text
    card = " ".join(pages(get(clinician, tested, "print_card")))
    assert "NEVER" in card
    assert "Egg white" in card


def test_a_passport_without_tests_says_that_nothing_was_tested(clinician, patient):
    for name in ("print_passport", "print_card"):
        assert "No food has been tested yet" in " ".join(pages(get(clinician, patient, name)))


def test_a_plan_that_does_not_run_is_not_printed(clinician, patient):
    answer = clinician.get(reverse("print_plan", args=[patient.id]))
    assert answer.status_code == 422
    assert "No plan runs." in answer.content.decode()


def test_the_record_is_valid_fhir_and_comes_back_with_the_plan(clinician, tested, mara):
    written = body(get(clinician, tested, "export_fhir"))
    Bundle.model_validate_json(written)
    kinds = [entry["resource"]["resourceType"] for entry in json.loads(written)["entry"]]
    assert {"CarePlan", "NutritionOrder", "AllergyIntolerance"} <= set(kinds)
    whole = body(get(clinician, mara, "export_fhir"))
    Bundle.model_validate_json(whole)
    document = fhir.read(whole, "record.json")
    (facts,) = document.facts.values()
    assert sorted(fact.text for fact in facts) == sorted(fact.text for fact in read.chart(mara).facts)


def test_an_intolerance_is_confirmed_only_when_the_test_was_blinded(clinician, tested):
    entries = json.loads(body(get(clinician, tested, "export_fhir")))["entry"]
    (found,) = [one["resource"] for one in entries if one["resource"]["resourceType"] == "AllergyIntolerance"]
    assert found["verificationStatus"]["coding"][0]["code"] == "confirmed"
    assert found["code"]["text"] == "Egg white"


def test_the_table_has_a_line_for_each_fact(clinician, mara):
    rows = list(csv.DictReader(io.StringIO(body(get(clinician, mara, "export_table")).decode("utf-8-sig"), newline="")))
    assert len(rows) == len(read.chart(mara).facts)


def test_everything_holds_the_documents_byte_for_byte_and_what_the_clinic_wrote(clinician, mara):
    answer = get(clinician, mara, "export_everything")
    archive = zipfile.ZipFile(io.BytesIO(body(answer)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert {"README.txt", "record.fhir.json", "facts.csv", "diary.csv", "clinic.json"} <= set(names)
    from zonula_web.records import documents

    originals = {documents.file_of(mara, line.id).body for line in documents.documents(mara)}
    assert {archive.read(name) for name in names if name.startswith("documents/")} == originals
    assert json.loads(archive.read("clinic.json"))["patient"]["name"] == "Mara Lindqvist"


@pytest.mark.parametrize(
    "name",
    [
        "print_summary",
        "print_assessment",
        "print_passport",
        "print_card",
        "export_fhir",
        "export_table",
        "export_everything",
    ],
)
def test_each_download_is_logged_and_its_name_tells_nobody_anything(clinician, patient, name):
    answer = get(clinician, patient, name)
    body(answer)
    assert Logged.objects.filter(action="exported", patient=patient.id.hex).count() == 1
    named = answer["Content-Disposition"]
    assert re.search(r'filename="zonula-[0-9a-f]{8}-[a-z]+-\d{4}-\d{2}-\d{2}\.[a-z.]+"', named)
    assert "Vera" not in named
    assert "Probst" not in named


def test_a_dietitian_prints_the_plan_and_exports_nothing(signed_in, tested):
    dietitian = signed_in(Role.DIETITIAN)
    get(dietitian, tested, "print_plan")
    for name in ("print_summary", "export_fhir", "export_table", "export_everything"):
        assert dietitian.get(reverse(name, args=[tested.id])).status_code == 404
    assert "FHIR" not in get(dietitian, tested, "print").content.decode()
