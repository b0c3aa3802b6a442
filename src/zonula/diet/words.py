"""Words as people and labels write them, brought to one form: accents, case, plurals and `&` do not matter."""

import re
import unicodedata
from functools import cache

from zonula.diet.catalogue import ROOM, catalogue
from zonula.knowledge import Shelf

_WORD = re.compile(r"[a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "&": " and ", "’": "'"})
_SHORT = 3  # words this short keep their final s: gas, peas would lose too much


def words(text: str) -> tuple[str, ...]:
    """The words of a text in the form the lexicon is kept in."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("'s", "").replace("'", "")
    plain = re.sub(r"\be[\s-]?(\d{3,4}[a-z]?)\b", r"e\1", plain)
    return tuple(singular(word) for word in _WORD.findall(plain))


def singular(word: str) -> str:
    """The singular of an English plural, near enough: the same rule is applied to both sides of every comparison."""
    if len(word) <= _SHORT or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("oes", "shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


@cache
def food_names(shelf: Shelf) -> dict[tuple[str, ...], str]:
    """Every name of a food to its id. Where a food and a group share a name, the food that is eaten comes first."""
    found: dict[tuple[str, ...], str] = {}
    foods = sorted(catalogue(shelf).foods.values(), key=lambda food: food.kind == "group")
    for food in foods:
        for name in (food.id.replace("_", " "), food.name, food.name.split("(")[0], *food.synonyms):
            found.setdefault(words(name), food.id)
    return found


@cache
def group_names(shelf: Shelf) -> dict[tuple[str, ...], str]:
    """Every name to its id, groups before foods: what an exclusion or a label means by the word."""
    found: dict[tuple[str, ...], str] = {}
    foods = sorted(catalogue(shelf).foods.values(), key=lambda food: food.kind != "group")
    for food in foods:
        for name in (food.id.replace("_", " "), food.name, food.name.split("(")[0], *food.synonyms):
            found.setdefault(words(name), food.id)
    return found


@cache
def label_words(shelf: Shelf) -> dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]]:
    """Words of labels to (what they contain, what they may contain), as ids of the catalogue."""
    found = {}
    for row in shelf.code_list(f"{ROOM}/label_words"):
        contains, may = (tuple(one for one in row.more[key].split("|") if one) for key in ("contains", "may_contain"))
        found[words(row.code)] = (contains, may)
    return found
