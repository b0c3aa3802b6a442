"""Values to closures: each means what `evaluate` says the node means."""

from collections.abc import Callable
from typing import Protocol

from zonula.chart import Fact
from zonula.chart_review import derived, overlap, reading
from zonula.chart_review import nodes as n
from zonula.chart_review.opened import OpenChart, Places, SeriesTest, ValueTest
from zonula.chart_review.spans import Span, full_years
from zonula.chart_review.vocabulary import Vocabulary


class Maker(Protocol):
    """What makes the closures of the other sorts of node."""

    words: Vocabulary

    def series(self, node: n.Series) -> SeriesTest:
        """The positions of a series."""

    def value(self, node: n.Value) -> ValueTest:
        """The span of a value."""

    def mask(self, node: n.Node) -> int | None:
        """The bits of which a fact's mark must carry one."""


def value_closure(node: n.Value, make: Maker) -> ValueTest:
    """The span of a number or day, and the positions it was read from."""
    match node:
        case n.Figure(card=card, key=key):
            number = make.words.figure(card, key)
            constant: tuple[Span | None, Places] = ((number, number), ())
            return lambda opened: constant
        case n.Today():
            return lambda opened: ((opened.today_ordinal, opened.today_ordinal), ())
        case n.Birth():
            return _birth
        case n.Years(since=since, until=until):
            start, stop = make.value(since), make.value(until)

            def years(opened: OpenChart) -> tuple[Span | None, Places]:
                (a, because), (b, more) = start(opened), stop(opened)
                return full_years(a, b), because + more

            return years
        case n.OverlapOf(of=members):
            tests = [make.series(member) for member in members]
            rule = make.words.overlap

            def overlapping(opened: OpenChart) -> tuple[Span | None, Places]:
                founds = [test(opened)[0] for test in tests]
                series = [[opened.facts[place] for place in found] for found in founds]
                peak = overlap.busiest(series, rule, opened.today_ordinal)
                return (peak.count, peak.at_most), tuple(place for which in peak.which for place in founds[which])

            return overlapping
        case _:
            return _value_of_series(node, make)


def _value_of_series(node: n.Value, make: Maker) -> ValueTest:  # noqa: PLR0911 - one case per node
    words = make.words
    match node:
        case n.CountOf(of=series):
            counted = make.series(series)

            def count(opened: OpenChart) -> tuple[Span | None, Places]:
                sure, maybe = counted(opened)
                return (len(sure), len(sure) + len(maybe)), sure + maybe

            return count
        case n.DistinctOf(of=series, by=by, prefix=prefix):
            told_apart = make.series(series)
            if by == "list":
                return _distinct_lists(told_apart, prefix, make)
            if by == "specialty":
                return _distinct_specialties(told_apart, words)

            def distinct(opened: OpenChart) -> tuple[Span | None, Places]:
                sure, maybe = told_apart(opened)
                keyed = {place: derived.keys(opened.facts[place], by, prefix, words) for place in sure + maybe}
                surely = {key for place in sure for key in keyed[place]}
                at_most = surely | {key for place in maybe for key in keyed[place]}
                return (len(surely), len(at_most)), tuple(place for place, keys in keyed.items() if keys)

            return distinct
        case n.FallOf(of=series, measure=measure, days=limit):
            falling, allowed = make.series(series), make.value(limit)

            def fall(opened: OpenChart) -> tuple[Span | None, Places]:
                sure = falling(opened)[0]
                span, rests = derived.fall([opened.facts[p] for p in sure], measure, allowed(opened)[0], words)
                return span, tuple(p for p in sure if any(opened.facts[p] is fact for fact in rests))

            return fall
        case n.DayOf(of=series):
            return _read_first(make.series(series), reading.days)
        case n.ValueOf(of=series, measure=measure):
            return _read_first(make.series(series), lambda fact: words.measured(fact, measure))
        case n.UpperLimitsOf(of=series):
            return _read_first(make.series(series), derived.upper_limits)
    raise TypeError(f"{type(node).__name__} is not a value")


def _distinct_lists(told_apart: SeriesTest, prefix: str, make: Maker) -> ValueTest:
    lists = [name for name in make.words.list_names if name.startswith(prefix)]
    masks = [make.mask(n.Or((n.CodedIn(name), n.TextLike(name)))) or 0 for name in lists]
    any_list = sum(masks)

    def distinct(opened: OpenChart) -> tuple[Span | None, Places]:
        sure, maybe = told_apart(opened)
        marks = opened.marks
        surely = at_most = 0
        for place in sure:
            surely |= marks[place]
        for place in maybe:
            at_most |= marks[place]
        at_most |= surely
        counts = (sum(1 for mask in masks if mask & surely), sum(1 for mask in masks if mask & at_most))
        return counts, tuple([place for place in sure + maybe if marks[place] & any_list])

    return distinct


def _read_first(test: SeriesTest, read: Callable[[Fact], Span | None]) -> ValueTest:
    def first(opened: OpenChart) -> tuple[Span | None, Places]:
        sure = test(opened)[0]
        return (read(opened.facts[sure[0]]), sure[:1]) if sure else (None, ())

    return first


def _distinct_specialties(told_apart: SeriesTest, words: Vocabulary) -> ValueTest:
    def distinct(opened: OpenChart) -> tuple[Span | None, Places]:
        sure, maybe = told_apart(opened)
        facts, specialty = opened.facts, words.specialty
        surely = {specialty(facts[place].specialty) for place in sure}
        at_most = surely.union([specialty(facts[place].specialty) for place in maybe])
        named = tuple([place for place in sure + maybe if facts[place].specialty.strip()])
        return (len(surely - _UNNAMED), len(at_most - _UNNAMED)), named

    return distinct


_UNNAMED = frozenset({""})


def _birth(opened: OpenChart) -> tuple[Span | None, Places]:
    born = opened.patient.birth
    return (None if born is None else (born.earliest.toordinal(), born.latest.toordinal())), ()
