"""The words the rules share: which lists a code or a wording belongs to, what a result word or a unit means.

Everything is read from the shelf once. SNOMED CT stands in a file of its own (`snomed.csv`); without that file the rest works.
"""

import math
from functools import cache, lru_cache

import msgspec

from zonula.chart import Fact, System
from zonula.chart_review.mentions import Cues, Mention, MentionReader
from zonula.chart_review.reading import ResultWords, numeric
from zonula.chart_review.spans import Span
from zonula.errors import KnowledgeError
from zonula.knowledge import Shelf, shelf

ROOM = "chart_review"
CODE_LISTS = ("icd", "loinc", "snomed", "zonula")
_HIERARCHIES = frozenset({System.ICD10CM, System.ICD9CM})  # a row covers the codes below it, as prefixes
_NO_LISTS: frozenset[str] = frozenset()


class Measure(msgspec.Struct, frozen=True):
    """How to read a result as a number.

    unit: canonical; units: written unit → factor to canonical; answers: coded or worded answers; plausible: lowest and highest number
    of a living person, beyond which a slip of the pen or the unit is likelier.
    """

    unit: str
    units: dict[str, float]
    answers: dict[str, float] = {}
    plausible: tuple[float, float] | None = None


class OverlapRule(msgspec.Struct, frozen=True):
    """When a domain counts as active, in days (card `chart_review/overlap`)."""

    joins_within: int
    lasts: int


class Vocabulary:
    """The lists, phrases and units of one shelf."""

    def __init__(self, knowledge: Shelf) -> None:
        self.knowledge = knowledge
        self._lists: dict[System, dict[str, set[str]]] = {}
        self.list_names: set[str] = set()
        for name in CODE_LISTS:
            if name == "snomed" and not (knowledge.root / ROOM / "snomed.csv").is_file():
                continue
            for row in knowledge.code_list(f"{ROOM}/{name}"):
                code = _undotted(row.code) if row.system in _HIERARCHIES else row.code
                self._lists.setdefault(row.system, {}).setdefault(code, set()).add(row.more["list"])
                self.list_names.add(row.more["list"])
        phrases = [(row.more["list"], row.code) for row in knowledge.code_list(f"{ROOM}/wording")]
        self.list_names.update(name for name, _ in phrases)
        self.cues = msgspec.convert(self._data("mention_cues"), Cues)
        self._mentions = MentionReader(phrases, self.cues)
        self.result_words = msgspec.convert(self._data("result_words"), ResultWords)
        self.measures = msgspec.convert(self._data("measures"), dict[str, Measure])
        self.overlap = msgspec.convert(self._data("overlap"), OverlapRule)
        names = msgspec.convert(self._data("specialties"), dict[str, list[str]])
        self._specialties = {name.casefold(): specialty for specialty, written in names.items() for name in written}
        self._specialties.update({specialty.casefold(): specialty for specialty in names})
        self.lists_under = lru_cache(maxsize=65536)(self._lists_under)
        self.lists_of_code = lru_cache(maxsize=65536)(self._lists_of_code)
        self.specialty = lru_cache(maxsize=8192)(self._specialty)

    def _data(self, card: str) -> object:
        return self.knowledge.card(f"{ROOM}/{card}").data

    def figure(self, card: str, key: str = "") -> float:
        """The number on a card, or the one under `key` in its data. Raises KnowledgeError when there is none."""
        found = self.knowledge.card(card)
        number = found.data.get(key) if key else found.value
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise KnowledgeError(f"card {card}: {key or 'its value'} is not a number")
        return float(number)

    def _lists_of_code(self, system: System, code: str) -> frozenset[str]:
        """Every list the code belongs to. ICD rows cover the codes below them; dots and case do not matter there."""
        rows = self._lists.get(system)
        if not rows:
            return _NO_LISTS
        if system not in _HIERARCHIES:
            return frozenset(rows.get(code, _NO_LISTS))
        bare = _undotted(code)
        return frozenset(name for end in range(3, len(bare) + 1) for name in rows.get(bare[:end], ()))

    def _lists_under(self, prefix: str, system: System, code: str) -> tuple[str, ...]:
        """The lists of a code whose name begins so."""
        return tuple(name for name in self.lists_of_code(system, code) if name.startswith(prefix))

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every phrase of every list that the text mentions, and how."""
        return self._mentions.read(text) if text else ()

    def _specialty(self, written: str) -> str:
        """The specialty's id, or the wording itself when the list does not know it; "" when nothing was written."""
        plain = " ".join(written.casefold().split())
        return self._specialties.get(plain, plain)

    def measured(self, fact: Fact, measure: str) -> Span | None:
        """The result in the measure's unit; None when there is no number or its unit is unknown to the measure."""
        known = self.measures[measure]
        if fact.value is None:
            for answer in (*(code.code for code in fact.value_codes), fact.value_text.strip().casefold()):
                if answer in known.answers:
                    return (known.answers[answer], known.answers[answer])
            return None
        factor, span = known.units.get(_plain_unit(fact.value.unit)), numeric(fact)
        if factor is None or span is None:
            return None
        low, high = span[0] * factor, span[1] * factor
        if known.plausible and not known.plausible[0] <= fact.value.value * factor <= known.plausible[1]:
            return None
        if fact.value.comparator == "<":
            high = math.nextafter(high, -math.inf)
        elif fact.value.comparator == ">":
            low = math.nextafter(low, math.inf)
        return (low, high)


def _undotted(code: str) -> str:
    return code.replace(".", "").strip().upper()


@lru_cache(maxsize=4096)
def _plain_unit(unit: str) -> str:
    return unit.replace("µ", "u").replace("μ", "u").replace(" ", "").replace("[iU]", "IU").casefold()


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of the shelf that ships with the package."""
    return Vocabulary(shelf())
