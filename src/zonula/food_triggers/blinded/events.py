"""What can happen in a trial, as frozen events. Times are local; scores 0 to 10."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from zonula.food_triggers.blinded.design import Design
from zonula.food_triggers.blinded.randomisation import Guess
from zonula.food_triggers.blinded.rules import Declaration
from zonula.food_triggers.blinded.sealing import Sealed


class Reason(StrEnum):
    """Why the person guesses what they guess."""

    TASTE = "taste"
    SIGHT = "sight"
    TOLD = "told"
    SYMPTOMS = "symptoms"
    HUNCH = "hunch"


class Asked(StrEnum):
    """When the guess was asked for: before anything can be felt, or when the period is over."""

    FIRST_PORTION = "first_portion"
    PERIOD_END = "period_end"


class Role(StrEnum):
    """Who someone is to the trial. Only the preparer is meant to know the order."""

    PREPARER = "preparer"
    PATIENT = "patient"
    CLINICIAN = "clinician"
    HOUSEHOLD = "household"


class _Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    at: Annotated[datetime, msgspec.Meta(tz=False)]


class Designed(_Event, frozen=True, kw_only=True, tag="designed"):
    """The design is fixed, and the hash of the sealed allocation published."""

    design: Design
    commitment: str


class Declared(_Event, frozen=True, kw_only=True, tag="declared"):
    """The verdict rule is fixed, before the first period. rule_hash: digest of the declaration."""

    declaration: Declaration
    rule_hash: str
    by: str


class PeriodStarted(_Event, frozen=True, kw_only=True, tag="period_started"):
    """The first portion of a period is eaten."""

    period: int


class PeriodEnded(_Event, frozen=True, kw_only=True, tag="period_ended"):
    """The last portion of a period was eaten or refused."""

    period: int


class Portion(_Event, frozen=True, kw_only=True, tag="portion"):
    """How much of a day's portion was eaten: 0 to 1."""

    period: int
    eaten: float


class Rated(_Event, frozen=True, kw_only=True, tag="rated"):
    """One rating of one outcome."""

    outcome: str
    score: float


class Guessed(_Event, frozen=True, kw_only=True, tag="guessed"):
    """The answer to: which portion do you think this is, and why?"""

    period: int
    guess: Guess
    reason: Reason
    asked: Asked


class Learned(_Event, frozen=True, kw_only=True, tag="learned"):
    """Someone came to know the order, or part of it: the who-knows log."""

    who: str
    role: Role
    how: str


class Deviated(_Event, frozen=True, kw_only=True, tag="deviated"):
    """Anything that was not as planned: illness, rescue drug, travel, a slip of the diet."""

    what: str


class Stopped(_Event, frozen=True, kw_only=True, tag="stopped"):
    """The trial ended before its last period. knew_order: whether whoever decided knew any of the order."""

    by: str
    why: str
    knew_order: bool


class Unsealed(_Event, frozen=True, kw_only=True, tag="unsealed"):
    """The sealed allocation was opened."""

    by: str
    sealed: Sealed


Event = (
    Designed
    | Declared
    | PeriodStarted
    | PeriodEnded
    | Portion
    | Rated
    | Guessed
    | Learned
    | Deviated
    | Stopped
    | Unsealed
)
