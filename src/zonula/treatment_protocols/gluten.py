"""Which food names carry gluten: by whole words, so that "Rye bread" is caught and "buckwheat" is not."""

import re

import msgspec

from zonula.knowledge import Shelf

_WORD = re.compile(r"[^\W_]+")


class GlutenWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """words: any of them in a name means gluten. free: phrases that take the word after or before them out (gluten-free bread)."""

    words: frozenset[str]
    free: tuple[str, ...]

    def carried_by(self, food: str) -> bool:
        """Whether a food group or food of this name carries gluten. Unnamed mixtures of grains count as gluten."""
        plain = " ".join(_WORD.findall(food.casefold()))
        if any(phrase in plain for phrase in self.free):
            return False
        return any(word in self.words or word.removesuffix("s") in self.words for word in plain.split())


def gluten_words(shelf: Shelf) -> GlutenWords:
    """The words on the card."""
    return msgspec.convert(shelf.card("treatment_protocols/gluten_groups").data, GlutenWords)
