"""Short lessons in plain language, each with its sources."""

import msgspec

from zonula.errors import UserError
from zonula.knowledge import Shelf


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """One lesson: a title, sentences to read, and where they come from."""

    id: str
    title: str
    lines: tuple[str, ...]
    sources: tuple[str, ...]
    verified: bool


def lessons(shelf: Shelf) -> tuple[str, ...]:
    """The ids of all lessons."""
    return tuple(card.id.rsplit("/", 1)[1] for card in shelf.cards("diet/lessons"))


def lesson(name: str, shelf: Shelf) -> Lesson:
    """One lesson. Raises UserError for an unknown id."""
    if name not in lessons(shelf):
        raise UserError(f"There is no lesson {name!r}.", f"One of: {', '.join(lessons(shelf))}.")
    card = shelf.card(f"diet/lessons/{name}")
    return Lesson(
        id=name,
        title=card.title,
        lines=tuple(card.data),
        sources=tuple(f"{source.title} ({source.link})" for source in card.sources),
        verified=card.verified,
    )
