"""The FHIR data types the importer reads, as msgspec structs that decode only what is wanted.

Concepts and everything read rarely stay raw bytes until they are asked for; see `concepts`.
"""

import msgspec
from msgspec import Raw

ABSENT = Raw(b"")  # what an element that was not written decodes to; compare with `is`


class Element(msgspec.Struct, rename="camel", gc=False):
    """The base of every shape: Python names here, FHIR's camelCase in the document."""


class Reference(Element):
    """A pointer to another resource, or only its wording."""

    reference: str = ""
    display: str = ""
    type: str = ""
    identifier: Raw = ABSENT


class Period(Element):
    """Start and end as written."""

    start: str = ""
    end: str = ""


class FhirQuantity(Element):
    """Quantity, SimpleQuantity, Age and Money alike."""

    value: float | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Range(Element):
    """A pair of limits, either of which may be open."""

    low: FhirQuantity | None = None
    high: FhirQuantity | None = None


class Ratio(Element):
    """A titre or a rate: two quantities."""

    numerator: FhirQuantity | None = None
    denominator: FhirQuantity | None = None


class Annotation(Element):
    """A note; only its text is kept."""

    text: str = ""


class Identifier(Element):
    """A business identifier."""

    system: str = ""
    value: str = ""


class HumanName(Element):
    """A person's name in parts or as one text."""

    use: str = ""
    text: str = ""
    family: str = ""
    given: list[str] | None = None
    prefix: list[str] | None = None

    @property
    def written(self) -> str:
        """The text as sent, or the parts in reading order."""
        return self.text or " ".join((*(self.prefix or ()), *(self.given or ()), self.family)).strip()


class Resource(Element):
    """What every resource may carry. `modifierExtension` and `implicitRules` change the meaning of everything else."""

    id: str = ""
    meta: Raw = ABSENT
    implicit_rules: str = ""
    modifier_extension: Raw = ABSENT
    extension: Raw = ABSENT
    contained: list[Raw] | None = None


_LONGEST_TEXT = 20_000  # characters of one free text; a longer one is a whole document that lost its way


def shortened(text: str, problems: list[str]) -> str:
    """The text, cut when it is far too long for a fact, with a sentence that says so."""
    if len(text) <= _LONGEST_TEXT:
        return text
    problems.append(f"a text of {len(text)} characters; the first {_LONGEST_TEXT} were kept")
    return text[:_LONGEST_TEXT]


def notes(written: list[Annotation] | None, problems: list[str]) -> str:
    """The notes as one text."""
    return shortened("\n".join(each.text for each in written if each.text), problems) if written else ""
