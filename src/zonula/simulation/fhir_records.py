"""The records of one provider as FHIR R4 resources: a collection Bundle, or lines of a bulk export."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from zonula.simulation.assumed import Providers
from zonula.simulation.hidden import Person
from zonula.simulation.records import (
    Allergy,
    Drug,
    Letter,
    Problem,
    Procedure,
    Provider,
    Record,
    Relative,
    Result,
    Vaccine,
    Visit,
)

Resource = dict[str, Any]
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_LOINC, _ICD, _UCUM = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm", "http://unitsofmeasure.org"
# Whoever reads a virtual record must be able to see that it is one.
TEST_DATA = {"tag": [{"system": f"{_TERMS}v3-ActReason", "code": "HTEST", "display": "test health data"}]}
MEMBER = "urn:oid:2.999.7700"
_STATUS = {
    "confirmed": ("active", "confirmed"),
    "suspected": ("active", "provisional"),
    "refuted": ("", "refuted"),
    "resolved": ("resolved", "confirmed"),
    "patient_reported": ("active", ""),
}


def resources(
    person: Person, provider: Provider, records: tuple[Record, ...], words: Providers, *, bulk: bool = False
) -> Iterator[Resource]:
    """Every resource of this provider: the organisation, the patient, the clinicians, then the records in order.

    bulk: as one system exports it, where the person is one Patient at every provider (written with the first).
    """
    writer = _Resources(person, provider, words, one_patient=bulk)
    yield {"resourceType": "Organization", "id": writer.organisation, "name": provider.name}
    if not bulk or provider.number == 1:
        yield writer.patient()
    written = [writer.resource(record) for record in records]
    yield from writer.practitioners.values()
    yield from written


def bundle(person: Person, provider: Provider, records: tuple[Record, ...], words: Providers) -> bytes:
    """A collection Bundle as JSON."""
    host = f"https://{provider.prefix}.example/fhir"
    head = {"resourceType": "Bundle", "id": f"{person.id}-{provider.prefix}", "meta": TEST_DATA, "type": "collection"}
    # One entry a line: small, and still readable beside another version.
    entries = b",\n".join(
        msgspec.json.encode({"fullUrl": f"{host}/{one['resourceType']}/{one['id']}", "resource": one})
        for one in resources(person, provider, records, words)
    )
    return msgspec.json.encode(head)[:-1] + b',"entry":[\n' + entries + b"\n]}\n"


def _concept(system: str, code: str, text: str, display: str = "") -> Resource:
    if not code:
        return {"text": text}
    return {"coding": [{"system": system, "code": code, "display": display or text}], "text": text}


class _Resources:
    """Numbers and writes resources of one patient at one provider."""

    def __init__(self, person: Person, provider: Provider, words: Providers, *, one_patient: bool) -> None:
        self.person, self.provider, self._words = person, provider, words
        self.organisation = f"{provider.prefix}-{person.id}-organisation"
        self.me = person.id if one_patient or provider.number == 1 else f"{provider.prefix}-{person.id}"
        self.practitioners: dict[tuple[str, str], Resource] = {}
        self._number = 0
        self._write: dict[type, Callable[[Any], Resource]] = {
            Visit: self._visit,
            Problem: self._problem,
            Result: self._result,
            Drug: self._drug,
            Allergy: self._allergy,
            Procedure: self._procedure,
            Vaccine: self._vaccine,
            Relative: self._relative,
            Letter: self._letter,
        }

    def patient(self) -> Resource:
        """The Patient. The member number is shared by every provider."""
        return {
            "resourceType": "Patient",
            "id": self.me,
            "meta": TEST_DATA,
            "identifier": [
                {"use": "usual", "system": f"https://{self.provider.prefix}.example/mrn", "value": self.me},
                {"system": MEMBER, "value": self.person.member},
            ],
            "name": [{"use": "official", "family": self.person.family, "given": [self.person.given]}],
            "gender": "female" if self.person.female else "male",
            "birthDate": self.person.born.isoformat(),
        }

    def resource(self, record: Record) -> Resource:
        """The resource of one record."""
        self._number += 1
        written = self._write[type(record)](record)
        return {
            "resourceType": written.pop("resourceType"),
            "id": f"{self.me}-{self.provider.prefix}-{self._number:04d}",
            **written,
        }

    @property
    def _subject(self) -> Resource:
        return {"reference": f"Patient/{self.me}"}

    def _who(self, name: str, specialty: str) -> Resource:
        key = (name, specialty)
        if key not in self.practitioners:
            number = len(self.practitioners) + 1
            written, code = self._words.specialties[specialty]
            self.practitioners[key] = {
                "resourceType": "PractitionerRole",
                "id": f"{self.me}-{self.provider.prefix}-role-{number}",
                "practitioner": {"display": name},
                "organization": {"reference": f"Organization/{self.organisation}", "display": self.provider.name},
                "specialty": [_concept("http://nucc.org/provider-taxonomy", code, written)],
            }
        return {"reference": f"PractitionerRole/{self.practitioners[key]['id']}", "display": name}

    def _visit(self, one: Visit) -> Resource:
        written: Resource = {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": f"{_TERMS}v3-ActCode", "code": "EMER" if one.emergency else "AMB"},
            "type": [{"text": "Emergency visit" if one.emergency else "Office visit"}],
            "subject": self._subject,
            "period": {"start": one.day.isoformat(), "end": one.day.isoformat()},
            "reasonCode": [{"text": one.reason}],
            "serviceProvider": {"reference": f"Organization/{self.organisation}", "display": self.provider.name},
        }
        if one.specialty:
            name, code = self._words.specialties[one.specialty]
            written["serviceType"] = _concept("http://nucc.org/provider-taxonomy", code, name)
            written["participant"] = [{"individual": self._who(one.by, one.specialty)}]
        return written

    def _problem(self, one: Problem) -> Resource:
        clinical, verification = _STATUS[one.status]
        written: Resource = {
            "resourceType": "Condition",
            "category": [{"coding": [{"system": f"{_TERMS}condition-category", "code": "encounter-diagnosis"}]}],
            "code": _concept(_ICD, one.code, one.text, one.display),
            "subject": self._subject,
            "onsetDateTime": one.since or one.day.isoformat(),
            "recordedDate": one.day.isoformat(),
        }
        if clinical:
            written["clinicalStatus"] = {"coding": [{"system": f"{_TERMS}condition-clinical", "code": clinical}]}
        if verification:
            written["verificationStatus"] = {
                "coding": [{"system": f"{_TERMS}condition-ver-status", "code": verification}]
            }
        if one.status == "patient_reported":
            written["asserter"] = self._subject
        if one.by:
            written["recorder"] = self._who(one.by, one.specialty)
        if one.note:
            written["note"] = [{"text": one.note}]
        return written

    def _result(self, one: Result) -> Resource:
        category = "vital-signs" if one.vital else "laboratory"
        written: Resource = {
            "resourceType": "Observation",
            "status": "final",
            "category": [{"coding": [{"system": f"{_TERMS}observation-category", "code": category}]}],
            "code": _concept(_LOINC, one.code, one.name),
            "subject": self._subject,
            "effectiveDateTime": one.day.isoformat(),
        }
        if one.value:
            written["valueQuantity"] = _quantity(one.value, one.unit)
        else:
            written["valueString"] = one.words
        if one.judged:
            written["interpretation"] = [
                {"coding": [{"system": f"{_TERMS}v3-ObservationInterpretation", "code": one.judged}]}
            ]
        limits = {
            name: _quantity(f"{limit:g}", one.unit)
            for name, limit in (("low", one.low), ("high", one.high))
            if limit is not None
        }
        if limits:
            written["referenceRange"] = [limits]
        return written

    def _drug(self, one: Drug) -> Resource:
        written: Resource = {
            "resourceType": "MedicationRequest",
            "status": "active" if one.until is None else "stopped",
            "intent": "order",
            "medicationCodeableConcept": {"text": one.name},
            "subject": self._subject,
            "authoredOn": one.day.isoformat(),
            "dosageInstruction": [{"text": one.dose}],
        }
        if one.until is not None:
            period = {"start": one.day.isoformat(), "end": one.until.isoformat()}
            written["dispenseRequest"] = {"validityPeriod": period}
        return written

    def _allergy(self, one: Allergy) -> Resource:
        return {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": {"coding": [{"system": f"{_TERMS}allergyintolerance-clinical", "code": "active"}]},
            "verificationStatus": {
                "coding": [{"system": f"{_TERMS}allergyintolerance-verification", "code": "confirmed"}]
            },
            "type": "allergy",
            "category": [one.category],
            "code": {"text": one.substance},
            "patient": self._subject,
            "recordedDate": one.day.isoformat(),
            "reaction": [{"manifestation": [{"text": one.reaction}]}],
        }

    def _procedure(self, one: Procedure) -> Resource:
        return {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"text": one.text},
            "subject": self._subject,
            "performedDateTime": one.day.isoformat(),
        }

    def _vaccine(self, one: Vaccine) -> Resource:
        return {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": _concept("http://hl7.org/fhir/sid/cvx", one.cvx, one.name),
            "patient": self._subject,
            "occurrenceDateTime": one.day.isoformat(),
        }

    def _relative(self, one: Relative) -> Resource:
        return {
            "resourceType": "FamilyMemberHistory",
            "status": "completed",
            "patient": self._subject,
            "date": one.day.isoformat(),
            "relationship": {"text": one.relation},
            "condition": [{"code": _concept(_ICD, one.code, one.text)}],
        }

    def _letter(self, one: Letter) -> Resource:
        return {
            "resourceType": "DiagnosticReport",
            "status": "final",
            "category": [{"text": "Clinic letter"}],
            "code": {"text": one.title},
            "subject": self._subject,
            "effectiveDateTime": one.day.isoformat(),
            "performer": [self._who(one.by, one.specialty)],
            "conclusion": one.text,
        }


def _quantity(value: str, unit: str) -> Resource:
    number = float(value)
    return {
        "value": int(number) if number.is_integer() and "." not in value else number,
        "unit": unit,
        "system": _UCUM,
        "code": unit,
    }
