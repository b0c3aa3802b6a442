"""CodeableConcepts and codings → `Code`s and a text a reader can see.

The same concept is written thousands of times in a set of records, so each distinct spelling (its bytes) is read once.
"""

import json
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from zonula.chart import SYSTEM_BY_OID, SYSTEM_BY_URI, Code, System
from zonula.chart_import.fhir.datatypes import ABSENT, Element
from zonula.chart_import.negations import says_none, says_unknown

_REMEMBERED = 50_000  # distinct concepts kept, each at most _LONGEST bytes: bounds the memory to about 50 MB
_LONGEST = 1_024
_SYMPTOM = ("symptom", "418799008", "75325-1")  # the word; SNOMED CT and LOINC for "symptom" as C-CDA uses them


class Concept(NamedTuple):
    """Every coding as written, and the wording: the sender's text, else the first display, else the first code.

    none: whether it says that there is none ("no known allergy"). uninformed: whether it says that nothing is known.
    """

    codes: tuple[Code, ...] = ()
    text: str = ""
    none: bool = False
    uninformed: bool = False

    def has(self, *codes: str) -> bool:
        """Whether any coding carries one of these codes, in whatever system."""
        return any(code.code in codes for code in self.codes)


class Concepts(NamedTuple):
    """A list of concepts. codes: of all of them. text: their wordings joined with `; `. label: first code, else first wording.
    symptom: whether one is a category that says "symptom"."""

    each: tuple[Concept, ...] = ()
    codes: tuple[Code, ...] = ()
    text: str = ""
    label: str = ""
    symptom: bool = False

    def has(self, *codes: str) -> bool:
        """Whether any coding of any concept carries one of these codes, in whatever system."""
        return any(code.code in codes for code in self.codes)


NOTHING = Concept()
_NO_LIST = Concepts()


class _Coding(Element):
    system: str = ""
    code: str = ""
    display: str = ""


class _CodeableConcept(Element):
    coding: list[_Coding] | None = None
    text: str = ""


_one = msgspec.json.Decoder(_CodeableConcept)
_concepts: dict[bytes, Concept] = {}
_lists: dict[bytes, Concepts] = {}
_codes: dict[tuple[str, str, str], Code] = {}


def concept(raw: Raw) -> Concept:
    """The concept, `NOTHING` when it was not written. A coding of the wrong shape is left out, its text kept."""
    if raw is ABSENT:
        return NOTHING
    written = bytes(raw)
    known = _concepts.get(written)
    if known is None:
        known = _read(written)
        if len(written) <= _LONGEST:
            if len(_concepts) >= _REMEMBERED:
                _concepts.clear()
            _concepts[written] = known
    return known


def concepts(raw: Raw) -> Concepts:
    """A list of concepts; a single one written without the list is read as a list of one."""
    if raw is ABSENT:
        return _NO_LIST
    written = bytes(raw)
    known = _lists.get(written)
    if known is None:
        read = tuple(_read(bytes(each)) for each in _elements(written))
        codes = tuple(code for each in read for code in each.codes)
        label = next((each.codes[0].code if each.codes else each.text for each in read if each.text), "")
        symptom = any(code.code in _SYMPTOM for code in codes)
        known = Concepts(read, codes, "; ".join(each.text for each in read if each.text), label, symptom)
        if len(written) <= _LONGEST:
            if len(_lists) >= _REMEMBERED:
                _lists.clear()
            _lists[written] = known
    return known


def code_of(system: str, code: str, display: str = "") -> Code:
    """The `Code` of one written coding; an unknown system stays local with its URI or OID kept."""
    key = (system, code, display)
    known = _codes.get(key)
    if known is None:
        uri = system.strip()
        named = SYSTEM_BY_URI.get(uri) or SYSTEM_BY_URI.get(uri.replace("https://", "http://", 1).rstrip("/"))
        if named is None and uri.startswith("urn:oid:"):
            named = SYSTEM_BY_OID.get(uri[8:])
        known = Code(named, code.strip(), display) if named else Code(System.LOCAL, code.strip(), display, uri)
        if len(_codes) >= _REMEMBERED:
            _codes.clear()
        _codes[key] = known
    return known


def coding(raw: Raw) -> Code | None:
    """A bare Coding (Encounter.class, answers), or None when it was not written or has no code."""
    if raw is ABSENT:
        return None
    written = bytes(raw)
    known = _concepts.get(written)  # a Coding and a CodeableConcept never have the same bytes
    if known is None:
        known = _read(b'{"coding":[' + written + b"]}")
        if len(written) <= _LONGEST:
            _concepts[written] = known
    return known.codes[0] if known.codes else None


def _read(written: bytes) -> Concept:
    try:
        decoded = _one.decode(written)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _read_loosely(written)
    codings = decoded.coding or ()
    codes = tuple(code_of(each.system, each.code, each.display) for each in codings if each.code.strip())
    text = decoded.text.strip() or next((each.display for each in codings if each.display), "")
    return _concept(codes, text)


def _concept(codes: tuple[Code, ...], text: str) -> Concept:
    return Concept(codes, text or (codes[0].code if codes else ""), says_none(codes), says_unknown(codes))


def _read_loosely(written: bytes) -> Concept:
    """A concept with elements of the wrong type: what is a string where FHIR has a string is kept."""
    try:
        decoded: Any = json.loads(written.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return NOTHING
    if isinstance(decoded, str):
        return Concept((), scrubbed(decoded).strip())
    if not isinstance(decoded, dict):
        return NOTHING
    codings = decoded.get("coding")
    codings = codings if isinstance(codings, list) else [codings]
    read = []
    for each in codings:
        if isinstance(each, dict):
            system, code, display = (scrubbed(_plain(each.get(name))) for name in ("system", "code", "display"))
            read.append((system, code, display))
    codes = tuple(code_of(*each) for each in read if each[1].strip())
    text = scrubbed(_plain(decoded.get("text"))).strip() or next((each[2] for each in read if each[2]), "")
    return _concept(codes, text)


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def scrubbed(text: str) -> str:
    """The text without lone surrogates, which no file or screen can show."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _elements(written: bytes) -> list[Raw]:
    try:
        return msgspec.json.decode(written, type=list[Raw])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return [Raw(written)]
