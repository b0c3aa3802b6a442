"""What the importer makes of a pattern: it is shown the pattern with marks in its gaps, and where the marks come out the words go.

A mark that comes out changed, or in words of ours, or that changes anything else, means that the pattern cannot be told in this way. So
does anything the importer has to say about it: then its lines are read one by one, and it is said of each.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Raw

from zonula.chart import UNKNOWN_TIME, Fact, Moment, Quantity
from zonula.chart_import.fhir import Resource, people, read
from zonula.chart_import.fhir.datatypes import ABSENT, HumanName, Reference
from zonula.chart_import.fhir.registry import HANDLERS
from zonula.population.cut.bytewise import signed
from zonula.population.cut.kernels import ID, MOMENT, NUMBER, REFERENCE, TEXT

_DOCUMENT = "~"  # the name facts are learned under; the real one takes its place
_UNCUT = re.compile(rb'"reference"\s*:\s*"[^"\x02\x03]*"')
_DISPLAY = re.compile(rb'"\s*,\s*"display"\s*:\s*"')
_GAP = re.compile(rb"[\x01-\x05]")
_TYPE = re.compile(rb"([A-Za-z]{2,40})/\Z")
DIRECTORY = frozenset(kind for kind, handler in HANDLERS.items() if handler.map is None and kind != "Patient")
PEOPLE = frozenset({"Practitioner", "PractitionerRole", "Organization", "Location", "RelatedPerson"})
KINDS = tuple(kind for kind, handler in HANDLERS.items() if handler.map is not None)


class Shapes(NamedTuple):
    """What the kernel must know of the importer's shapes, as hashes: the types, their members, and which says whose it is."""

    types: npt.NDArray[np.int64]
    members: npt.NDArray[np.int64]
    subjects: npt.NDArray[np.int64]


@cache
def shapes() -> Shapes:
    """Of every type that becomes facts."""
    named = [
        {field.name: field.encode_name for field in msgspec.structs.fields(HANDLERS[kind].shape)} for kind in KINDS
    ]
    members = np.zeros((len(KINDS), max(map(len, named))), np.int64)
    for row, names in enumerate(named):
        members[row, : len(names)] = [signed(name.encode()) for name in names.values()]
    types = np.array([signed(kind.encode()) for kind in KINDS], np.int64)
    return Shapes(types, members, np.array([signed(names["subject"].encode()) for names in named], np.int64))


