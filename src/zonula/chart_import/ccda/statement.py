"""One clinical statement of the HL7 v3 model (act, observation, substanceAdministration, …) with its parts at hand.

The children are walked once and grouped by tag, so a mapping asks for parts without searching the tree again.
"""

from collections.abc import Callable, Iterator, Sequence

from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.vocabulary import PLANNED_MOODS, V3

TEMPLATE = V3 + "templateId"
CODE = V3 + "code"
TEXT = V3 + "text"
VALUE = V3 + "value"
STATUS = V3 + "statusCode"
TIME = V3 + "effectiveTime"
RELATIONSHIP = V3 + "entryRelationship"
COMPONENT = V3 + "component"
PARTICIPANT = V3 + "participant"
PERFORMER = V3 + "performer"
AUTHOR = V3 + "author"
INFORMANT = V3 + "informant"
STATEMENTS = {
    V3 + name: name
    for name in ("act", "observation", "organizer", "substanceAdministration", "procedure", "encounter", "supply")
}
NOTHING: tuple[Element, ...] = ()


def child(element: Element, tag: str) -> Element | None:
    """The first child with this tag."""
    return next(element.iterchildren(tag), None)


def descend(element: Element | None, *tags: str) -> Element | None:
    """The first child along a path of tags."""
    for tag in tags:
        if element is None:
            return None
        element = next(element.iterchildren(tag), None)
    return element


class Statement:
    """`kind`: the local name of the element. `first(tag)`: the first child with that tag, or None."""

    __slots__ = ("_more", "_templates", "authored", "element", "first", "kind")

    def __init__(self, element: Element, kind: str) -> None:
        self.element = element
        self.kind = kind
        self.authored: object = None  # remembered by `people.authored`
        self._templates: list[str] | None = None
        first: dict[str, Element] = {}
        more: dict[str, list[Element]] = {}
        for part in element:
            tag = part.tag
            if tag not in first:
                first[tag] = part
            elif tag in more:
                more[tag].append(part)
            else:
                more[tag] = [first[tag], part]
        self._more = more
        self.first: Callable[[str], Element | None] = first.get

    def all(self, tag: str) -> Sequence[Element]:
        """Every child with this tag, in document order."""
        several = self._more.get(tag)
        if several is not None:
            return several
        one = self.first(tag)
        return NOTHING if one is None else (one,)

    @property
    def templates(self) -> list[str]:
        """The template roots, in document order."""
        if self._templates is None:
            self._templates = [part.get("root", "") for part in self.all(TEMPLATE)]
        return self._templates

    @property
    def negated(self) -> bool:
        """Whether `negationInd` says this is not so."""
        return self.element.get("negationInd") in ("true", "1")

    @property
    def planned(self) -> bool:
        """Whether the mood says that this was intended, ordered or proposed rather than done."""
        return self.element.get("moodCode") in PLANNED_MOODS

    @property
    def code(self) -> str:
        """The bare code of the statement, for recognising what it is."""
        code = self.first(CODE)
        return "" if code is None else code.get("code", "")

    @property
    def status(self) -> str:
        """The act status as written, in small letters."""
        status = self.first(STATUS)
        return "" if status is None else status.get("code", "").lower()

    def related(self) -> "Iterator[tuple[str, Statement]]":
        """Statements related by entryRelationship, each with its type code (SUBJ, REFR, MFST, RSON, COMP, …)."""
        for relation in self.all(RELATIONSHIP):
            for inner in relation:
                kind = STATEMENTS.get(inner.tag)
                if kind is not None:
                    yield relation.get("typeCode", ""), Statement(inner, kind)

    def components(self) -> "Iterator[Statement]":
        """The members of an organizer."""
        for component in self.all(COMPONENT):
            for inner in component:
                kind = STATEMENTS.get(inner.tag)
                if kind is not None:
                    yield Statement(inner, kind)
