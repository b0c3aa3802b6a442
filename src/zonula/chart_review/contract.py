"""What a review says: the JSON contract, versioned. `docs/schemas/review.schema.json` is printed from these structs.

Dates are ISO text as precise as the record was: "2019", "2019-03" or "2019-03-04". Every `because` lists fact ids that stand in
`facts`; every `according_to` lists card ids that stand in `cards`, so the JSON alone answers "why?".
"""

from datetime import date
from enum import StrEnum

import msgspec

from zonula.chart import Fact, Finding, Sex, State

SCHEMA = "zonula.review/1"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who the review is about. age: full years on the day of the review, None when the record cannot tell."""

    id: str
    name: str = ""
    birth: str | None = None
    age: int | None = None
    sex: Sex = Sex.UNKNOWN


class SkippedPlace(msgspec.Struct, frozen=True):
    """Something in a document that did not become a fact, and why."""

    document: str
    place: str
    reason: str


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One document that was read: how many facts it gave, how many joined another document's fact, how many places were skipped."""

    name: str
    kind: str = ""
    kept: int = 0
    merged: int = 0
    skipped: int = 0
    warnings: tuple[str, ...] = ()


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What the import did, as plain data from whoever ran it. Counts; `per_document` has the lines behind them."""

    documents: int = 0
    resources_read: int = 0
    facts_kept: int = 0
    skipped: tuple[SkippedPlace, ...] = ()
    per_document: tuple[DocumentLine, ...] = ()


class Period(msgspec.Struct, frozen=True):
    """A stretch of days during which a domain was active (card `chart_review/overlap`)."""

    start: date
    end: date


class SymptomDomain(msgspec.Struct, frozen=True, kw_only=True):
    """One of the twelve domains. present: the record affirms it. state: "no" only when it was denied, "unknown" when nobody wrote of it.

    first, last: first onset and last seen. count: facts that affirm it (all, patient-reported included); patient_reported: how many
    of them only the patient said. consider: recognised conditions to exclude while it is present. because: those facts; when state is "no", the facts that deny it.
    """

    id: str
    title: str
    present: bool
    state: State
    first: str | None = None
    last: str | None = None
    count: int = 0
    patient_reported: int = 0
    periods: tuple[Period, ...] = ()
    consider: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    according_to: tuple[str, ...] = ()


class Tests(msgspec.Struct, frozen=True, kw_only=True):
    """The tests in the record. results: single results; distinct: different tests; repeated: tests done more than once.

    Each result is exactly one of normal, abnormal, inconclusive or not_judged (no limit, no interpretation: unknown is not normal).
    """

    results: int = 0
    distinct: int = 0
    repeated: int = 0
    normal: int = 0
    abnormal: int = 0
    inconclusive: int = 0
    not_judged: int = 0


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The burden in figures. years: since the first symptom, None when no symptom is dated."""

    domains_present: int
    max_concurrent_domains: int
    concurrent_domains: tuple[str, ...] = ()
    concurrent_from: date | None = None
    concurrent_to: date | None = None
    first_symptom: str | None = None
    years: float | None = None
    encounters: int = 0
    specialties: int = 0
    specialty_names: tuple[str, ...] = ()
    chronic_conditions: int = 0
    tests: Tests = Tests()


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One time somebody wrote a label down. by: performer, else the sending provider, else "the patient" or "not recorded".

    on: the day it was written down. visited: who was seen when the label was the reason for a visit; nobody knows whose idea it was.
    recorded_as: the record's status of a coded label, else what kind of words it stands in.
    """

    by: str
    visited: str = ""
    specialty: str = ""
    on: str | None = None
    recorded_as: str = ""
    fact: str = ""


class CriterionMet(StrEnum):
    """Where one criterion of a label stands. CANNOT_TELL: the record speaks of it, but a date or result cannot be read."""

    MET = "met"
    NOT_MET = "not_met"
    NEVER_TESTED = "never_tested"
    CANNOT_TELL = "cannot_tell"


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion of a label. supports: whether meeting it speaks for the label (False: it speaks for something else)."""

    id: str
    says: str
    standing: CriterionMet
    supports: bool = True
    because: tuple[str, ...] = ()


class Suspicion(msgspec.Struct, frozen=True, kw_only=True):
    """A label somebody proposed. status is only ever "suspected" or "patient_reported"; recognition says what medicine makes of the label."""

    id: str
    label: str
    status: str
    recognition: str
    proposed_by: str
    proposed_on: str | None = None
    proposals: tuple[Proposal, ...] = ()
    refuted_by_record: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    what_would_refute: str = ""
    because: tuple[str, ...] = ()
    according_to: tuple[str, ...] = ()


class WorkupStatus(StrEnum):
    """Where one first-line test stands. DONE_UNJUDGED: a result without limits or interpretation."""

    REASSURING = "reassuring"
    ABNORMAL = "abnormal"
    INCONCLUSIVE = "inconclusive"
    DONE_UNJUDGED = "done_unjudged"
    NOT_INTERPRETABLE = "not_interpretable"
    MISSING = "missing"


class WorkupItem(msgspec.Struct, frozen=True, kw_only=True):
    """One test of the work-up. groups: "core" and the present domains that ask for it. reason: why not interpretable or inconclusive."""

    id: str
    title: str
    groups: tuple[str, ...]
    status: WorkupStatus
    result: str = ""
    on: str | None = None
    times: int = 0
    reason: str = ""
    because: tuple[str, ...] = ()
    according_to: tuple[str, ...] = ()


class CitedCard(msgspec.Struct, frozen=True, kw_only=True):
    """A knowledge card the review rests on, so that its source can be opened. signed_off: a clinician put a name to it."""

    title: str
    meaning: str
    grade: str
    verified: bool
    signed_off: bool
    reviewed: date
    sources: tuple[tuple[str, str, str], ...]  # title, link, mark


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One chart reviewed on one day. Findings hold everything said; the other keys are the same, arranged for a reader.

    red_flags: findings with a level, most urgent first. facts: every fact a `because` names. cards: every card cited.
    """

    schema: str = SCHEMA
    as_of: date
    patient: Person
    imported: Imported = msgspec.field(name="import", default=Imported())
    symptom_domains: tuple[SymptomDomain, ...]
    summary: Summary
    suspicions: tuple[Suspicion, ...] = ()
    workup: tuple[WorkupItem, ...] = ()
    red_flags: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    facts: dict[str, Fact] = {}
    cards: dict[str, CitedCard] = {}
