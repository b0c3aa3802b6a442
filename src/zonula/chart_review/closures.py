"""Nodes to closures. Each closure means what `evaluate` says the node means; the features say which buckets to look at."""

from collections.abc import Iterable

from zonula.chart import Kind, Sex
from zonula.chart_review import nodes as n
from zonula.chart_review import reading
from zonula.chart_review.opened import FactTest, Found, Held, OpenChart, Places, SeriesTest, TruthTest, ValueTest
from zonula.chart_review.spans import compared
from zonula.chart_review.value_closures import value_closure
from zonula.chart_review.vocabulary import Vocabulary

_NO_FACTS: Found = ((), ())
KIND_MARKS = {kind.value: 1 << place for place, kind in enumerate(Kind)}
STANDING_MARKS = {said: 1 << (len(Kind) + place) for place, said in enumerate(reading.STANDINGS)}
_FIRST_FEATURE = len(KIND_MARKS) + len(STANDING_MARKS)
_MARKED = {n.Attribute.KIND: KIND_MARKS, n.Attribute.STANDING: STANDING_MARKS}


class Closures:
    """Makes the closures of a set of nodes; equal series are made once and found once per chart."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.features: dict[n.Node, int] = {}
        self._kinds: set[int] = set()  # the features that are a kind of fact: big buckets
        self.slots: dict[n.Series, tuple[int, SeriesTest]] = {}

    def feature(self, node: n.Node) -> int:
        """The bucket of a node that the pass over the facts decides; made when first asked for."""
        known = self.features.get(node)
        if known is None:
            known = self.features[node] = _FIRST_FEATURE + len(self.features)
            if _is_kind(node):
                self._kinds.add(known)
        return known

    def mask(self, node: n.Node) -> int | None:
        """The bits of which a fact's mark must carry one for the condition to be yes; None when bits alone cannot say."""
        if is_feature(node):
            return 1 << self.feature(node)
        if isinstance(node, n.In) and node.attribute in _MARKED:
            marks = _MARKED[node.attribute]
            return sum({marks[value] for value in node.values if value in marks})
        if isinstance(node, n.Or):
            masks = [self.mask(part) for part in node.of]
            if None not in masks:
                union = 0
                for mask in masks:
                    union |= mask or 0
                return union
        return None

    def sources(self, node: n.Node) -> frozenset[int] | None:
        """The buckets that surely hold every fact a condition is yes or unknown for; None when all facts must be asked."""
        if is_feature(node):
            return frozenset({self.feature(node)})
        if isinstance(node, n.And):
            found = [sources for part in node.of if (sources := self.sources(part)) is not None]
            return min(found, key=lambda sources: not self._kinds.isdisjoint(sources), default=None)
        if isinstance(node, n.Or):
            each = [self.sources(part) for part in node.of]
            if all(found is not None for found in each):
                return frozenset(feature for found in each if found is not None for feature in found)
        return None

    def touched(self, node: n.Node) -> int:
        """One bit per feature that can change the answer; -1 when every fact can."""
        touched = 0
        for inner in n.walk(node):
            if isinstance(inner, n.Facts):
                sources = self.sources(inner.where)
                if sources is None:
                    return -1
                for feature in sources:
                    touched |= 1 << feature
        return touched

    def series(self, node: n.Series) -> SeriesTest:
        """The positions of a series."""
        if node not in self.slots:
            test = self._facts(node) if isinstance(node, n.Facts) else self._one(node)
            slot = len(self.slots)

            def remembered(opened: OpenChart) -> Found:
                found = opened.founds[slot]
                if found is None:
                    found = opened.founds[slot] = test(opened)
                return found

            self.slots[node] = (slot, remembered)
        return self.slots[node][1]

    def _facts(self, node: n.Facts) -> SeriesTest:
        sources = self.sources(node.where)
        features = None if sources is None else tuple(sorted(sources))
        parts = node.where.of if isinstance(node.where, n.And) else (node.where,)
        masks = [mask for part in parts if (mask := self.mask(part)) is not None]
        rest = [self.condition(part) for part in parts if self.mask(part) is None]
        return _scan(features, masks, rest[0] if len(rest) == 1 else _joined_conditions(rest, False) if rest else None)

    def _one(self, node: n.First | n.Last) -> SeriesTest:
        inner, last = self.series(node.of), isinstance(node, n.Last)

        def one(opened: OpenChart) -> Found:
            sure, maybe = inner(opened)
            if not sure:
                return ((), maybe) if maybe else _NO_FACTS
            if not last:
                return (sure[:1], ())  # undated facts stand at the end of chart order
            dated = next((place for place in reversed(sure) if opened.facts[place].when.known), sure[-1])
            return ((dated,), ())

        return one

    def condition(self, node: n.Node) -> FactTest:  # noqa: PLR0911 - one case per node
        """Whether the fact at a position meets a condition."""
        mask = self.mask(node)
        if mask is not None:
            return lambda opened, place: opened.marks[place] & mask != 0
        match node:
            case n.In(attribute=attribute, values=values):
                return _attribute_test(attribute, frozenset(values), self.words)
            case n.Measured(measure=measure, operator=operator, right=right):
                against, words = self.value(right), self.words
                return lambda opened, place: compared(
                    words.measured(opened.facts[place], measure), operator, against(opened)[0]
                )
            case n.Within(days=limit):
                allowed = self.value(limit)

                def within(opened: OpenChart, place: int) -> bool | None:
                    span, ago = reading.days(opened.facts[place]), None
                    if span is not None:
                        ago = (max(0, opened.today_ordinal - span[1]), opened.today_ordinal - span[0])
                    return compared(ago, "<=", allowed(opened)[0])

                return within
            case n.After(day=day):
                after = self.value(day)
                return lambda opened, place: compared(reading.days(opened.facts[place]), ">", after(opened)[0])
            case n.Not(of=part):
                inner = self.condition(part)
                return lambda opened, place: None if (holds := inner(opened, place)) is None else not holds
            case n.And(of=members) | n.Or(of=members):
                return _joined_conditions([self.condition(part) for part in members], isinstance(node, n.Or))
        raise TypeError(f"{type(node).__name__} is not a condition")

    def value(self, node: n.Value) -> ValueTest:
        """The span of a number or day, and the positions it was read from."""
        return value_closure(node, self)

    def truth(self, node: n.Node) -> TruthTest:  # noqa: PLR0911 - one case per node
        """The answer to a question."""
        match node:
            case n.Exists(of=series):
                sought = self.series(series)

                def exists(opened: OpenChart) -> Held:
                    sure, maybe = sought(opened)
                    return (True, None, sure) if sure else (None, None, maybe) if maybe else (False, None, ())

                return exists
            case n.Stated(claim=claim, heard=heard):
                claimed, spoken = self.truth(claim), self.series(heard)

                def stated(opened: OpenChart) -> Held:
                    holds, value, because = claimed(opened)
                    if holds is not False:
                        return holds, value, because
                    sure = spoken(opened)[0]
                    return (False, value, sure) if sure else (None, value, ())

                return stated
            case n.Is(of=series, condition=condition):
                chosen, test = self.series(series), self.condition(condition)

                def first_is(opened: OpenChart) -> Held:
                    sure, maybe = chosen(opened)
                    return (test(opened, sure[0]), None, sure[:1]) if sure else (None, None, maybe)

                return first_is
            case n.Compare(left=left, operator=operator, right=right):
                one, other = self.value(left), self.value(right)

                def compare(opened: OpenChart) -> Held:
                    (a, because), (b, more) = one(opened), other(opened)
                    exact = a[0] if a is not None and a[0] == a[1] else None
                    return compared(a, operator, b), exact, _in_order(because, more)

                return compare
            case n.SexIs(sex=sex):
                told = (Sex.FEMALE, Sex.MALE)
                return lambda opened: (opened.patient.sex == sex if opened.patient.sex in told else None, None, ())
            case n.Not(of=part):
                inner = self.truth(part)

                def negated(opened: OpenChart) -> Held:
                    holds, value, because = inner(opened)
                    return (None if holds is None else not holds), value, because

                return negated
            case n.And(of=members) | n.Or(of=members):
                return _joined([self.truth(part) for part in members], isinstance(node, n.Or))
        raise TypeError(f"{type(node).__name__} is not a truth")


def is_feature(node: n.Node) -> bool:
    """Whether the pass over the facts decides the node alone."""
    return isinstance(node, n.CodedIn | n.TextLike) or _is_kind(node) or node == _UNCLEAR


_UNCLEAR = n.In(n.Attribute.CLARITY, (reading.UNCLEAR,))


def _is_kind(node: n.Node) -> bool:
    return isinstance(node, n.In) and node.attribute is n.Attribute.KIND and len(node.values) == 1


def _scan(features: tuple[int, ...] | None, masks: list[int], test: FactTest | None) -> SeriesTest:
    """Ask the facts of some buckets (of all facts, when features is None) in chart order: their marks first, then the rest."""

    def scan(opened: OpenChart) -> Found:
        places: Iterable[int]
        if features is None:
            places = range(len(opened.facts))
        else:
            filled = [bucket for feature in features if (bucket := opened.buckets.get(feature))]
            if not filled:
                return _NO_FACTS
            places = filled[0] if len(filled) == 1 else sorted({place for bucket in filled for place in bucket})
        marks = opened.marks
        for mask in masks:
            places = [place for place in places if marks[place] & mask]
        if test is None:
            return (tuple(places), ())
        sure, maybe = [], []
        for place in places:
            holds = test(opened, place)
            if holds:
                sure.append(place)
            elif holds is None:
                maybe.append(place)
        return (tuple(sure), tuple(maybe))

    return scan


