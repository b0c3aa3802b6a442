"""One FHIR document → its patients and facts.

First every wanted resource is decoded and indexed, then facts are made, so that order inside the document never matters.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from zonula.chart import Fact
from zonula.chart_import.fhir import versions
from zonula.chart_import.fhir.datatypes import ABSENT, Resource
from zonula.chart_import.fhir.envelope import Entry, Envelope, opened, type_of
from zonula.chart_import.fhir.history import current
from zonula.chart_import.fhir.mending import UnreadableError, mend
from zonula.chart_import.fhir.reading import Reading
from zonula.chart_import.fhir.registry import HANDLERS, SHAPES, Handler
from zonula.chart_import.fhir.subjects import Subjects
from zonula.chart_import.report import DocumentReport, ReadDocument

_NOT_SHAPED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NONE_ELSEWHERE: Mapping[str, Resource] = {}
_URL = re.compile(rb'"url"\s*:\s*"([^"\\]{1,200})"')


class Found(NamedTuple):
    """One decoded resource and where it stands."""

    place: str
    handler: Handler
    resource: Any
    entry: Entry


def read(
    data: bytes, name: str, *, ndjson: bool = False, elsewhere: Mapping[str, Resource] = _NONE_ELSEWHERE
) -> ReadDocument:
    """Read one document. Bad content never raises: it is in the report.

    data: UTF-8 JSON. name: what to call the document in ids and reports. elsewhere: practitioners, organisations and drugs by
    `Type/id` from other files of the same export.
    """
    reading = Reading(name, SHAPES, elsewhere)
    envelope = opened(data, ndjson)
    counts: dict[str, int] = {}
    try:
        found = _decoded(envelope, reading, counts)
    except versions.OtherVersionError as other:
        reading.skipped.clear()
        reading.skip(
            other.place, f"is FHIR {other.version}: {other.evidence}. {versions.READS}; nothing was taken from it"
        )
        return ReadDocument(report=_report(reading, "refused", counts, 0))
    found = current(found, envelope, reading)
    _index(found, reading)
    subjects = Subjects(reading)
    facts: dict[str, list[Fact]] = {}
    for place, handler, resource, _ in found:
        if handler.map is None:
            continue
        patient_id = subjects.patient_of(resource, place)
        if patient_id is None:
            continue
        made = handler.map(resource, place, reading)
        if patient_id in facts:
            facts[patient_id].extend(made)
        else:
            facts[patient_id] = list(made)
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
    found = []
    others: dict[str, int] = {}
    for entry in envelope.entries:
        kind, raw = entry.type, entry.raw
        counts[kind] = counts.get(kind, 0) + 1
        handler = HANDLERS.get(kind)
        if handler is None:
            versions.check_type(kind, raw)
            others[kind] = others.get(kind, 0) + 1
            continue
        try:
            resource = handler.decode(raw)
        except _NOT_SHAPED:
            resource = _mended(entry, handler, reading)
            if resource is None:
                continue
        place = f"{kind}/{resource.id or _stand_in(entry)}"
        if resource.meta is not ABSENT:
            versions.check_meta(resource.meta, place)
        for attribute, version in handler.others:
            if getattr(resource, attribute) is not ABSENT:
                raise versions.OtherVersionError(version, place, f"has `{attribute}`, which R4 has not")
        for attribute in handler.concepts:
            if versions.is_text(getattr(resource, attribute)):
                raise versions.OtherVersionError("DSTU2 or STU3", place, f"has `{attribute}` as a bare code")
        if resource.modifier_extension is not ABSENT or resource.implicit_rules:
            reading.skip(place, _not_understood(resource))
            continue
        found.append(Found(place, handler, resource, entry))
    for kind, number in others.items():
        reading.skip(
            kind or "unknown",
            f"{number} × a resource type that adds no fact to a chart" if kind else f"{number} × not a FHIR resource",
        )
    return found


def _mended(entry: Entry, handler: Handler, reading: Reading) -> Any:
    problems: list[str] = []
    written = bytes(entry.raw)
    try:
        resource = mend(written, handler.shape, problems)
    except UnreadableError as wrong:
        reading.skip(entry.type, str(wrong))
        return None
    reading.warn(f"{entry.type}/{resource.id or _stand_in(entry)}", problems)
    return resource


def _stand_in(entry: Entry) -> str:
    """An id for a resource without one: from its `fullUrl`, else from its content, so that order never matters."""
    if entry.full_url:
        return entry.full_url.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return "~" + hashlib.sha256(entry.raw).hexdigest()[:12]


def _not_understood(resource: Resource) -> str:
    if resource.implicit_rules:
        return "is written under implicit rules that Zonula does not know, which may change its meaning"
    urls = b", ".join(_URL.findall(resource.modifier_extension)[:3]).decode("utf-8", "replace")
    return f"carries a modifier extension that Zonula does not know, which may change its meaning: {urls}"


def _index(found: list[Found], reading: Reading) -> None:
    for place, handler, resource, entry in found:
        reading.places[place] = place
        if entry.full_url:
            reading.places[entry.full_url] = place
            if "://" in entry.full_url:
                reading.addressed.add(place)
        if handler.map is None:
            reading.resources[place] = resource
    for place, _, resource, _ in found:
        members = getattr(resource, "has_member", None) or getattr(resource, "result", None)
        for member in members or ():
            listed = reading.place_of(member.reference)
            if listed and listed != place:
                reading.parents.setdefault(listed, place)


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
