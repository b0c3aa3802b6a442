"""Truths as three columns over the row of a patient: `h` (yes, no, null for unknown), `v` (the number it was decided on), `b` (the places
it rests on; null for none).

A leaf whose sets are all empty is answered by its answer on an empty chart, found by the plain evaluator when the query is written.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from zonula.chart import Chart, Patient
from zonula.chart_review import nodes as n
from zonula.chart_review.evaluate import Evidence, PlainEvaluator
from zonula.chart_review.vocabulary import Vocabulary
from zonula.population.queries.dictionaries import BITS
from zonula.population.queries.sets import Sets, compared
from zonula.population.queries.values import Values, looked_up, maybe_places, sets_of, sure_places, union

_PERSONAL = (n.Birth, n.SexIs)


class Column(NamedTuple):
    """One truth. depth: 0 for leaves, else one more than its deepest part."""

    number: int
    depth: int
    holds: str
    value: str
    because: str


class Truths:
    """Numbers the truths of a group of rules."""

    def __init__(self, sets: Sets, values: Values, words: Vocabulary, today: date) -> None:
        self._sets, self._values = sets, values
        self._nobody = PlainEvaluator(Chart(Patient(id="")), today, words)
        self.columns: dict[n.Node, Column] = {}

    def silent(self, node: n.Truth) -> Evidence | None:
        """The answer on an empty chart; None when it depends on the patient."""
        return None if any(isinstance(inner, _PERSONAL) for inner in n.walk(node)) else self._nobody.truth(node)

    def truth(self, node: n.Truth) -> Column:
        """The columns of a truth."""
        known = self.columns.get(node)
        if known is None:
            depth, holds, value, because = self._written(node)
            known = self.columns[node] = Column(len(self.columns), depth, holds, value, because)
        return known

    def _written(self, node: n.Truth) -> tuple[int, str, str, str]:
        match node:
            case n.Stated(claim=claim, heard=heard):
                claimed, spoken = self.truth(claim), self._values.series(heard)
                h, b = f"t{claimed.number}_h", f"t{claimed.number}_b"
                places = sure_places(spoken)
                spoke = _any_of(frozenset({spoken.sure}))
                denied = f"CASE WHEN {spoke} THEN FALSE END"
                holds = f"CASE WHEN {h} IS NOT FALSE THEN {h} ELSE {denied} END"
                because = f"CASE WHEN {h} IS NOT FALSE THEN {b} WHEN {spoke} THEN {places} END"
                return claimed.depth + 1, holds, f"t{claimed.number}_v", because
            case n.Not(of=part):
                inner = self.truth(part)  # type: ignore[arg-type]  # a truth holds truths
                number = inner.number
                return inner.depth + 1, f"NOT t{number}_h", f"t{number}_v", f"t{number}_b"
            case n.And(of=parts) | n.Or(of=parts):
                return self._join([self.truth(part) for part in parts], isinstance(node, n.Or))  # type: ignore[arg-type]
        holds, value, because, sets = self._leaf(node)
        silent = self.silent(node)
        if silent is not None and sets:
            spoken_of = _any_of(sets)
            empty = "NULL" if silent.value is None else f"CAST({float(silent.value)!r} AS DOUBLE)"
            holds = f"CASE WHEN {spoken_of} THEN {holds} ELSE {_literal(silent.holds)} END"
            value = f"CASE WHEN {spoken_of} THEN {value} ELSE {empty} END" if value != "NULL" else value
            because = f"CASE WHEN {spoken_of} THEN {because} END" if because != "NULL" else because
        return 0, holds, value, because

    def _leaf(self, node: n.Truth) -> tuple[str, str, str, frozenset[int]]:
        match node:
            case n.Exists(of=series):
                found = self._values.series(series)
                sure = _any_of(frozenset({found.sure}))
                if found.maybe is None:
                    return sure, "NULL", sure_places(found), sets_of(found)
                maybe = _any_of(frozenset({found.maybe}))
                holds = f"CASE WHEN {sure} THEN TRUE WHEN {maybe} THEN NULL ELSE FALSE END"
                because = f"CASE WHEN {sure} THEN {sure_places(found)} ELSE {maybe_places(found)} END"
                return holds, "NULL", because, sets_of(found)
            case n.Is(of=series, condition=condition):
                return self._first_is(series, condition)
            case n.Compare(left=left, operator=operator, right=right):
                (a, _, sets), (b, _, more) = self._values.value(left), self._values.value(right)
                value = f"CASE WHEN {a.low} = {a.high} THEN CAST({a.low} AS DOUBLE) END"
                return compared(a, operator, b), value, union([a.because, b.because]), sets | more
            case n.SexIs(sex=sex):
                return f"CASE WHEN sex IN ('female', 'male') THEN sex = '{sex.value}' END", "NULL", "NULL", frozenset()
        raise TypeError(f"{type(node).__name__} is not a truth")

    def _first_is(self, series: n.Series, condition: n.Condition) -> tuple[str, str, str, frozenset[int]]:
        found = self._values.series(series)
        where: n.Node = series
        while isinstance(where, n.First | n.Last):
            where = where.of
        yes, unknown, _ = self._sets.joint(where.where, condition)  # type: ignore[attr-defined]  # a series ends in facts
        one = looked_up("lasts" if found.one == "last" else "firsts", found.sure)

        def among(member: int) -> str:
            return f"COALESCE(LIST_CONTAINS({looked_up('places', member)}, {one}), FALSE)"

        holds = f"CASE WHEN {one} IS NULL THEN NULL WHEN {among(yes)} THEN TRUE WHEN {among(unknown)} THEN NULL ELSE FALSE END"
        because = f"CASE WHEN {one} IS NOT NULL THEN LIST_VALUE({one}) ELSE {maybe_places(found)} END"
        return holds, "NULL", because, sets_of(found)

    def _join(self, parts: list[Column], decisive: bool) -> tuple[int, str, str, str]:
        """SQL's own AND and OR are three-valued; the parts that agree with the whole are those that decide."""
        if not parts:
            return 0, _literal(not decisive), "NULL", "NULL"
        whole = (" OR " if decisive else " AND ").join(f"t{part.number}_h" for part in parts)
        agree = [f"(t{part.number}_h IS NOT DISTINCT FROM ({whole}))" for part in parts]
        values = [
            f"CASE WHEN {agrees} THEN t{part.number}_v END" for agrees, part in zip(agree, parts, strict=True) if part.value != "NULL"
        ]  # fmt: skip
        value = f"COALESCE({', '.join(values)})" if len(values) > 1 else values[0] if values else "NULL"
        told = [(agrees, part) for agrees, part in zip(agree, parts, strict=True) if part.because != "NULL"]
        because = union([f"CASE WHEN {agrees} THEN t{part.number}_b END" for agrees, part in told])
        if len(told) > 1:
            nothing = " AND ".join(f"t{part.number}_b IS NULL" for _, part in told)
            because = f"CASE WHEN {nothing} THEN NULL ELSE {because} END"
        return 1 + max(part.depth for part in parts), f"({whole})", value, because


def _any_of(sets: frozenset[int]) -> str:
    """Whether any of the sets holds a fact, by the present bits."""
    masks: dict[int, int] = {}
    for number in sets:
        masks[number // BITS] = masks.get(number // BITS, 0) | 1 << number % BITS
    return "(" + " OR ".join(f"(p{word} & {mask}) <> 0" for word, mask in sorted(masks.items())) + ")"


def _literal(holds: bool | None) -> str:
    return {True: "TRUE", False: "FALSE", None: "CAST(NULL AS BOOLEAN)"}[holds]


def silent_answers(truths: Truths, asked: Mapping[str, n.Truth]) -> dict[str, Evidence | None]:
    """The answer of each rule on an empty chart; None where it depends on the patient."""
    return {name: truths.silent(truth) for name, truth in asked.items()}
