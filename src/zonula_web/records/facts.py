"""The facts of a chart as pages list them: every record with its source, its corrections, and what was withdrawn."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from zonula.chart import Fact
from zonula.chart_review.contract import CitedCard
from zonula.reports.reasons import FactLine, Reasons
from zonula_web.records import read
from zonula_web.records.corrected import Placed, Standing, placed
from zonula_web.records.models import Entry, Patient

IMPORTED, BY_HAND, CORRECTED, WITHDRAWN = "from a document", "entered by hand", "corrected", "withdrawn"
ORIGINS = (IMPORTED, BY_HAND, CORRECTED, WITHDRAWN)
STANDINGS = {
    Standing.APPLIES: "holds",
    Standing.CHANGED: "holds, but the document says something else now",
    Standing.RESTS: "rests: the record it was written for is not in the chart",
    Standing.UNDONE: "taken back",
}


class Row(NamedTuple):
    """One fact of the list. token: its name in addresses, which says nothing; kind: value of `chart.Kind`; documents: where it was read."""

    token: str
    line: FactLine
    kind: str
    origin: str
    documents: tuple[str, ...]


class Written(NamedTuple):
    """One entry of a fact's history. before, after: how the fact read; None where there is nothing. may_undo: it holds and is the newest."""

    number: int
    by: str
    at: datetime
    reason: str
    standing: str
    before: FactLine | None
    after: FactLine | None
    may_undo: bool


class Page(NamedTuple):
    """Everything about one fact. fact: as it stands, or as it stood before it was withdrawn."""

    row: Row
    fact: Fact
    history: tuple[Written, ...]


def token_of(fact_id: str) -> str:
    """The name of a fact in addresses: ids hold document names, and addresses must say nothing about anyone."""
    return hashlib.sha256(fact_id.encode()).hexdigest()[:20]


def rows(patient: Patient) -> tuple[Row, ...]:
    """Every fact of the chart in chart order, then what was withdrawn."""
    return read.derived.get(("facts", patient.id, patient.chart_version), lambda: _rows(patient))


def page(patient: Patient, token: str) -> Page | None:
    """One fact with its history, or None."""
    row = next((row for row in rows(patient) if row.token == token), None)
    if row is None:
        return None
    history = _history(patient, row)
    fact = next((fact for fact in read.chart(patient).facts if fact.id == row.line.id), None)
    fact = fact or _withdrawn(patient).get(token)
    return None if fact is None else Page(row, fact, history)


def resting(patient: Patient) -> tuple[Written, ...]:
    """Entries that hold nowhere in the chart as it is: their record is gone, or they were taken back."""
    where = placed(patient)
    entries = [entry for entry in _entries(patient) if not where.get(entry.pk, Placed(Standing.RESTS)).fact]
    return tuple(_written(entry, where, newest=False) for entry in entries)


def _rows(patient: Patient) -> tuple[Row, ...]:
    chart = read.chart(patient)
    origins = _origins(patient)
    lines = _lines(chart.facts)
    gone = _withdrawn(patient)
    standing = [_row(fact, lines[fact.id], origins.get(fact.id, IMPORTED)) for fact in chart.facts]
    struck = _lines(tuple(gone.values()))
    return (*standing, *(_row(fact, struck[fact.id], WITHDRAWN) for fact in gone.values()))


def _row(fact: Fact, line: FactLine, origin: str) -> Row:
    documents = tuple(dict.fromkeys(source.document for source in fact.sources))
    return Row(token_of(fact.id), line, fact.kind.value, origin, documents)


def _origins(patient: Patient) -> dict[str, str]:
    where = placed(patient)
    found: dict[str, str] = {}
    for entry in _entries(patient):
        fact = where[entry.pk].fact if entry.pk in where else ""
        if fact and entry.fact is not None:
            found[fact] = CORRECTED if entry.original is not None else BY_HAND
    return found


def _withdrawn(patient: Patient) -> dict[str, Fact]:
    """The facts that were taken out, by token."""
    where = placed(patient)
    found: dict[str, Fact] = {}
    for entry in _entries(patient):
        fact = where[entry.pk].fact if entry.pk in where else ""
        if fact and entry.fact is None and entry.original is not None:
            found[token_of(fact)] = msgspec.structs.replace(msgspec.convert(entry.original, Fact), id=fact)
    return found


def _history(patient: Patient, row: Row) -> tuple[Written, ...]:
    """The entries about this fact, newest first."""
    where = placed(patient)
    theirs = [entry for entry in _entries(patient) if entry.pk in where and token_of(where[entry.pk].fact) == row.token]
    newest = theirs[-1].pk if theirs else 0
    return tuple(_written(entry, where, newest=entry.pk == newest) for entry in reversed(theirs))


def _written(entry: Entry, where: Mapping[int, Placed], *, newest: bool) -> Written:
    standing = where.get(entry.pk, Placed(Standing.RESTS)).standing
    return Written(
        entry.pk,
        entry.by.name if entry.by else "the system",
        entry.at,
        entry.reason,
        STANDINGS[standing],
        _line(entry.original),
        _line(entry.fact),
        newest,
    )


def _entries(patient: Patient) -> list[Entry]:
    return list(Entry.objects.filter(patient=patient, undoes=None).select_related("by").order_by("id"))


def _line(written: object) -> FactLine | None:
    if written is None:
        return None
    fact = msgspec.convert(written, Fact)
    return _lines((fact,))[fact.id]


class _Carried(NamedTuple):
    facts: dict[str, Fact]
    cards: dict[str, CitedCard]


def _lines(facts: tuple[Fact, ...]) -> dict[str, FactLine]:
    """Each fact in words, by its id."""
    by_id = {fact.id: fact for fact in facts}
    reasons = Reasons(_Carried(by_id, {}))
    return {fact_id: reasons.of((fact_id,)).facts[0] for fact_id in by_id}
