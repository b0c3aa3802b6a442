"""What a document is, told from its content, never from its name alone."""

import codecs
import re
from enum import StrEnum
from typing import NamedTuple


class Form(StrEnum):
    """The forms of document that have a reader."""

    FHIR = "fhir"
    NDJSON = "ndjson"
    CCDA = "ccda"
    CSV = "csv"


class Recognised(NamedTuple):
    """form None: refused, with the reason. data: as the reader needs it (UTF-8 for JSON and CSV, as written for XML)."""

    form: Form | None
    data: bytes
    warning: str = ""
    reason: str = ""


_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BY_START = (
    (b"%PDF", "is a PDF; Zonula reads FHIR JSON, C-CDA XML and CSV"),
    (b"\x89PNG", "is a picture; Zonula reads FHIR JSON, C-CDA XML and CSV"),
    (b"\xff\xd8\xff", "is a picture; Zonula reads FHIR JSON, C-CDA XML and CSV"),
    (b"\xd0\xcf\x11\xe0", "is an office document; save its content as CSV"),
    (b"MSH|", "is an HL7 v2 message; ask the sender for FHIR R4 or C-CDA"),
    (b"{\\rtf", "is an RTF text; Zonula reads FHIR JSON, C-CDA XML and CSV"),
)
_CCDA = re.compile(rb"<(\w+:)?ClinicalDocument[\s>]")
_FHIR_XML = re.compile(rb"xmlns(:\w+)?\s*=\s*[\"']http://hl7\.org/fhir[\"']")
_HTML = re.compile(rb"<(!doctype\s+)?html", re.IGNORECASE)
_HEAD = 65_536


def recognised(name: str, data: bytes) -> Recognised:
    """Tell what `data` is. Text that is not UTF-8 is turned into UTF-8 where its encoding is plain, with a warning."""
    reason = next((why for start, why in _BY_START if data.startswith(start)), "")
    if data[128:132] == b"DICM":
        reason = "is a DICOM image; Zonula reads FHIR JSON, C-CDA XML and CSV"
    if reason:
        return Recognised(None, b"", reason=reason)
    text, warning = _as_utf8(data)
    if text is None:
        return Recognised(None, b"", reason=warning)
    head = text[:_HEAD].lstrip()
    if head[:1] == b"<":
        return _xml(head, data)
    if head[:1] == b"{":
        return _json(name, text, warning)
    return _plain(name, text, head, warning)


def _plain(name: str, text: bytes, head: bytes, warning: str) -> Recognised:
    reason = ""
    if not head:
        reason = "is empty"
    elif head[:1] == b"[":
        reason = "is a JSON list, not a FHIR Bundle, resource or NDJSON file"
    elif b"\0" in head:
        reason = "is not text; Zonula reads FHIR JSON, C-CDA XML and CSV"
    elif not name.lower().endswith((".csv", ".tsv")) and not re.match(rb"[^\r\n]*[,;\t]", head):
        reason = "is of no form that Zonula reads (FHIR JSON, C-CDA XML, CSV)"
    return Recognised(None, b"", reason=reason) if reason else Recognised(Form.CSV, text, warning)


def _as_utf8(data: bytes) -> tuple[bytes | None, str]:
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :], ""
    encoding = next((named for bom, named in _BOMS if data.startswith(bom)), "")
    if not encoding and len(data) >= 4 and data[1:2] == b"\0" != data[:1]:
        encoding = "utf-16-le"
    elif not encoding and len(data) >= 4 and data[:1] == b"\0" != data[1:2]:
        encoding = "utf-16-be"
    if not encoding:
        return data, ""
    try:
        return data.decode(encoding).encode("utf-8"), f"was written in {encoding.upper()}; read as such"
    except UnicodeError:
        return None, f"is damaged text: it begins as {encoding.upper()} and does not go on so"


def _xml(head: bytes, data: bytes) -> Recognised:
    if _CCDA.search(head):
        return Recognised(Form.CCDA, data)
    if _FHIR_XML.search(head):
        return Recognised(None, b"", reason="is FHIR in XML; ask the sender for FHIR R4 in JSON")
    if _HTML.search(head[:1024]):
        return Recognised(None, b"", reason="is a web page; Zonula reads FHIR JSON, C-CDA XML and CSV")
    return Recognised(None, b"", reason="is XML, but neither C-CDA nor any other clinical document that Zonula reads")


def _json(name: str, text: bytes, warning: str) -> Recognised:
    if not text.isascii():
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            text = text.decode("cp1252", "replace").encode("utf-8")
            warning = "is not UTF-8, which JSON must be; read as Windows-1252, so check names with accents"
    return Recognised(Form.NDJSON if _is_ndjson(name, text) else Form.FHIR, text, warning)


def _is_ndjson(name: str, text: bytes) -> bool:
    """More than one line, each an object of its own. Pretty-printed JSON has no line that both opens and closes one."""
    start = len(text) - len(text.lstrip()) if text[:1].isspace() else 0
    end = text.find(b"\n", start)
    if end < 0 or text[end : end + _HEAD].lstrip()[:1] != b"{":
        return False
    return text[start:end].rstrip().endswith(b"}") or name.lower().endswith((".ndjson", ".jsonl"))
