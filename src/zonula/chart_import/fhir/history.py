"""Several versions of one resource in a document: the newest counts, and everything else is said."""

from typing import TYPE_CHECKING

import msgspec

from zonula.chart_import.fhir.datatypes import ABSENT, Element
from zonula.chart_import.fhir.envelope import Envelope
from zonula.chart_import.fhir.reading import Reading

if TYPE_CHECKING:
    from zonula.chart_import.fhir.document import Found


class _Meta(Element):
    version_id: str = ""
    last_updated: str = ""


def current(found: "list[Found]", envelope: Envelope, reading: Reading) -> "list[Found]":
    """One resource per place. In a history the newest version; elsewhere a second one with the same id gets a suffix `~2`."""
    if len({each.place for each in found}) == len(found) and not envelope.deleted:
        return found
    places: dict[str, list[Found]] = {}
    for each in found:
        places.setdefault(each.place, []).append(each)
    kept: list[Found] = []
    for place, same in places.items():
        if envelope.bundle == "history":
            kept.extend(_newest(place, same, envelope, reading))
        elif len(same) == 1:
            kept.extend(same)
        else:
            kept.extend(_told_apart(place, same, reading))
    return kept


def _newest(place: str, same: "list[Found]", envelope: Envelope, reading: Reading) -> "list[Found]":
    ordered = sorted(same, key=_age)
    newest = ordered[-1]
    for _ in ordered[:-1]:
        reading.skip(place, "an older version; the newest of this history was taken")
    deleted = envelope.deleted.get(place)
    if deleted is not None and (not deleted or deleted >= _meta(newest).last_updated):
        reading.skip(place, "was deleted at its source")
        return []
    return [newest]


def _told_apart(place: str, same: "list[Found]", reading: Reading) -> "list[Found]":
    distinct = {bytes(each.raw): each for each in same}
    if len(distinct) < len(same):
        reading.skip(
            place,
            f"stands {len(same)} times with the same content; taken once"
            if len(distinct) == 1
            else "stands several times with the same content; taken once",
        )
    kept = []
    for number, written in enumerate(sorted(distinct), 1):
        each = distinct[written]
        if number > 1:
            each.place = f"{place}~{number}"
            reading.warn(place, [f"the id stands more than once with different content; kept as {each.place}"])
        kept.append(each)
    return kept


def _meta(found: "Found") -> _Meta:
    if found.resource.meta is ABSENT:
        return _Meta()
    try:
        return msgspec.json.decode(found.resource.meta, type=_Meta)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Meta()


def _age(found: "Found") -> tuple[str, int, str, bytes]:
    meta = _meta(found)
    number = int(meta.version_id) if meta.version_id.isdecimal() else 0
    return (meta.last_updated, number, meta.version_id, bytes(found.raw))
