"""Bytes to an XML tree, hardened: no external entities, no network, no DTD, bounded depth and size.

C-CDA never needs a document type declaration, so a file that has one is refused whole.
"""

import re

from lxml import etree

from zonula.chart_import.ccda.vocabulary import SDTC, V3, XSI_TYPE

Element = etree._Element

_NOT_CDA = {
    "Bundle": "FHIR in XML; ask for FHIR in JSON (.json or .ndjson)",
    "ContinuityOfCareRecord": "an ASTM Continuity of Care Record (CCR); ask for a C-CDA document or FHIR",
    "html": "a web page; ask for the C-CDA document itself (.xml), not its picture in the browser",
    "Envelope": "a SOAP message; take the clinical document out of it first",
}
_WRONG_ENCODING = etree.ErrorTypes.ERR_INVALID_ENCODING
_NAMESPACE = etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE
_MENDED = b"windows-1252"
_DECLARED = re.compile(rb"""^(<\?xml[^>]*?encoding\s*=\s*["'])[A-Za-z0-9._-]+""")


class UnreadableError(Exception):
    """The bytes are no clinical document we can read; the message is the reason and the cure in plain words."""


def document_root(data: bytes) -> tuple[Element, tuple[str, ...]]:
    """The `ClinicalDocument` element in its proper namespaces, and warnings. Raises UnreadableError with a reason."""
    warnings: list[str] = []
    root = _tree(data, warnings)
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError(
            "carries a document type declaration (DTD), which no clinical document needs and which can hide an attack; "
            "ask the sender for a plain C-CDA file"
        )
    name = etree.QName(root).localname
    if name != "ClinicalDocument":
        what = _NOT_CDA.get(name, f"XML, but its outermost element is <{name[:40]}>")
        raise UnreadableError(f"is {what}, not a clinical document (ClinicalDocument)")
    if root.tag != V3 + "ClinicalDocument" or any("prefix" in warning for warning in warnings):
        if root.tag != V3 + "ClinicalDocument":
            warnings.append("the HL7 namespace urn:hl7-org:v3 is missing; read as if it were there")
        _repair_namespaces(root)
    return root, tuple(warnings)


def _parser(recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        recover=recover,
    )


def _tree(data: bytes, warnings: list[str]) -> Element:
    """Parse, with a second reading for the two faults that are common and harmless: wrong encoding, undeclared prefix."""
    data = data.lstrip() if data[:1].isspace() else data
    for _ in range(3):
        parser = _parser()
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as wrong:
            faults = {entry.type for entry in parser.error_log.filter_from_errors()}
            if _WRONG_ENCODING in faults and _MENDED not in data[:200]:
                warnings.append(
                    "the text is not in the encoding it claims; read as Windows-1252, so check accented letters"
                )
                data = _DECLARED.sub(rb"\g<1>" + _MENDED, _declared(data))
            elif faults == {_NAMESPACE}:
                break
            else:
                raise UnreadableError(_reason(wrong)) from None
        except (ValueError, LookupError) as wrong:
            raise UnreadableError(f"is not XML: {wrong}") from None
    warnings.append("a namespace prefix is used but not declared; read by its usual meaning")
    return etree.fromstring(data, _parser(recover=True))


def _declared(data: bytes) -> bytes:
    return data if data.startswith(b"<?xml") else b'<?xml version="1.0" encoding="utf-8"?>' + data


def _reason(wrong: etree.XMLSyntaxError) -> str:
    message = str(wrong.msg or "not well-formed XML")
    if "Excessive depth" in message:
        return "has elements nested deeper than any clinical document (256 levels): damaged or hostile"
    if "entity" in message.lower() and ("loop" in message or "amplification" in message):
        return "has entities that expand without bound, an attack on XML readers"
    if "Document is empty" in message or "Start tag expected" in message:
        return "is empty or not XML"
    return f"is not well-formed XML ({message[:160]}): cut short or damaged; ask for it again"


def _repair_namespaces(root: Element) -> None:
    for element in root.iter(etree.Element):
        tag = str(element.tag)
        if tag.startswith((V3, SDTC)):
            pass
        elif tag.startswith("sdtc:"):
            element.tag = SDTC + tag[5:]
        else:
            element.tag = V3 + tag.rpartition("}")[2].rpartition(":")[2]
        if "xsi:type" in element.attrib:
            element.set(XSI_TYPE, element.attrib.pop("xsi:type"))