def _joined_conditions(tests: list[FactTest], decisive: bool) -> FactTest:
    """One decisive part decides at once; else an unknown one leaves it open."""

    def joined(opened: OpenChart, place: int) -> bool | None:
        unknown = False
        for test in tests:
            holds = test(opened, place)
            if holds is decisive:
                return decisive
            if holds is None:
                unknown = True
        return None if unknown else not decisive

    return joined


def _joined(tests: list[TruthTest], decisive: bool) -> TruthTest:
    """One decisive part decides (all decisive parts are cited); else the unknown ones leave it open; else all speak."""

    def joined(opened: OpenChart) -> Held:
        helds = [test(opened) for test in tests]
        sought: bool | None = decisive
        deciding = [held for held in helds if held[0] is decisive]
        if not deciding:
            sought, deciding = None, [held for held in helds if held[0] is None]
            if not deciding:
                sought, deciding = not decisive, helds
        if len(deciding) == 1:
            return sought, deciding[0][1], deciding[0][2]
        value = next((held[1] for held in deciding if held[1] is not None), None)
        return sought, value, _in_order(*[held[2] for held in deciding])

    return joined


def _in_order(*because: Places) -> Places:
    """The positions in chart order, each once."""
    told = [places for places in because if places]
    if not told:
        return ()
    if len(told) == 1 and len(told[0]) == 1:
        return told[0]
    return tuple(sorted({place for places in told for place in places}))


def _attribute_test(attribute: n.Attribute, values: frozenset[str], words: Vocabulary) -> FactTest:
    result_words = words.result_words
    match attribute:
        case n.Attribute.STATUS:
            return lambda opened, place: opened.facts[place].status in values
        case n.Attribute.JUDGEMENT:

            def judged(opened: OpenChart, place: int) -> bool | None:
                said = reading.judgement(opened.facts[place], result_words)
                return None if said is None else said in values

            return judged
        case n.Attribute.CLARITY:
            return lambda opened, place: reading.clarity(opened.facts[place], result_words) in values
        case n.Attribute.DIRECTION:
            return lambda opened, place: (
                None if (way := reading.direction(opened.facts[place])) is None else way in values
            )
        case n.Attribute.COURSE:
            return lambda opened, place: reading.course(opened.facts[place], opened.today) in values
        case n.Attribute.SPECIALTY:

            def practised(opened: OpenChart, place: int) -> bool | None:
                specialty = words.specialty(opened.facts[place].specialty)
                return specialty in values if specialty else None

            return practised
    raise TypeError(f"{attribute} is read from the marks")
