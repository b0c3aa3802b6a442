"""Series as numbered sets of places, and conditions as SQL over one fact.

A `Facts` becomes two sets, of the facts that surely and that may meet its condition. A set belongs to a level: level 1 asks of the fact
alone, a later one compares it with values read from sets of earlier levels ("after the last result").
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from zonula.chart_review import nodes as n
from zonula.population.queries.dictionaries import Features

# Attributes that never are unknown, and their columns.
_COLUMNS = {
    n.Attribute.KIND: "kind",
    n.Attribute.STATUS: "status",
    n.Attribute.STANDING: "standing",
    n.Attribute.CLARITY: "clarity",
    n.Attribute.COURSE: "course",
    n.Attribute.JUDGEMENT: "judged",
    n.Attribute.DIRECTION: "direction",
    n.Attribute.SPECIALTY: "specialty",
}
ALIKE = ("kind", "status", "standing", "judged", "clarity", "direction", "course", "specialty")  # and the masks
_MAYBE_UNKNOWN = (n.Attribute.JUDGEMENT, n.Attribute.DIRECTION, n.Attribute.SPECIALTY)
_UNKNOWN = "CAST(NULL AS BOOLEAN)"
_FEATURES = (n.CodedIn, n.TextLike)


class Span(NamedTuple):
    """A value as SQL: the lowest and highest it can be; for days also as dates YYYYMMDD; because: the places it was read from."""

    low: str
    high: str
    date_low: str = ""
    date_high: str = ""
    because: str = "NULL"


class Member(NamedTuple):
    """One set, and its condition over the columns of `touched` and of the values it compares with.

    coarse: the condition reads only what `ALIKE` lists, so that facts alike in that are asked once. rough: what facts must be alike in to
    be in the set at all.
    """

    number: int
    condition: str
    level: int
    coarse: bool
    rough: str


def text(value: str) -> str:
    """A string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def compared(left: Span, operator: str, right: Span) -> str:
    """Yes when every value the spans allow compares so, no when none does, else unknown."""
    surely, never = {
        ">=": ("{a.low} >= {b.high}", "{a.high} < {b.low}"),
        ">": ("{a.low} > {b.high}", "{a.high} <= {b.low}"),
        "<=": ("{a.high} <= {b.low}", "{a.low} > {b.high}"),
        "<": ("{a.high} < {b.low}", "{a.low} >= {b.high}"),
    }[operator]
    yes, no = surely.format(a=left, b=right), never.format(a=left, b=right)
    return f"CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END"


class Sets:
    """Numbers the sets of a group of rules. outer: the SQL of a value a condition compares with, and the level of the sets it is read
    from (0 for a constant). asked: what rows must meet that no feature brings in, and what they must meet at least, over `facts` alone.
    """

    def __init__(self, features: Features, today: int, outer: Callable[[n.Node], tuple[Span, int]]) -> None:
        self.features, self._today, self._outer = features, today, outer
        self.members: dict[tuple[str, str], Member] = {}
        self.asked: dict[str, str] = {}

    def facts(self, where: n.Node) -> tuple[int, int | None, int]:
        """The sure set, the maybe set (None when nothing can be unknown) and the level of a condition's facts."""
        return self.both(self.condition(where), where)

    def both(
        self, condition: str, where: n.Node, further: str = "TRUE", further_roughly: str = "TRUE"
    ) -> tuple[int, int | None, int]:
        """The same for a condition already in SQL: `where`, and `further`, which is never unknown. further_roughly: see `asked`."""
        level = self.level(where)
        if not self._bounded(where):
            asked = f"(({self.condition(where, rough=True)}) IS NOT FALSE AND {further})"
            self.asked[asked] = f"({_roughly(where)} AND {further_roughly})"
        unsure = _can_be_unknown(where)
        rough = f"({self.condition(where, rough=True)}) IS NOT FALSE"
        coarse = further == "TRUE" and not _asks_the_fact_itself(where)
        sure = self._set(condition, "sure", level, coarse, rough)
        return sure, self._set(condition, "maybe", level, coarse, rough) if unsure else None, level

    def joint(self, where: n.Node, condition: n.Node) -> tuple[int, int, int]:
        """The facts that surely are in a series and for which a further condition is yes, and those for which it is unknown."""
        level = max(self.level(where), self.level(condition))
        self.facts(where)
        sure, further = self.condition(where), self.condition(condition)
        coarse = not _asks_the_fact_itself(where) and not _asks_the_fact_itself(condition)
        rough = f"({self.condition(where, rough=True)}) IS NOT FALSE"
        yes = self._set(f"({sure}) AND ({further})", "sure", level, coarse, rough)
        return yes, self._set(f"({sure}) AND (({further}) IS NULL)", "sure", level, coarse, rough), level

    def _set(self, condition: str, which: str, level: int, coarse: bool, rough: str) -> int:
        key = (condition, which)
        if key not in self.members:
            asked = condition if which == "sure" else f"({condition}) IS NULL"
            self.members[key] = Member(len(self.members), asked, level, coarse, rough)
        return self.members[key].number

    def level(self, node: n.Node) -> int:
        """1 for conditions of the fact alone, else one more than what they compare with."""
        deepest = 1
        for inner in _values_in(node):
            _, level = self._outer(inner)
            deepest = max(deepest, level + 1 if level else 1)
        return deepest

    def _bounded(self, node: n.Node) -> bool:
        """Whether only facts with a feature can meet the condition or leave it unknown."""
        if isinstance(node, _FEATURES):
            return True
        if isinstance(node, n.And):
            return any(self._bounded(part) for part in node.of)
        return isinstance(node, n.Or) and all(self._bounded(part) for part in node.of)

    def condition(self, node: n.Node, *, rough: bool = False) -> str:  # noqa: PLR0911 - one case per node
        """A condition as SQL. rough: with unknown for whatever is no matter of being alike."""
        match node:
            case n.CodedIn() | n.TextLike():
                return self._featured([node])
            case n.In(attribute=attribute, values=values):
                column = _COLUMNS[attribute]
                listed = ", ".join(text(value) for value in values)
                return f"{column} IN ({listed})" if values else f"CASE WHEN {column} IS NOT NULL THEN FALSE END"
            case n.Measured(measure=measure, operator=operator, right=right):
                number = self.features.measure(measure)
                measured = Span(f"v{number}_lo", f"v{number}_hi")
                return _UNKNOWN if rough else self._against(measured, operator, right)
            case n.Within(days=limit):
                if rough:
                    return _UNKNOWN
                ago = Span(f"GREATEST(0, {self._today} - day_high)", f"({self._today} - day_low)")
                return f"CASE WHEN day_low IS NOT NULL THEN {self._against(ago, '<=', limit)} END"
            case n.After(day=day):
                if rough:
                    return _UNKNOWN
                return self._against(Span("day_low", "day_high"), ">", day)
            case n.Not(of=part):
                return f"NOT ({self.condition(part, rough=rough)})"
            case n.And(of=parts):
                return " AND ".join(f"({self.condition(part, rough=rough)})" for part in parts) or "TRUE"
            case n.Or(of=parts):
                featured = [part for part in parts if isinstance(part, _FEATURES)]
                rest = [f"({self.condition(part, rough=rough)})" for part in parts if not isinstance(part, _FEATURES)]
                return " OR ".join([*([self._featured(featured)] if featured else []), *rest]) or "FALSE"
        raise TypeError(f"{type(node).__name__} is not a condition")

    def _against(self, left: Span, operator: str, right: n.Node) -> str:
        return compared(left, operator, self._outer(right)[0])

    def _featured(self, nodes: Sequence[n.Node]) -> str:
        column, mask = self.features.bit(nodes)
        return f"(m{column} & {mask}) <> 0"


def _roughly(node: n.Node) -> str:
    """What a fact without any feature must meet, over the columns of `facts`, for the condition not to be plainly false."""
    match node:
        case n.CodedIn() | n.TextLike():
            return "FALSE"
        case n.In(attribute=n.Attribute.KIND | n.Attribute.STATUS as attribute, values=values) if values:
            return f"{attribute.value} IN ({', '.join(text(value) for value in values)})"
        case n.In(attribute=n.Attribute.CLARITY, values=("unclear",)):
            return "(value IS NULL OR interpretation = 'indeterminate')"
        case n.And(of=parts):
            return "(" + (" AND ".join(_roughly(part) for part in parts) or "TRUE") + ")"
        case n.Or(of=parts):
            return "(" + (" OR ".join(_roughly(part) for part in parts) or "FALSE") + ")"
    return "TRUE"


def _values_in(condition: n.Node) -> list[n.Node]:
    """The values a condition compares with."""
    match condition:
        case n.Measured(right=value) | n.Within(days=value) | n.After(day=value):
            return [value]
        case n.Not(of=part):
            return _values_in(part)
        case n.And(of=parts) | n.Or(of=parts):
            return [value for part in parts for value in _values_in(part)]
    return []


def _asks_the_fact_itself(node: n.Node) -> bool:
    """Whether the condition asks for a result or a day, in which facts that are otherwise alike differ."""
    match node:
        case n.Measured() | n.Within() | n.After():
            return True
        case n.Not(of=part):
            return _asks_the_fact_itself(part)
        case n.And(of=parts) | n.Or(of=parts):
            return any(_asks_the_fact_itself(part) for part in parts)
    return False


def _can_be_unknown(node: n.Node) -> bool:
    match node:
        case n.Measured() | n.Within() | n.After():
            return True
        case n.In(attribute=attribute):
            return attribute in _MAYBE_UNKNOWN
        case n.Not(of=part):
            return _can_be_unknown(part)
        case n.And(of=parts) | n.Or(of=parts):
            return any(_can_be_unknown(part) for part in parts)
    return False
