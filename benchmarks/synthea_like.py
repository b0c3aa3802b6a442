"""Made-up FHIR R4 Bundles with the size and mix of a Synthea patient: no person behind them.

About 0.46 MB compact: some 190 clinical resources of 0.8 KB, and as much again of claims, benefits and provenance that an importer
must pass over.
"""

import json
import random
import uuid
from datetime import datetime, timedelta
from typing import Any

_LABS = [
    ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 70, 110),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 11, 16),
    ("6299-2", "Urea nitrogen [Mass/volume] in Blood", "mg/dL", 7, 20),
    ("38483-4", "Creatinine [Mass/volume] in Blood", "mg/dL", 0.6, 1.3),
    ("2947-0", "Sodium [Moles/volume] in Blood", "mmol/L", 136, 144),
    ("6298-4", "Potassium [Moles/volume] in Blood", "mmol/L", 3.5, 5.2),
    ("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 150, 230),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 4.8, 6.3),
    ("29463-7", "Body weight", "kg", 50, 95),
    ("8302-2", "Body height", "cm", 150, 190),
    ("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", 19, 34),
    ("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", "{score}", 0, 8),
]
_CONDITIONS = [
    ("10509002", "Acute bronchitis (disorder)"),
    ("444814009", "Viral sinusitis (disorder)"),
    ("195662009", "Acute viral pharyngitis (disorder)"),
    ("59621000", "Essential hypertension (disorder)"),
    ("84229001", "Fatigue (finding)"),
    ("25064002", "Headache (finding)"),
]
_DRUGS = [
    ("314076", "lisinopril 10 MG Oral Tablet"),
    ("313782", "Acetaminophen 325 MG Oral Tablet"),
    ("308182", "Amoxicillin 250 MG Oral Capsule"),
    ("749785", "Ortho Tri-Cyclen 28 Day Pack"),
]
_PROCEDURES = [
    ("430193006", "Medication reconciliation (procedure)"),
    ("710824005", "Assessment of health and social care needs (procedure)"),
    ("171207006", "Depression screening (procedure)"),
]
_VISITS = [
    ("162673000", "General examination of patient (procedure)"),
    ("185349003", "Encounter for check up (procedure)"),
]
_FILLER = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


def bundle(seed: int, encounters: int = 23) -> bytes:
    """One patient's compact transaction Bundle; the same seed gives the same bytes."""
    dice = random.Random(seed)
    entries: list[dict[str, Any]] = []

    def add(kind: str, **content: Any) -> str:
        number = str(uuid.UUID(int=dice.getrandbits(128), version=4))
        resource = {"resourceType": kind, "id": number, "meta": {"profile": [_FILLER + kind.lower()]}, **content}
        request = {"method": "POST", "url": kind}
        entries.append({"fullUrl": f"urn:uuid:{number}", "resource": resource, "request": request})
        return f"urn:uuid:{number}"

    patient = {"reference": add("Patient", **_patient(dice, seed))}
    start = datetime(2005, 1, 3, 8, 0) + timedelta(days=dice.randrange(900))
    for _ in range(encounters):
        start += timedelta(days=dice.randrange(40, 300), minutes=dice.randrange(480))
        _encounter(dice, add, patient, start)
    add(
        "Provenance",
        target=[{"reference": entry["fullUrl"]} for entry in entries],
        recorded=_stamp(start),
        agent=[{"who": {"display": "Made Up"}}],
    )
    return json.dumps(
        {"resourceType": "Bundle", "type": "transaction", "entry": entries}, separators=(",", ":")
    ).encode()


def _encounter(dice: random.Random, add: Any, patient: dict[str, str], start: datetime) -> None:
    stamp, end = _stamp(start), _stamp(start + timedelta(minutes=30))
    doctor = {
        "reference": f"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99999{dice.randrange(10000, 99999)}",
        "display": f"Dr. Made{dice.randrange(900)} Up{dice.randrange(900)}",
    }
    clinic = {
        "reference": f"Organization?identifier=https://example.org/sid|{uuid.UUID(int=dice.getrandbits(128))}",
        "display": "EXAMPLE HEALTH CENTER",
    }
    code, display = dice.choice(_VISITS)
    encounter = {
        "reference": add(
            "Encounter",
            identifier=[{"use": "official", "system": "https://example.org/ids", "value": str(dice.getrandbits(64))}],
            status="finished",
            **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}},
            type=[_concept("http://snomed.info/sct", code, display)],
            subject={**patient, "display": "Made Up"},
            participant=[
                {
                    "type": [
                        _concept(
                            "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "PPRF", "primary performer"
                        )
                    ],
                    "period": {"start": stamp, "end": end},
                    "individual": doctor,
                }
            ],
            period={"start": stamp, "end": end},
            serviceProvider=clinic,
        )
    }
    base = {"subject": patient, "encounter": encounter}
    for code, display, unit, low, high in dice.sample(_LABS, 4):
        value = round(dice.uniform(low, high), 4)
        add("Observation", **_observation(code, display, stamp, base), valueQuantity=_quantity(value, unit))
    pressure = [
        {
            "code": _concept("http://loinc.org", part, name),
            "valueQuantity": _quantity(dice.randrange(low, low + 50), "mm[Hg]"),
        }
        for part, name, low in (("8462-4", "Diastolic Blood Pressure", 60), ("8480-6", "Systolic Blood Pressure", 100))
    ]
    add("Observation", **_observation("85354-9", "Blood pressure panel", stamp, base), component=pressure)
    if dice.random() < 0.5:
        add("Condition", **_condition(dice, stamp, base))
    if dice.random() < 0.55:
        add("MedicationRequest", **_prescription(dice, stamp, base, doctor))
    code, display = dice.choice(_PROCEDURES)
    add(
        "Procedure",
        status="completed",
        code=_concept("http://snomed.info/sct", code, display),
        performedPeriod={"start": stamp, "end": end},
        **base,
    )
    add("Claim", **_claim(dice, stamp, patient, encounter, clinic))
    add("ExplanationOfBenefit", **_benefit(dice, stamp, patient, encounter, clinic))


