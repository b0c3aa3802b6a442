"""Drugs, procedures, vaccinations and visits as FHIR resources."""

from typing import Any

from zonula.chart import Fact, Status, System
from zonula.chart_export.fhir_parts import (
    LOST,
    NOT_SAID,
    Exporting,
    Resource,
    Written,
    clean,
    codes_read,
    concept,
    date_of,
    dated,
    exact,
    named,
    period,
    read_as,
)

# Status of a fact → the status of the resource, and what our reader takes from that.
_STATEMENT = {
    Status.CONFIRMED: ("active", Status.CONFIRMED),
    Status.PATIENT_REPORTED: ("active", Status.PATIENT_REPORTED),
    Status.RESOLVED: ("completed", Status.RESOLVED),
    Status.PLANNED: ("intended", Status.PLANNED),
    Status.NOT_DONE: ("not-taken", Status.NOT_DONE),
    Status.REFUTED: ("not-taken", Status.NOT_DONE),
    Status.ENTERED_IN_ERROR: ("entered-in-error", Status.ENTERED_IN_ERROR),
}
_REQUEST = _STATEMENT | {
    Status.PLANNED: ("draft", Status.PLANNED),
    Status.NOT_DONE: ("cancelled", Status.NOT_DONE),
    Status.REFUTED: ("cancelled", Status.NOT_DONE),
}
_ADMINISTRATION = _STATEMENT | {
    Status.CONFIRMED: ("in-progress", Status.CONFIRMED),
    Status.PATIENT_REPORTED: ("in-progress", Status.CONFIRMED),
    Status.PLANNED: ("not-done", Status.NOT_DONE),
    Status.NOT_DONE: ("not-done", Status.NOT_DONE),
    Status.REFUTED: ("not-done", Status.NOT_DONE),
}
_DISPENSE = _STATEMENT | {
    Status.CONFIRMED: ("completed", Status.CONFIRMED),
    Status.PATIENT_REPORTED: ("completed", Status.CONFIRMED),
    Status.RESOLVED: ("stopped", Status.RESOLVED),
    Status.PLANNED: ("preparation", Status.PLANNED),
    Status.NOT_DONE: ("cancelled", Status.NOT_DONE),
    Status.REFUTED: ("cancelled", Status.NOT_DONE),
}
_PROCEDURE = {
    Status.CONFIRMED: ("completed", Status.CONFIRMED),
    Status.RESOLVED: ("completed", Status.CONFIRMED),
    Status.PATIENT_REPORTED: ("completed", Status.PATIENT_REPORTED),
    Status.PLANNED: ("preparation", Status.PLANNED),
    Status.NOT_DONE: ("not-done", Status.NOT_DONE),
    Status.REFUTED: ("not-done", Status.NOT_DONE),
    Status.ENTERED_IN_ERROR: ("entered-in-error", Status.ENTERED_IN_ERROR),
}
_IMMUNISATION = {status: pair for status, pair in _PROCEDURE.items() if status is not Status.PLANNED} | {
    Status.PLANNED: ("not-done", Status.NOT_DONE),
    Status.SUSPECTED: ("completed", Status.CONFIRMED),
    Status.UNKNOWN: ("completed", Status.CONFIRMED),
}
_ENCOUNTER = {
    Status.CONFIRMED: ("finished", Status.CONFIRMED),
    Status.RESOLVED: ("finished", Status.CONFIRMED),
    Status.PATIENT_REPORTED: ("finished", Status.CONFIRMED),
    Status.PLANNED: ("planned", Status.PLANNED),
    Status.NOT_DONE: ("cancelled", Status.NOT_DONE),
    Status.REFUTED: ("cancelled", Status.NOT_DONE),
    Status.ENTERED_IN_ERROR: ("entered-in-error", Status.ENTERED_IN_ERROR),
}
_UNKNOWN = ("unknown", Status.UNKNOWN)
_INTENTS = (
    "proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option",
)  # fmt: skip
_PLANS = ("proposal", "plan", "option")


