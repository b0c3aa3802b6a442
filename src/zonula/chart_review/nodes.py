"""What a rule can mean: a closed set of frozen nodes. No node calls Python code, so each can be compiled to a query.

Four sorts of node. A *condition* is asked of one fact; a *series* is some of the chart's facts in chart order; a *value* is a number
or a day; a *truth* is the answer to a question. `And`, `Or` and `Not` join conditions with conditions and truths with truths.

Three-valued throughout: a fact whose date or result cannot be read makes a condition unknown, and values are spans (low, high) of
what they can be, so "2019" or "<0.5" never pretends to be exact. A chart is seen as of `today`: facts that begin later are not seen.
Ties are broken by chart order (`zonula.chart.chronological`: day, time, text, then fact id).
"""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from zonula.chart import Sex


class Node(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The root of all nodes: frozen, hashable, and readable as JSON with its type name."""


class Attribute(StrEnum):
    """What `In` can ask of a fact; the answers are defined in `zonula.chart_review.reading`."""

    KIND = "kind"
    STATUS = "status"
    STANDING = "standing"  # asserted, denied, family, planned, error
    JUDGEMENT = "judgement"  # normal, abnormal, inconclusive; unknown when the record does not say
    CLARITY = "clarity"  # unclear when the sender called the result so, else clear; never unknown
    DIRECTION = "direction"  # low, within, high of its own limits; unknown when the record does not say
    COURSE = "course"  # ended or open
    SPECIALTY = "specialty"  # normalised by the card chart_review/specialties


# Conditions: asked of one fact.


class In(Node, frozen=True):
    """The fact's attribute is one of these values. Unknown when the attribute is."""

    attribute: Attribute
    values: tuple[str, ...]


class CodedIn(Node, frozen=True):
    """One of the fact's codes (or, with `answer`, of its coded results) stands in the code list."""

    list: str
    answer: bool = False


class TextLike(Node, frozen=True):
    """The fact's wording mentions a phrase of the list in this way; asked only of facts no ICD-CM or LOINC code explains."""

    list: str
    said: tuple[str, ...] = ("affirmed",)


class Measured(Node, frozen=True):
    """The fact's own result against a value, in the unit of the measure. Unknown when it cannot be read."""

    measure: str
    operator: str  # ">=", ">", "<=" or "<"
    right: "Value"


class Within(Node, frozen=True):
    """The fact happened within so many days before today. Unknown when its date is, or straddles the limit."""

    days: "Value"


class After(Node, frozen=True):
    """The fact happened after that day. Unknown when either day is, or when they may be the same."""

    day: "Value"


# Series: some facts of the chart, in chart order.


class Facts(Node, frozen=True):
    """Every fact that meets the condition."""

    where: "Condition"


class First(Node, frozen=True):
    """The first dated fact of a series; an undated one only when none is dated."""

    of: "Series"


class Last(Node, frozen=True):
    """The last dated fact of a series; an undated one only when none is dated."""

    of: "Series"


# Values: a span of numbers or of days (as ordinals); nothing when it cannot be known.


class Figure(Node, frozen=True):
    """A number on a knowledge card: its value, or the one under `key` in its data. A rule that reads it cites the card."""

    card: str
    key: str = ""


class Today(Node, frozen=True):
    """The day of the review."""


class Birth(Node, frozen=True):
    """The patient's day of birth."""


class DayOf(Node, frozen=True):
    """When the only or first fact of a series happened."""

    of: "Series"


class Years(Node, frozen=True):
    """Full years from one day to another: an age, when the first is the day of birth."""

    since: "Value"
    until: "Value"


class CountOf(Node, frozen=True):
    """How many facts a series has."""

    of: "Series"


class DistinctOf(Node, frozen=True):
    """How many different specialties, wordings, days or lists (the code lists under `prefix`) a series has."""

    of: "Series"
    by: str  # "specialty", "wording", "day" or "list"
    prefix: str = ""


class ValueOf(Node, frozen=True):
    """The result of the first fact of a series, in the unit of the measure (card chart_review/measures)."""

    of: "Series"
    measure: str


class UpperLimitsOf(Node, frozen=True):
    """The result of the first fact of a series as a multiple of its own upper limit; unknown when that limit is."""

    of: "Series"


class FallOf(Node, frozen=True):
    """By how many percent the last value of a series lies below the highest of the so many days before it; 0 when it rose."""

    of: "Series"
    measure: str
    days: "Value"


class OverlapOf(Node, frozen=True):
    """How many of the series were active at the same time, at most (card chart_review/overlap)."""

    of: tuple["Series", ...]


# Truths: the answer to a question about the chart.


class Exists(Node, frozen=True):
    """The records hold such a fact. "No" speaks of the records, not of the patient."""

    of: "Series"


class Stated(Node, frozen=True):
    """Yes when the claim is; else no when the records speak of it at all; else unknown: nobody wrote about it."""

    claim: "Truth"
    heard: "Series"


class Is(Node, frozen=True):
    """The first fact of a series meets the condition; unknown when the series is empty."""

    of: "Series"
    condition: "Condition"


class Compare(Node, frozen=True):
    """One value against another. Unknown when either is, or when their spans leave it open."""

    left: "Value"
    operator: str  # ">=", ">", "<=" or "<"
    right: "Value"


class SexIs(Node, frozen=True):
    """The recorded sex; unknown unless female or male was recorded."""

    sex: Sex


class And(Node, frozen=True):
    """No when any part is, else unknown when any part is, else yes."""

    of: tuple["Condition | Truth", ...]


class Or(Node, frozen=True):
    """Yes when any part is, else unknown when any part is, else no."""

    of: tuple["Condition | Truth", ...]


class Not(Node, frozen=True):
    """Yes becomes no and no becomes yes; unknown stays unknown."""

    of: "Condition | Truth"


Condition: TypeAlias = In | CodedIn | TextLike | Measured | Within | After | And | Or | Not
Series: TypeAlias = Facts | First | Last
Value: TypeAlias = (
    Figure | Today | Birth | DayOf | Years | CountOf | DistinctOf | ValueOf | UpperLimitsOf | FallOf | OverlapOf
)
Truth: TypeAlias = Exists | Stated | Is | Compare | SexIs | And | Or | Not

CONDITIONS: tuple[type[Node], ...] = (In, CodedIn, TextLike, Measured, Within, After)
SERIES: tuple[type[Node], ...] = (Facts, First, Last)
VALUES: tuple[type[Node], ...] = (
    Figure, Today, Birth, DayOf, Years, CountOf, DistinctOf, ValueOf, UpperLimitsOf, FallOf, OverlapOf,
)  # fmt: skip
TRUTHS: tuple[type[Node], ...] = (Exists, Stated, Is, Compare, SexIs)
JOINS: tuple[type[Node], ...] = (And, Or, Not)
NODES = CONDITIONS + SERIES + VALUES + TRUTHS + JOINS


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node, in order."""
    found: list[Node] = []
    for name in node.__struct_fields__:
        inner = getattr(node, name)
        found.extend(part for part in (inner if isinstance(inner, tuple) else (inner,)) if isinstance(part, Node))
    return tuple(found)


def walk(node: Node) -> tuple[Node, ...]:
    """The node and everything inside it."""
    return (node, *(deeper for part in parts(node) for deeper in walk(part)))


def cited_cards(node: Node) -> tuple[str, ...]:
    """The cards whose figures a rule reads, in order, each once."""
    return tuple(dict.fromkeys(inner.card for inner in walk(node) if isinstance(inner, Figure)))
