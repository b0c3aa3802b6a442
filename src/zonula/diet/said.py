"""A finding of this room from the card it rests on."""

from datetime import date
from typing import Any

from zonula.chart import Finding
from zonula.knowledge import Card


def from_card(card: Card, rule: str, says: str, today: date, **more: Any) -> Finding:
    """A Finding `diet.<rule>` with the grade and the honesty of its card; `more` are further fields of Finding."""
    return Finding(
        id=f"diet.{rule}",
        says=says,
        as_of=today,
        grade=card.grade,
        verified=card.verified,
        **{"according_to": (card.id,), **more},
    )