def _patient(dice: random.Random, seed: int) -> dict[str, Any]:
    return {
        "identifier": [
            {"system": "https://github.com/synthetichealth/synthea", "value": f"made-up-{seed}"},
            {"system": "http://hospital.example.org", "value": f"mrn-{seed}"},
        ],
        "name": [{"use": "official", "family": f"Up{seed}", "given": [f"Made{dice.randrange(900)}"]}],
        "gender": dice.choice(["female", "male"]),
        "birthDate": f"{dice.randrange(1940, 2000)}-0{dice.randrange(1, 9)}-1{dice.randrange(9)}",
    }


def _observation(code: str, display: str, stamp: str, base: dict[str, Any]) -> dict[str, Any]:
    category = _concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")
    return {
        "status": "final",
        "category": [category],
        "code": _concept("http://loinc.org", code, display),
        **base,
        "effectiveDateTime": stamp,
        "issued": stamp[:19] + ".123+00:00",
    }


def _condition(dice: random.Random, stamp: str, base: dict[str, Any]) -> dict[str, Any]:
    code, display = dice.choice(_CONDITIONS)
    system = "http://terminology.hl7.org/CodeSystem/condition-"
    return {
        "clinicalStatus": {"coding": [{"system": system + "clinical", "code": "resolved"}]},
        "verificationStatus": {"coding": [{"system": system + "ver-status", "code": "confirmed"}]},
        "category": [_concept(system + "category", "encounter-diagnosis", "Encounter Diagnosis")],
        "code": _concept("http://snomed.info/sct", code, display),
        **base,
        "onsetDateTime": stamp,
        "abatementDateTime": stamp,
        "recordedDate": stamp,
    }


def _prescription(dice: random.Random, stamp: str, base: dict[str, Any], doctor: dict[str, str]) -> dict[str, Any]:
    code, display = dice.choice(_DRUGS)
    return {
        "status": "stopped",
        "intent": "order",
        "medicationCodeableConcept": _concept("http://www.nlm.nih.gov/research/umls/rxnorm", code, display),
        **base,
        "authoredOn": stamp,
        "requester": doctor,
        "dosageInstruction": [
            {
                "sequence": 1,
                "text": "Take at regular intervals.",
                "timing": {"repeat": {"frequency": 1, "period": 1.0, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 1.0}}],
            }
        ],
    }


def _claim(
    dice: random.Random, stamp: str, patient: dict[str, str], encounter: dict[str, str], clinic: dict[str, str]
) -> dict[str, Any]:
    return {
        "status": "active",
        "type": _concept("http://terminology.hl7.org/CodeSystem/claim-type", "institutional", "Institutional"),
        "use": "claim",
        "patient": patient,
        "billablePeriod": {"start": stamp, "end": stamp},
        "created": stamp,
        "provider": clinic,
        "priority": _concept("http://terminology.hl7.org/CodeSystem/processpriority", "normal", "Normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "Example Insurance"}}],
        "item": [
            {
                "sequence": number,
                "productOrService": _concept("http://snomed.info/sct", "162673000", "General examination of patient"),
                "encounter": [encounter],
            }
            for number in (1, 2, 3)
        ],
        "total": {"value": round(dice.uniform(10, 900), 2), "currency": "USD"},
    }


def _benefit(
    dice: random.Random, stamp: str, patient: dict[str, str], encounter: dict[str, str], clinic: dict[str, str]
) -> dict[str, Any]:
    claim = _claim(dice, stamp, patient, encounter, clinic)
    adjudication = "https://bluebutton.cms.gov/resources/codesystem/adjudication"
    money = {"value": round(dice.uniform(10, 900), 2), "currency": "USD"}
    parts = (
        "coinsurance",
        "submitted",
        "allowed",
        "deductible",
        "paid",
        "provider_payment",
        "processed",
        "blood",
        "discount",
        "copay",
    )
    amounts = [
        {"category": _concept(adjudication, f"line_{part}_amt", f"Line {part} amount"), "amount": money}
        for part in parts
    ]
    return {
        **{key: value for key, value in claim.items() if key != "priority"},
        "insurer": {"display": "Example Insurance"},
        "outcome": "complete",
        "insurance": [{"focal": True, "coverage": {"display": "Example Insurance"}}],
        "item": [{**item, "adjudication": amounts} for item in claim["item"]],
        "total": [{"category": _concept(adjudication, "submitted", "Submitted"), "amount": money}],
        "payment": {"amount": money},
    }


def _concept(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")
