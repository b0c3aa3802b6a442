"""One line of the template into one fact, or a reason why not."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from zonula.chart import (
    DETAILS,
    Code,
    Fact,
    Interpretation,
    Kind,
    Patient,
    ReferenceRange,
    Source,
    Status,
    System,
    When,
)
from zonula.chart_import.csv_template.cells import Wrong, amount, check_code, moment, reading
from zonula.chart_import.csv_template.columns import (
    DETAIL,
    INTERPRETATIONS,
    KINDS,
    PERSON,
    SEXES,
    STATUSES,
    SYSTEMS,
    TRUTHS,
    nearest,
    spelled,
)
from zonula.chart_import.negations import says_no_allergy, says_none

Meaning = TypeVar("Meaning")

_CODED_RESULT = (Kind.OBSERVATION, Kind.SYMPTOM, Kind.PROCEDURE)


class Made(NamedTuple):
    """fact: None for a line that only describes the person. warnings: kept all the same, but look at it."""

    fact: Fact | None
    warnings: tuple[str, ...]


def person(cells: Mapping[str, str]) -> Patient:
    """The person as one line describes them. Raises Wrong."""
    identifier = cells.get("patient", "")
    if not identifier:
        raise Wrong("patient is empty; write the same short id on every line of one person")
    sex = cells.get("sex", "")
    return Patient(
        id=identifier,
        name=cells.get("name", ""),
        birth=moment(cells.get("birth_date", ""), "birth_date"),
        sex=_one_of("sex", sex, SEXES) if sex else SEXES["unknown"],
        identifiers=(f"|{identifier}",),
    )


def fact(cells: Mapping[str, str], document: str, line: int, decimal_comma: bool) -> Made:
    """The fact of one line. Raises Wrong with the reason and the cure."""
    if not cells.get("kind"):
        if any(value for column, value in cells.items() if column not in PERSON):
            raise Wrong(f"kind is empty; write one of {', '.join(kind.value for kind in Kind)}")
        return Made(None, ())
    kind = _one_of("kind", cells["kind"], KINDS)
    codes = _codes(cells)
    text = cells.get("text", "") or (codes[0].code if codes else "")
    if not text:
        raise Wrong("text and code are both empty; say what this line is about")
    found = reading(cells.get("value", ""), cells.get("unit", ""), decimal_comma)
    warnings = [found.warning] if found.warning else []
    notes = [cells.get("note", "")]
    if cells.get("value") and kind not in _CODED_RESULT:
        warnings.append(f"a {kind.value} has no value; kept in the note")
        notes.append(f"value: {cells['value']} {cells.get('unit', '')}".strip())
        found = found._replace(quantity=None, text="")
    details = []
    for name in DETAIL:
        written = cells.get(name, "")
        if written and name in DETAILS[kind]:
            details.append((name, written))
        elif written:
            warnings.append(f"{name} means nothing for a {kind.value}; kept in the note")
            notes.append(f"{name}: {written}")
    place = f"line {line}"
    status, interpretation = cells.get("status", ""), cells.get("interpretation", "")
    return Made(
        Fact(
            id=f"{document}#{place}",
            kind=kind,
            sources=(Source(document, place, cells.get("provider", "")),),
            codes=codes,
            text=text,
            when=_when(cells),
            status=_one_of("status", status, STATUSES) if status else Status.UNKNOWN,
            negated=_one_of("negated", cells.get("negated", ""), TRUTHS)
            or says_none(codes)
            or (kind is Kind.ALLERGY and says_no_allergy(text)),
            value=found.quantity,
            value_text=found.text,
            interpretation=_interpretation(interpretation),
            reference=_reference(cells, decimal_comma),
            performer=cells.get("performer", ""),
            specialty=cells.get("specialty", ""),
            note="\n".join(filter(None, notes)),
            details=tuple(details),
        ),
        tuple(warnings),
    )


def _codes(cells: Mapping[str, str]) -> tuple[Code, ...]:
    code, system = cells.get("code", ""), cells.get("code_system", "")
    if not code:
        if system:
            raise Wrong("code_system is filled in but code is empty")
        return ()
    known = _one_of("code_system", system, SYSTEMS) if system else System.LOCAL
    check_code(known, code)
    return (Code(known, code, cells.get("text", "")),)


def _when(cells: Mapping[str, str]) -> When:
    start, end = moment(cells.get("date", ""), "date"), moment(cells.get("end_date", ""), "end_date")
    if start and end and end.latest < start.earliest:
        raise Wrong(f"end_date {end.text} is before date {start.text}")
    return When(start, end)


def _interpretation(text: str) -> Interpretation | None:
    return _one_of("interpretation", text, INTERPRETATIONS) if text else None


def _reference(cells: Mapping[str, str], decimal_comma: bool) -> ReferenceRange | None:
    low, high = (amount(cells.get(name, ""), name, decimal_comma) for name in ("low", "high"))
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        raise Wrong(f"low {cells['low']} is above high {cells['high']}")
    return ReferenceRange(low, high, cells.get("unit", ""))


def _one_of(column: str, text: str, table: Mapping[str, Meaning]) -> Meaning:
    meaning = table.get(spelled(text))
    if meaning is None:
        raise Wrong(f"{column} {text[:30]!r} is not known{nearest(text, tuple(table))}")
    return meaning
