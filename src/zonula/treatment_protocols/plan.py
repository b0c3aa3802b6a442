"""What a plan is made of: events that happened, and the state they lead to."""

from datetime import date
from enum import StrEnum
from typing import NoReturn

import msgspec

from zonula.errors import UserError
from zonula.treatment_protocols.gluten import GlutenWords
from zonula.treatment_protocols.protocol import Allowed, Protocol, Stage
from zonula.treatment_protocols.roles import Role

FORMAT = "zonula.plan/1"
START = "start"


class IllegalStepError(UserError):
    """A step the table does not allow, or a gate holds. It changes nothing."""


class Why(StrEnum):
    """Why a food is excluded. Only ELIMINATION ends by itself when the strict phase does."""

    ELIMINATION = "elimination"
    SUSPECT = "suspect"
    ALLERGY = "allergy"
    CELIAC = "celiac"
    VERDICT = "verdict"
    PREFERENCE = "preference"


class Result(StrEnum):
    """What a challenge showed."""

    ACCEPTED = "accepted"
    REACTS = "reacts"
    CANNOT_TELL = "cannot_tell"


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that happened. event: `start`, a step of the protocol, or one of exclude, give_back, challenge, verdict, sign_off,
    override, renew, review, adverse_event, settle, note. by: a name or initials; role: what they answer for.

    open_gates: the gates that were open when it was written; the fold refuses a gated event without them.
    """

    day: date
    event: str
    by: str
    role: Role
    food: str = ""
    form: str = ""
    why: Why | None = None
    reason: str = ""
    review_on: date | None = None
    owner: str = ""
    gate: str = ""
    supervised: bool = False
    result: Result | None = None
    blinded: bool = False
    serious: bool = False
    open_gates: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One patient's plan with the whole protocol it was started with."""

    format: str
    patient: str
    protocol: Protocol
    protocol_fingerprint: str
    events: tuple[Event, ...]


class Exclusion(msgspec.Struct, frozen=True, kw_only=True):
    """One food that is not eaten: why, since when, to be reviewed when, and who owns the decision."""

    food: str
    why: Why
    reason: str
    since: date
    review_on: date | None
    owner: str


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge that is running or waiting for its verdict."""

    food: str
    form: str
    since: date
    supervised: bool
    blinded: bool


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a finished challenge showed; expires is the day it is to be tested again."""

    food: str
    form: str
    day: date
    result: Result
    blinded: bool
    expires: date | None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the cards say and the fold enforces on every reading of a plan. *_days: days.

    challenge_days: from the first portion of an open challenge at home to the earliest day it can be called accepted.
    override_roles: by gate, who may override it.
    """

    strict_days: int
    renewal_days: int
    give_back_days: int
    verdict_days: int
    challenge_days: int
    gluten: GlutenWords
    override_roles: dict[str, tuple[Role, ...]]


class PlanState(msgspec.Struct, frozen=True, kw_only=True):
    """Where the plan stands at the end of a day.

    restricted_days: consecutive days in restricting stages, this one included. give_back: foods to eat again, and by when.
    unsettled: serious adverse events no clinician has
    settled; given: foods that stages gave blinded, once for each period; history: (day, stage) of every stage entered. signed: roles that signed the plan; renewed: days added by full renewals.
    """

    day: date
    stage: str
    since: date
    restricted_since: date | None = None
    renewed: int = 0
    renewing: tuple[Role, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    give_back: tuple[tuple[str, date], ...] = ()
    challenge: Challenge | None = None
    verdicts: tuple[Verdict, ...] = ()
    signed: tuple[Role, ...] = ()
    overrides: tuple[tuple[str, Role, str, str], ...] = ()
    adverse_events: int = 0
    unsettled: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    history: tuple[tuple[date, str], ...] = ()

    @property
    def days_in_stage(self) -> int:
        """Days since the stage was entered; 0 on its first day."""
        return (self.day - self.since).days

    @property
    def restricted_days(self) -> int:
        """Consecutive days under restriction, today included; 0 outside."""
        return 0 if self.restricted_since is None else (self.day - self.restricted_since).days + 1

    def excluded(self, food: str) -> Exclusion | None:
        """The exclusion of that food, or None when it may be eaten."""
        return next((one for one in self.exclusions if one.food.casefold() == food.strip().casefold()), None)


def refuse(what: str, cure: str = "") -> NoReturn:
    """Raise IllegalStepError."""
    raise IllegalStepError(what, cure)


def need(condition: bool, what: str, cure: str = "") -> None:
    """Raise IllegalStepError unless the condition holds."""
    if not condition:
        refuse(what, cure)


def allows(stage: Stage, what: Allowed) -> None:
    """Raise IllegalStepError unless the stage allows this."""
    need(what in stage.allows, f"{what.value.replace('_', ' ')} is not possible in {stage.title}.")


def find(state: PlanState, food: str) -> Exclusion:
    """The exclusion of that food. Raises IllegalStepError when it is not excluded."""
    excluded = state.excluded(food)
    if excluded is None:
        raise IllegalStepError(
            f"{food} is not excluded.", f"Excluded: {', '.join(one.food for one in state.exclusions) or 'nothing'}."
        )
    return excluded
