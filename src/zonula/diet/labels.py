"""Reading the free text of a label: what is inside, what may be inside, what is only claimed, and what we do not know.

Claims such as *gluten-free* or *without milk* are not counted as content; they are not counted as proof of absence either, except
where the catalogue knows the labelled food (`gluten-free oats`).
"""

import re
from collections.abc import Iterator

import msgspec

from zonula.diet.catalogue import catalogue
from zonula.diet.words import group_names, label_words, words
from zonula.knowledge import Shelf

_SENTENCE = re.compile(r"(?<!\d)\.(?!\d)|[.;\n](?=\s|$)|\n|(?=\bingredients?\s*:)|(?=\bcontains\s*:)", re.I)
_WARNING = re.compile(
    r"\b(may (?:also )?(?:contain|be present)|can contain|traces?(?: of)?|(?:made|produced|packed|manufactured|processed) (?:in|on)\b.*?"
    r"(?:process(?:es)?|handles?|uses?|contains?)|not suitable for)\b",
    re.I,
)
_CLAIM = re.compile(
    r"\b(?:(?P<list>free (?:from|of)|does not contain)|contains no|without|no added|no(?!\s*\.?\s*\d))\b", re.I
)
# "free from milk, egg and soy" is one claim; anything that reads like ingredients ends it.
_LIST_END = re.compile(r"^[^()]*\b(?:and|or|&)\b[^(),]*$")
_INGREDIENTS = re.compile(r"\b(?:contains?|ingredients?|made|with|but)\b", re.I)
_LONGEST = 5
_NOT_A_CLAIM = frozenset({"range", "run", "roaming", "flowing"})  # "chicken free range"
_FILLERS = frozenset(
    words(
        "a an and or of the with from in for to by on less more than may contain contains ingredient organic natural fresh dried dry "
        "frozen whole pure cold pressed extra virgin refined concentrate concentrated powder ground raw cooked roasted toasted "
        "unsweetened sweetened chopped sliced pasteurised pasteurized uht bio fortified enriched added including following as agent "
        "percent g mg ml kg per total fat free low reduced high light made fair trade non product style flavoured flavored salted "
        "unsalted smoked baked fried steamed new plain allergy advice allergen see bold not suitable trace sufferer based"
    )
)


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a label says, as ids of the catalogue. warned: after *may contain*. unknown: words that are not in our lexicon."""

    contains: tuple[str, ...]
    may_contain: tuple[str, ...]
    warned: tuple[str, ...]
    claimed_free: tuple[str, ...]
    unknown: tuple[str, ...]


def read_label(text: str, shelf: Shelf) -> Label:
    """Read a label or a list of ingredients. Nothing that is not understood is dropped: it stands in `unknown`."""
    found: dict[str, dict[str, None]] = {field: {} for field in Label.__struct_fields__}
    for sentence in _SENTENCE.split(text):
        warning = _WARNING.search(sentence)
        before, after = (sentence[: warning.start()], sentence[warning.end() :]) if warning else (sentence, "")
        _read(before, "contains", found, shelf)
        _read(after, "warned", found, shelf)
    return Label(**{field: tuple(values) for field, values in found.items()})


def _read(text: str, into: str, found: dict[str, dict[str, None]], shelf: Shelf) -> None:
    claim = _CLAIM.search(text)
    if claim is None:
        _read_words(text, into, found, shelf)
        return
    _read(text[: claim.start()], into, found, shelf)
    rest = text[claim.end() :]
    if claim["list"] and _LIST_END.match(rest) and not _INGREDIENTS.search(rest) and _only_allergens(rest, shelf):
        _read_words(rest, "claimed_free", found, shelf)
        return
    # A claim that is no closed list reaches to the next comma or bracket: "no added sugar, milk powder" holds milk.
    end = re.search(r"[,(:]|\b(?:and|but|with)\b", rest)
    end_at = end.start() if end else len(rest)
    _read_words(rest[:end_at], "claimed_free", found, shelf)
    _read(rest[end_at:], into, found, shelf)


def _only_allergens(text: str, shelf: Shelf) -> bool:
    """Whether every word of a claim names an allergen source: a list that also names sugar is a list of ingredients."""
    foods = catalogue(shelf).foods
    return all(
        word is None and all(foods[one].kind == "group" and foods[one].allergens for one in contains) and contains
        for chunk in re.split(r",|\band\b|\bor\b|&", text)
        if words(chunk)
        for word, contains, _, _ in _matches(words(chunk), shelf)
    )


def _read_words(text: str, into: str, found: dict[str, dict[str, None]], shelf: Shelf) -> None:
    for chunk in re.split(r"[,:()\[\]{}/*•]", text):
        unknown: list[str] = []
        for word, contains, may, claimed in _matches(words(chunk), shelf):
            if word is not None:
                unknown.append(word)
            target = "claimed_free" if claimed else into
            found[target].update(dict.fromkeys(contains))
            if into == "contains" and not claimed:
                found["may_contain"].update(dict.fromkeys(may))
            elif into == "warned":
                found["warned"].update(dict.fromkeys(may))
        if unknown and into != "claimed_free":
            found["unknown"][" ".join(unknown)] = None


def _matches(
    tokens: tuple[str, ...], shelf: Shelf
) -> Iterator[tuple[str | None, tuple[str, ...], tuple[str, ...], bool]]:
    """Longest names first: (unknown word or None, contains, may contain, claimed free)."""
    names, aliases = group_names(shelf), label_words(shelf)
    at = 0
    while at < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
            phrase = tokens[at : at + length]
            meaning = aliases.get(phrase) or (((names[phrase],), ()) if phrase in names else None)
            if meaning:
                following = (*tokens[at + length : at + length + 2], "", "")
                claimed = following[0] == "free" and following[1] not in _NOT_A_CLAIM
                yield None, *meaning, claimed
                at += length + claimed
                break
        else:
            if tokens[at] not in _FILLERS and not tokens[at].isdigit():
                yield tokens[at], (), (), False
            at += 1
