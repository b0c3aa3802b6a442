"""What a chart review looks like to a reader: plain words in a fixed order, with nothing left to decide for a template."""

from typing import NamedTuple

from zonula.reports.reasons import CardLine, FactLine, Reason
from zonula.reports.timeline import Timeline


class Statement(NamedTuple):
    """One finding as it is read. level: E, U, P, H, C or empty; doubts: what is uncertain about it, in words."""

    id: str
    says: str
    level: str
    level_says: str
    asks: tuple[str, ...]
    doubts: tuple[str, ...]
    grade: str
    reason: Reason


class Figure(NamedTuple):
    """One key number. value: as text; note: what it means or what is in it."""

    label: str
    value: str
    note: str = ""


class DomainRow(NamedTuple):
    """One of the twelve symptom domains. mark: "present", "denied" or "unknown"."""

    id: str
    title: str
    mark: str
    state: str
    first: str
    last: str
    records: str
    note: str
    reason: Reason


class CriterionRow(NamedTuple):
    """One criterion. standing: "met", "not_met", "never_tested" or "cannot_tell"."""

    says: str
    standing: str
    words: str
    reason: Reason


class SuspicionCard(NamedTuple):
    """One label somebody proposed, with what speaks for and against it."""

    label: str
    status: str
    recognition: str
    proposals: tuple[str, ...]
    refuted: bool
    tally: str
    criteria: tuple[CriterionRow, ...]
    what_would_refute: str
    reason: Reason


class WorkupRow(NamedTuple):
    """One first-line test. status: the value of `WorkupStatus`; words: the same in words."""

    title: str
    status: str
    words: str
    result: str
    on: str
    times: str
    asked_by: str
    note: str
    reason: Reason


class DocumentRow(NamedTuple):
    """One document that was read."""

    name: str
    kind: str
    kept: int
    merged: int
    skipped: int


class ImportView(NamedTuple):
    """What the import did. remarks: (document, remark), disagreements between providers included; skipped: (document, place, reason)."""

    says: str
    documents: tuple[DocumentRow, ...]
    remarks: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, str, str], ...]


class Page(NamedTuple):
    """The whole review in words. counted: the statements behind the figures; statements: what has no place of its own."""

    name: str
    who: tuple[str, ...]
    as_of: str
    period: str
    version: str
    disclaimer: str
    flags: tuple[Statement, ...]
    figures: tuple[Figure, ...]
    counted: tuple[Statement, ...]
    tests: tuple[tuple[str, int], ...]
    specialties: tuple[str, ...]
    timeline: Timeline | None
    domains: tuple[DomainRow, ...]
    suspicions: tuple[SuspicionCard, ...]
    workup: tuple[WorkupRow, ...]
    statements: tuple[Statement, ...]
    imported: ImportView
    facts: tuple[FactLine, ...]
    cards: tuple[CardLine, ...]
