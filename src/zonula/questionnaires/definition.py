"""A questionnaire as Zonula understands it: the FHIR R4 `Questionnaire` with the parts of SDC a clinic uses.

Everything here is frozen data. `reading` makes it from JSON; `form` prepares it for checking answers quickly.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec


class ItemType(StrEnum):
    """The item types of FHIR R4."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    URL = "url"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    ATTACHMENT = "attachment"
    REFERENCE = "reference"
    QUANTITY = "quantity"


class Operator(StrEnum):
    """The comparisons of `enableWhen`."""

    EXISTS = "exists"
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    LESS = "<"
    AT_LEAST = ">="
    AT_MOST = "<="


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something wrong with a questionnaire or with answers. Never quotes an answer.

    path: linkIds from the top, joined by `/`. what: what is wrong. cure: what to do. serious: False for a remark that does
    not stop scoring.
    """

    path: str
    what: str
    cure: str = ""
    serious: bool = True

    def __str__(self) -> str:
        return f"{self.path}: {self.what}{'; ' + self.cure if self.cure else ''}"


class Coding(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A coded value as FHIR writes it; `system` is the URI and may be empty."""

    code: str
    system: str = ""
    display: str = ""


Written = bool | int | float | str | Coding


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """A permitted answer. ordinal: its points, from the `ordinalValue` or `itemWeight` extension, or None when unknown."""

    value: Written
    ordinal: float | None = None
    initial: bool = False


class Condition(msgspec.Struct, frozen=True):
    """One `enableWhen`: the answer to `question` compared with `value`."""

    question: str
    operator: Operator
    value: Written


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One group, question or line of text.

    options: permitted answers, None when the list is not known here (an external value set) or not needed.
    conditions, every: shown when any (or, if `every`, all) of the conditions hold.
    minimum, maximum: inclusive limits of a number or an ISO date. calculated: FHIRPath, for display only.
    """

    link_id: str
    type: ItemType
    text: str = ""
    prefix: str = ""
    codes: tuple[Coding, ...] = ()
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    initial: tuple[Written, ...] = ()
    options: tuple[Option, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    every: bool = False
    minimum: float | str | None = None
    maximum: float | str | None = None
    max_length: int | None = None
    calculated: str = ""
    items: tuple["Item", ...] = ()

    def walk(self) -> Iterator["Item"]:
        """This item and everything below it, in order."""
        yield self
        for child in self.items:
            yield from child.walk()


class Questionnaire(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole questionnaire. notes: what was read but is not acted upon (an expression we do not evaluate)."""

    url: str = ""
    version: str = ""
    name: str = ""
    title: str = ""
    status: str = ""
    copyright: str = ""
    language: str = ""
    codes: tuple[Coding, ...] = ()
    items: tuple[Item, ...] = ()
    notes: tuple[Problem, ...] = ()

    def walk(self) -> Iterator[Item]:
        """Every item, in order."""
        for item in self.items:
            yield from item.walk()
