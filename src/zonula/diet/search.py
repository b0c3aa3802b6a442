"""Finding a food by what people call it, with near matches for what they misspell."""

from difflib import SequenceMatcher

import msgspec

from zonula.diet.catalogue import Food, catalogue
from zonula.diet.words import food_names, words
from zonula.knowledge import Shelf

_NEAR = 0.72  # below this two names share letters by chance
_EXACT, _PREFIX, _INSIDE = 1.0, 0.95, 0.9


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A food that a search found. score: 1 for its name or a synonym, lower the less alike the letters are."""

    food: str
    name: str
    called: str
    score: float


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The matches of a search, best first."""

    schema: str = "zonula.diet-search/1"
    asked: str
    matches: tuple[Match, ...]


def food_called(name: str, shelf: Shelf) -> Food | None:
    """The food of exactly this name, synonym or id; None when there is none."""
    found = food_names(shelf).get(words(name))
    return catalogue(shelf).foods[found] if found else None


def search(text: str, shelf: Shelf, most: int = 8) -> tuple[Match, ...]:
    """The foods most like the text, best first: the name itself, then names that hold its words, then near spellings."""
    asked = words(text)
    if not asked:
        return ()
    joined, foods = " ".join(asked), catalogue(shelf).foods
    best: dict[str, Match] = {}
    for name, food in food_names(shelf).items():
        score = _likeness(asked, joined, name)
        if score >= _NEAR and (food not in best or score > best[food].score):
            best[food] = Match(food=food, name=foods[food].name, called=" ".join(name), score=round(score, 3))
    return tuple(sorted(best.values(), key=lambda match: (-match.score, len(match.called), match.food))[:most])


def _likeness(asked: tuple[str, ...], joined: str, name: tuple[str, ...]) -> float:
    if asked == name:
        return _EXACT
    if set(asked) <= set(name):
        return _PREFIX if name[: len(asked)] == asked else _INSIDE
    written = " ".join(name)
    matcher = SequenceMatcher(None, joined, written)
    if matcher.real_quick_ratio() < _NEAR or matcher.quick_ratio() < _NEAR:
        return 0.0
    return min(matcher.ratio(), _INSIDE - 0.01)


def near(text: str, shelf: Shelf) -> tuple[str, ...]:
    """Up to three names to ask back about."""
    return tuple(match.name for match in search(text, shelf, 3))
