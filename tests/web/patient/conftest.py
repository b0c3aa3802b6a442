"""A patient who keeps a diary, in a browser of the own."""

import json
import uuid

import pytest
from django.test import Client

from zonula_web.access.models import Person
from zonula_web.records.actions.consent import state_consent


@pytest.fixture
def own(patient):
    """The patient's person, who agreed to diary and photos."""
    person = Person.objects.create_user("vera@home.invalid", None, name="Vera Probst")
    patient.person = person
    patient.save(update_fields=["person"])
    for data in ("diary", "photos"):
        state_consent(patient=patient, by=person, data=data, given=True)
    return person


@pytest.fixture
def phone(own):
    """A browser in which the patient is signed in."""
    browser = Client()
    browser.force_login(own)
    return browser


@pytest.fixture
def send(phone, patient):
    """send([entry, ...]) posts as a phone does."""

    def post(entries, meals=(), browser=phone, **headers):
        return browser.post(
            f"/patients/{patient.id}/diary/sync/",
            json.dumps({"entries": entries, "meals": list(meals)}),
            content_type="application/json",
            headers=headers,
        )

    return post


@pytest.fixture
def entry():
    """entry("note", note="x") as a phone sends it."""

    def make(kind="meal", base=0, number=None, deleted=False, **body):
        if kind == "meal":
            body.setdefault("items", [{"name": "porridge"}])
        return {
            "id": str(uuid.UUID(int=number) if number else uuid.uuid4()),
            "base": base,
            "kind": kind,
            "body": {"at": "2026-11-24T08:00", **body},
            "recorded_at": "2026-11-24T08:01:00Z",
            "deleted": deleted,
        }

    return make