class Pattern:
    """A line without its words. pieces: what stands between them; kinds: of the words; points: the type a reference's word belongs to.
    people, things: the words that may point at someone, or something, in the directory; worded: those that point at nothing."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.pieces = _GAP.split(text)
        self.kinds = tuple(mark[0] for mark in _GAP.findall(text))
        self.points = tuple(
            found[1].decode() if kind == REFERENCE and (found := _TYPE.search(before)) else ""
            for kind, before in zip(self.kinds, self.pieces, strict=False)
        )
        self.kind = text[: text.index(b'"', 18)].rpartition(b'"')[2].decode()
        # A reference that was not cut out may still mean someone in the directory.
        self.points_elsewhere = _UNCUT.search(text) is not None
        self.things = tuple(place for place, kind in enumerate(self.points) if kind in DIRECTORY and kind not in PEOPLE)
        self.people = tuple(place for place, kind in enumerate(self.points) if kind in PEOPLE)
        self.worded = tuple(place for place, kind in enumerate(self.kinds) if kind in (TEXT, NUMBER))
        members = HANDLERS[self.kind].members
        self.panel = bool(members) and (b'"hasMember"' in text or b'"result"' in text)

    def display_of(self, place: int) -> int | None:
        """The word beside a reference that is its display."""
        beside = place + 1 < len(self.kinds) and self.kinds[place + 1] == TEXT
        return place + 1 if beside and _DISPLAY.fullmatch(self.pieces[place + 1]) else None

    def line(self, words: Sequence[bytes]) -> bytes:
        """The line with these words in its gaps."""
        return b"".join(part for pair in zip(self.pieces, (*words, b""), strict=True) for part in pair)


class Part(NamedTuple):
    """The name, specialty or organisation of whom the word at this place points at, as `Reading.who` says."""

    place: int
    what: str


class Told(NamedTuple):
    """One fact of a pattern. fact: what is the same in all; the rest says which word of the line, by its place, takes which part.

    A moment is the place of its word, or the moment itself where it is the same in all; suffix: of the fact's place after `Type/id`.
    """

    fact: Fact
    suffix: str
    start: int | Moment | None
    end: int | Moment | None
    recorded: int | Moment | None
    value: int | None
    low: int | None
    high: int | None
    encounter: int | None
    performer: int | Part | None
    specialty: int | Part | None
    provider: int | Part | str
    inside: bool  # part of the panel that the line itself is


class Learned(NamedTuple):
    """What every line of a pattern becomes: facts, and what is said of it. skipped: the rest of the place after `Type/id`, and the reason;
    warnings: what follows `Type/id`.
    """

    facts: tuple[Told, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


Met = tuple[tuple[int, bool, bool, bool], ...]
"""The words that point at people in the directory, and whether each has a name, a specialty and an organisation."""


def learned(
    pattern: Pattern, fixed: Mapping[int, bytes], directory: Mapping[str, Resource], met: Met = ()
) -> Learned | None:
    """What every line of a pattern becomes, or None. fixed: words that stay as they are, by their place."""
    first = _shown(pattern, fixed, directory, met, 0)
    return first if first is not None and first == _shown(pattern, fixed, directory, met, 1) else None


def _shown(
    pattern: Pattern, fixed: Mapping[int, bytes], directory: Mapping[str, Resource], met: Met, turn: int
) -> Learned | None:
    words = [fixed.get(place) or _mark(kind, place, turn) for place, kind in enumerate(pattern.kinds)]
    somebody = {f"{pattern.points[each[0]]}/{words[each[0]].decode()}": _somebody(pattern.points[each[0]], each, turn) for each in met}  # fmt: skip
    made = read(
        pattern.line(words), _DOCUMENT, ndjson=True, elsewhere={**directory, **somebody} if somebody else directory
    )
    report = made.report
    if report.kind != "fhir-ndjson" or len(made.facts) > 1:
        return None
    marks: dict[str, int | Part] = {word.decode(): place for place, word in enumerate(words) if place not in fixed}
    unlike = len(marks) + len(fixed) == len(words)
    for place, *_ in met:
        marks.update(
            {_part_mark(place, what, turn): Part(place, what) for what in ("organisation", "specialty", "name")}
        )
    whole = f"{pattern.kind}/{words[pattern.kinds.index(ID)].decode()}"
    said = [*(each.place for each in report.skipped), *report.warnings]
    if not unlike or not all(each.startswith(whole) for each in said):
        return None
    told = []
    for fact in next(iter(made.facts.values()), ()):
        one = _told(pattern, fact, marks)
        if one is None:
            return None
        told.append(one)
    return Learned(
        tuple(told),
        tuple((each.place.removeprefix(whole), each.reason) for each in report.skipped),
        tuple(each.removeprefix(whole) for each in report.warnings),
    )


def _mark(kind: int, place: int, turn: int) -> bytes:
    """A word of its kind that occurs nowhere else. All moments are of one day, so that none ends before it starts."""
    if kind == MOMENT:
        return f"19{17 + turn}-05-17T0{turn}:{place % 60:02}:{place // 60:02}Z".encode()
    if kind == NUMBER:
        return f"{7919 + 1000 * turn + place}.{turn + 3}".encode()
    return f"zOnulA.{turn}{'-x' * turn}.{place}".encode()


def _part_mark(place: int, what: str, turn: int) -> str:
    return f"zOnulA {turn}{' x' * turn} {place} {what}"


def _somebody(kind: str, met: tuple[int, bool, bool, bool], turn: int) -> Resource:
    """A resource of the directory whose name, specialty and organisation are marks, as far as it has them."""
    place, named, trained, employed = met
    name, specialty, organisation = (_part_mark(place, what, turn) for what in ("name", "specialty", "organisation"))
    called = [HumanName(text=name)] if named else None
    house = Reference(display=organisation) if employed else None
    if kind == "Practitioner":
        learnt = [people.Qualification(code=Raw(b'{"text":"%s"}' % specialty.encode()))] if trained else None
        return people.Practitioner(name=called, qualification=learnt)
    if kind == "PractitionerRole":
        field = Raw(b'[{"text":"%s"}]' % specialty.encode()) if trained else ABSENT
        return people.PractitionerRole(
            practitioner=Reference(display=name) if named else None, organization=house, specialty=field
        )
    if kind == "Organization":
        return people.Organization(name=name if named else "")
    if kind == "Location":
        return people.Location(name=name if named else "", managing_organization=house)
    return people.RelatedPerson(name=called)


def _told(pattern: Pattern, fact: Fact, marks: Mapping[str, int | Part]) -> Told | None:  # noqa: PLR0911 - one for each thing it cannot be
    if not fact.codes and not fact.text.strip():
        return None  # it is told apart by its id
    places = {word: place for word, place in marks.items() if isinstance(place, int)}
    own = next(word for word, place in places.items() if pattern.kinds[place] == ID)
    whole = f"{pattern.kind}/{own}"
    if len(fact.sources) != 1 or not fact.id.startswith(f"{_DOCUMENT}#{whole}"):
        return None
    source, suffix = fact.sources[0], fact.id[len(whole) + 2 :]
    if source.document != _DOCUMENT or source.place != whole + suffix:
        return None
    parts: dict[str, Any] = {"suffix": suffix, "inside": fact.part_of == f"{_DOCUMENT}#{whole}"}
    if fact.part_of and not parts["inside"]:
        return None
    for name, written in (("start", fact.when.start), ("end", fact.when.end), ("recorded", fact.recorded)):
        parts[name] = places.get(written.text, written) if written else None
    numbers = {float(word): place for word, place in places.items() if pattern.kinds[place] == NUMBER}
    value, limits = fact.value, fact.reference
    parts["value"] = numbers.get(value.value) if value else None
    parts["low"] = numbers.get(limits.low) if limits and limits.low is not None else None
    parts["high"] = numbers.get(limits.high) if limits and limits.high is not None else None
    parts["encounter"] = None
    if fact.encounter:
        kind, _, pointed = fact.encounter.removeprefix(f"{_DOCUMENT}#").partition("/")
        parts["encounter"] = places.get(pointed)
        if parts["encounter"] is None or pattern.points[parts["encounter"]] != kind:
            return None
    parts["performer"], parts["specialty"] = marks.get(fact.performer), marks.get(fact.specialty)
    parts["provider"] = marks.get(source.provider, source.provider)
    texts = [place for place in (parts["performer"], parts["specialty"], parts["provider"]) if isinstance(place, int)]
    if any(pattern.kinds[place] != TEXT for place in texts):
        return None
    same = msgspec.structs.replace(
        fact,
        id="",
        sources=(),
        when=msgspec.structs.replace(fact.when, start=None, end=None) if fact.when.known else fact.when,
        recorded=None,
        value=Quantity(0.0, value.unit, value.comparator) if value and parts["value"] is not None else value,
        reference=limits and msgspec.structs.replace(
            limits,
            low=0.0 if parts["low"] is not None else limits.low,
            high=0.0 if parts["high"] is not None else limits.high,
        ),
        performer="" if parts["performer"] is not None else fact.performer,
        specialty="" if parts["specialty"] is not None else fact.specialty,
        encounter="",
        part_of="",
    )  # fmt: skip
    return Told(fact=same if same.when != UNKNOWN_TIME else msgspec.structs.replace(same, when=UNKNOWN_TIME), **parts)
