"""Hostile records, requests and file names do nothing: no script runs, no file is reached, no other site is followed, nothing leaks."""

import io
import json
import logging
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from zonula_web.access.rights import Role
from zonula_web.design.logs import Line
from zonula_web.records.actions.importing import import_documents

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(2)>"
PAGES = (
    "patient", "chart", "documents", "facts", "questionnaires", "laboratory", "skin", "assessment", "plan", "consent", "patient_log", "invite_patient",
)  # fmt: skip


def hostile_bundle():
    coded = {"text": SCRIPT, "coding": [{"system": "http://snomed.info/sct", "code": "84229001", "display": SCRIPT}]}
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"resource": one}
            for one in (
                {"resourceType": "Patient", "id": "p", "name": [{"family": SCRIPT, "given": ["Vera"]}], "birthDate": "1980-02-03"},
                {"resourceType": "Condition", "id": "c", "code": coded, "subject": {"reference": "Patient/p"}, "onsetDateTime": "2024-01-01", "note": [{"text": SCRIPT}]},
                {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": SCRIPT}, "subject": {"reference": "Patient/p"}, "effectiveDateTime": "2024-01-02", "valueString": SCRIPT},
                {"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": SCRIPT}, "patient": {"reference": "Patient/p"}},
            )
        ],
    }  # fmt: skip


@pytest.fixture
def hostile(patient):
    patient.name = f"Vera {SCRIPT}"[:200]
    patient.save(update_fields=["name"])
    import_documents(
        patient=patient,
        by=None,
        files=[(f"../../{SCRIPT}.json", json.dumps(hostile_bundle()).encode())],
        same_person="a test",
    )
    patient.refresh_from_db()
    return patient


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_a_record_becomes_markup(signed_in, hostile, page):
    answer = signed_in(Role.CLINICIAN).get(reverse(page, args=[hostile.id]))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "<svg/onload" not in text


def test_a_document_comes_back_as_a_download_that_runs_nowhere(signed_in, hostile):
    from zonula_web.records.models import Document

    (document,) = Document.objects.filter(patient=hostile)
    answer = signed_in(Role.CLINICIAN).get(reverse("document", args=[hostile.id, document.id]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "/" not in answer["Content-Disposition"].split("filename", 1)[1]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "html" not in answer["Content-Type"]


@pytest.mark.parametrize("page", ["patients", *PAGES])
def test_every_page_forbids_foreign_script_and_frames_and_rests_in_no_cache(signed_in, patient, page):
    address = reverse(page, args=[] if page == "patients" else [patient.id])
    answer = signed_in(Role.CLINICIAN).get(address)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("page", ["patient_new", "people", "account_login", "account_logout"])
def test_a_form_sent_from_elsewhere_is_refused(member, page):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member(Role.CLINICIAN, administrator=True))
    assert browser.post(reverse(page), {"name": "x"}).status_code == 403


def test_signing_in_leads_to_no_other_site(member):
    person = member(Role.STAFF)
    person.set_password("lamp river nine copper")
    person.save(update_fields=["password"])
    for elsewhere in ("https://evil.invalid/", "//evil.invalid/", "\\\\evil.invalid", "javascript:alert(1)"):
        answer = Client().post(
            f"/account/login/?next={elsewhere}",
            {"login": person.email, "password": "lamp river nine copper", "next": elsewhere},
        )
        assert answer.status_code != 302 or "evil" not in answer["Location"], elsewhere
        assert answer.status_code != 302 or "javascript" not in answer["Location"], elsewhere


def test_a_foreign_host_name_is_refused(client):
    assert client.get("/account/login/", HTTP_HOST="evil.invalid").status_code == 400


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.json", b"0" * 20_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bomb, id="zip bomb"),
        pytest.param(lambda: b'{"resourceType":' + b"[" * 200_000, id="nesting"),
        pytest.param(
            lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
            id="entity",
        ),
        pytest.param(lambda: b"\x00" * 1000, id="zeros"),
        pytest.param(lambda: b"MZ\x90\x00", id="a program"),
    ],
)
def test_a_hostile_file_is_refused_in_words(patient, content):
    from zonula.errors import UserError
    from zonula_web.records.models import Document

    with pytest.raises(UserError) as refused:
        import_documents(patient=patient, by=None, files=[("x.zip", content())])
    assert "root:" not in str(refused.value)
    assert not Document.objects.exists()


def test_log_lines_name_no_patient_and_quote_no_record(signed_in, patient, monkeypatch, caplog):
    from zonula_web.clinic.views import overview

    def fails(*_: object, **__: object) -> None:
        raise ValueError("Vera Probst has celiac disease")

    monkeypatch.setattr(overview, "render", fails)
    browser = signed_in(Role.CLINICIAN)
    browser.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        answer = browser.get(reverse("patient", args=[patient.id]))
    assert answer.status_code == 500
    assert "Vera" not in answer.content.decode()
    lines = [Line().format(record) for record in caplog.records]
    assert lines
    assert any("ValueError" in line for line in lines), "what failed is named"
    assert not [line for line in lines if "Vera" in line or "celiac" in line or str(patient.id) in line]
