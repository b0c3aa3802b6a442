"""Facts of the documents with the hand-written entries laid over them, in the order they were written.

A correction holds for the record it was written about, not for its id: ids begin with document names and change when documents are
imported again, merged with others or renamed. So the corrected record is found by what it says. When it is gone the correction
rests (a document of someone else takes its corrections away with it); when it says something else now, that is told.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from zonula.chart import Fact, Status
from zonula_web.records.models import Chart, Patient


class Standing(StrEnum):
    """Where an entry stands: it APPLIES; it applies though the document CHANGED; it RESTS, as what it corrects is gone; it was UNDONE."""

    APPLIES = "applies"
    CHANGED = "changed"
    RESTS = "rests"
    UNDONE = "undone"


class Written(NamedTuple):
    """One entry. fact: what it puts into the chart, None to withdraw. original: what it corrects, None for a fact of its own."""

    number: int
    fact: Fact | None
    original: Fact | None = None
    undone: bool = False


class Placed(NamedTuple):
    """Where an entry came to stand. fact: id of the fact it put in, replaced or took out; empty when it rests or was undone."""

    standing: Standing
    fact: str = ""


class Corrected(NamedTuple):
    """facts: by id. entries: where each came to stand, by number."""

    facts: dict[str, Fact]
    entries: dict[int, Placed]


def corrected(imported: Iterable[Fact], entries: Iterable[Written]) -> Corrected:
    """Lay the entries over the facts. A corrected fact keeps the id of the one it replaces, so that whatever points at it still does."""
    facts = {fact.id: fact for fact in imported}
    placed: dict[int, Placed] = {}
    for entry in entries:
        if entry.undone:
            placed[entry.number] = Placed(Standing.UNDONE)
        elif entry.original is not None:
            placed[entry.number] = _lay(entry.original, entry.fact, facts)
        elif entry.fact is not None:
            facts[entry.fact.id] = entry.fact
            placed[entry.number] = Placed(Standing.APPLIES, entry.fact.id)
    return Corrected(facts, placed)


def _lay(original: Fact, fact: Fact | None, facts: dict[str, Fact]) -> Placed:
    found, standing = _find(original, facts)
    if found is None:
        return Placed(Standing.RESTS)
    if fact is None:
        del facts[found.id]
    else:
        facts[found.id] = msgspec.structs.replace(fact, id=found.id)
    return Placed(standing, found.id)


def _find(original: Fact, facts: dict[str, Fact]) -> tuple[Fact | None, Standing]:
    same_id = facts.get(original.id)
    if same_id is not None and _says_the_same(same_id, original):
        return same_id, Standing.APPLIES
    places = {(source.document, source.place) for source in original.sources}
    alike = [fact for fact in facts.values() if _says_the_same(fact, original)]
    if alike:
        return min(alike, key=lambda fact: (not _shares(fact, places), fact.id)), Standing.APPLIES
    there = [fact for fact in facts.values() if _shares(fact, places) and _same_matter(fact, original)]
    return (min(there, key=lambda fact: fact.id), Standing.CHANGED) if there else (None, Standing.RESTS)


def _shares(fact: Fact, places: set[tuple[str, str]]) -> bool:
    return any((source.document, source.place) in places for source in fact.sources)


def _same_matter(one: Fact, other: Fact) -> bool:
    """The same kind of record about the same thing: a shared code, or the same words."""
    if one.kind is not other.kind:
        return False
    codes = {code.key for code in other.codes}
    return any(code.key in codes for code in one.codes) or _words(one) == _words(other) != ""


def _says_the_same(one: Fact, other: Fact) -> bool:
    """The same matter, time, result and standing, whatever else the sender wrote differently this time."""
    return _same_matter(one, other) and _said(one) == _said(other)


def _said(fact: Fact) -> tuple[object, ...]:
    # What nobody called confirmed is "unknown" in one format and "confirmed" in another; joining the two changes it.
    status = Status.CONFIRMED if fact.status is Status.UNKNOWN else fact.status
    return (
        fact.when.first_day,
        fact.when.last_day,
        fact.value,
        fact.value_text,
        tuple(code.key for code in fact.value_codes),
        fact.negated,
        status,
    )


def _words(fact: Fact) -> str:
    return " ".join(fact.text.casefold().split())


def placed(patient: Patient) -> dict[int, Placed]:
    """Where each entry of the patient stands in the chart as it is."""
    row = Chart.objects.filter(patient=patient).only("entries").first()
    entries = {} if row is None else row.entries
    return {int(number): Placed(Standing(standing), fact) for number, (standing, fact) in entries.items()}
