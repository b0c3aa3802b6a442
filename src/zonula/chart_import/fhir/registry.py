"""Which resource types become facts, by which function, and what betrays another version of FHIR."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from zonula.chart import Fact
from zonula.chart_import.fhir import (
    allergies,
    conditions,
    documents,
    encounters,
    medications,
    observations,
    people,
    procedures,
)
from zonula.chart_import.fhir.datatypes import ABSENT, Resource
from zonula.chart_import.fhir.reading import Reading

Mapper = Callable[[Any, str, Reading], tuple[Fact, ...]]
DSTU2, STU3, R5 = "DSTU2", "STU3", "R5"


_STATUS = ("clinical_status", "verification_status")


class Handler(NamedTuple):
    """How one resource type is read. map is None for those that only say who, where and what drug.

    others: attribute → the FHIR version that has it. concepts: CodeableConcepts that older versions wrote as bare codes. members:
    the attribute that lists what belongs to this panel. signs, clean: the attributes that may change the meaning, and their
    values when nothing does.
    """

    shape: type[Resource]
    decode: Callable[[Any], Any]
    map: Mapper | None
    others: tuple[tuple[str, str], ...]
    concepts: tuple[str, ...]
    members: str
    signs: Callable[[Any], tuple[object, ...]]
    clean: tuple[object, ...]


def _handler(
    shape: type[Resource],
    mapper: Mapper | None = None,
    concepts: tuple[str, ...] = (),
    members: str = "",
    **others: str,
) -> Handler:
    watched = ("implicit_rules", "modifier_extension", *others)
    clean = ("", *(ABSENT for _ in watched[1:]))
    decode = msgspec.json.Decoder(shape).decode
    return Handler(shape, decode, mapper, tuple(others.items()), concepts, members, attrgetter(*watched), clean)


HANDLERS: dict[str, Handler] = {
    "Patient": _handler(people.FhirPatient, None, animal=STU3),
    "Practitioner": _handler(people.Practitioner),
    "PractitionerRole": _handler(people.PractitionerRole),
    "Organization": _handler(people.Organization),
    "Location": _handler(people.Location),
    "RelatedPerson": _handler(people.RelatedPerson),
    "Specimen": _handler(people.Specimen),
    "Medication": _handler(medications.Medication),
    "Condition": _handler(conditions.Condition, conditions.condition, _STATUS, context=STU3, abatement_boolean=STU3),
    "Observation": _handler(
        observations.Observation,
        observations.observation,
        members="has_member",
        context=STU3,
        comment=STU3,
        comments=DSTU2,
    ),
    "DiagnosticReport": _handler(
        observations.DiagnosticReport,
        observations.diagnostic_report,
        members="result",
        context=STU3,
        coded_diagnosis=STU3,
    ),
    "MedicationRequest": _handler(medications.MedicationRequest, medications.request, context=STU3, medication=R5),
    "MedicationStatement": _handler(
        medications.MedicationStatement,
        medications.statement,
        taken=STU3,
        not_taken=STU3,
        was_not_taken=DSTU2,
        medication=R5,
    ),
    "MedicationAdministration": _handler(
        medications.MedicationAdministration,
        medications.administration,
        not_given=STU3,
        was_not_given=DSTU2,
        medication=R5,
    ),
    "MedicationDispense": _handler(medications.MedicationDispense, medications.dispense, medication=R5),
    "AllergyIntolerance": _handler(allergies.AllergyIntolerance, allergies.allergy, _STATUS, substance=DSTU2),
    "Procedure": _handler(
        procedures.Procedure,
        procedures.procedure,
        context=STU3,
        not_done=STU3,
        not_performed=DSTU2,
        occurrence_date_time=R5,
        occurrence_period=R5,
    ),
    "ServiceRequest": _handler(procedures.ServiceRequest, procedures.service_request),
    "Immunization": _handler(
        procedures.Immunization, procedures.immunisation, not_given=STU3, was_not_given=DSTU2, reported=DSTU2
    ),
    "Encounter": _handler(encounters.Encounter, encounters.encounter, reason=STU3, indication=DSTU2, actual_period=R5),
    "FamilyMemberHistory": _handler(conditions.FamilyMemberHistory, conditions.family_history),
    "DocumentReference": _handler(documents.DocumentReference, documents.document_reference, indexed=STU3),
    "Composition": _handler(documents.Composition, documents.composition),
    "QuestionnaireResponse": _handler(documents.QuestionnaireResponse, documents.questionnaire_response),
}
SHAPES: dict[str, type[Resource]] = {name: handler.shape for name, handler in HANDLERS.items()}
