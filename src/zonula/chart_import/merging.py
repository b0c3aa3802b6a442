"""Several documents → one list of facts: what two providers both report is one fact with two sources.

Facts are joined only across documents, one to one, and only when kind, meaning (a shared code, or the same words), clinical
day, value, unit and status agree. What contradicts stays twice and is said.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from zonula.chart import Fact, Kind, Moment, Precision, Status

# A problem, allergy or family history without a date is a lasting state: two undated records of it are the same.
_LASTING = frozenset({Kind.CONDITION, Kind.SYMPTOM, Kind.ALLERGY, Kind.FAMILY_HISTORY, Kind.MEDICATION})
# Formats differ in what they take for granted: a problem nobody called confirmed is "unknown" in FHIR and "confirmed" in C-CDA.
_GRANTED = frozenset({Kind.CONDITION, Kind.SYMPTOM, Kind.ALLERGY})
# Two visits, or two letters, on one day are the same only when the same people or the same minute stand behind them.
_BY_WHOM = frozenset({Kind.ENCOUNTER, Kind.DOCUMENT})


class Merged(NamedTuple):
    """facts: of one person. joined: per document how many facts joined another's. conflicts: per document what disagrees."""

    facts: tuple[Fact, ...]
    joined: dict[str, int]
    conflicts: dict[str, list[str]]


def merged(by_document: Sequence[tuple[str, Sequence[Fact]]]) -> Merged:
    """Join the facts of one person. by_document: (document name, its facts); the order given does not matter."""
    kept: list[Fact] = []
    joined: dict[str, int] = {}
    conflicts: dict[str, list[str]] = {}
    renamed: dict[str, str] = {}
    index: dict[tuple[object, ...], list[int]] = {}
    instants: dict[tuple[object, ...], list[int]] = {}
    for document, facts in sorted(by_document, key=lambda each: each[0]):
        used: set[int] = set()
        fresh: list[int] = []
        for fact in sorted(facts, key=lambda each: each.id):
            keys = _keys(fact)
            twin = _twin(fact, keys, index, kept, used)
            if twin is None:
                kept.append(fact)
                fresh.append(len(kept) - 1)
                used.add(len(kept) - 1)
                continue
            used.add(twin)
            renamed[fact.id] = kept[twin].id
            kept[twin] = _joined(kept[twin], fact)
            joined[document] = joined.get(document, 0) + 1
        for position in fresh:
            _note_conflicts(kept[position], document, instants, kept, conflicts)
        for position in fresh:
            for key in _keys(kept[position]):
                index.setdefault(key, []).append(position)
            for key in _instant_keys(kept[position]):
                instants.setdefault(key, []).append(position)
    return Merged(tuple(_pointing_on(kept, renamed | _in_other_files(kept))), joined, conflicts)


def _keys(fact: Fact) -> list[tuple[object, ...]]:
    when = _day(fact)
    place = ("place", fact.kind, fact.sources[0].place)
    if when is None:
        return [place]
    said = (fact.kind, when, _signature(fact))
    keys: list[tuple[object, ...]] = [(code.system, code.code, *said) for code in fact.codes]
    words = " ".join(fact.text.casefold().split())
    if words:
        keys.append(("words", words, *said))
    keys.append(place)
    return keys


def _day(fact: Fact) -> object:
    """The clinical day (or the month or year when no more was written), None when facts of that day cannot be compared."""
    start, end = fact.when.start, fact.when.end
    if start is None and end is None:
        return fact.when.text or "undated" if fact.kind in _LASTING else None
    return (_span(start), _span(end) if fact.kind in _LASTING else None)


def _span(moment: Moment | None) -> object:
    return (moment.earliest, moment.latest) if moment else None


def _signature(fact: Fact) -> tuple[object, ...]:
    value = fact.value
    number = (value.value, value.unit.replace(" ", ""), value.comparator) if value else None
    codes = frozenset(code.key for code in fact.value_codes)
    # A coded answer is compared by its codes; its wording may differ between senders.
    words = "" if codes else " ".join(fact.value_text.casefold().split())
    extra: tuple[object, ...] = ()
    if fact.kind in _BY_WHOM:
        start = fact.when.start
        exact = start is not None and start.precision is Precision.INSTANT
        extra = (start.seconds,) if start and exact else (fact.performer, fact.sources[0].provider)
    elif fact.kind is Kind.MEDICATION:
        extra = (fact.detail("intent") or "statement", fact.detail("dosage"))
    elif fact.kind is Kind.FAMILY_HISTORY:
        extra = (fact.detail("relation").casefold(),)
    status = Status.CONFIRMED if fact.status is Status.UNKNOWN and fact.kind in _GRANTED else fact.status
    return (status, fact.negated, number, codes, words, *extra)


