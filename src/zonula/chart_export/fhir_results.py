"""Results, reports and documents as FHIR resources."""

from typing import Any

from zonula.chart import Fact, Interpretation, Kind, Precision, Quantity, ReferenceRange, Status
from zonula.chart_export.fhir_parts import (
    LOST,
    NOT_SAID,
    Exporting,
    Resource,
    Written,
    clean,
    coded,
    codes_read,
    concept,
    date_of,
    dated,
    exact,
    named,
    period,
    read_as,
)

_STATUSES = {
    Status.CONFIRMED: "final",
    Status.RESOLVED: "final",
    Status.PATIENT_REPORTED: "final",
    Status.SUSPECTED: "preliminary",
    Status.PLANNED: "registered",
    Status.NOT_DONE: "cancelled",
    Status.REFUTED: "entered-in-error",
    Status.ENTERED_IN_ERROR: "entered-in-error",
    Status.UNKNOWN: "unknown",
}
_READ = {
    "final": Status.CONFIRMED,
    "preliminary": Status.SUSPECTED,
    "registered": Status.PLANNED,
    "cancelled": Status.NOT_DONE,
    "entered-in-error": Status.ENTERED_IN_ERROR,
    "unknown": Status.UNKNOWN,
}
_INTERPRETED = {
    Interpretation.NORMAL: "N",
    Interpretation.LOW: "L",
    Interpretation.HIGH: "H",
    Interpretation.CRITICAL_LOW: "LL",
    Interpretation.CRITICAL_HIGH: "HH",
    Interpretation.ABNORMAL: "A",
    Interpretation.POSITIVE: "POS",
    Interpretation.NEGATIVE: "NEG",
    Interpretation.INDETERMINATE: "IND",
}
_CATEGORIES = frozenset(
    {"social-history", "vital-signs", "imaging", "laboratory", "procedure", "survey", "exam", "therapy", "activity"}
)
_NOT_PERFORMED = "not-performed"


def observation(fact: Fact, exporting: Exporting, encounters: frozenset[str], members: tuple[str, ...]) -> Written:
    """An Observation. members: ids of the facts that belong to it as a panel."""
    symptom = fact.kind is Kind.SYMPTOM
    status = "cancelled" if fact.negated and fact.status is not Status.ENTERED_IN_ERROR else _STATUSES[fact.status]
    read = _READ[status]
    reported = fact.status is Status.PATIENT_REPORTED
    result, reads = _result(fact)
    absent = "" if result else fact.detail("absent_reason")
    if absent == _NOT_PERFORMED:
        read = Status.NOT_DONE
    elif reported and read is Status.CONFIRMED:
        read = Status.PATIENT_REPORTED
    category = "symptom" if symptom else fact.detail("category")
    details = {name: fact.detail(name) for name in ("method", "body_site", "device", "specimen") if fact.detail(name)}
    details |= {"category": category} if category else {}
    details |= {"absent_reason": absent} if absent else {}
    issued = fact.recorded is not None and fact.recorded.precision is Precision.INSTANT
    span = fact.when.end is not None
    who = (
        exporting.subject | ({"display": fact.performer} if fact.performer else {}) if reported else exporting.who(fact)
    )
    reference = _range(fact.reference)
    resource: Resource = {
        "resourceType": "Observation",
        "id": exporting.id_of(fact.id),
        "status": status,
        "category": [_category(category)] if category else None,
        "code": concept(fact.codes, fact.text) or {"text": NOT_SAID},
        "subject": exporting.subject,
        "encounter": exporting.encounter(fact, encounters),
        "effectiveDateTime": "" if span else date_of(fact.when.start),
        "effectivePeriod": period(fact.when) if span else None,
        "issued": date_of(fact.recorded) if issued else "",
        "performer": [who] if who else None,
        **result,
        "dataAbsentReason": _absent(absent),
        "interpretation": [coded("v3-ObservationInterpretation", _INTERPRETED[fact.interpretation])]
        if fact.interpretation
        else None,
        "note": [{"text": fact.note}] if fact.note.strip() else None,
        "bodySite": named(fact.detail("body_site")),
        "method": named(fact.detail("method")),
        "specimen": {"display": fact.detail("specimen")} if fact.detail("specimen") else None,
        "device": {"display": fact.detail("device")} if fact.detail("device") else None,
        "referenceRange": [reference] if reference else None,
        "hasMember": [{"reference": exporting.urn(member)} for member in members],
    }
    known = concept(fact.codes, fact.text) is not None
    reads |= {
        "codes": codes_read(fact.codes),
        "text": read_as(fact.codes, fact.text) if known else NOT_SAID,
        "when": fact.when if dated(fact.when) else LOST,
        "recorded": fact.recorded if issued and exact(fact.recorded) else None,
        "status": read,
        "interpretation": fact.interpretation,
        "reference": _range_read(fact.reference),
        "performer": fact.performer,
        "specialty": "" if reported else fact.specialty,
        "note": fact.note if fact.note.strip() else "",
        "details": details,
    }
    return Written(resource, reads)


