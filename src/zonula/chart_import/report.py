"""What an import says about itself: per document what was read, kept, merged and skipped, and why."""

import msgspec

from zonula.chart import Fact, Patient


class Skipped(msgspec.Struct, frozen=True):
    """Something that did not become a fact. place: where in the document; reason: in plain words."""

    document: str
    place: str
    reason: str


class DocumentReport(msgspec.Struct, frozen=True, kw_only=True):
    """One document. kind: "fhir-bundle", "fhir-ndjson", "fhir-resource", "ccda", "csv", "repeated" (the same bytes as an earlier
    document) or "refused".

    read: resources or entries by type, e.g. {"Observation": 12}; kept: facts made; merged: facts that joined another document's fact.
    """

    name: str
    kind: str
    read: dict[str, int] = {}
    kept: int = 0
    merged: int = 0
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()


class ReadDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What one reader returns: the report, the patients it names and their facts by patient id (before merging)."""

    report: DocumentReport
    patients: tuple[Patient, ...] = ()
    facts: dict[str, tuple[Fact, ...]] = {}
