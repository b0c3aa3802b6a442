"""One FHIR document → its patients and facts.

First every wanted resource is decoded and indexed, then facts are made, so that order inside the document never matters.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from zonula.chart import Fact
from zonula.chart_import.fhir import versions
from zonula.chart_import.fhir.at_once import Whole, decoded_at_once
from zonula.chart_import.fhir.datatypes import ABSENT, Resource
from zonula.chart_import.fhir.envelope import TYPE_FIRST, Entry, Envelope, opened, type_of
from zonula.chart_import.fhir.history import current
from zonula.chart_import.fhir.kept import restored
from zonula.chart_import.fhir.mending import UnreadableError, mend
from zonula.chart_import.fhir.reading import Reading
from zonula.chart_import.fhir.registry import HANDLERS, SHAPES, Handler
from zonula.chart_import.fhir.subjects import Subjects
from zonula.chart_import.report import DocumentReport, ReadDocument

_NOT_SHAPED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NONE_ELSEWHERE: Mapping[str, Resource] = {}
_URL = re.compile(rb'"url"\s*:\s*"([^"\\]{1,200})"')


class Found(msgspec.Struct, gc=False):
    """One decoded resource and where it stands. raw: its bytes, absent when the whole Bundle was decoded at once."""

    place: str
    handler: Handler
    resource: Any
    full_url: str = ""
    raw: msgspec.Raw = ABSENT


def read(
    data: bytes, name: str, *, ndjson: bool = False, elsewhere: Mapping[str, Resource] = _NONE_ELSEWHERE
) -> ReadDocument:
    """Read one document. Bad content never raises: it is in the report.

    data: UTF-8 JSON. name: what to call the document in ids and reports. elsewhere: practitioners, organisations and drugs by
    `Type/id` from other files of the same export.
    """
    reading = Reading(name, SHAPES, elsewhere)
    counts: dict[str, int] = {}
    try:
        whole = None if ndjson else decoded_at_once(data)
        at_once = None if whole is None else _found_at_once(whole, reading, counts)
        if whole is not None and at_once is not None:
            envelope, found = Envelope("fhir-bundle", [], whole.bundle, (), whole.warnings), at_once
        else:
            reading, counts = Reading(name, SHAPES, elsewhere), {}
            envelope = opened(data, ndjson)
            if envelope.kind == "refused":
                reading.skip(*envelope.broken[0])
                return ReadDocument(report=_report(reading, "refused", {}, 0))
            found = current(_decoded(envelope, reading, counts), envelope, reading)
    except versions.OtherVersionError as other:
        reading.skipped.clear()
        reading.skip(
            other.place, f"is FHIR {other.version}: {other.evidence}. {versions.READS}; nothing was taken from it"
        )
        return ReadDocument(report=_report(reading, "refused", counts, 0))
    _index(found, reading)
    subjects = Subjects(reading)
    facts: dict[str, list[Fact]] = {}
    based = bool(reading.bases)
    for each in found:
        mapper = each.handler.map
        if mapper is None:
            continue
        if based:
            reading.stand_at(each.place)
        patient_id = subjects.patient_of(each.resource, each.place)
        if patient_id is None:
            continue
        theirs = facts.get(patient_id)
        if theirs is None:
            theirs = facts[patient_id] = []
        made = mapper(each.resource, each.place, reading)
        if each.resource.extension is not ABSENT:
            made = restored(made, each.resource.extension, each.place, reading)
        theirs += made
    for place, reason in envelope.broken:
        reading.skip(place, reason)
    reading.warnings.extend(envelope.warnings)
    kept = sum(len(each) for each in facts.values())
    return ReadDocument(
        report=_report(reading, envelope.kind, counts, kept),
        patients=subjects.patients,
        facts={patient_id: tuple(each) for patient_id, each in facts.items() if each},
    )


def _decoded(envelope: Envelope, reading: Reading, counts: dict[str, int]) -> list[Found]:
    found: list[Found] = []
    others: dict[str, int] = {}
    entries = list(envelope.entries)
    for entry in entries:
        raw = entry.resource
        first = TYPE_FIRST.match(raw)
        kind = first[1].decode() if first else type_of(raw)
        counts[kind] = counts.get(kind, 0) + 1
        handler = HANDLERS.get(kind)
        if handler is None:
            if kind == "Bundle":
                entries += _nested(raw, reading)
                continue
            if kind not in others:
                versions.check_type(kind, raw)
            others[kind] = others.get(kind, 0) + 1
            continue
        try:
            resource = handler.decode(raw)
        except _NOT_SHAPED:
            resource = _mended(entry, kind, handler, reading)
            if resource is None:
                continue
        place = f"{kind}/{resource.id or _stand_in(entry)}"
        _take(Found(place, handler, resource, entry.full_url, raw), found, reading)
    _say_others(others, reading)
    return found


def _found_at_once(whole: Whole, reading: Reading, counts: dict[str, int]) -> list[Found] | None:
    """What was decoded at once; None when some of it can only be told apart by its bytes."""
    found: list[Found] = []
    others: dict[str, int] = {}
    kind_of = whole.kind_of
    for entry in whole.entries:
        resource = entry.resource
        kind, handler = kind_of[type(resource)]
        if handler is None:
            others[kind] = others.get(kind, 0) + 1
            continue
        counts[kind] = counts.get(kind, 0) + 1
        url = entry.full_url
        if not resource.id and not url:
            return None
        _take(Found(f"{kind}/{resource.id or _name_in(url)}", handler, resource, url), found, reading)
    counts.update(others)
    _say_others(others, reading)
    return found if len({each.place for each in found}) == len(found) else None


def _take(one: Found, found: list[Found], reading: Reading) -> None:
    """Keep a decoded resource, and what it contains, unless it cannot be understood. Raises OtherVersionError."""
    place, handler, resource = one.place, one.handler, one.resource
    if resource.meta is not ABSENT:
        versions.check_meta(resource.meta, place)
    if handler.concepts:
        _check_concepts(resource, handler, place)
    if handler.signs(resource) != handler.clean and not _understood(resource, handler, place, reading):
        return
    found.append(one)
    if resource.contained is not None:
        found += _contained(resource, place, reading)


def _say_others(others: dict[str, int], reading: Reading) -> None:
    for kind, number in others.items():
        what = "a resource type that adds no fact to a chart" if kind else "not a FHIR resource"
        reading.skip(kind or "unknown", f"{number} × {what}")


def _nested(raw: msgspec.Raw, reading: Reading) -> list[Entry]:
    """The entries of a Bundle inside a Bundle (pages of a search, answers of a batch)."""
    inner = opened(bytes(raw), ndjson=False)
    for place, reason in inner.broken:
        reading.skip(f"inner Bundle, {place}", reason)
    reading.warnings.extend(inner.warnings)
    return inner.entries


def _contained(whole: Any, place: str, reading: Reading) -> list[Found]:
    """Results and diagnoses inside another resource: facts too, of the same patient unless they say otherwise."""
    found = []
    for raw in whole.contained:
        handler = HANDLERS.get(type_of(raw))
        if handler is None or handler.map is None:
            continue
        inner = Entry(resource=raw)
        try:
            resource = handler.decode(raw)
        except _NOT_SHAPED:
            resource = _mended(inner, f"{place}#", handler, reading)
        if resource is None:
            continue
        inner_place = f"{place}#{resource.id or _stand_in(inner)}"
        if not _understood(resource, handler, inner_place, reading):
            continue
        resource.contained = whole.contained
        if resource.subject is None:
            resource.subject = getattr(whole, "subject", None)
        found.append(Found(inner_place, handler, resource, "", raw))
    return found


def _mended(entry: Entry, kind: str, handler: Handler, reading: Reading) -> Any:
    problems: list[str] = []
    try:
        resource = mend(bytes(entry.resource), handler.shape, problems)
    except UnreadableError as wrong:
        reading.skip(kind, str(wrong))
        return None
    reading.warn(f"{kind}/{resource.id or _stand_in(entry)}", problems)
    return resource


def _stand_in(entry: Entry) -> str:
    """An id for a resource without one: from its `fullUrl`, else from its content, so that order never matters."""
    if entry.full_url:
        return _name_in(entry.full_url)
    return "~" + hashlib.sha256(entry.resource).hexdigest()[:12]


def _name_in(url: str) -> str:
    return url.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _check_concepts(resource: Resource, handler: Handler, place: str) -> None:
    for attribute in handler.concepts:
        if versions.is_text(getattr(resource, attribute)):
            raise versions.OtherVersionError("DSTU2 or STU3", place, f"has `{attribute}` as a bare code")


def _understood(resource: Resource, handler: Handler, place: str, reading: Reading) -> bool:
    """False, and said, for a resource whose meaning may be changed by something unknown. Raises OtherVersionError."""
    for attribute, version in handler.others:
        if getattr(resource, attribute) is not ABSENT:
            raise versions.OtherVersionError(version, place, f"has `{attribute}`, which R4 has not")
    if resource.modifier_extension is ABSENT and not resource.implicit_rules:
        return True
    reading.skip(place, _not_understood(resource))
    return False


def _not_understood(resource: Resource) -> str:
    if resource.implicit_rules:
        return "is written under implicit rules that Zonula does not know, which may change its meaning"
    urls = b", ".join(_URL.findall(resource.modifier_extension)[:3]).decode("utf-8", "replace")
    return f"carries a modifier extension that Zonula does not know, which may change its meaning: {urls}"


def _index(found: list[Found], reading: Reading) -> None:
    places = reading.places
    panels = []
    for each in found:
        place, url = each.place, each.full_url
        places[place] = place
        if url:
            places[url] = place
            if url.startswith("http"):
                reading.bases[place] = url.rpartition("/")[0].rpartition("/")[0] + "/"
        if each.handler.map is None:
            reading.resources[place] = each.resource
        elif each.handler.members and getattr(each.resource, each.handler.members):
            panels.append(each)
    for each in sorted(panels, key=lambda panel: panel.place):
        reading.stand_at(each.place)
        for member in getattr(each.resource, each.handler.members):
            pointed = member.reference
            listed = each.place.partition("#")[0] + pointed if pointed.startswith("#") else reading.place_of(pointed)
            if listed and listed not in reading.panels and not _above(listed, each.place, reading):
                reading.panels[listed] = (each.place, each.resource.subject)


def _above(place: str, below: str, reading: Reading) -> bool:
    """Whether `place` is `below` itself or a panel above it: listing it there would close a circle."""
    while below != place:
        panel = reading.panels.get(below)
        if panel is None:
            return False
        below = panel[0]
    return True


def _report(reading: Reading, kind: str, counts: dict[str, int], kept: int) -> DocumentReport:
    return DocumentReport(
        name=reading.name,
        kind=kind,
        read=dict(sorted(counts.items())),
        kept=kept,
        skipped=tuple(sorted(reading.skipped, key=lambda each: (each.place, each.reason))),
        warnings=tuple(sorted(reading.warnings)),
    )


def directory_of(data: bytes) -> dict[str, Resource]:
    """The people, places and drugs of an NDJSON file or single resource, by `Type/id`, for other files of the same export."""
    found: dict[str, Resource] = {}
    for line in data.splitlines() if b"\n{" in data else (data,):
        kind = type_of(line)
        handler = HANDLERS.get(kind)
        if handler is None or handler.map is not None:
            continue
        try:
            resource = handler.decode(line)
        except _NOT_SHAPED:
            continue  # reported when the file itself is read
        if resource.id:
            found[f"{kind}/{resource.id}"] = resource
    return found
