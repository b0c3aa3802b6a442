"""How a wording mentions a phrase: affirmed, denied, uncertain, feared, hypothetical, or of the family.

"No headache, denies itching; mother had MS; rule out lupus; screening for depression" affirms nothing. The reader is small and
explainable on purpose: the text is cut into clauses, a phrase is matched word by word (`*` at the end of a word stands for any
ending), and the cue words of the card `chart_review/mention_cues` that stand before (or after) it in its clause decide. A cue reaches
through a list of short items ("denies chest pain, shortness of breath at rest, or syncope").
"""

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

AFFIRMED, UNCERTAIN = "affirmed", "uncertain"
FEARED = "feared"  # "worried about": a symptom that is there, a disease that may not be
IGNORED = "ignore"  # phrases of this list hide the words they cover: "ST depression"

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[?/,:]|\([-+]\)", re.UNICODE)
_CLAUSE = re.compile(r"[.;!\n]|\bbut\b|\bhowever\b|\balthough\b|\bexcept\b|\bnow has\b", re.IGNORECASE)
_STOPS = frozenset({",", ":", ""})  # what follows them is said of something else
_LISTS = frozenset({",", "/", "or", "nor", "and"})  # what stands between the items of a list
_ITEM = 3  # words an item of a list may have for a cue to reach through it
_MOST_WORDS = 100_000
LABEL = 400  # characters up to which a text is a label worth remembering; narratives are read and forgotten


class Mention(msgspec.Struct, frozen=True, gc=False):
    """One phrase found: of which list, and how it was said."""

    list: str
    said: str


class _Phrase(msgspec.Struct, frozen=True, gc=False):
    list: str
    words: tuple[str, ...]


class Cues(msgspec.Struct, frozen=True):
    """The cue phrases of the card, by how they make a phrase be said.

    before: at most `reach` words earlier, or earlier still at the head of a list; after: at most `behind` words later. stays: cues
    that say nothing of what follows a comma ("not sleeping, headache").
    """

    before: dict[str, list[str]]
    after: dict[str, list[str]]
    reach: int
    behind: int
    stays: frozenset[str] = frozenset()


class MentionReader:
    """Finds the phrases of all lists in a text at once; each distinct text is read once and remembered."""

    def __init__(self, phrases: Iterable[tuple[str, str]], cues: Cues) -> None:
        """phrases: (list, phrase) pairs. Raises ValueError for an empty phrase."""
        self._whole: dict[str, list[_Phrase]] = {}
        self._opening: dict[str, list[_Phrase]] = {}
        for list_name, phrase in phrases:
            words = tuple(phrase.casefold().split())
            if not words:
                raise ValueError(f"an empty phrase in {list_name}")
            shelf = self._opening if words[0].endswith("*") else self._whole
            shelf.setdefault(words[0].rstrip("*"), []).append(_Phrase(list_name, words))
        self._shortest = min((len(opening) for opening in self._opening), default=99)
        self._longest = max((len(opening) for opening in self._opening), default=0)
        self._by_word: dict[str, tuple[_Phrase, ...]] = {}
        self._before = _cue_words(cues.before, -1)  # by their last word
        self._after = _cue_words(cues.after, 0)  # by their first word
        self._reach = cues.reach
        self._behind = cues.behind + 1
        self._stays = frozenset(tuple(cue.casefold().split()) for cue in cues.stays)
        self._remembered = lru_cache(maxsize=65536)(self._read)

    def read(self, text: str) -> tuple[Mention, ...]:
        """Every mention in a text, in order, each once."""
        return self._remembered(text) if len(text) <= LABEL else self._read(text)

    def _read(self, text: str) -> tuple[Mention, ...]:
        found: dict[Mention, None] = {}
        for clause in _CLAUSE.split(text.casefold()):
            words = _WORD.findall(clause)
            spans = [
                (place, end, phrase.list)
                for place, word in enumerate(words)
                for phrase in self._starting(word)
                if (end := place + len(phrase.words)) <= len(words) and all(map(_alike, phrase.words, words[place:end]))
            ]
            if not spans:
                continue
            ignored = {place for start, end, name in spans if name == IGNORED for place in range(start, end)}
            cues = list(words)  # the words of a phrase are no cues for others: "no energy, bloated"
            for start, end, _ in spans:
                cues[start:end] = [""] * (end - start)
            for start, end, name in spans:
                if ignored.isdisjoint(range(start, end)):
                    # "celiac" inside "celiac disease" is said as the whole is
                    whole = [(first, last) for first, last, _ in spans if first <= start and end <= last]
                    first, last = min(first for first, _ in whole), max(last for _, last in whole)
                    found[Mention(name, self._said(cues, first, last))] = None
        return tuple(found)

    def _starting(self, word: str) -> tuple[_Phrase, ...]:
        """The phrases that can begin with this word; remembered, because a language has few words."""
        known = self._by_word.get(word)
        if known is None:
            if len(self._by_word) > _MOST_WORDS:
                self._by_word.clear()
            starting = list(self._whole.get(word, ()))
            for length in range(self._shortest, min(self._longest, len(word)) + 1):
                starting.extend(self._opening.get(word[:length], ()))
            known = self._by_word[word] = tuple(starting)
        return known

    def _said(self, words: list[str], start: int, end: int) -> str:
        for behind in range(end, min(end + self._behind, len(words))):
            for said, cue in self._after.get(words[behind], ()):
                if tuple(words[behind : behind + len(cue)]) == cue:
                    return said
            if words[behind] in _STOPS:
                break
        return self._said_before(words, start)

    def _said_before(self, words: list[str], start: int) -> str:
        """By the nearest cue before it; of those that end at one word, the longest."""
        item, comma, listed = 0, False, True
        for stop in range(start, 0, -1):
            word = words[stop - 1]
            if start - stop >= self._reach and not (listed and (comma or word in _LISTS)):
                break
            for said, cue in self._before.get(word, ()):
                if (
                    len(cue) <= stop
                    and tuple(words[stop - len(cue) : stop]) == cue
                    and not (comma and cue in self._stays)
                ):
                    return said
            comma |= word == ","
            item = 0 if word in _LISTS else item + (word != "")
            listed &= item <= _ITEM
        return AFFIRMED


def _cue_words(cues: dict[str, list[str]], key: int) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Cues by their word at `key`, the longest first, so that "family history of" is seen before "history of"."""
    spelled = [(said, tuple(cue.casefold().split())) for said, written in cues.items() for cue in written]
    by_word: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for said, cue in sorted(spelled, key=lambda pair: (-len(pair[1]), pair)):
        by_word.setdefault(cue[key], []).append((said, cue))
    return by_word


def _alike(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern
