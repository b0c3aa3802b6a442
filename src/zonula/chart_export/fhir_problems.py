"""Problems, symptoms, allergies and the family's history as FHIR resources."""

from typing import Any

from zonula.chart import Fact, Kind, Status
from zonula.chart_export.fhir_parts import (
    LOST,
    NOT_SAID,
    Exporting,
    Resource,
    Written,
    coded,
    codes_read,
    concept,
    date_of,
    dated,
    exact,
    named,
    read_as,
)

_VERIFIED = {
    Status.CONFIRMED: "confirmed",
    Status.RESOLVED: "confirmed",
    Status.SUSPECTED: "unconfirmed",
    Status.REFUTED: "refuted",
    Status.ENTERED_IN_ERROR: "entered-in-error",
    # A problem cannot be planned or not done in FHIR: it is never asserted, and the status is kept beside it.
    Status.PLANNED: "refuted",
    Status.NOT_DONE: "refuted",
}
_ALLERGY_TYPES = ("allergy", "intolerance")
_ALLERGY_CATEGORIES = ("food", "medication", "environment", "biologic")
_CRITICALITIES = ("low", "high", "unable-to-assess")
_SEVERITIES = ("mild", "moderate", "severe")


def condition(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    """A Condition; a symptom is one of category `symptom`."""
    verification, status, negated = _verification(fact, exporting, by_words=False)
    when = fact.when
    over = verification != "entered-in-error" and (fact.status is Status.RESOLVED or when.end is not None)
    if over and status in (Status.CONFIRMED, Status.UNKNOWN):
        status = Status.RESOLVED
    details = {name: fact.detail(name) for name in ("severity", "body_site") if fact.detail(name)}
    category = fact.detail("category")
    kinds = [named(category)] if category else []
    if fact.kind is Kind.SYMPTOM:
        kinds = [{"coding": [{"system": "https://zonula.example/codes", "code": "symptom"}]}]
    elif category:
        details["category"] = category
    says_end = over and when.end is not None
    resource: Resource = {
        "resourceType": "Condition",
        "id": exporting.id_of(fact.id),
        "clinicalStatus": coded("condition-clinical", "resolved") if over else None,
        "verificationStatus": coded("condition-ver-status", verification) if verification else None,
        "category": kinds,
        "severity": named(fact.detail("severity")),
        "code": concept(fact.codes, fact.text),
        "bodySite": [named(fact.detail("body_site"))] if fact.detail("body_site") else None,
        "subject": exporting.subject,
        "encounter": exporting.encounter(fact, encounters),
        "onsetDateTime": date_of(when.start),
        "onsetString": when.text if not when.known else "",
        "abatementDateTime": date_of(when.end) if says_end else "",
        "recordedDate": date_of(fact.recorded),
        "recorder": exporting.who(fact),
        "asserter": exporting.subject if fact.status is Status.PATIENT_REPORTED else None,
        "note": [{"text": fact.note}] if fact.note.strip() else None,
    }
    when_said = dated(when, text=True) and (when.end is None or says_end)
    return Written(
        resource,
        _problem_reads(fact)
        | {"status": status, "negated": negated, "when": when if when_said else LOST, "details": details},
    )


def allergy(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    """An AllergyIntolerance."""
    verification, status, negated = _verification(fact, exporting, by_words=True)
    clinical = "" if verification == "entered-in-error" else "active"
    if fact.status is Status.RESOLVED:
        clinical = "resolved"
    elif verification == "refuted":
        clinical = "inactive"
    if not verification and clinical == "resolved":
        status = Status.RESOLVED
    kind, criticality = fact.detail("type"), fact.detail("criticality")
    categories = fact.detail("category").split("; ") if fact.detail("category") else []
    reaction, severity = fact.detail("reaction"), fact.detail("severity")
    known = {
        "type": kind if kind in _ALLERGY_TYPES else "",
        "category": "; ".join(categories) if all(one in _ALLERGY_CATEGORIES for one in categories) else "",
        "criticality": criticality if criticality in _CRITICALITIES else "",
        "reaction": reaction,
        "severity": severity if reaction and severity in _SEVERITIES else "",
    }
    when = fact.when
    resource: Resource = {
        "resourceType": "AllergyIntolerance",
        "id": exporting.id_of(fact.id),
        "clinicalStatus": coded("allergyintolerance-clinical", clinical) if clinical else None,
        "verificationStatus": coded("allergyintolerance-verification", verification) if verification else None,
        "type": known["type"],
        "category": categories if known["category"] else None,
        "criticality": known["criticality"],
        "code": concept(fact.codes, fact.text),
        "patient": exporting.subject,
        "encounter": exporting.encounter(fact, encounters),
        "onsetDateTime": date_of(when.start),
        "onsetString": when.text if not when.known else "",
        "recordedDate": date_of(fact.recorded),
        "recorder": exporting.who(fact),
        "asserter": exporting.subject if fact.status is Status.PATIENT_REPORTED else None,
        "note": [{"text": fact.note}] if fact.note.strip() else None,
        "reaction": [_reaction(reaction, known["severity"])] if reaction.strip() else None,
    }
    reads = _problem_reads(fact) | {
        "status": status,
        "negated": negated,
        "when": when if dated(when, end=False, text=True) else LOST,
        "details": {name: value for name, value in known.items() if value},
    }
    return Written(resource, reads)


def family_history(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    """A FamilyMemberHistory of one relative and one condition. FHIR has no "did not have": then only words say so, never the code."""
    denied = fact.negated and not exporting.says_none(fact)
    refuted = denied or not fact.asserted
    wrong = fact.status is Status.ENTERED_IN_ERROR
    text = f"did not have: {read_as(fact.codes, fact.text)}" if refuted and not wrong else fact.text
    codes = () if refuted and not wrong else fact.codes
    relation, age = fact.detail("relation"), fact.detail("age_at_onset")
    resource: Resource = {
        "resourceType": "FamilyMemberHistory",
        "id": exporting.id_of(fact.id),
        "status": "entered-in-error" if wrong else "completed",
        "patient": exporting.subject,
        "date": date_of(fact.recorded),
        "relationship": {"text": relation or NOT_SAID},
        "condition": [
            {"code": concept(codes, text) or {"text": NOT_SAID}}
            | ({"onsetString": age} if age.strip() else {})
            | ({"note": [{"text": fact.note}]} if fact.note.strip() else {})
        ],
    }
    said = concept(codes, text) is not None
    reads = {
        "codes": codes_read(codes),
        "text": read_as(codes, text) if said else NOT_SAID,
        "recorded": fact.recorded if exact(fact.recorded) else LOST,
        "status": Status.ENTERED_IN_ERROR if wrong else Status.PATIENT_REPORTED,
        "negated": exporting.says_none(fact) and bool(codes),
        "note": fact.note if fact.note.strip() else "",
        "details": {
            name: value for name, value in (("relation", relation or NOT_SAID), ("age_at_onset", age)) if value
        },
    }
    return Written(resource, reads)


def _problem_reads(fact: Fact) -> dict[str, Any]:
    return {
        "codes": codes_read(fact.codes),
        "text": read_as(fact.codes, fact.text),
        "recorded": fact.recorded if exact(fact.recorded) else LOST,
        "performer": fact.performer,
        "specialty": fact.specialty,
        "note": fact.note if fact.note.strip() else "",
    }


def _verification(fact: Fact, exporting: Exporting, *, by_words: bool) -> tuple[str, Status, bool]:
    """(verification to write, status and negation our reader takes). A negated fact is refuted, unless its concept says none itself."""
    none = exporting.says_none(fact) if by_words else any(exporting.means_none(code) for code in fact.codes)
    verification = _VERIFIED.get(fact.status, "")
    if fact.negated and not none and verification != "entered-in-error":
        verification = "refuted"
    status = {
        "confirmed": Status.CONFIRMED,
        "unconfirmed": Status.SUSPECTED,
        "refuted": Status.REFUTED,
        "entered-in-error": Status.ENTERED_IN_ERROR,
    }.get(verification, Status.UNKNOWN)
    if status in (Status.CONFIRMED, Status.UNKNOWN) and fact.status is Status.PATIENT_REPORTED:
        status = Status.PATIENT_REPORTED
    if status is Status.CONFIRMED and fact.status is Status.RESOLVED:
        status = Status.RESOLVED
    return verification, status, none


def _reaction(text: str, severity: str) -> Resource:
    return {"manifestation": [{"text": text}]} | ({"severity": severity} if severity else {})
