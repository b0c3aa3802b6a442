"""The address that takes in the diary: strict in what it reads, the same for every database, only for the patient, only with consent."""

import json

import pytest
from django.test import Client

from zonula_web.patient.views.phone import MOST_BYTES
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.models import DiaryEntry, DiaryMeal

pytestmark = pytest.mark.django_db


def raw(phone, patient, body, content_type="application/json", **headers):
    return phone.post(f"/patients/{patient.id}/diary/sync/", body, content_type=content_type, headers=headers)


def written(entry, text):
    """The request with `text` where the note's value stands."""
    return json.dumps({"entries": [entry("note", note="HERE")]}).replace('"HERE"', text)


def test_what_is_sent_is_kept_and_sent_again_is_the_same(send, entry):
    one = entry(number=7)
    first, again = send([one]), send([one])
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["accepted"] == again.json()["accepted"] == [one["id"]]
    assert DiaryEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("NaN", 400),
        ("Infinity", 400),
        ("-Infinity", 400),
        ('"a\\u0000b"', 400),
        ('"a\\ud800b"', 400),
        ('"\\udc00"', 400),
        ("[" * 40 + "]" * 40, 400),
        ("[" * 100_000 + "]" * 100_000, 400),
        ('"open', 400),
        ("'x'", 400),
    ],
)
def test_what_is_no_honest_json_is_refused_and_nothing_is_kept(phone, patient, entry, text, status):
    answer = raw(phone, patient, written(entry, text))
    assert answer.status_code == status, answer.content
    assert answer.json()["why"]
    assert not DiaryEntry.objects.exists()


@pytest.mark.parametrize("text", ["1e999", "9" * 5000, "{}", "null", "true"])
def test_values_of_the_wrong_kind_are_refused_by_name_or_as_a_whole(phone, patient, entry, text):
    answer = raw(phone, patient, written(entry, text))
    assert answer.status_code in (200, 400, 422)
    assert not DiaryEntry.objects.exists()
    if answer.status_code == 200:
        assert answer.json()["refused"][0]["why"]


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b" ", b"null", b"[]", b'{"entries": 3}', b'{"entries": [], "more": 1}', b'{"entries": [{}]}']
)
def test_other_bodies_are_refused(phone, patient, body):
    assert raw(phone, patient, body).status_code in (400, 422)


def test_a_name_in_a_key_is_read_as_strictly(phone, patient, entry):
    one = entry("symptoms", felt={"HERE": {"worst": 1}})
    answer = raw(phone, patient, json.dumps({"entries": [one]}).replace("HERE", "a\\u0000b"))
    assert answer.status_code == 400


def test_too_large_a_body_is_refused_before_it_is_read(phone, patient):
    assert raw(phone, patient, b" " * (MOST_BYTES + 1)).status_code == 413


def test_only_json_is_taken(phone, patient):
    assert raw(phone, patient, "x=1", content_type="application/x-www-form-urlencoded").status_code == 415


def test_without_the_token_nothing_is_taken(own, patient, send, entry):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(own)
    assert send([entry()], browser=strict).status_code == 403
    token = strict.get("/diary/me/").json()["csrf"]
    assert send([entry()], browser=strict, **{"X-CSRFToken": token}).status_code == 200


def test_without_consent_it_stays_on_the_phone(send, entry, own, patient, phone):
    state_consent(patient=patient, by=own, data="diary", given=False)
    answer = send([entry()])
    assert answer.status_code == 403
    assert answer.json()["consent"] == "diary"
    assert not DiaryEntry.objects.exists()
    assert phone.get("/diary/me/").json()["consents"]["diary"]["given"] is False


def test_one_that_cannot_be_taken_does_not_hold_up_the_others(send, entry):
    answer = send([entry(kind="stool", form=9), entry()]).json()
    assert len(answer["accepted"]) == len(answer["refused"]) == 1


@pytest.mark.parametrize(
    "clock", ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-11-24T08:00:00"]
)
def test_a_phone_whose_clock_is_wrong_by_ages_is_understood(send, entry, clock):
    answer = send([entry() | {"recorded_at": clock}])
    assert answer.status_code == 200, answer.content
    assert DiaryEntry.objects.count() == 1


def test_sending_is_limited_by_person_and_not_by_address(send, entry, patient, settings, clinic):
    from zonula_web.access.models import Person
    from zonula_web.records import read
    from zonula_web.records.actions.patients import new_patient

    statuses = [send([]).status_code for _ in range(125)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    other = Person.objects.create_user("otto@home.invalid", None, name="Otto")
    elsewhere = new_patient(clinic=clinic, name="Otto", today=read.today(clinic))
    elsewhere.person = other
    elsewhere.save(update_fields=["person"])
    browser = Client()
    browser.force_login(other)
    assert browser.get(f"/patients/{elsewhere.id}/diary/form/").status_code == 200


def test_a_meal_with_a_name_is_kept_changed_and_forgotten(send, phone, patient):
    meal = {
        "id": "00000000-0000-0000-0000-000000000001",
        "name": " My   bread ",
        "items": [{"name": "Rye", "food": "rye"}],
    }
    assert send([], [meal]).status_code == 200
    named = phone.get(f"/patients/{patient.id}/diary/form/").json()["named"]
    assert [(one["name"], one["items"]) for one in named] == [("My bread", meal["items"])]
    send([], [meal | {"name": "Our bread"}])
    assert DiaryMeal.objects.get().name == "Our bread"
    assert send([], [meal | {"name": "  "}]).status_code == 422
    send([], [meal | {"deleted": True}])
    assert not DiaryMeal.objects.exists()


def test_a_signed_out_phone_is_sent_to_sign_in_and_loses_nothing(send, entry):
    answer = send([entry()], browser=Client())
    assert answer.status_code in (302, 403)
    assert not DiaryEntry.objects.exists()