def _twin(
    fact: Fact,
    keys: Iterable[tuple[object, ...]],
    index: dict[tuple[object, ...], list[int]],
    kept: list[Fact],
    used: set[int],
) -> int | None:
    best: int | None = None
    for key in keys:
        for position in index.get(key, ()):
            if position in used or (key[0] == "place" and not _same_but_for_document(fact, kept[position])):
                continue
            if _same_minute(fact, kept[position]):
                return position
            if best is None:
                best = position
    return best


def _same_minute(one: Fact, other: Fact) -> bool:
    first, second = one.when.start, other.when.start
    return first is not None and second is not None and first.seconds == second.seconds


def _same_but_for_document(one: Fact, other: Fact) -> bool:
    blank = {"id": "", "sources": (), "encounter": "", "part_of": "", "codes": (), "note": "", "details": ()}
    return msgspec.structs.replace(one, **blank) == msgspec.structs.replace(other, **blank)


def _joined(first: Fact, second: Fact) -> Fact:
    """The first fact with the second's sources and codes, and whatever the first left open."""
    known = {code.key for code in first.codes}
    return msgspec.structs.replace(
        first,
        sources=first.sources + tuple(source for source in second.sources if source not in first.sources),
        codes=first.codes + tuple(code for code in second.codes if code.key not in known),
        text=first.text or second.text,
        recorded=first.recorded or second.recorded,
        status=second.status if first.status is Status.UNKNOWN else first.status,
        interpretation=first.interpretation or second.interpretation,
        reference=first.reference or second.reference,
        performer=first.performer or second.performer,
        specialty=first.specialty or second.specialty,
        encounter=first.encounter or second.encounter,
        part_of=first.part_of or second.part_of,
        note=first.note if second.note in first.note else f"{first.note}\n{second.note}".strip(),
        details=first.details + tuple(pair for pair in second.details if not first.detail(pair[0])),
    )


def _instant_keys(fact: Fact) -> list[tuple[object, ...]]:
    start = fact.when.start
    if fact.kind is not Kind.OBSERVATION or start is None or start.precision not in (Precision.DAY, Precision.INSTANT):
        return []
    if fact.status is Status.PLANNED or not (fact.value or fact.value_text or fact.value_codes):
        return []
    instant = start.seconds if start.seconds is not None else start.earliest
    return [(code.system, code.code, instant) for code in fact.codes]


def _note_conflicts(
    fact: Fact,
    document: str,
    instants: dict[tuple[object, ...], list[int]],
    kept: list[Fact],
    conflicts: dict[str, list[str]],
) -> None:
    others = {position for key in _instant_keys(fact) for position in instants.get(key, ())}
    for position in sorted(others):
        other = kept[position]
        conflicts.setdefault(document, []).append(
            f"{fact.sources[0].place}: disagrees with {other.id} (same test and time, different result or status); both kept"
        )


def _in_other_files(facts: list[Fact]) -> dict[str, str]:
    """Pointers to a fact that stands in another file of the same folder (`Encounter/5` named in Observation.ndjson) → its id."""
    ids = {fact.id for fact in facts}
    pointers = {
        pointer for fact in facts for pointer in (fact.encounter, fact.part_of) if pointer and pointer not in ids
    }
    if not pointers:
        return {}
    standing = {(_folder(source.document), source.place): fact.id for fact in facts for source in fact.sources}
    found = {}
    for pointer in pointers:
        document, _, place = pointer.partition("#")
        known = standing.get((_folder(document), place))
        if known:
            found[pointer] = known
    return found


def pointing_across(facts: list[Fact]) -> tuple[Fact, ...]:
    """The facts of one person, with pointers into other files of the same folder resolved, as `merged` leaves them when none was joined."""
    return tuple(_pointing_on(facts, _in_other_files(facts)))


def _folder(document: str) -> str:
    return document.rpartition("/")[0]


def _pointing_on(facts: list[Fact], renamed: dict[str, str]) -> Iterable[Fact]:
    """The facts, with pointers to facts that were joined moved to the fact that stayed."""
    for fact in facts:
        encounter, part_of = renamed.get(fact.encounter, fact.encounter), renamed.get(fact.part_of, fact.part_of)
        if encounter != fact.encounter or part_of != fact.part_of:
            fact = msgspec.structs.replace(fact, encounter=encounter, part_of=part_of)  # noqa: PLW2901
        yield fact
