"""A paper to hand out: the patient and the version on every page, then headings, paragraphs, lists and tables. Set as an accessible A4 PDF."""

from datetime import date
from typing import Any, NamedTuple

from zonula.reports.typeset import Summary, typeset
from zonula.reports.wording import plain

LONGEST = 1200


class Heading(NamedTuple):
    """The title of a section."""

    text: str


class Paragraph(NamedTuple):
    """Words. tone: empty, `quiet`, or `alarm` for what must not be missed; said in words too."""

    text: str
    tone: str = ""


class Bullets(NamedTuple):
    """A list. Each item: what, and a quieter remark."""

    items: tuple[tuple[str, str], ...]


class Table(NamedTuple):
    """head: names of the columns. rows: as many cells each."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Bullets | Table


class Person(NamedTuple):
    """Who the paper is about, as it stands on every page."""

    name: str
    born: str
    number: str

    @property
    def words(self) -> tuple[str, str, str]:
        """The three in words; what is not known is said."""
        return (
            plain(self.name, 100) or "name not recorded",
            f"born {self.born or 'on an unknown date'}",
            f"No. {plain(self.number, 80)}",
        )


class Paper(NamedTuple):
    """The whole. period: which days it speaks of; footer: the version and what the paper does not say."""

    title: str
    person: Person
    clinic: str
    period: str
    as_of: date
    footer: str
    blocks: tuple[Block, ...]


def paper_pdf(paper: Paper) -> Summary:
    """The PDF, as PDF/UA-1 where the fonts allow it."""
    name, born, number = paper.person.words
    data = {
        "title": paper.title,
        "document": f"{paper.title}, {name}, {paper.as_of}",
        "name": name,
        "who": [born, number],
        "clinic": plain(paper.clinic, 120),
        "period": paper.period,
        "footer": paper.footer,
        "blocks": [_told(block) for block in paper.blocks],
    }
    return typeset("paper.typ", data, paper.as_of)


def _told(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": plain(text, LONGEST)}
        case Paragraph(text, tone):
            return {"kind": "paragraph", "text": plain(text, LONGEST), "tone": tone}
        case Bullets(items):
            return {"kind": "list", "items": [[plain(what, LONGEST), plain(more, LONGEST)] for what, more in items]}
        case Table(head, rows):
            return {
                "kind": "table",
                "head": list(head),
                "rows": [[plain(cell, LONGEST) for cell in row] for row in rows],
            }
