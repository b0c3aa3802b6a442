"""The reading list: what is known for and against each claim of the article, and what would change our mind."""

from datetime import date

import msgspec

from zonula.chart import Finding, State
from zonula.knowledge import Card, Shelf


class _Reading(msgspec.Struct, frozen=True):
    now: str
    evidence_against_or_missing: str
    would_change_our_mind: str


class Claim(msgspec.Struct, frozen=True):
    """One claim: its card, what is known of it now, what speaks against it or is missing, and what would change our mind."""

    card: Card
    now: str
    against: str
    would_change_our_mind: str


def claims(shelf: Shelf) -> tuple[Claim, ...]:
    """Every claim in order of its card's name."""
    found = []
    for card in shelf.cards("outcomes/claims"):
        reading = msgspec.convert(card.data, _Reading)
        found.append(Claim(card, reading.now, reading.evidence_against_or_missing, reading.would_change_our_mind))
    return tuple(found)


def reading_list(today: date, shelf: Shelf) -> tuple[Finding, ...]:
    """One finding per claim, in order of its name; each cites its card, whose sources can be opened."""
    return tuple(
        Finding(
            id=f"outcomes.claim.{claim.card.id.rsplit('/', 1)[1]}",
            says=f"{claim.card.title}. {claim.now} {claim.against} What would change our mind: {claim.would_change_our_mind}",
            as_of=today,
            state=State.UNKNOWN,
            according_to=(claim.card.id,),
            grade=claim.card.grade,
            verified=claim.card.verified,
            hypothesis=True,
        )
        for claim in claims(shelf)
    )
