"""Drugs taken, prescribed, planned or given, and vaccines given or refused (SubstanceAdministration)."""

import msgspec

from zonula.chart import Kind, Status, When
from zonula.chart_import.ccda.asides import Asides, report_rest
from zonula.chart_import.ccda.concepts import Concept, concept, wording
from zonula.chart_import.ccda.narrative import squeeze
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.people import from_patient, performer, recorded, writer
from zonula.chart_import.ccda.reading import NOBODY, Reading
from zonula.chart_import.ccda.statement import CODE, TEXT, TIME, Statement, child, descend
from zonula.chart_import.ccda.times import NO_TIMING, frequency, timing
from zonula.chart_import.ccda.vocabulary import V3

_CONSUMABLE, _PRODUCT, _MATERIAL = V3 + "consumable", V3 + "manufacturedProduct", V3 + "manufacturedMaterial"
_LABELLED, _NAME, _LOT = V3 + "manufacturedLabeledDrug", V3 + "name", V3 + "lotNumberText"
_DOSE, _RATE, _ROUTE, _LOW, _HIGH = (V3 + n for n in ("doseQuantity", "rateQuantity", "routeCode", "low", "high"))
_PRECONDITION, _CRITERION, _VALUE = V3 + "precondition", V3 + "criterion", V3 + "value"
_PLAN = "plan"
_STATUS = {
    "active": Status.CONFIRMED,
    "completed": Status.RESOLVED,
    "aborted": Status.RESOLVED,
    "suspended": Status.CONFIRMED,
    "held": Status.CONFIRMED,
    "nullified": Status.ENTERED_IN_ERROR,
    "obsolete": Status.ENTERED_IN_ERROR,
    "cancelled": Status.NOT_DONE,
    "canceled": Status.NOT_DONE,
    "new": Status.PLANNED,
}


def medication(reading: Reading, statement: Statement) -> None:
    """Read a Medication Activity, or an act (admission or discharge medication) that holds some."""
    if statement.kind == "act":
        found = False
        for _, inner in statement.related():
            if inner.kind == "substanceAdministration":
                medication(reading, inner)
                found = True
        if not found:
            reading.skip("a medication act without a medication in it")
        return
    what, _ = _product(reading, statement)
    text = what.text or reading.references.text_of(statement.first(TEXT))
    if not what.codes and not text and not statement.negated:
        reading.skip(f"a medication that names no drug{f' (nullFlavor {what.null})' if what.null else ''}")
        return
    if statement.negated and not [code for code in what.codes if code.code != "410942007"]:
        text = text if text.lower().startswith("no ") else "No known medications"
    asides = Asides(reading, statement)
    asides.take(lambda _, one: one.kind == "supply")  # dispensing repeats what is given
    report_rest(reading, asides)
    when, rhythm = _schedule(reading, statement)
    who = performer(reading, statement)
    notes = [asides.note, *(f"reaction: {reaction}" for reaction in asides.reactions)]
    if statement.status in ("suspended", "held"):
        notes.append("on hold")
    reading.keep(
        Kind.MEDICATION,
        codes=what.codes,
        text=text or what.codes[0].code,
        when=when,
        recorded=recorded(reading, statement),
        status=_medication_status(reading, statement),
        negated=statement.negated,
        who=who if who != NOBODY else writer(reading, statement),
        encounter_keys=asides.encounter_keys,
        note="\n".join(filter(None, notes)),
        details=(
            ("dosage", _dosage(reading, statement, rhythm, asides.directions)),
            ("route", wording(reading, statement.first(_ROUTE))),
            ("intent", "order" if statement.planned else "statement"),
            ("reason", "; ".join(filter(None, asides.reasons))),
        ),
    )


