"""The reading list: what is known for and against each claim of the article, and what would change our mind."""

from datetime import date

import msgspec

from zonula.chart import Finding, State
from zonula.knowledge import Shelf


class _Reading(msgspec.Struct, frozen=True):
    now: str
    evidence_against_or_missing: str
    would_change_our_mind: str


def reading_list(today: date, shelf: Shelf) -> tuple[Finding, ...]:
    """One finding per claim, in order of its name; each cites its card, whose sources can be opened."""
    found = []
    for card in shelf.cards("outcomes/claims"):
        reading = msgspec.convert(card.data, _Reading)
        found.append(
            Finding(
                id=f"outcomes.claim.{card.id.rsplit('/', 1)[1]}",
                says=f"{card.title}. {reading.now} {reading.evidence_against_or_missing} What would change our mind: {reading.would_change_our_mind}",
                as_of=today,
                state=State.UNKNOWN,
                according_to=(card.id,),
                grade=card.grade,
                verified=card.verified,
                hypothesis=True,
            )
        )
    return tuple(found)
