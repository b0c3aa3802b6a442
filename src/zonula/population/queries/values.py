# ruff: noqa: S608 - the queries are made of our own names and numbers; text goes through `sets.text`
"""Values of one patient as SQL over the row of the patient: what was read from the first or last fact of a set, counts, ages.

What cannot be read with one look at one fact (distinct, falling, overlapping) is found in a query of its own over the places of its sets.
Either way a value has a number, and the row of the patient carries maps from that number to what it can be and what it rests on.
"""

from typing import NamedTuple

from zonula.chart_review import nodes as n
from zonula.chart_review.vocabulary import Vocabulary
from zonula.population.layout import UNDATED
from zonula.population.queries.sets import Sets, Span

DAY, UPPER_LIMITS, MEASURE = 0, 1, 2  # what is read from a fact; MEASURE + its number
_NO_DAY = "a value that is no day has no years"


class Places(NamedTuple):
    """A series: its sets, and which of them counts. one: "", "first" or "last"."""

    sure: int
    maybe: int | None
    one: str
    level: int


class Read(NamedTuple):
    """One look at the first or last fact of a set."""

    number: int
    member: int
    one: str
    what: int
    level: int


class Written(NamedTuple):
    """A query of its own: rows (patient, low, high, places), over `hits`, `grouped` and `touched`. before: tables it reads, by name."""

    sql: str
    before: tuple[tuple[str, str], ...] = ()


class Side(NamedTuple):
    """A value found by a query of its own."""

    number: int
    written: Written
    level: int


class Values:
    """Numbers the values of a group of rules."""

    def __init__(self, sets: Sets, words: Vocabulary, today: int, today_date: int) -> None:
        self._sets, self._words = sets, words
        self._today = Span(*(f"{day}" for day in (today, today, today_date, today_date)))
        self.reads: dict[tuple[int, str, int], Read] = {}
        self.sides: dict[n.Node, Side] = {}
        self.compared_with: dict[n.Node, tuple[int, Span, int]] = {}
        self._numbers = 0

    def outer(self, node: n.Node) -> tuple[Span, int]:
        """A value for a condition to compare with: a constant, or the columns it will stand in, and its level."""
        span, level, _ = self.value(node)
        if not level:
            return span, 0
        number, _, _ = self.compared_with.setdefault(node, (len(self.compared_with), span, level))
        return Span(f"o{number}_lo", f"o{number}_hi"), level

    def series(self, node: n.Node) -> Places:
        """The sets of a series."""
        match node:
            case n.Facts(where=where):
                return Places(*self._sets.facts(where)[:2], "", self._sets.level(where))
            case n.First(of=inner) | n.Last(of=inner):
                found = self.series(inner)
                # One fact is its own first and last.
                return found._replace(one=found.one or ("last" if isinstance(node, n.Last) else "first"))
        raise TypeError(f"{type(node).__name__} is not a series")

    def value(self, node: n.Node) -> tuple[Span, int, frozenset[int]]:  # noqa: PLR0911 - one case per node
        """The span over the row of the patient, the level from which it is known, and the sets it depends on."""
        match node:
            case n.Figure(card=card, key=key):
                number = repr(self._words.figure(card, key))
                return Span(f"CAST({number} AS DOUBLE)", f"CAST({number} AS DOUBLE)"), 0, frozenset()
            case n.Today():
                return self._today, 0, frozenset()
            case n.Birth():
                return Span("birth_low", "birth_high", "birth_date_low", "birth_date_high"), 1, frozenset()
            case n.Years(since=since, until=until):
                return self._years(since, until)
            case n.CountOf(of=series):
                found = self.series(series)
                return count(found), found.level, sets_of(found)
            case n.DayOf(of=series):
                return self._read(series, DAY)
            case n.ValueOf(of=series, measure=measure):
                return self._read(series, MEASURE + self._sets.features.measure(measure))
            case n.UpperLimitsOf(of=series):
                return self._read(series, UPPER_LIMITS)
            case n.DistinctOf() | n.FallOf() | n.OverlapOf():
                return self._side(node)
        raise TypeError(f"{type(node).__name__} is not a value")

    def _years(self, since: n.Node, until: n.Node) -> tuple[Span, int, frozenset[int]]:
        (a, level, sets), (b, other, more) = self.value(since), self.value(until)
        if not a.date_low or not b.date_low:
            raise TypeError(_NO_DAY)
        low, high = _full_years(a.date_high, b.date_low), _full_years(a.date_low, b.date_high)
        return Span(low, high, because=union([a.because, b.because])), max(level, other), sets | more

    def _read(self, series: n.Node, what: int) -> tuple[Span, int, frozenset[int]]:
        found = self.series(series)
        key = (found.sure, found.one or "first", what)
        if key not in self.reads:
            self.reads[key] = Read(self._next(), *key, found.level)
        return known(self.reads[key].number), found.level, frozenset({found.sure})

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers - 1

    def _side(self, node: n.DistinctOf | n.FallOf | n.OverlapOf) -> tuple[Span, int, frozenset[int]]:
        members = node.of if isinstance(node, n.OverlapOf) else (node.of,)
        if isinstance(node, n.DistinctOf) and isinstance(node.of, n.Facts):
            where = node.of.where
            keyed = _has_key(node, self._sets)
            sure, maybe, level = self._sets.both(
                f"({self._sets.condition(where)}) AND {keyed}",
                where,
                keyed,
                "specialty <> ''" if node.by == "specialty" else "TRUE",
            )
            places = [Places(sure, maybe, "", level)]
        else:
            places = [self.series(member) for member in members]
        level = max((each.level for each in places), default=1)
        sets = frozenset(number for each in places for number in sets_of(each))
        if node not in self.sides:
            number = self._next()
            if isinstance(node, n.DistinctOf):
                written = _distinct(node, places[0], self._sets)
            elif isinstance(node, n.FallOf):
                span, limit_level = self.outer(node.days)
                level = max(level, limit_level + 1 if limit_level else 1)
                written = _fall(number, places[0], self._sets.features.measure(node.measure), span, limit_level)
            else:
                written = _overlap(number, places, self._words, self._today.low)
            self.sides[node] = Side(number, written, level)
        side = self.sides[node]
        span = known(side.number)
        if not isinstance(node, n.FallOf):
            span = span._replace(low=f"COALESCE({span.low}, 0)", high=f"COALESCE({span.high}, 0)")
        return span, side.level, sets


