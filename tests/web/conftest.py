"""What the site's tests share: a clinic, people of every role, patients of this and another clinic, and who is acting."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

import zonula
from zonula_web.access.actions import new_member
from zonula_web.access.models import Clinic, Person
from zonula_web.access.rights import Role
from zonula_web.audit.actor import acting
from zonula_web.records import read
from zonula_web.records.actions.importing import import_documents
from zonula_web.records.actions.patients import new_patient
from zonula_web.records.models import Patient

EXAMPLES = Path(zonula.__file__).parent / "examples"
CLINIC, OTHER = "Test clinic", "Other clinic"


@pytest.fixture
def tester(db: None) -> Iterator[None]:
    """Someone acts, as in every request."""
    with acting("system:test"):
        yield


@pytest.fixture
def clinic(tester: None) -> Clinic:
    """A demonstration clinic, so that no second factor is asked for."""
    return Clinic.objects.create(name=CLINIC, demonstration=True)


@pytest.fixture
def member(clinic: Clinic) -> Callable[..., Person]:
    """Makes a member: member(Role.STAFF), member(Role.CLINICIAN, administrator=True), member(Role.CLINICIAN, clinic_name=OTHER)."""

    def make(role: Role, *, clinic_name: str = CLINIC, administrator: bool = False) -> Person:
        email = f"{role}{'-admin' if administrator else ''}@{clinic_name.split(maxsplit=1)[0].lower()}.invalid"
        made = new_member(
            email=email, name=f"{role} of {clinic_name}", password=None, clinic_name=clinic_name, role=role,
            administrator=administrator, demonstration=True,
        )  # fmt: skip
        return made.person

    return make


@pytest.fixture
def signed_in(member: Callable[..., Person]) -> Callable[..., Client]:
    """A browser in which someone of that role is signed in: signed_in(Role.CLINICIAN)."""

    def sign_in(role: Role, **fields: object) -> Client:
        browser = Client()
        browser.force_login(member(role, **fields))
        return browser

    return sign_in


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    """A patient without any record."""
    return new_patient(clinic=clinic, name="Vera Probst", born="1980-02-03", sex="female", today=read.today(clinic))


@pytest.fixture
def mara(clinic: Clinic) -> Patient:
    """The shipped fictional patient with the records of five providers."""
    someone = new_patient(clinic=clinic, name="Mara Lindqvist", number="M1", today=read.today(clinic))
    folder = EXAMPLES / "mara-lindqvist"
    import_documents(
        patient=someone, by=None, files=[(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    )
    someone.refresh_from_db()
    return someone
