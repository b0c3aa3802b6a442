"""One fact: what a record says about a patient, with where it came from.

One frozen struct for all kinds keeps rules, merging and tables uniform; `kind` says how to read it and `DETAILS` lists
the extra keys each kind may carry.
"""

from enum import StrEnum

import msgspec

from zonula.chart.codes import Code
from zonula.chart.moments import UNKNOWN_TIME, Moment, When
from zonula.chart.quantities import Quantity, ReferenceRange


class Kind(StrEnum):
    """The kinds of fact a chart holds."""

    CONDITION = "condition"
    SYMPTOM = "symptom"
    OBSERVATION = "observation"
    MEDICATION = "medication"
    ALLERGY = "allergy"
    PROCEDURE = "procedure"
    ENCOUNTER = "encounter"
    IMMUNISATION = "immunisation"
    DOCUMENT = "document"
    FAMILY_HISTORY = "family_history"


class Status(StrEnum):
    """How far the fact may be trusted and where it stands.

    RESOLVED means it was real and is over (a stopped drug, a healed condition). NOT_DONE covers an explicit "not done".
    """

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    PATIENT_REPORTED = "patient_reported"
    RESOLVED = "resolved"
    REFUTED = "refuted"
    ENTERED_IN_ERROR = "entered_in_error"
    PLANNED = "planned"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


class Interpretation(StrEnum):
    """What the sender said of a result against its own limits; never computed by the importer."""

    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    CRITICAL_LOW = "critical_low"
    CRITICAL_HIGH = "critical_high"
    ABNORMAL = "abnormal"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    INDETERMINATE = "indeterminate"


DETAILS: dict[Kind, tuple[str, ...]] = {
    Kind.CONDITION: ("category", "severity", "body_site"),
    Kind.SYMPTOM: ("severity", "body_site"),
    Kind.OBSERVATION: ("category", "method", "specimen", "device", "absent_reason", "body_site"),
    Kind.MEDICATION: ("dosage", "route", "intent", "reason"),
    Kind.ALLERGY: ("type", "category", "criticality", "reaction", "severity"),
    Kind.PROCEDURE: ("body_site", "reason"),
    Kind.ENCOUNTER: ("class", "type", "reason"),
    Kind.IMMUNISATION: ("lot",),
    Kind.DOCUMENT: ("type", "author"),
    Kind.FAMILY_HISTORY: ("relation", "age_at_onset"),
}


class Source(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a fact was read: document, place inside it (`Observation/123`, `line 7`, an XML path) and who sent it."""

    document: str
    place: str
    provider: str = ""


class Fact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What one or several providers recorded.

    id: unique in the chart and stable between imports of the same documents (`<document>#<place>` of the first source).
    codes: every coding as written. text: the wording a reader sees. when: onset to abatement, collection time, period.
    value, value_text, value_codes: the result in the form it was sent; all empty means no result, which is not "normal".
    part_of: id of the panel or encounter this belongs to. details: extra keys of this kind, see `DETAILS`.
    Write facts with keywords; only the importer's innermost loop uses positions, because twenty keywords cost 0.6 µs.
    """

    id: str
    kind: Kind
    sources: tuple[Source, ...]
    codes: tuple[Code, ...] = ()
    text: str = ""
    when: When = UNKNOWN_TIME
    recorded: Moment | None = None
    status: Status = Status.UNKNOWN
    negated: bool = False
    value: Quantity | None = None
    value_text: str = ""
    value_codes: tuple[Code, ...] = ()
    interpretation: Interpretation | None = None
    reference: ReferenceRange | None = None
    performer: str = ""
    specialty: str = ""
    encounter: str = ""
    part_of: str = ""
    note: str = ""
    details: tuple[tuple[str, str], ...] = ()

    @property
    def asserted(self) -> bool:
        """Whether the record claims this to be or have been so: not negated, refuted, not done, planned or an error."""
        return not self.negated and self.status not in _NOT_ASSERTED

    def detail(self, name: str) -> str:
        """The extra value of that name, or an empty string."""
        return next((value for key, value in self.details if key == name), "")


_NOT_ASSERTED = frozenset({Status.REFUTED, Status.ENTERED_IN_ERROR, Status.PLANNED, Status.NOT_DONE})