def looked_up(column: str, key: int) -> str:
    """The entry of a map, or null."""
    return f"MAP_EXTRACT_VALUE({column}, {key})"


def known(number: int) -> Span:
    """A numbered value on the row of the patient."""
    columns = ("lows", "highs", "date_lows", "date_highs", "proofs")
    return Span(*(looked_up(column, number) for column in columns))


def sets_of(found: Places) -> frozenset[int]:
    """The sets whose emptiness decides everything about a series."""
    return frozenset({found.sure} if found.maybe is None else {found.sure, found.maybe})


def sure_places(found: Places) -> str:
    """The places that surely are in a series; null when there is none."""
    places = looked_up("places", found.sure)
    if not found.one:
        return places
    one = looked_up(f"{found.one}s", found.sure)
    return f"CASE WHEN {one} IS NOT NULL THEN LIST_VALUE({one}) END"


def maybe_places(found: Places) -> str:
    """The places that may be; of a single fact only when none surely is."""
    if found.maybe is None:
        return "NULL"
    places = looked_up("places", found.maybe)
    return f"CASE WHEN {looked_up('places', found.sure)} IS NULL THEN {places} END" if found.one else places


def union(lists: list[str]) -> str:
    """Lists of places as one, in chart order, each once; null when all are."""
    told = [each for each in dict.fromkeys(lists) if each != "NULL"]
    if not told:
        return "NULL"
    if len(told) == 1:
        return told[0]
    joined = ", ".join(f"COALESCE({each}, CAST([] AS INT[]))" for each in told)
    return f"LIST_SORT(LIST_DISTINCT(LIST_CONCAT({joined})))"


