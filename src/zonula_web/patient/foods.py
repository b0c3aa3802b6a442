"""The catalogue of foods as a phone searches it offline: id, name, and every name in the form `diet.words` brings words to."""

import gzip
import hashlib
from functools import cache

import msgspec

from zonula.diet import catalogue
from zonula.diet.words import food_names
from zonula_web.records import read


@cache
def foods_file() -> tuple[bytes, str]:
    """The file, compressed, and its fingerprint. Rows: id, name as shown, names to search in separated by `|`, 1 for a group."""
    shelf = read.knowledge()
    names: dict[str, list[str]] = {}
    for words, food in food_names(shelf).items():
        names.setdefault(food, []).append(" ".join(words))
    rows = [
        (food.id, food.name, "|".join(names.get(food.id, ())), int(food.kind == "group"))
        for food in catalogue(shelf).foods.values()
        if food.id in names
    ]
    written = msgspec.json.encode(rows)
    return gzip.compress(written, mtime=0), hashlib.sha256(written).hexdigest()[:16]


def food_name(food: str) -> str:
    """The catalogue's name of a food, or what was written."""
    found = catalogue(read.knowledge()).foods.get(food)
    return found.name if found else food
