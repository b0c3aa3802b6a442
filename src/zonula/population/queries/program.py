# ruff: noqa: S608 - the queries are made of our own names and numbers; text goes through `sets.text`
"""Rules → the few queries that answer them all, in DuckDB's dialect. Each query names a table that the next ones read.

touched            the facts any rule may touch, with what they say
hits, grouped      which fact is in which set; per patient and set: all places, the first, the last
valued             what was read from them
people             one row per patient with maps of the above; once per level, when conditions compare with values
asked              the truths as columns, inner ones first
told               one row per patient and rule whose answer differs from that of an empty chart
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from zonula.chart_review import nodes as n
from zonula.chart_review.evaluate import Evidence
from zonula.chart_review.vocabulary import Vocabulary
from zonula.population.layout import UNDATED
from zonula.population.queries.dictionaries import BITS, Features
from zonula.population.queries.facts import measured_facts, seen_facts
from zonula.population.queries.sets import ALIKE, Member, Sets, Span
from zonula.population.queries.truths import Truths, silent_answers
from zonula.population.queries.values import DAY, LAST_KEY, MEASURE, UPPER_LIMITS, Values

_EMPTY_HITS = "SELECT CAST(0 AS BIGINT) AS patient, CAST(0 AS INT) AS place, CAST(0 AS INT) AS member WHERE 1 = 0"


class Query(NamedTuple):
    """One query and the table it makes."""

    table: str
    sql: str


class Program(NamedTuple):
    """rules: their names in order. silent: what a patient without a row in `told` is answered; None never happens for a rule whose
    answer depends on the patient, as every patient has a row then.
    """

    queries: tuple[Query, ...]
    features: Features
    rules: tuple[str, ...]
    silent: dict[str, Evidence | None]


def program(rules: Mapping[str, n.Truth], words: Vocabulary, today: date) -> Program:
    """Write the queries. Raises TypeError for a node that has no query, so that nothing is ever left out silently."""
    return _Writer(rules, words, today).program()


class _Writer:
    def __init__(self, rules: Mapping[str, n.Truth], words: Vocabulary, today: date) -> None:
        self._rules, self._words = rules, words
        self._today = today.toordinal()
        self._features = Features()
        self._sets = Sets(self._features, self._today, self._compared_with)
        self._values = Values(self._sets, words, self._today, today.year * 10000 + today.month * 100 + today.day)
        self._truths = Truths(self._sets, self._values, words, today)
        self._queries: list[Query] = []

    def _compared_with(self, node: n.Node) -> tuple[Span, int]:
        return self._values.outer(node)  # sets and values need each other

    def program(self) -> Program:
        answers = {name: self._truths.truth(truth) for name, truth in self._rules.items()}
        silent = silent_answers(self._truths, self._rules)
        members = sorted(self._sets.members.values())
        deepest = max(
            [1, *(m.level for m in members), *(s.level for s in self._values.sides.values())]
            + [level for _, _, level in self._values.compared_with.values()]
        )
        self._add("seen", seen_facts(self._features, self._today, self._sets.asked))
        masks = [f"m{place}" for place in range(self._features.columns)]
        columns = ", ".join([*masks, *ALIKE])
        self._add(
            "alike",
            f"SELECT CAST(ROW_NUMBER() OVER (ORDER BY {columns}) AS INT) AS sort, * FROM (SELECT DISTINCT {columns} FROM seen) AS kinds",
        )
        same = " AND ".join(
            [f"t.{mask} = k.{mask}" for mask in masks] + [f"t.{name} IS NOT DISTINCT FROM k.{name}" for name in ALIKE]
        )
        self._add("touched", measured_facts(self._features, self._words, same))
        for level in range(1, deepest + 1):
            self._level(level, members, last=level == deepest)
        self._ask(deepest)
        rows = []
        for place, (name, column) in enumerate(answers.items()):
            number, otherwise = column.number, silent[name]
            differs = "TRUE"
            if otherwise is not None:
                held = "NULL" if otherwise.holds is None else str(otherwise.holds).upper()
                empty = "NULL" if otherwise.value is None else f"CAST({float(otherwise.value)!r} AS DOUBLE)"
                differs = f"(t{number}_h IS DISTINCT FROM {held} OR t{number}_v IS DISTINCT FROM {empty} OR t{number}_b IS NOT NULL)"
            rows.append(
                f"SELECT patient, CAST({place} AS INT) AS rule, t{number}_h AS holds, t{number}_v AS value, t{number}_b AS places"
                f" FROM asked WHERE {differs}"
            )
        self._add("found", " UNION ALL ".join(rows))
        self._add("told", _WITH_IDS)
        return Program(tuple(self._queries), self._features, tuple(answers), silent)

    def _add(self, table: str, sql: str) -> None:
        self._queries.append(Query(table, sql))

    def _level(self, level: int, members: list[Member], *, last: bool) -> None:
        """The sets of one level, what is read from them, and the patients' rows for the next."""
        hits = [] if level == 1 else [f"SELECT patient, place, member FROM hits{level - 1}"]
        joined = "" if level == 1 else f" JOIN outer{level - 1} AS q ON q.patient = t.patient"
        mine = [member for member in members if member.level == level]
        coarse = " UNION ALL ".join(
            f"SELECT sort, CAST({member.number} AS INT) AS member FROM alike WHERE {member.condition}"
            for member in mine
            if member.coarse
        )
        if coarse:
            self._add(f"sorts{level}", coarse)
            hits.append(
                f"SELECT t.patient, t.place, s.member FROM touched AS t JOIN sorts{level} AS s ON s.sort = t.sort"
            )
        hits += [
            f"SELECT t.patient, t.place, CAST({member.number} AS INT) AS member FROM touched AS t{joined}"
            f" WHERE t.sort IN (SELECT sort FROM alike WHERE {member.rough}) AND ({member.condition})"
            for member in mine
            if not member.coarse
        ]
        self._add(f"hits{level}", " UNION ALL ".join(hits) or _EMPTY_HITS)
        self._add(f"grouped{level}", _GROUPED.format(hits=f"hits{level}"))
        for side in self._values.sides.values():
            if side.level == level:
                for name, sql in side.written.before:
                    self._add(name, _of_level(sql, level))
        self._add(f"valued{level}", self._valued(level))
        self._add(f"people{level}", self._people(level, members))
        if not last:
            self._add(f"outer{level}", self._outer(level))

    def _valued(self, level: int) -> str:
        rows = [] if level == 1 else [f"SELECT * FROM valued{level - 1}"]
        rows += [
            f"SELECT patient, CAST({side.number} AS INT) AS number, low, high, CAST(NULL AS INT) AS date_low,"
            f" CAST(NULL AS INT) AS date_high, places FROM ({_of_level(side.written.sql, level)}) AS side{side.number}"
            for side in self._values.sides.values()
            if side.level == level
        ]
        reads = [read for read in self._values.reads.values() if read.level == level]
        if reads:
            listed = ", ".join(
                f"({read.number}, {read.member}, {str(read.one == 'last').upper()}, {read.what})" for read in reads
            )
            measured = {
                side: "".join(
                    f" WHEN r.what = {MEASURE + place} THEN t.v{place}_{side}"
                    for place in self._features.measures.values()
                )
                for side in ("lo", "hi")
            }
            upper = "CASE WHEN t.reference_high > 0 AND t.same_unit THEN t.{} / t.reference_high END"
            rows.append(f"""SELECT g.patient, CAST(r.number AS INT) AS number,
 CASE WHEN r.what = {DAY} THEN CAST(t.day_low AS DOUBLE) WHEN r.what = {UPPER_LIMITS} THEN {upper.format("num_lo")}{measured["lo"]} END AS low,
 CASE WHEN r.what = {DAY} THEN CAST(t.day_high AS DOUBLE) WHEN r.what = {UPPER_LIMITS} THEN {upper.format("num_hi")}{measured["hi"]} END AS high,
 t.date_low, t.date_high, LIST_VALUE(t.place) AS places
FROM grouped{level} AS g
JOIN (SELECT * FROM (VALUES {listed}) AS listed(number, member, latest, what)) AS r ON r.member = g.member
JOIN touched AS t ON t.patient = g.patient AND t.place = CASE WHEN r.latest THEN g.last ELSE g.first END""")
        return " UNION ALL ".join(rows) or _EMPTY_VALUED

    def _people(self, level: int, members: list[Member]) -> str:
        words = range(-(-max(1, len(members)) // BITS))
        present = ", ".join(
            f"BIT_OR(CASE WHEN member >= {word * BITS} AND member < {(word + 1) * BITS}"
            f" THEN CAST(1 AS BIGINT) << CAST(member - {word * BITS} AS INT) ELSE 0 END) AS p{word}"
            for word in words
        )
        zero = ", ".join(f"COALESCE(g.p{word}, 0) AS p{word}" for word in words)
        maps = ", ".join(
            f"MAP_FROM_ENTRIES(LIST(STRUCT_PACK(k := member, v := {column}))) AS {name}"
            for name, column in (("places", "places"), ("firsts", "first"), ("lasts", "last"))
        )
        values = ", ".join(
            f"MAP_FROM_ENTRIES(LIST(STRUCT_PACK(k := number, v := {column}))) AS {column}s"
            for column in ("low", "high", "date_low", "date_high")
        )
        return f"""SELECT b.*, {zero}, g.places, g.firsts, g.lasts, v.lows, v.highs, v.date_lows, v.date_highs, v.proofs
FROM born AS b
LEFT JOIN (SELECT patient, {present}, {maps} FROM grouped{level} GROUP BY patient) AS g ON g.patient = b.patient
LEFT JOIN (SELECT patient, {values}, MAP_FROM_ENTRIES(LIST(STRUCT_PACK(k := number, v := places))) AS proofs
 FROM valued{level} GROUP BY patient) AS v ON v.patient = b.patient"""

    def _outer(self, level: int) -> str:
        columns = "".join(
            f", {span.low} AS o{number}_lo, {span.high} AS o{number}_hi"
            for number, span, known_from in self._values.compared_with.values()
            if known_from <= level
        )
        return f"SELECT patient{columns} FROM people{level}"

    def _ask(self, level: int) -> None:
        """Layers of truths: each query adds those whose parts stand in the one inside it."""
        columns = list(self._truths.columns.values())
        sql = f"SELECT * FROM people{level}"
        for depth in range(1 + max((column.depth for column in columns), default=0)):
            added = ", ".join(
                f"{column.holds} AS t{column.number}_h, CAST({column.value} AS DOUBLE) AS t{column.number}_v, CAST({column.because} AS INT[]) AS t{column.number}_b"
                for column in columns
                if column.depth == depth
            )
            if added:
                sql = f"SELECT *, {added} FROM ({sql}) AS layer{depth}"
        self._add("asked", sql)


def _of_level(sql: str, level: int) -> str:
    """A query over the sets known at one level."""
    return re.sub(r"\bFROM (hits|grouped)\b", rf"FROM \g<1>{level}", sql)


_GROUPED = f"""SELECT patient, member, places, first, CAST(CASE WHEN late < 0 THEN late + {UNDATED * 2} ELSE late END AS INT) AS last
FROM (SELECT patient, member, LIST_SORT(LIST(place)) AS places, MIN(place) AS first, MAX({LAST_KEY}) AS late
 FROM {{hits}} GROUP BY patient, member) AS sorted"""
_EMPTY_VALUED = """SELECT CAST(0 AS BIGINT) AS patient, CAST(0 AS INT) AS number, CAST(0 AS DOUBLE) AS low, CAST(0 AS DOUBLE) AS high,
 CAST(0 AS INT) AS date_low, CAST(0 AS INT) AS date_high, CAST([] AS INT[]) AS places WHERE 1 = 0"""
_WITH_IDS = """SELECT f.patient, f.rule, f.holds, f.value, CASE WHEN i.because IS NULL THEN CAST([] AS TEXT[]) ELSE i.because END AS because
FROM found AS f LEFT JOIN (
 SELECT patient, rule, LIST_TRANSFORM(LIST_SORT(LIST(STRUCT_PACK(place := place, fact := fact))), LAMBDA x : x.fact) AS because
 FROM (SELECT e.patient, e.rule, e.place, t.fact FROM (SELECT patient, rule, UNNEST(places) AS place FROM found) AS e
  JOIN touched AS t ON t.patient = e.patient AND t.place = e.place) AS named
 GROUP BY patient, rule) AS i ON i.patient = f.patient AND i.rule = f.rule"""
BORN = """SELECT patient, sex, DATE_DIFF('DAY', DATE '0001-01-01', birth_earliest) + 1 AS birth_low,
 DATE_DIFF('DAY', DATE '0001-01-01', birth_latest) + 1 AS birth_high,
 CAST(EXTRACT(YEAR FROM birth_earliest) * 10000 + EXTRACT(MONTH FROM birth_earliest) * 100 + EXTRACT(DAY FROM birth_earliest) AS INT) AS birth_date_low,
 CAST(EXTRACT(YEAR FROM birth_latest) * 10000 + EXTRACT(MONTH FROM birth_latest) * 100 + EXTRACT(DAY FROM birth_latest) AS INT) AS birth_date_high
FROM patients"""