def count(found: Places) -> Span:
    """How many facts a series has."""
    sure = f"COALESCE(ARRAY_LENGTH({sure_places(found)}), 0)"
    maybe = "0" if found.maybe is None else f"COALESCE(ARRAY_LENGTH({maybe_places(found)}), 0)"
    because = union([sure_places(found), maybe_places(found)])
    return Span(sure, sure if maybe == "0" else f"({sure} + {maybe})", because=because)


def _full_years(since: str, until: str) -> str:
    """Full years between two dates written as the number YYYYMMDD; never below zero."""
    years = f"FLOOR({until} / 10000) - FLOOR({since} / 10000) - CASE WHEN {until} % 10000 < {since} % 10000 THEN 1 ELSE 0 END"
    return f"CASE WHEN {until} < {since} THEN 0 ELSE {years} END"


def _rows(found: Places, *, sure: bool) -> str:
    """The places of a series as rows (patient, place)."""
    if sure:
        if not found.one:
            return f"SELECT patient, place FROM hits WHERE member = {found.sure}"
        return f"SELECT patient, {found.one} AS place FROM grouped WHERE member = {found.sure}"
    if not found.one:
        return f"SELECT patient, place FROM hits WHERE member = {found.maybe}"
    return f"""SELECT h.patient, h.place FROM hits AS h LEFT JOIN
 (SELECT patient FROM grouped WHERE member = {found.sure}) AS g ON g.patient = h.patient
 WHERE h.member = {found.maybe} AND g.patient IS NULL"""


def _key(node: n.DistinctOf, sets: Sets) -> str:
    if node.by == "list":
        return f"k{sets.features.prefix(node.prefix)}"
    return {"specialty": "specialty", "wording": "naming", "day": "day_low"}[node.by]


def _has_key(node: n.DistinctOf, sets: Sets) -> str:
    key = _key(node, sets)
    return f"ARRAY_LENGTH({key}) > 0" if node.by == "list" else f"{key} IS NOT NULL"


def _distinct(node: n.DistinctOf, found: Places, sets: Sets) -> Written:
    rows = [f"SELECT patient, place, TRUE AS sure FROM ({_rows(found, sure=True)}) AS s"]
    if found.maybe is not None:
        rows.append(f"SELECT patient, place, FALSE AS sure FROM ({_rows(found, sure=False)}) AS m")
    key = _key(node, sets)
    keyed = f"""SELECT r.patient, r.place, r.sure, {"UNNEST(t." + key + ")" if node.by == "list" else "t." + key} AS told
 FROM ({" UNION ALL ".join(rows)}) AS r JOIN touched AS t ON t.patient = r.patient AND t.place = r.place
 WHERE {_has_key(node, sets).replace(key, "t." + key)}"""
    return Written(f"""SELECT patient, CAST(COUNT(DISTINCT CASE WHEN sure THEN told END) AS DOUBLE) AS low,
 CAST(COUNT(DISTINCT told) AS DOUBLE) AS high, LIST_SORT(LIST_DISTINCT(LIST(place))) AS places
 FROM ({keyed}) AS keyed GROUP BY patient""")


def _fall(number: int, found: Places, measure: int, limit: Span, limit_level: int) -> Written:
    joined = f"JOIN outer{limit_level} AS q ON q.patient = x.patient" if limit_level else ""
    low = f"q.{limit.low}" if limit_level else limit.low
    values = f"""SELECT s.patient, s.place, t.day_low AS day, t.v{measure}_lo AS amount
 FROM ({_rows(found, sure=True)}) AS s JOIN touched AS t ON t.patient = s.patient AND t.place = s.place
 WHERE t.day_low IS NOT NULL AND t.v{measure}_lo = t.v{measure}_hi AND t.v{measure}_lo > 0"""
    name = f"readings{number}"
    lasts = f"SELECT patient, MAX(place) AS place FROM {name} AS y GROUP BY patient"
    ranked = f"""SELECT x.patient, x.place, x.amount, l.place AS last_place, z.amount AS last_amount,
 ROW_NUMBER() OVER (PARTITION BY x.patient ORDER BY x.amount DESC, x.place DESC) AS rank
 FROM {name} AS x JOIN ({lasts}) AS l ON l.patient = x.patient
 JOIN {name} AS z ON z.patient = l.patient AND z.place = l.place {joined}
 WHERE x.place < l.place AND z.day - x.day <= {low}"""
    percent = "GREATEST(CAST(0 AS DOUBLE), (amount - last_amount) / amount * 100)"
    sql = f"""SELECT patient, {percent} AS low, {percent} AS high, LIST_VALUE(place, last_place) AS places
 FROM ({ranked}) AS ranked WHERE rank = 1"""
    return Written(sql, ((name, values),))


