"""Bundles, NDJSON and single resources → one list of entries, without decoding what is inside them.

The quick way keeps each resource as raw bytes. When the document as a whole is not valid JSON (truncated, one `NaN`, one
entry nested a million deep) it is cut into its entries by brackets alone, so that one bad entry loses only itself.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec
from msgspec import Raw

from zonula.chart_import.fhir.datatypes import ABSENT, Element

TYPE_FIRST = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"(\w{1,64})"')
_TYPE_ANYWHERE = re.compile(rb'"resourceType"\s*:\s*"(\w{1,64})"')
_BRACKETS = re.compile(rb'["{}\[\]]')
_STRING_END = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BUNDLE_TYPE = re.compile(rb'"type"\s*:\s*"([a-z-]{1,40})"')
_RESOURCE = re.compile(rb'"resource"\s*:\s*(?=\{)')
_ENTRIES = re.compile(rb'"entry"\s*:\s*\[')


class Entry(Element):
    """One resource still in bytes."""

    full_url: str = ""
    resource: Raw = ABSENT


class Envelope(NamedTuple):
    """kind: "fhir-bundle", "fhir-ndjson", "fhir-resource", or "refused" with the reason first in broken; bundle: `Bundle.type`; broken: place and reason of what could not be
    read. deleted: places a history says were deleted, with the time when it was said."""

    kind: str
    entries: list[Entry]
    bundle: str = ""
    broken: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    deleted: Mapping[str, str] = {}


class _Request(Element):
    method: str = ""
    url: str = ""


class _Response(Element):
    last_modified: str = ""


class _Asked(Element):
    """An entry again, for what it asked or answered: read only where entries without a resource stand."""

    full_url: str = ""
    request: Raw = ABSENT
    response: Raw = ABSENT


class _AskedBundle(Element):
    entry: list[_Asked] | None = None


class Link(Element):
    """`Bundle.link`: where other pages of an answer are."""

    relation: str = ""


class _Bundle(Element):
    type: str = ""
    entry: list[Entry] | None = None
    link: list[Link] | None = None


class _Typed(Element):
    resource_type: str = ""


_bundle = msgspec.json.Decoder(_Bundle)
_entry = msgspec.json.Decoder(Entry)
_asked = msgspec.json.Decoder(_AskedBundle)
_request = msgspec.json.Decoder(_Request)
_response = msgspec.json.Decoder(_Response)
_typed = msgspec.json.Decoder(_Typed)
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def type_of(raw: Raw | bytes) -> str:
    """The resource type, or an empty string when it cannot be told."""
    first = TYPE_FIRST.match(raw)
    if first:
        return first[1].decode()
    try:
        return _typed.decode(raw).resource_type
    except _NOT_JSON:
        anywhere = _TYPE_ANYWHERE.search(raw)  # broken JSON: the first type named is almost always its own
        return anywhere[1].decode() if anywhere else ""


def opened(data: bytes, ndjson: bool) -> Envelope:
    """The entries of one document. Never raises for bad content: what cannot be read is in `broken`."""
    if ndjson:
        return _lines(data)
    kind = type_of(data)
    if not kind:
        return _refused("is JSON, but not a FHIR resource")
    if kind != "Bundle":
        return Envelope("fhir-resource", [Entry(resource=Raw(data))])
    try:
        bundle = _bundle.decode(data)
    except _NOT_JSON as wrong:
        return _salvaged(data, wrong)
    written = bundle.entry or []
    broken: list[tuple[str, str]] = []
    deleted: dict[str, str] = {}
    if any(each.resource is ABSENT for each in written):
        asked = _asked.decode(data).entry or []
        for number, (each, more) in enumerate(zip(written, asked, strict=True), 1):
            if each.resource is ABSENT:
                _without_resource(more, number, bundle.type, broken, deleted)
        written = [each for each in written if each.resource is not ABSENT]
    return Envelope("fhir-bundle", written, bundle.type, tuple(broken), pages_missing(bundle.link), deleted)


def pages_missing(links: list[Link] | None) -> tuple[str, ...]:
    """A warning when the answer of a server goes on elsewhere."""
    more = any(link.relation == "next" for link in links or ())
    return ("the server had more pages than this one: the records are incomplete",) if more else ()


def _without_resource(
    entry: _Asked, number: int, bundle: str, broken: list[tuple[str, str]], deleted: dict[str, str]
) -> None:
    try:
        request = _request.decode(entry.request) if entry.request is not ABSENT else _Request()
        response = _response.decode(entry.response) if entry.response is not ABSENT else _Response()
    except _NOT_JSON:
        request, response = _Request(), _Response()
    if request.method == "DELETE" and bundle == "history":
        pointed = (request.url or entry.full_url).split("/_history/", 1)[0]
        deleted["/".join(pointed.split("/")[-2:])] = response.last_modified
    else:
        what = f"{request.method} request without a resource" if request.method else "has no resource"
        broken.append((f"entry {number}", what))


def _lines(data: bytes) -> Envelope:
    entries, broken = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line or line.isspace():
            continue
        if type_of(line):
            entries.append(Entry(resource=Raw(line)))
        else:
            broken.append((f"line {number}", "is not a FHIR resource"))
    if not entries:
        return _refused("has no line that is a FHIR resource")
    return Envelope("fhir-ndjson", entries, "", tuple(broken))


def _refused(reason: str) -> Envelope:
    return Envelope("refused", [], "", (("document", reason),))


def _salvaged(data: bytes, wrong: Exception) -> Envelope:
    start = _ENTRIES.search(data)
    if start is None:
        return _refused(f"is not valid JSON: {_why(wrong)}")
    named = _BUNDLE_TYPE.search(data, 0, start.start())
    entries, broken = [], []
    for number, (piece, whole) in enumerate(_pieces(data, start.end()), 1):
        entry = _salvaged_entry(piece) if whole else None
        if entry is not None:
            entries.append(entry)
        elif whole:
            broken.append((f"entry {number}", "is not valid JSON"))
        else:
            broken.append((f"entry {number}", "the document ends in the middle of it (truncated)"))
    warning = f"the document is not valid JSON ({_why(wrong)}); its entries were read one by one"
    return Envelope("fhir-bundle", entries, named[1].decode() if named else "", tuple(broken), (warning,))


def _salvaged_entry(piece: bytes) -> Entry | None:
    try:
        entry = _entry.decode(piece)
    except _NOT_JSON:
        inner = _RESOURCE.search(piece)
        cut = next(_pieces(piece, inner.end()), None) if inner else None
        return Entry(resource=Raw(cut[0])) if cut and cut[1] else None
    return entry if entry.resource is not ABSENT else None


def _pieces(data: bytes, at: int) -> Iterator[tuple[bytes, bool]]:
    """The objects of the list that is open at `at`, cut by brackets; the flag is False for one that never closes."""
    depth, start = 0, -1
    while True:
        token = _BRACKETS.search(data, at)
        if token is None:
            break
        mark, at = token.group(), token.end()
        if mark == b'"':
            closing = _STRING_END.match(data, at)
            if closing is None:
                break
            at = closing.end()
        elif mark in b"{[":
            if depth == 0:
                start = token.start()
            depth += 1
        elif depth == 0:
            return  # the list itself closes
        else:
            depth -= 1
            if depth == 0:
                yield data[start:at], True
    if depth:
        yield data[start:], False


def _why(wrong: Exception) -> str:
    return "it is nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)


def is_bundle(data: bytes) -> bool:
    """Whether a single JSON document is a Bundle, which describes everything it points at."""
    return type_of(data) == "Bundle"