def document(fact: Fact, exporting: Exporting, encounters: frozenset[str]) -> Written:
    """A DocumentReference. The file itself is exported apart; here stands that there is one."""
    wrong = fact.negated or not fact.asserted
    status = "entered-in-error" if wrong else "superseded" if fact.status is Status.RESOLVED else "current"
    draft = fact.status in (Status.SUSPECTED, Status.UNKNOWN, Status.PLANNED)
    kind = fact.detail("type")
    type_ = concept(fact.codes, kind)
    who, provider = exporting.who(fact), fact.sources[0].provider if fact.sources else ""
    within = period(fact.when)
    encounter = exporting.encounter(fact, encounters)
    resource: Resource = {
        "resourceType": "DocumentReference",
        "id": exporting.id_of(fact.id),
        "status": status,
        "docStatus": "preliminary" if draft and not wrong else "",
        "type": type_,
        "subject": exporting.subject,
        "author": [who] if who else None,
        "custodian": {"display": provider} if provider else None,
        "description": fact.text if fact.text.strip() else "",
        "content": [{"attachment": {"title": fact.text if fact.text.strip() else "document"}}],
        "context": clean({"encounter": [encounter] if encounter else None, "period": within}),
    }
    if wrong:
        read = Status.ENTERED_IN_ERROR
    elif draft:
        read = Status.SUSPECTED
    else:
        read = Status.RESOLVED if status == "superseded" else Status.CONFIRMED
    read_type = read_as(fact.codes, kind)
    details = {name: value for name, value in (("type", read_type), ("author", fact.performer)) if value}
    reads: dict[str, Any] = {
        "codes": codes_read(fact.codes),
        "text": fact.text if fact.text.strip() else read_type,
        "when": fact.when if dated(fact.when) else LOST,
        "status": read,
        "performer": fact.performer,
        "specialty": fact.specialty,
        "details": details,
    }
    return Written(resource, reads)


def _result(fact: Fact) -> tuple[Resource, dict[str, Any]]:
    """The result as FHIR says it, and what is read from it; the first form that was sent counts, the others are kept beside it."""
    if fact.value is not None:
        return {"valueQuantity": _quantity(fact.value)}, {"value": fact.value}
    if fact.value_codes:
        return (
            {"valueCodeableConcept": concept(fact.value_codes, fact.value_text)},
            {"value_codes": codes_read(fact.value_codes), "value_text": read_as(fact.value_codes, fact.value_text)},
        )
    if fact.value_text.strip():
        return {"valueString": fact.value_text}, {"value_text": fact.value_text}
    return {}, {}


def _quantity(value: Quantity) -> Resource:
    found: Resource = {"value": value.value}
    return found | clean({"comparator": value.comparator, "unit": value.unit if value.unit.strip() else ""})


def _range(limits: ReferenceRange | None) -> Resource | None:
    if limits is None:
        return None
    low, high = (
        {"value": limit} | ({"unit": limits.unit} if limits.unit.strip() else {}) if limit is not None else None
        for limit in (limits.low, limits.high)
    )
    return clean({"low": low, "high": high, "text": limits.text if limits.text.strip() else ""}) or None


def _range_read(limits: ReferenceRange | None) -> Any:
    if limits is None or _range(limits) is None:
        return None
    lost = limits.unit and limits.low is None and limits.high is None
    return LOST if lost else limits


def _category(category: str) -> Resource:
    if category in _CATEGORIES:
        return coded("observation-category", category)
    if category == "symptom":
        return {"coding": [{"system": "https://zonula.example/codes", "code": "symptom"}]}
    return {"text": category}


def _absent(reason: str) -> Resource | None:
    if not reason:
        return None
    known = ("unknown", "asked-unknown", "not-asked", "not-performed", "masked", "error", "unsupported", "temp-unknown")
    return coded("data-absent-reason", reason) if reason in known else {"text": reason}
