"""What a knowledge card must carry, and what is refused."""

from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from zonula.chart import Grade
from zonula.errors import KnowledgeError

AWAITING_SIGN_OFF = "awaiting clinician sign-off"


class Mark(StrEnum):
    """How a figure was obtained (the confidence marks of the facts file)."""

    READ = "V"
    SECONDARY = "Vs"
    CODE_TABLE = "Vc"
    MEMORY = "M"
    DERIVED = "D"


class CardSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A citable source. link: DOI or web address; for our own derivations, the place in our documentation."""

    title: str
    link: str
    mark: Mark


class DatedValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value and the day from which it holds."""

    since: date
    value: Any


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cited piece of knowledge. See the package docstring for the file format."""

    id: str = ""
    title: str
    meaning: str
    why_it_matters: str
    sources: tuple[CardSource, ...]
    grade: Grade
    verified: bool
    authored_by: str
    checked_by: str
    reviewed: date
    next_review: date
    unit: str = ""
    values: tuple[DatedValue, ...] = ()
    data: Any = None

    @property
    def signed_off(self) -> bool:
        """Whether a licensed clinician has put a name to this card."""
        return self.checked_by != AWAITING_SIGN_OFF

    def overdue(self, today: date) -> bool:
        """Whether the review date has passed; `make check` fails on an overdue card."""
        return self.next_review < today

    def value_on(self, day: date) -> Any:
        """The value in force on that day. Raises KnowledgeError when none was yet."""
        in_force = [dated for dated in self.values if dated.since <= day]
        if not in_force:
            raise KnowledgeError(f"card {self.id}: no value in force on {day.isoformat()}")
        return max(in_force, key=lambda dated: dated.since).value

    @property
    def value(self) -> Any:
        """The newest value. Raises KnowledgeError when the card has none."""
        if not self.values:
            raise KnowledgeError(f"card {self.id}: has no value")
        return max(self.values, key=lambda dated: dated.since).value


def read_card(card_id: str, written: object) -> Card:
    """Check one parsed YAML document and return the card. Raises KnowledgeError saying what is missing or wrong."""
    try:
        card = msgspec.convert(written, Card)
    except msgspec.ValidationError as wrong:
        raise KnowledgeError(f"card {card_id}: {wrong}") from None
    for field in ("title", "meaning", "why_it_matters", "authored_by", "checked_by"):
        if not getattr(card, field).strip():
            raise KnowledgeError(f"card {card_id}: {field} is empty")
    if not card.sources or any(not source.title.strip() or not source.link.strip() for source in card.sources):
        raise KnowledgeError(f"card {card_id}: every card needs a source with a title and a link")
    if card.next_review <= card.reviewed:
        raise KnowledgeError(f"card {card_id}: next_review is not after reviewed")
    if card.verified and any(source.mark in (Mark.MEMORY, Mark.DERIVED) for source in card.sources):
        raise KnowledgeError(f"card {card_id}: a figure from memory or derived by us cannot be marked verified")
    return msgspec.structs.replace(card, id=card_id)
