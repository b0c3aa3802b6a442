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

_TYPE_FIRST = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"(\w{1,64})"')
_TYPE_ANYWHERE = re.compile(rb'"resourceType"\s*:\s*"(\w{1,64})"')
_BRACKETS = re.compile(rb'["{}\[\]]')
_STRING_END = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ENTRIES = re.compile(rb'"entry"\s*:\s*\[')


class Entry(NamedTuple):
    """One resource still in bytes. place: where it stands when it has no id; method: of a transaction or history entry."""

    type: str
    raw: Raw
    full_url: str = ""
    method: str = ""
    mode: str = ""


class Envelope(NamedTuple):
    """kind: "fhir-bundle", "fhir-ndjson" or "fhir-resource"; bundle: `Bundle.type`; broken: place and reason of what could not be
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


class _Search(Element):
    mode: str = ""


class _Link(Element):
    relation: str = ""


class _Entry(Element):
    full_url: str = ""
    resource: Raw = ABSENT
    request: _Request | None = None
    response: _Response | None = None
    search: _Search | None = None


class _Bundle(Element):
    type: str = ""
    entry: list[_Entry] | None = None
    link: list[_Link] | None = None


class _Typed(Element):
    resource_type: str = ""


_bundle = msgspec.json.Decoder(_Bundle)
_entry = msgspec.json.Decoder(_Entry)
_typed = msgspec.json.Decoder(_Typed)
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def type_of(raw: Raw | bytes) -> str:
    """The resource type, or an empty string when it cannot be told."""
    first = _TYPE_FIRST.match(raw)
    if first:
        return first.group(1).decode()
    try:
        return _typed.decode(raw).resource_type
    except _NOT_JSON:
        anywhere = _TYPE_ANYWHERE.search(raw)  # broken JSON: the first type named is almost always its own
        return anywhere.group(1).decode() if anywhere else ""


def opened(data: bytes, ndjson: bool) -> Envelope:
    """The entries of one document. Never raises for bad content: what cannot be read is in `broken`."""
    if ndjson:
        return _lines(data)
    kind = type_of(data)
    if kind != "Bundle":
        return Envelope("fhir-resource", [Entry(kind, Raw(data))])
    try:
        bundle = _bundle.decode(data)
    except _NOT_JSON as wrong:
        return _salvaged(data, wrong)
    entries, broken = [], []
    deleted: dict[str, str] = {}
    for index, each in enumerate(bundle.entry or ()):
        if each.resource is ABSENT:
            method = each.request.method if each.request else ""
            if method == "DELETE" and bundle.type == "history":
                pointed = (each.request.url if each.request else "") or each.full_url
                place = "/".join(pointed.split("/_history/", 1)[0].split("/")[-2:])
                deleted[place] = each.response.last_modified if each.response else ""
                continue
            broken.append(
                (f"entry {index + 1}", f"{method} request without a resource" if method else "has no resource")
            )
            continue
        first = _TYPE_FIRST.match(each.resource)
        entries.append(
            Entry(
                first.group(1).decode() if first else type_of(each.resource),
                each.resource,
                each.full_url,
                each.request.method if each.request else "",
                each.search.mode if each.search else "",
            )
        )
    warnings: tuple[str, ...] = ()
    if any(link.relation == "next" for link in bundle.link or ()):
        warnings = ("the server had more pages than this one: the records are incomplete",)
    return Envelope("fhir-bundle", entries, bundle.type, tuple(broken), warnings, deleted)


def _lines(data: bytes) -> Envelope:
    entries, broken = [], []
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        kind = type_of(line)
        if not kind:
            broken.append((f"line {number}", "is not a FHIR resource"))
            continue
        entries.append(Entry(kind, Raw(line)))
    return Envelope("fhir-ndjson", entries, "", tuple(broken))


def _salvaged(data: bytes, wrong: Exception) -> Envelope:
    start = _ENTRIES.search(data)
    if start is None:
        return Envelope("fhir-bundle", [], "", (("Bundle", f"is not valid JSON: {_why(wrong)}"),))
    found = re.search(rb'"type"\s*:\s*"([a-z-]{1,40})"', data[: start.start()])
    entries, broken = [], []
    for number, (piece, whole) in enumerate(_pieces(data, start.end()), 1):
        place = f"entry {number}"
        if not whole:
            broken.append((place, "the document ends in the middle of it (truncated)"))
            continue
        try:
            each = _entry.decode(piece)
            resource, url = each.resource, each.full_url
            method, mode = each.request.method if each.request else "", each.search.mode if each.search else ""
        except _NOT_JSON:
            inner = re.search(rb'"resource"\s*:\s*(?=\{)', piece)
            cut = next(iter(_pieces(piece, inner.end())), None) if inner else None
            if cut is None or not cut[1]:
                broken.append((place, "is not valid JSON"))
                continue
            resource, url, method, mode = Raw(cut[0]), "", "", ""
        entries.append(Entry(type_of(resource), resource, url, method, mode))
    return Envelope(
        "fhir-bundle",
        entries,
        found.group(1).decode() if found else "",
        tuple(broken),
        (f"the document is not valid JSON ({_why(wrong)}); its entries were read one by one",),
    )


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
