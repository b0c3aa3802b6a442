"""Patients, and the practitioners, roles, organisations and places that say who did what."""

from msgspec import Raw

from zonula.chart import Patient, Sex
from zonula.chart_import.dates import moment
from zonula.chart_import.fhir.datatypes import ABSENT, HumanName, Identifier, Reference, Resource


class FhirPatient(Resource):
    """A patient record as one sender keeps it."""

    identifier: list[Identifier] | None = None
    name: list[HumanName] | None = None
    gender: str = ""
    birth_date: str = ""
    deceased_boolean: bool = False
    deceased_date_time: str = ""
    managing_organization: Reference | None = None
    animal: Raw = ABSENT


class Qualification(Resource):
    """What a practitioner has learnt."""

    code: Raw = ABSENT


class Practitioner(Resource):
    """A person who treats."""

    name: list[HumanName] | None = None
    qualification: list[Qualification] | None = None


class PractitionerRole(Resource):
    """What a practitioner does, where."""

    practitioner: Reference | None = None
    organization: Reference | None = None
    specialty: Raw = ABSENT


class Organization(Resource):
    """A hospital, practice or laboratory."""

    name: str = ""


class Location(Resource):
    """A place of care."""

    name: str = ""
    managing_organization: Reference | None = None


class Specimen(Resource):
    """What was sampled."""

    type: Raw = ABSENT


class RelatedPerson(Resource):
    """A relative or carer who reports for the patient."""

    name: list[HumanName] | None = None


def best_name(names: list[HumanName] | None) -> str:
    """The official name, else the usual one, else the first written."""
    if not names:
        return ""
    ranked = sorted(names, key=lambda name: {"official": 0, "usual": 1, "": 2}.get(name.use, 3))
    return next((name.written for name in ranked if name.written), "")


def patient(record: FhirPatient, patient_id: str, problems: list[str]) -> Patient:
    """The chart's patient. Name, birth date and sex stay unknown when not written or not readable."""
    identifiers = (
        f"{each.system.strip()}|{each.value.strip()}" for each in record.identifier or () if each.value.strip()
    )
    try:
        sex = Sex(record.gender) if record.gender else Sex.UNKNOWN
    except ValueError:
        sex = Sex.UNKNOWN
        problems.append("gender: not a FHIR code; unknown")
    return Patient(
        id=patient_id,
        name=best_name(record.name),
        birth=moment(record.birth_date, problems),
        sex=sex,
        deceased=record.deceased_boolean or bool(record.deceased_date_time),
        identifiers=tuple(sorted(set(identifiers))),
    )
