"""A fact as a form: only what a person can know of it, with the rest left unknown."""

import re
from typing import Any

import msgspec

from zonula.chart import UNKNOWN_TIME, Fact, Kind, Moment, Quantity, ReferenceRange, Status, When
from zonula.errors import UserError
from zonula.reports import wording

KINDS = (Kind.CONDITION, Kind.SYMPTOM, Kind.OBSERVATION, Kind.MEDICATION, Kind.ALLERGY)
STATUSES = {
    Status.CONFIRMED: "confirmed",
    Status.SUSPECTED: "suspected",
    Status.PATIENT_REPORTED: "reported by the patient",
    Status.RESOLVED: "past: it was so and is over",
    Status.REFUTED: "refuted: it was looked for and is not so",
    Status.PLANNED: "planned",
    Status.NOT_DONE: "not done",
    Status.ENTERED_IN_ERROR: "entered in error",
    Status.UNKNOWN: "not known",
}
FIELDS = ("kind", "text", "start", "end", "status", "value", "unit", "low", "high", "note")
LONGEST = {"text": 200, "value": 160, "unit": 40, "note": 600}
# A dot or a comma before the decimals; no thousands marks, which mean opposite things in different countries.
_NUMBER = re.compile(r"(<=|>=|<|>)?\s*(-?\d{1,12}(?:[.,]\d{1,9})?)")


def from_fact(fact: Fact) -> dict[str, str]:
    """The fields of a fact that stands."""
    value = fact.value_text or "; ".join(code.display or code.code for code in fact.value_codes)
    if fact.value is not None:
        value = f"{fact.value.comparator}{wording.number(fact.value.value)}"
    reference = fact.reference or ReferenceRange()
    return {
        "kind": fact.kind.value,
        "text": fact.text or next((code.display or code.code for code in fact.codes), ""),
        "start": wording.day(fact.when.start),
        "end": wording.day(fact.when.end),
        "status": fact.status.value,
        "value": value,
        "unit": fact.value.unit if fact.value else "",
        "low": "" if reference.low is None else wording.number(reference.low),
        "high": "" if reference.high is None else wording.number(reference.high),
        "note": fact.note,
    }


def to_fact(fields: dict[str, str], original: Fact | None = None) -> Fact:
    """The fact these fields say, on top of the original when one is corrected. Raises UserError naming the field that cannot be read."""
    for name, longest in LONGEST.items():
        if len(fields[name]) > longest:
            raise UserError(f"{name.capitalize()} is too long.", f"At most {longest} letters.")
    if original is None and fields["kind"] not in {kind.value for kind in KINDS}:
        raise UserError("Choose what kind of fact it is.")
    if fields["status"] not in set(Status):
        raise UserError("Choose how sure it is.")
    text = " ".join(fields["text"].split())
    if not text:
        raise UserError("Name it.", "For example: celiac disease, hives, ferritin, ibuprofen.")
    before = from_fact(original) if original is not None else dict.fromkeys(FIELDS, "")
    base = original or Fact("", Kind(fields["kind"]), ())
    changed: dict[str, Any] = {"text": text, "status": Status(fields["status"]), "note": fields["note"].strip()}
    if original is not None and text == before["text"]:
        changed["text"] = original.text
    elif original is not None:
        changed["codes"] = ()  # another name is another thing: the sender's codes would go on meaning the old one
    if (fields["start"], fields["end"]) != (before["start"], before["end"]):
        changed["when"] = _when(fields["start"].strip(), fields["end"].strip())
    if any(fields[name] != before[name] for name in ("value", "unit", "low", "high")):
        changed |= _result(fields)
    return msgspec.structs.replace(base, **changed)


def _when(start: str, end: str) -> When:
    if not start and not end:
        return UNKNOWN_TIME
    first, last = (_moment(day) for day in (start, end))
    if first and last and last.latest < first.earliest:
        raise UserError("It ends before it begins.", "Check both dates.")
    return When(first, last)


def _moment(day: str) -> Moment | None:
    if not day:
        return None
    try:
        return Moment.parse(day)
    except ValueError:
        raise UserError(
            f"{day[:20]} is not a date.", "Write YYYY, YYYY-MM or YYYY-MM-DD; leave it empty when unknown."
        ) from None


def _result(fields: dict[str, str]) -> dict[str, Any]:
    """A number with its unit and limits, or words. The sender's own reading of the old result no longer holds."""
    value, unit = fields["value"].strip(), fields["unit"].strip()
    low, high = (_limit(fields[name]) for name in ("low", "high"))
    if low is not None and high is not None and high < low:
        raise UserError("The upper limit is below the lower one.", "Check both limits.")
    reference = None if low is None and high is None else ReferenceRange(low, high, unit)
    number = _NUMBER.fullmatch(value)
    made: dict[str, Any] = {
        "value": None,
        "value_text": "",
        "value_codes": (),
        "interpretation": None,
        "reference": reference,
    }
    if number:
        made["value"] = Quantity(float(number[2].replace(",", ".")), unit, number[1] or "")
    else:
        made["value_text"] = f"{value} {unit}".strip()
    return made


def _limit(text: str) -> float | None:
    if not text.strip():
        return None
    number = _NUMBER.fullmatch(text.strip())
    if number is None or number[1]:
        raise UserError(f"{text[:20]} is not a limit.", "Write a number, or leave it empty when unknown.")
    return float(number[2].replace(",", "."))
