"""What the vocabulary says of every distinct code, answer, wording, unit and specialty of a staged folder, as small tables.

The vocabulary and the readings of `chart_review` are asked here, once per distinct content; the queries only join. A group of features
that a rule asks in one breath ("a code, an answer or a wording of this list") becomes one bit.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from zonula.chart import Code, Fact, Kind, Quantity
from zonula.chart_review import nodes as n
from zonula.chart_review import reading
from zonula.chart_review.mentions import AFFIRMED
from zonula.chart_review.vocabulary import Vocabulary, _plain_unit

BITS = 62  # per integer column; the sign stays free
Group = frozenset[n.Node]


class Features:
    """The bits, measures and list prefixes a set of rules asks for."""

    def __init__(self) -> None:
        self.groups: dict[Group, int] = {}
        self.measures: dict[str, int] = {}
        self.prefixes: dict[str, int] = {}
        self._lists: dict[str, int] = {}

    def bit(self, features: Iterable[n.Node]) -> tuple[int, int]:
        """The column and the mask of a group of `CodedIn` and `TextLike`."""
        place = self.groups.setdefault(frozenset(features), len(self.groups))
        return place // BITS, 1 << place % BITS

    def measure(self, name: str) -> int:
        """The number of a measure."""
        return self.measures.setdefault(name, len(self.measures))

    def prefix(self, name: str) -> int:
        """The number of a list prefix facts are told apart by."""
        return self.prefixes.setdefault(name, len(self.prefixes))

    @property
    def columns(self) -> int:
        """How many mask columns there are."""
        return max(1, -(-len(self.groups) // BITS))

    def list_number(self, name: str) -> int:
        """A list as a number."""
        return self._lists.setdefault(name, len(self._lists))

    def masks(self, met: Iterable[n.Node]) -> list[int]:
        """The mask columns of something that meets these features."""
        found, masks = set(met), [0] * self.columns
        for group, place in self.groups.items():
            if not found.isdisjoint(group):
                masks[place // BITS] |= 1 << place % BITS
        return masks


class Distinct:
    """The distinct contents of a staged folder."""

    def __init__(
        self,
        concepts: Mapping[int, tuple[Code, ...]],
        answers: Mapping[int, tuple[str, tuple[Code, ...]]],
        wordings: Mapping[int, str],
        units: Sequence[str],
        bounds: Sequence[tuple[float, str, str]],
        specialties: Sequence[str],
    ) -> None:
        self.concepts, self.answers, self.wordings = concepts, answers, wordings
        self.units, self.bounds, self.specialties = units, bounds, specialties


def tables(features: Features, distinct: Distinct, words: Vocabulary) -> dict[str, pa.Table]:
    """The tables the queries join, by name; contents that say nothing to any rule are left out."""
    leaves = [node for group in features.groups for node in group]
    codes = {node for node in leaves if isinstance(node, n.CodedIn) and not node.answer}
    coded_answers = {node for node in leaves if isinstance(node, n.CodedIn) and node.answer}
    texts = {node for node in leaves if isinstance(node, n.TextLike)}
    masks = [pa.field(f"m{place}", pa.int64()) for place in range(features.columns)]
    keys = [pa.field(f"k{place}", pa.list_(pa.int32())) for place in features.prefixes.values()]
    found = {}
    rows: list[tuple[Any, ...]] = []
    for key, written in distinct.concepts.items():
        lists = {name for code in written for name in words.lists_of_code(code.system, code.code)}
        met = features.masks(node for node in codes if node.list in lists)
        rows.append((key, *met, *_numbers(lists, features)))
    found["concept_says"] = _table(_telling(rows), [_KEY, *masks, *keys])
    rows = []
    for key, text in distinct.wordings.items():
        mentions = words.mentions(text)
        said = {(mention.list, mention.said) for mention in mentions}
        met = features.masks(node for node in texts if any((node.list, how) in said for how in node.said))
        affirmed = {mention.list for mention in mentions if mention.said == AFFIRMED}
        rows.append((key, *met, *_numbers(affirmed, features)))
    found["wording_says"] = _table(_telling(rows), [_KEY, *masks, *keys])
    found["answer_says"] = _answers(features, distinct, words, coded_answers, masks)
    found.update(_quantities(features, distinct, words))
    rows = [(written, known) for written in distinct.specialties if (known := words.specialty(written))]
    found["specialty_says"] = _table(rows, [pa.field("written", pa.string()), pa.field("specialty", pa.string())])
    return found


_KEY = pa.field("key", pa.int64())


def _answers(
    features: Features, distinct: Distinct, words: Vocabulary, coded: set[n.CodedIn], masks: list[pa.Field]
) -> pa.Table:
    rows = []
    for key, (text, written) in distinct.answers.items():
        answered = Fact(id="", kind=Kind.OBSERVATION, sources=(), value_text=text, value_codes=written)
        lists = {name for code in written for name in words.lists_of_code(code.system, code.code)}
        met = features.masks(node for node in coded if node.list in lists)
        spans = [words.measured(answered, measure) for measure in features.measures]
        denied = reading.standing(answered, words.result_words) == reading.DENIED
        judged = reading.judgement(answered, words.result_words)
        rows.append((key, *met, denied, judged, *(span[0] if span else None for span in spans)))
    fields = [*masks, pa.field("denies", pa.bool_()), pa.field("judged", pa.string())]
    fields += [pa.field(f"x{place}", pa.float64()) for place in features.measures.values()]
    return _table(_telling(rows), [_KEY, *fields])


def _quantities(features: Features, distinct: Distinct, words: Vocabulary) -> dict[str, pa.Table]:
    """Factors of units, and what each distinct bound such as `<0.5 mg/L` can be in each measure."""

    def spans(value: float, unit: str, comparator: str) -> list[tuple[float, float] | None]:
        fact = Fact(id="", kind=Kind.OBSERVATION, sources=(), value=Quantity(value, unit, comparator))
        return [words.measured(fact, measure) for measure in features.measures]

    number = pa.float64()
    factors = [
        (unit, *(words.measures[measure].units.get(_plain_unit(unit)) for measure in features.measures))
        for unit in distinct.units
    ]
    bounds = []
    for value, unit, comparator in distinct.bounds:
        found = spans(value, unit, comparator)
        sides = [side for span in found for side in (span or (None, None))]
        bounds.append((value, unit, comparator, *sides))
    fields = [pa.field(f"{side}{place}", number) for place in features.measures.values() for side in ("lo", "hi")]
    written = [pa.field("value", number), pa.field("unit", pa.string()), pa.field("comparator", pa.string())]
    return {
        "unit_says": _table(factors, [written[1], *(pa.field(f"f{p}", number) for p in features.measures.values())]),
        "bound_says": _table(bounds, [*written, *fields]),
    }


def _numbers(lists: Iterable[str], features: Features) -> list[list[int] | None]:
    under = [
        sorted(features.list_number(name) for name in lists if name.startswith(prefix)) for prefix in features.prefixes
    ]
    return [numbers or None for numbers in under]  # fmt: skip


def _telling(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row for row in rows if any(not (each is None or (isinstance(each, int) and each == 0)) for each in row[1:])]


def _table(rows: list[tuple[Any, ...]], fields: list[pa.Field]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(fields)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
