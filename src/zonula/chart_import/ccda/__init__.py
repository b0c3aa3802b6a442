"""C-CDA R2.1 (and older or unconstrained CDA R2) documents into facts.

`read` is pure: bytes in, facts and a report out. How ambiguous lines of the standard are read: docs/SPEC_CLARIFICATIONS.md.
"""

from zonula.chart_import.ccda.documents import keep_file_body
from zonula.chart_import.ccda.header import patient_of, read_header
from zonula.chart_import.ccda.narrative import squeeze
from zonula.chart_import.ccda.parse import UnreadableError, document_root
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.sections import read_sections
from zonula.chart_import.ccda.statement import COMPONENT, TEMPLATE, child
from zonula.chart_import.ccda.vocabulary import C_CDA_ROOT, V3
from zonula.chart_import.report import DocumentReport, ReadDocument, Skipped

__all__ = ["read"]


def read(data: bytes, name: str) -> ReadDocument:
    """Read one document. A file that cannot be read comes back as kind "refused" with the reason; it never raises for bad input."""
    try:
        root, warnings = document_root(data)
        reading = Reading(name, root)
        patient = patient_of(reading, root)
    except UnreadableError as why:
        return ReadDocument(
            report=DocumentReport(name=name, kind="refused", skipped=(Skipped(name, "document", str(why)),))
        )
    if not any(template.get("root", "").startswith(C_CDA_ROOT) for template in root.iterchildren(TEMPLATE)):
        warnings += (
            "a CDA document that does not claim C-CDA; read by its section codes, so compare with the original",
        )
    read_header(reading, root)
    bodies = 0
    for component in root.iterchildren(COMPONENT):
        for body in component:
            if body.tag == V3 + "structuredBody":
                read_sections(reading, body)
                bodies += 1
            elif body.tag == V3 + "nonXMLBody":
                title = child(root, V3 + "title")
                keep_file_body(reading, body, squeeze(title.text) if title is not None else "")
                bodies += 1
    if not bodies:
        reading.place = "document"
        reading.skip("the document has no body")
    reading.link_encounters()
    missing = sorted(reading.references.missing)
    if missing:
        warnings += (
            f"{len(missing)} references point at text that is not in the document, the first is {missing[0]!r}",
        )
    return ReadDocument(
        report=DocumentReport(
            name=name,
            kind="ccda",
            read=dict(reading.read),
            kept=len(reading.facts),
            skipped=tuple(reading.skipped),
            warnings=warnings + reading.warnings,
        ),
        patients=(patient,),
        facts={patient.id: tuple(reading.facts)},
    )
