"""`Finding`: the only thing the engines say about a patient (law 1: every sentence can be opened)."""

from datetime import date
from enum import StrEnum

import msgspec


class State(StrEnum):
    """Three-valued truth: unknown is neither yes nor no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """How urgently someone must act (facts §3), most urgent first."""

    EMERGENCY = "E"
    URGENT = "U"
    PROMPT = "P"
    HOLD = "H"
    CLINICIAN = "C"

    @property
    def urgency(self) -> int:
        """0 for the most urgent."""
        return "EUPHC".index(self.value)


class Grade(StrEnum):
    """What kind of evidence stands behind a card or a finding."""

    GUIDELINE = "guideline"
    SYSTEMATIC_REVIEW = "systematic_review"
    TRIAL = "trial"
    OBSERVATIONAL = "observational"
    CONSENSUS = "consensus"
    DEFINITION = "definition"
    ENGINEERING = "engineering"  # derived by us, not a guideline
    CLINIC_HYPOTHESIS = "clinic_hypothesis"  # a belief under test; never opens or closes a gate
    NO_EVIDENCE = "no_evidence"
    RECORD = "record"  # counted from the patient's own records; no claim beyond them


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the finding asks someone to do."""

    who: str  # "clinician", "patient", "dietitian", "allergist", "emergency services", …
    what: str
    by: date | None = None


Value = str | int | float | bool | None


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What, value, as of when, because of which facts, according to which source, graded how, and what it asks for.

    id: stable name, `<room>.<rule>[.<subject>]`. says: one plain sentence a clinician can read aloud. because: ids of the facts it
    rests on, in a fixed order. according_to: ids of knowledge cards (`<room>/<card>`). verified: False when any card behind it
    was not verified at its source; pages show that. hypothesis: True where it rests on the clinic's working hypothesis.
    """

    id: str
    says: str
    as_of: date
    state: State = State.YES
    value: Value = None
    unit: str = ""
    interval: tuple[float, float] | None = None
    because: tuple[str, ...] = ()
    according_to: tuple[str, ...] = ()
    grade: Grade
    verified: bool = True
    hypothesis: bool = False
    level: Level | None = None
    asks: tuple[Ask, ...] = ()