def _overlap(number: int, members: list[Places], words: Vocabulary, today: str) -> Written:
    """The first day on which most members were active; see `chart_review.overlap.busiest`, which this follows step by step."""
    rule = words.overlap
    if rule.lasts > rule.joins_within:
        raise ValueError("card chart_review/overlap: lasts is longer than joins_within, which no query can follow")
    covered, stretches, peaks = f"covered{number}", f"stretches{number}", f"peaks{number}"
    rows = " UNION ALL ".join(
        f"SELECT patient, place, {which} AS which FROM ({_rows(found, sure=True)}) AS s{which}"
        for which, found in enumerate(members)
    )
    facts = f"""SELECT r.patient, r.place, r.which, t.stretch_low, t.stretch_high FROM ({rows}) AS r
 JOIN touched AS t ON t.patient = r.patient AND t.place = r.place"""
    before = f"""SELECT *, MAX(stretch_high) OVER (PARTITION BY patient, which ORDER BY stretch_low, stretch_high, place
 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM {covered} AS a WHERE stretch_low IS NOT NULL"""
    numbered = f"""SELECT *, SUM(CASE WHEN reached IS NULL OR stretch_low - reached > {rule.joins_within} THEN 1 ELSE 0 END) OVER
 (PARTITION BY patient, which ORDER BY stretch_low, stretch_high, place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
 FROM ({before}) AS b"""
    islands = f"""SELECT patient, which, MIN(stretch_low) AS start,
 GREATEST(MIN(stretch_low), LEAST(MAX(stretch_high) + {rule.lasts}, {today})) AS until
 FROM ({numbered}) AS c GROUP BY patient, which, island"""
    counted = f"""SELECT s.patient, s.start, COUNT(DISTINCT o.which) AS active FROM
 (SELECT DISTINCT patient, start FROM {stretches} AS d) AS s
 JOIN {stretches} AS o ON o.patient = s.patient AND o.start <= s.start AND o.until >= s.start GROUP BY s.patient, s.start"""
    busiest = f"""SELECT patient, start, active FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY patient ORDER BY active DESC, start) AS rank
 FROM ({counted}) AS e) AS g WHERE rank = 1"""
    chosen = f"""SELECT DISTINCT b.patient, o.which FROM {peaks} AS b
 JOIN {stretches} AS o ON o.patient = b.patient AND o.start <= b.start AND o.until >= b.start"""
    totals = f"""SELECT patient, COUNT(DISTINCT which) AS present,
 MAX(CASE WHEN stretch_low IS NULL THEN 1 ELSE 0 END) AS coarse FROM {covered} AS h GROUP BY patient"""
    resting = f"""SELECT f.patient, LIST_SORT(LIST_DISTINCT(LIST(f.place))) AS places FROM {covered} AS f
 JOIN ({chosen}) AS w ON w.patient = f.patient AND w.which = f.which GROUP BY f.patient"""
    sql = f"""SELECT t.patient, CAST(COALESCE(b.active, 0) AS DOUBLE) AS low,
 CAST(CASE WHEN t.coarse = 1 THEN t.present ELSE COALESCE(b.active, 0) END AS DOUBLE) AS high, r.places
 FROM ({totals}) AS t LEFT JOIN {peaks} AS b ON b.patient = t.patient LEFT JOIN ({resting}) AS r ON r.patient = t.patient"""
    return Written(sql, ((covered, facts), (stretches, islands), (peaks, busiest)))


LAST_KEY = (
    f"CASE WHEN place < {UNDATED} THEN place ELSE place - {UNDATED * 2} END"  # dated before undated, then chart order
)
