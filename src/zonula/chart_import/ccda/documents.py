"""Text that is kept as text: the document itself, sections without coded entries, notes, and bodies that are a file."""

import base64
import binascii

from zonula.chart import UNKNOWN_TIME, Kind, Status, When
from zonula.chart_import.ccda.concepts import concept
from zonula.chart_import.ccda.narrative import plain_text, squeeze
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.people import entity, recorded, writer
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import AUTHOR, CODE, TEXT, TIME, Statement, child
from zonula.chart_import.ccda.times import moment, timing
from zonula.chart_import.ccda.vocabulary import V3

_ASSIGNED_AUTHOR = V3 + "assignedAuthor"


def keep_section_text(reading: Reading, section: Element, title: str) -> bool:
    """Keep a section's narrative as a document fact. Returns whether there was any text."""
    narrative = child(section, TEXT)
    text = "" if narrative is None else reading.references.readable(narrative)
    if not text:
        return False
    what = concept(reading, child(section, CODE))
    author = child(section, AUTHOR)
    who = reading.author if author is None else entity(reading, child(author, _ASSIGNED_AUTHOR))
    reading.keep(
        Kind.DOCUMENT,
        codes=what.codes,
        text=title or what.text or "Untitled section",
        when=reading.written,
        status=Status.CONFIRMED,
        who=who,
        note=text,
        details=(("type", "section"), ("author", who.name)),
    )
    return True


def note(reading: Reading, statement: Statement) -> None:
    """Read a Note Activity or a comment: its text, kind, author and date."""
    text = reading.references.text_of(statement.first(TEXT))
    if not text:
        reading.skip("a note without text")
        return
    what = concept(reading, statement.first(CODE))
    specific = [code for code in what.codes if code.code not in ("34109-9", "48767-8")]
    who = writer(reading, statement)
    reading.keep(
        Kind.DOCUMENT,
        codes=what.codes,
        text=specific[0].display if specific and specific[0].display else what.text or "Note",
        when=timing(reading, statement.first(TIME)).when,
        recorded=recorded(reading, statement),
        status=Status.CONFIRMED,
        who=who,
        note=text,
        details=(("type", "note"), ("author", who.name)),
    )


def keep_document(reading: Reading, root: Element, title: str) -> None:
    """Keep the clinical document itself: what it is, when it was written and by whom."""
    what = concept(reading, child(root, CODE))
    reading.keep(
        Kind.DOCUMENT,
        codes=what.codes,
        text=title or what.text or "Clinical document",
        when=reading.written,
        status=Status.CONFIRMED,
        who=reading.author,
        details=(("type", "clinical-document"), ("author", reading.author.name)),
    )


def keep_file_body(reading: Reading, body: Element, title: str) -> None:
    """Keep an unstructured document (nonXMLBody): plain text is read, any other file is named and not read."""
    reading.enter("unstructured-body")
    text_element = child(body, TEXT)
    media = "unknown type" if text_element is None else text_element.get("mediaType", "text/plain")
    note, why = "", ""
    if text_element is None:
        why = "has no text"
    elif child(text_element, V3 + "reference") is not None:
        why = "points at a file that is not part of this one"
    elif text_element.get("representation") == "B64":
        note, why = _decoded(text_element, media)
    elif media.startswith("text/"):
        note = "\n".join(filter(None, (squeeze(line) for line in plain_text(text_element).splitlines())))
    else:
        why = "is not text"
    if why:
        reading.skip(f"the body of this document ({media}) {why}: a person must read it")
    reading.read["unstructured-body"] += 1
    reading.keep(
        Kind.DOCUMENT,
        text=title or "Unstructured document",
        when=reading.written,
        status=Status.CONFIRMED,
        who=reading.author,
        note=note or f"({media}; its content was not read)",
        details=(("type", "unstructured"), ("author", reading.author.name)),
    )


def _decoded(element: Element, media: str) -> tuple[str, str]:
    written = plain_text(element)
    if not media.startswith("text/"):
        return "", f"is an embedded file of about {len(written) * 3 // 4:,} bytes"
    try:
        return base64.b64decode("".join(written.split()), validate=True).decode("utf-8"), ""
    except (binascii.Error, UnicodeDecodeError):
        return "", "is not readable text"


def written_on(reading: Reading, root: Element) -> When:
    """When the document was written."""
    time = child(root, TIME)
    start = None if time is None else moment(reading, time.get("value"))
    return When(start=start) if start else UNKNOWN_TIME