def immunisation(reading: Reading, statement: Statement) -> None:
    """Read an Immunization Activity; `negationInd` means it was not given."""
    if statement.kind != "substanceAdministration":
        reading.skip(f"an immunisation written as {statement.kind}")
        return
    what, lot = _product(reading, statement)
    text = what.text or reading.references.text_of(statement.first(TEXT))
    if not what.codes and not text:
        reading.skip(f"an immunisation that names no vaccine{f' (nullFlavor {what.null})' if what.null else ''}")
        return
    asides = Asides(reading, statement)
    report_rest(reading, asides)
    status = Status.CONFIRMED
    if statement.status in ("nullified", "obsolete"):
        status = Status.ENTERED_IN_ERROR
    elif statement.negated or statement.status in ("aborted", "cancelled", "canceled"):
        status = Status.NOT_DONE
    elif statement.planned:
        status = Status.PLANNED
    notes = [asides.note, *(f"reaction: {reaction}" for reaction in asides.reactions)]
    notes.extend(
        f"not given: {reason}" if statement.negated else f"reason: {reason}" for reason in asides.reasons if reason
    )
    reading.keep(
        Kind.IMMUNISATION,
        codes=what.codes,
        text=text or what.codes[0].code,
        when=_schedule(reading, statement)[0],
        recorded=recorded(reading, statement),
        status=status,
        negated=statement.negated,
        who=performer(reading, statement),
        encounter_keys=asides.encounter_keys,
        note="\n".join(filter(None, notes)),
        details=(("lot", lot),),
    )


def _product(reading: Reading, statement: Statement) -> tuple[Concept, str]:
    product = descend(statement.first(_CONSUMABLE), _PRODUCT)
    material = None if product is None else child(product, _MATERIAL)
    if product is not None and material is None:
        material = child(product, _LABELLED)
    if material is None:
        return Concept(), ""
    found = concept(reading, child(material, CODE))
    lot, name = child(material, _LOT), child(material, _NAME)
    if not found.text and name is not None:
        found = msgspec.structs.replace(found, text=squeeze(name.text))
    return found, "" if lot is None else squeeze(lot.text)


def _schedule(reading: Reading, statement: Statement) -> tuple[When, str]:
    """When it was taken (the first period or point) and how often (every PIVL_TS and EIVL_TS)."""
    taken = NO_TIMING
    rhythms: list[str] = []
    for element in statement.all(TIME):
        rhythm = frequency(element)
        if rhythm:
            rhythms.append(rhythm)
        elif not taken.when.known:
            taken = timing(reading, element)
    return taken.when, ", ".join(rhythms)


def _dosage(reading: Reading, statement: Statement, rhythm: str, directions: list[str]) -> str:
    parts = [_amount(statement.first(_DOSE)), rhythm]
    rate = _amount(statement.first(_RATE))
    if rate:
        parts.append(f"rate {rate}")
    if statement.first(_PRECONDITION) is not None:
        criterion = descend(statement.first(_PRECONDITION), _CRITERION)
        reason = "" if criterion is None else wording(reading, child(criterion, _VALUE))
        parts.append(f"as needed for {reason}" if reason else "as needed")
    written = "; ".join(filter(None, directions))
    return "; ".join(filter(None, (", ".join(filter(None, parts)), written)))


def _amount(element: Element | None) -> str:
    if element is None:
        return ""
    value = element.get("value")
    if value is None:
        bounds = [bound.get("value", "") for tag in (_LOW, _HIGH) for bound in element.iterchildren(tag)]
        value = " to ".join(filter(None, bounds))
    unit = element.get("unit", "")
    return f"{value} {'' if unit == '1' else unit}".strip() if value else ""


def _medication_status(reading: Reading, statement: Statement) -> Status:
    written = _STATUS.get(statement.status, Status.UNKNOWN)
    if written is Status.ENTERED_IN_ERROR:
        return written
    if statement.negated:
        return Status.NOT_DONE
    if reading.section == _PLAN and statement.planned:
        return Status.PLANNED
    if written is Status.CONFIRMED and from_patient(reading, statement):
        return Status.PATIENT_REPORTED
    return written
