"""Coded values (CD, CE, CV, CO): every coding as written, and the wording a reader sees."""

from functools import lru_cache

import msgspec

from zonula.chart import SYSTEM_BY_OID, Code, System
from zonula.chart_import.ccda.narrative import squeeze
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import child
from zonula.chart_import.ccda.vocabulary import NULL_FLAVORS, SUSPECTED_QUALIFIERS, V3

_TRANSLATION = V3 + "translation"
_ORIGINAL_TEXT = V3 + "originalText"
_QUALIFIER = V3 + "qualifier"
_NAME = V3 + "name"


def _both(wording: str, display: str) -> str:
    """The writer's words; with the code's own name before them when the two share no word (references are often wrong)."""
    if " | " in wording:  # a reference to a whole table row says more than this code
        return display
    words = set(wording.casefold().split())
    shares = any(
        word in words or word[:4] in wording.casefold() for word in display.casefold().split() if len(word) > 3
    )
    return wording if shares or wording.casefold() == display.casefold() else f"{display} ({wording})"


class Concept(msgspec.Struct, frozen=True, gc=False):
    """codes: the code and its translations. text: originalText, else a display name. null: why there is no code."""

    codes: tuple[Code, ...] = ()
    text: str = ""
    null: str = ""
    suspected: bool = False
    qualifiers: str = ""

    @property
    def said(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.codes or self.text)


NO_CONCEPT = Concept()


_LONGEST = 200  # characters of a display name that are worth remembering between documents


@lru_cache(maxsize=16384)
def code_of(system: str, code: str, display: str, system_name: str) -> Code:
    """One coding; an unknown code system stays local, with its OID kept."""
    known = SYSTEM_BY_OID.get(system)
    if known is None:
        return Code(System.LOCAL, code, display, system or system_name)
    return Code(known, code, display)


def coding(element: Element) -> Code | None:
    """The code on the element itself, without translations."""
    get = element.get
    code = get("code", "").strip()
    if not code:
        return None
    display = get("displayName", "")
    make = code_of if len(display) + len(code) < _LONGEST else code_of.__wrapped__
    return make(get("codeSystem", ""), code, display, get("codeSystemName", ""))


def concept(reading: Reading, element: Element | None) -> Concept:
    """Read a coded element with translations, originalText (inline or by reference) and qualifiers."""
    if element is None:
        return NO_CONCEPT
    main = coding(element)
    null = element.get("nullFlavor", "")
    if len(element) == 0:  # the common case
        if main is None:
            return Concept((), squeeze(element.get("displayName", "") or element.text), null)
        return Concept((main,), main.display, null)
    codes = [] if main is None else [main]
    wording = translated = ""
    suspected = False
    qualifiers: list[str] = []
    for part in element:
        tag = part.tag
        if tag == _TRANSLATION:
            inner = concept(reading, part)
            codes.extend(inner.codes)
            translated = translated or inner.text
        elif tag == _ORIGINAL_TEXT:
            wording = reading.references.text_of(part)
        elif tag == _QUALIFIER:
            name, value = concept(reading, child(part, _NAME)), concept(reading, child(part, V3 + "value"))
            suspected = suspected or any(code.code in SUSPECTED_QUALIFIERS for code in value.codes)
            qualifiers.append(": ".join(text for text in (name.text, value.text) if text))
    display = main.display if main else element.get("displayName", "")
    text = _both(wording, display) if wording and display else wording or display or translated
    return Concept(tuple(dict.fromkeys(codes)), text, null, suspected, "; ".join(filter(None, qualifiers)))


def wording(reading: Reading, element: Element | None) -> str:
    """The wording of a coded element: text, else the bare code."""
    if element is None:
        return ""
    found = concept(reading, element)
    return found.text or (found.codes[0].code if found.codes else "")


def null_text(flavor: str) -> str:
    """A null flavour in words, e.g. `asked but unknown`."""
    return NULL_FLAVORS.get(flavor, flavor)
