"""What FHIR has no place for, as Zonula's own export keeps it beside a resource (`chart_export`): read back into the fact."""

from typing import Any

import msgspec
from msgspec import Raw

from zonula.chart import Fact
from zonula.chart_import.fhir.datatypes import Element
from zonula.chart_import.fhir.reading import Reading

KEPT = "https://zonula.example/fhir/kept"
_MARK = KEPT.encode()
# Never from a document: where a fact was read, what it is called and what it is.
_OWN = ("id", "sources", "kind", "encounter", "part_of")
_TYPES = {field.name: field.type for field in msgspec.structs.fields(Fact) if field.name not in _OWN}


class _Extension(Element):
    url: str = ""
    value_string: str = ""


_extensions = msgspec.json.Decoder(list[_Extension])


def restored(facts: tuple[Fact, ...], extension: Raw, place: str, reading: Reading) -> tuple[Fact, ...]:
    """The resource's first fact with the fields that were kept beside it. What cannot be read is said, and the fact stays as it was."""
    written = bytes(extension)
    if not facts or _MARK not in written:
        return facts
    try:
        kept = next((each.value_string for each in _extensions.decode(written) if each.url == KEPT), "{}")
        fields: dict[str, Any] = msgspec.json.decode(kept, type=dict[str, Any])
        known = {name: msgspec.convert(value, _TYPES[name]) for name, value in fields.items() if name in _TYPES}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        reading.warn(place, [f"the extension of Zonula is not readable: {' '.join(str(wrong).split())[:100]}"])
        return facts
    return (msgspec.structs.replace(facts[0], **known), *facts[1:])