def medication(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    """A drug as what it was recorded as: prescription, giving, dispensing, or else a statement that it is taken."""
    intent = fact.detail("intent")
    if intent in _INTENTS:
        return _request(fact, exporting, encounters, intent)
    if intent == "administration" and fact.when.known:
        return _administration(fact, exporting, encounters)
    if intent == "dispense":
        return _dispense(fact, exporting, encounters)
    status, read = _standing(fact, _STATEMENT, "not-taken")
    reported = read is Status.PATIENT_REPORTED
    who = (
        exporting.subject | ({"display": fact.performer} if fact.performer else {}) if reported else exporting.who(fact)
    )
    resource = _drug("MedicationStatement", fact, exporting, status) | {
        "context": exporting.encounter(fact, encounters),
        **_effective(fact),
        "dateAsserted": date_of(fact.recorded),
        "informationSource": who,
        "reasonCode": _reason(fact),
        "dosage": _dosage(fact),
    }
    reads = _drug_reads(fact, "statement") | {
        "status": read,
        "when": fact.when if dated(fact.when) else LOST,
        "recorded": fact.recorded if exact(fact.recorded) else LOST,
        "specialty": "" if reported else fact.specialty,
    }
    return Written(resource, reads)


def _request(fact: Fact, exporting: Exporting, encounters: frozenset[str], intent: str) -> Written:
    status, read = _standing(fact, _REQUEST, "cancelled")
    if fact.negated and read is not Status.ENTERED_IN_ERROR:
        read = Status.NOT_DONE
    elif intent in _PLANS and read in (Status.CONFIRMED, Status.UNKNOWN, Status.RESOLVED, Status.PATIENT_REPORTED):
        read = Status.PLANNED
    resource = _drug("MedicationRequest", fact, exporting, status) | {
        "intent": intent,
        "doNotPerform": True if fact.negated else None,
        "reportedBoolean": True if fact.status is Status.PATIENT_REPORTED else None,
        "encounter": exporting.encounter(fact, encounters),
        "authoredOn": date_of(fact.when.start),
        "requester": exporting.who(fact),
        "reasonCode": _reason(fact),
        "dosageInstruction": _dosage(fact),
    }
    reads = _drug_reads(fact, intent) | {
        "status": read,
        "negated": fact.negated,
        "when": fact.when if dated(fact.when, end=False) else LOST,
    }
    return Written(resource, reads)


def _administration(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    status, read = _standing(fact, _ADMINISTRATION, "not-done")
    who = exporting.who(fact)
    resource = _drug("MedicationAdministration", fact, exporting, status) | {
        "context": exporting.encounter(fact, encounters),
        **_effective(fact),
        "performer": [{"actor": who}] if who else None,
        "reasonCode": _reason(fact),
    }
    reads = _drug_reads(fact, "administration", dosed=False) | {
        "status": read,
        "when": fact.when if dated(fact.when) else LOST,
    }
    return Written(resource, reads)


def _dispense(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    status, read = _standing(fact, _DISPENSE, "cancelled")
    who = exporting.who(fact)
    resource = _drug("MedicationDispense", fact, exporting, status) | {
        "context": exporting.encounter(fact, encounters),
        "performer": [{"actor": who}] if who else None,
        "whenHandedOver": date_of(fact.when.start),
        "dosageInstruction": _dosage(fact),
    }
    reads = _drug_reads(fact, "dispense", reasoned=False) | {
        "status": read,
        "when": fact.when if dated(fact.when, end=False) else LOST,
    }
    return Written(resource, reads)


def procedure(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    """A Procedure, done, planned or not done."""
    status, read = _standing(fact, _PROCEDURE, "not-done")
    who = exporting.who(fact)
    span = fact.when.end is not None
    details = {name: fact.detail(name) for name in ("body_site", "reason") if fact.detail(name)}
    resource: Resource = {
        "resourceType": "Procedure",
        "id": exporting.id_of(fact.id),
        "status": status,
        "code": concept(fact.codes, fact.text),
        "subject": exporting.subject,
        "encounter": exporting.encounter(fact, encounters),
        "performedDateTime": "" if span else date_of(fact.when.start),
        "performedPeriod": period(fact.when) if span else None,
        "performedString": fact.when.text if not fact.when.known else "",
        "asserter": exporting.subject if read is Status.PATIENT_REPORTED else None,
        "performer": [{"actor": who}] if who else None,
        "reasonCode": _reason(fact),
        "bodySite": [{"text": fact.detail("body_site")}] if fact.detail("body_site") else None,
        "outcome": concept(fact.value_codes, fact.value_text),
        "note": [{"text": fact.note}] if fact.note.strip() else None,
    }
    reads = _common_reads(fact) | {
        "status": read,
        "when": fact.when if dated(fact.when, text=True) else LOST,
        "value_codes": codes_read(fact.value_codes),
        "value_text": read_as(fact.value_codes, fact.value_text),
        "details": details,
    }
    return Written(resource, reads)


def immunisation(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    """An Immunization."""
    status, read = _standing(fact, _IMMUNISATION, "not-done")
    who, lot = exporting.who(fact), fact.detail("lot")
    words = "" if fact.when.start else fact.when.text or "unknown"
    known = concept(fact.codes, fact.text)
    resource: Resource = {
        "resourceType": "Immunization",
        "id": exporting.id_of(fact.id),
        "status": status,
        "vaccineCode": known or {"text": NOT_SAID},
        "patient": exporting.subject,
        "encounter": exporting.encounter(fact, encounters),
        "occurrenceDateTime": date_of(fact.when.start),
        "occurrenceString": words,
        "recorded": date_of(fact.recorded),
        "primarySource": False if read is Status.PATIENT_REPORTED else None,
        "lotNumber": lot,
        "performer": [{"actor": who}] if who else None,
        "note": [{"text": fact.note}] if fact.note.strip() else None,
    }
    said = dated(fact.when, end=False, text=True) and (fact.when.known or bool(fact.when.text))
    reads = _common_reads(fact) | {
        "text": read_as(fact.codes, fact.text) if known else NOT_SAID,
        "status": read,
        "when": fact.when if said else LOST,
        "recorded": fact.recorded if exact(fact.recorded) else LOST,
        "details": {"lot": lot} if lot else {},
    }
    return Written(resource, reads)


def encounter(fact: Fact, exporting: Exporting) -> Written:
    """An Encounter."""
    status, read = _standing(fact, _ENCOUNTER, "cancelled")
    setting, reason = fact.detail("class"), fact.detail("reason")
    provider = fact.sources[0].provider if fact.sources else ""
    type_ = concept(fact.codes, fact.text)
    resource: Resource = {
        "resourceType": "Encounter",
        "id": exporting.id_of(fact.id),
        "status": status,
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": setting}
        if setting
        else {"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK"},
        "type": [type_] if type_ else None,
        "serviceType": named(fact.specialty),
        "subject": exporting.subject,
        "participant": [{"individual": {"display": fact.performer}}] if fact.performer else None,
        "period": period(fact.when),
        "reasonCode": [{"text": reason}] if reason.strip() else None,
        "serviceProvider": {"display": provider} if provider else None,
    }
    taxonomy = not fact.specialty and any(code.system is System.NUCC for code in fact.codes)
    text = read_as(fact.codes, fact.text)
    details = {
        name: value for name, value in (("class", setting or "UNK"), ("type", text), ("reason", reason)) if value
    }
    reads: dict[str, Any] = {
        "codes": codes_read(fact.codes),
        "text": text if type_ else LOST,
        "when": fact.when if dated(fact.when) else LOST,
        "status": read,
        "performer": fact.performer,
        "specialty": LOST if taxonomy else fact.specialty,
        "details": details,
    }
    return Written(resource, reads)


def _standing(fact: Fact, table: dict[Status, tuple[str, Status]], refused: str) -> tuple[str, Status]:
    """The status to write and the one that is read. Something negated is never written as if it had been so."""
    if fact.negated and fact.status is not Status.ENTERED_IN_ERROR:
        return refused, Status.NOT_DONE
    return table.get(fact.status, _UNKNOWN)


def _drug(kind: str, fact: Fact, exporting: Exporting, status: str) -> Resource:
    return {
        "resourceType": kind,
        "id": exporting.id_of(fact.id),
        "status": status,
        "medicationCodeableConcept": concept(fact.codes, fact.text) or {"text": NOT_SAID},
        "subject": exporting.subject,
        "note": [{"text": fact.note}] if fact.note.strip() else None,
    }


def _drug_reads(fact: Fact, intent: str, *, dosed: bool = True, reasoned: bool = True) -> dict[str, Any]:
    names = (*(("dosage", "route") if dosed else ()), *(("reason",) if reasoned else ()))
    known = concept(fact.codes, fact.text) is not None
    return _common_reads(fact) | {
        "text": read_as(fact.codes, fact.text) if known else NOT_SAID,
        "details": {name: fact.detail(name) for name in names if fact.detail(name)} | {"intent": intent},
    }


def _common_reads(fact: Fact) -> dict[str, Any]:
    return {
        "codes": codes_read(fact.codes),
        "text": read_as(fact.codes, fact.text),
        "performer": fact.performer,
        "specialty": fact.specialty,
        "note": fact.note if fact.note.strip() else "",
    }


def _effective(fact: Fact) -> Resource:
    span = fact.when.end is not None
    return clean(
        {
            "effectiveDateTime": "" if span else date_of(fact.when.start),
            "effectivePeriod": period(fact.when) if span else None,
        }
    )


def _dosage(fact: Fact) -> list[Resource] | None:
    dosage = clean({"text": fact.detail("dosage"), "route": named(fact.detail("route"))})
    return [dosage] if dosage else None


def _reason(fact: Fact) -> list[Resource] | None:
    return [{"text": fact.detail("reason")}] if fact.detail("reason").strip() else None
