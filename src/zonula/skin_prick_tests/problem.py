"""One thing a session shows against itself: what it means for the outcome, in words, with the card it rests on."""

from enum import StrEnum

import msgspec

from zonula.chart import Ask, Level

ROOM = "skin_prick_tests"


class Outcome(StrEnum):
    """Whether the session may be read."""

    VALID = "valid"
    REPEAT = "repeat"
    INVALID = "invalid"


class Problem(msgspec.Struct, frozen=True):
    """outcome None: a caution, which never changes whether the session may be read."""

    outcome: Outcome | None
    rule: str
    says: str
    card: str
    level: Level | None = None
    ask: Ask | None = None
