"""The text a person reads: section narratives and the references (`#id`) that entries make to it."""

from collections.abc import Iterator
from typing import cast

from lxml import etree

from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.vocabulary import V3

REFERENCE = V3 + "reference"
_LINES = tuple(V3 + name for name in ("tr", "item", "paragraph", "list", "table", "caption", "br"))
_CELLS = (V3 + "td", V3 + "th")
_CELL_END = " | "
_LINE_END = "\u2028"  # the line separator of Unicode: allowed in XML, and not found in what people type
_IDS = etree.XPath("//@ID")
_ROWS = etree.XPath("count(.//v:tbody/v:tr) + count(.//v:list/v:item)", namespaces={"v": V3[1:-1]})


def squeeze(text: str | None) -> str:
    """One line without runs of white space."""
    return " ".join(text.split()) if text else ""


def plain_text(element: Element) -> str:
    """All text inside, as it stands."""
    return "".join(cast("Iterator[str]", element.itertext()))


def rows(text: Element) -> int:
    """How many table rows and list items a narrative has."""
    return int(cast("float", _ROWS(text)))


class References:
    """Resolves `#id` within one document. The index is built on first use: one pass, whatever the number of references."""

    __slots__ = ("_by_id", "_root", "_texts", "missing")

    def __init__(self, root: Element) -> None:
        self._root = root
        self._by_id: dict[str, Element] | None = None
        self._texts: dict[str, str] = {}  # many entries may point at one long text
        self.missing: set[str] = set()

    def readable(self, element: Element) -> str:
        """The text with one line per row, item or paragraph; cells are parted by ` | `.

        Row and cell ends are first written into the tree, so that the text itself is collected in C.
        """
        for cell in element.iter(*_CELLS):
            if not (cell.tail or "").startswith(_CELL_END):
                cell.tail = _CELL_END + (cell.tail or "")
        for line in element.iter(*_LINES):
            if not (line.tail or "").startswith(_LINE_END):
                line.tail = _LINE_END + (line.tail or "")
        lines = (squeeze(line).strip("| ") for line in plain_text(element).split(_LINE_END))
        return "\n".join([line for line in lines if line])

    def resolve(self, target: str) -> str:
        """The text behind the reference on one line, or an empty string when it points nowhere."""
        if self._by_id is None:
            self._by_id = {}
            for identifier in cast("list[etree._ElementUnicodeResult]", _IDS(self._root)):
                owner = identifier.getparent()
                if owner is not None:
                    self._by_id.setdefault(str(identifier), owner)
        known = self._texts.get(target)
        if known is not None:
            return known
        found = self._by_id.get(target.removeprefix("#"))
        if found is None:
            self.missing.add(target[:60])
            return ""
        text = self.readable(found).replace("\n", "; ") if len(found) else squeeze(found.text)
        self._texts[target] = text
        return text

    def text_of(self, element: Element | None) -> str:
        """The wording of an ED element (`text`, `originalText`): inline, or by reference into the narrative."""
        if element is None:
            return ""
        inline = squeeze(element.text)
        if inline:
            return inline
        for inner in element:
            if inner.tag == REFERENCE:
                target = inner.get("value", "")
                return "" if "://" in target else self.resolve(target)
        return squeeze(plain_text(element)) if len(element) else ""
