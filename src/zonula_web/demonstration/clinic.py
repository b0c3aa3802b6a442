"""Making the demonstration clinic."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

import zonula
from zonula.errors import UserError
from zonula.simulation.lives import life
from zonula_web.access.actions import new_member
from zonula_web.access.models import Clinic, Membership, Person
from zonula_web.audit.actor import acting
from zonula_web.demonstration.lives import day_of, take_in, take_work_up
from zonula_web.records import read
from zonula_web.records.actions.changing import changing
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.actions.importing import import_documents
from zonula_web.records.actions.patients import new_patient
from zonula_web.records.models import Patient
from zonula_web.settings import CONFIGURATION

SEED = 2026
NAME = "Zonula demonstration clinic"
EXAMPLES = Path(zonula.__file__).parent / "examples"
STAFF = (
    ("clinician", "Dr Ada Berg", "clinician@zonula.invalid", True),
    ("dietitian", "Noor Haddad", "dietitian@zonula.invalid", False),
    ("staff", "Sam Okafor", "staff@zonula.invalid", False),
    ("researcher", "Lin Wei", "researcher@zonula.invalid", False),
)
PATIENT = "patient@zonula.invalid"
SHIPPED = (
    ("mara-lindqvist", "Mara Lindqvist"),
    ("tobias-renner", "Tobias Renner"),
    ("ines-falk", "Ines Falk"),
)


class Someone(NamedTuple):
    """Who can sign in to the demonstration."""

    role: str
    email: str


def make(patients: int, tell: Callable[[int], None] = lambda made: None) -> None:
    """Make the clinic, its people and its patients, unless it is there. tell: called with how many virtual patients are made.

    Raises UserError when another clinic lives in this database.
    """
    if Clinic.objects.filter(demonstration=True).exists():
        return
    if Clinic.objects.exists():
        raise UserError("This is the folder of a real clinic.", "Name another folder with --data.")
    with acting("system:demo"), transaction.atomic():
        for role, name, email, administrator in STAFF:
            new_member(
                email=email,
                name=name,
                password=None,
                clinic_name=NAME,
                role=role,
                administrator=administrator,
                demonstration=True,
            )
        clinic = Clinic.objects.get(demonstration=True)
        for number, (folder, name) in enumerate(SHIPPED, 1):
            patient = new_patient(clinic=clinic, name=name, number=f"D{number:03}", today=date.max)
            _import_folder(patient, EXAMPLES / folder)
        by = Membership.objects.get(role="clinician").person
        take_work_up(Patient.objects.get(number="D001"), EXAMPLES / "mara-lindqvist-workup", by)
        for index in range(patients):
            one = life(SEED, index, day_of(read.today(clinic)))
            sex = "female" if one.female else "male"
            patient = new_patient(
                clinic=clinic,
                name=one.name,
                born=one.born.isoformat(),
                sex=sex,
                number=f"V{index + 1:03}",
                today=date.max,
            )
            take_in(patient, one, by)
            tell(index + 1)
        _give_an_account(clinic)
    (CONFIGURATION.data / "demonstration").touch()


def everyone_signs_in_with(password: str) -> None:
    """A new password at each start: nothing to find in a repository, nothing that stays valid."""
    with acting("system:demo"):
        for person in Person.objects.filter(email__endswith="@zonula.invalid"):
            person.set_password(password)
            person.save(update_fields=["password"])


def people() -> list[Someone]:
    """Everyone of the demonstration, members first."""
    members = [
        Someone(one.role, one.person.email) for one in Membership.objects.select_related("person").order_by("id")
    ]
    return members + [Someone("patient", PATIENT) for _ in Person.objects.filter(email=PATIENT)]


def _give_an_account(clinic: Clinic) -> None:
    """One patient signs in and keeps a diary on the phone: the first virtual one whose plan runs, or the first there is."""
    ours = Patient.objects.filter(clinic=clinic).order_by("number")
    one = ours.filter(number__startswith="V", plan__closed_at=None).exclude(plan=None).first() or ours.first()
    if one is None:
        return
    with changing(one) as patient:
        patient.person = Person.objects.create_user(PATIENT, None, name=patient.name)
        patient.save(update_fields=["person"])
    for data in ("diary", "photos"):
        state_consent(patient=one, by=patient.person, data=data, given=True)


def _import_folder(patient: Patient, folder: Path) -> None:
    files = [
        (path.relative_to(folder).as_posix(), path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()
    ]
    import_documents(patient=patient, by=None, files=files)
