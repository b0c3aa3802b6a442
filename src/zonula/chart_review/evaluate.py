"""What the nodes mean: the plain evaluator. Slow, obvious, and the truth the faster executors must agree with.

`True`, `False` and `None` stand for yes, no and unknown. Facts that begin after today are not seen.
"""

from collections.abc import Iterable
from datetime import date

import msgspec

from zonula.chart import Chart, Fact, Patient, Sex
from zonula.chart_review import derived, overlap, reading
from zonula.chart_review import nodes as n
from zonula.chart_review.spans import Span, compared, full_years, joined_and, joined_or
from zonula.chart_review.vocabulary import Vocabulary


class Selected(msgspec.Struct, frozen=True):
    """The facts that surely are in a series, and those that may be (a date or result cannot be read). Chart order."""

    sure: tuple[Fact, ...]
    maybe: tuple[Fact, ...] = ()


class Evidence(msgspec.Struct, frozen=True):
    """A truth: yes, no or unknown, the number it was decided on when there is one, and the facts it rests on in chart order."""

    holds: bool | None
    value: float | None = None
    because: tuple[str, ...] = ()


class PlainEvaluator:
    """One chart as of one day."""

    def __init__(self, chart: Chart, today: date, words: Vocabulary) -> None:
        self.patient: Patient = chart.patient
        self.today = today
        self.words = words
        self.facts = tuple(fact for fact in chart.facts if reading.seen_on(fact, today))
        self._order = {fact.id: place for place, fact in enumerate(self.facts)}

    def truth(self, node: n.Truth) -> Evidence:  # noqa: PLR0911 - one case per node
        """The answer to a question."""
        match node:
            case n.Exists(of=series):
                found = self.series(series)
                if found.sure:
                    return self._evidence(True, None, found.sure)
                return self._evidence(None if found.maybe else False, None, found.maybe)
            case n.Stated(claim=claim, heard=heard):
                claimed = self.truth(claim)
                if claimed.holds is not False:
                    return claimed
                spoken = self.series(heard).sure
                return self._evidence(False if spoken else None, claimed.value, spoken)
            case n.Is(of=series, condition=condition):
                found = self.series(series)
                if not found.sure:
                    return self._evidence(None, None, found.maybe)
                return self._evidence(self.condition(condition, found.sure[0]), None, found.sure[:1])
            case n.Compare(left=left, operator=operator, right=right):
                (a, because), (b, more) = self.value(left), self.value(right)
                exact = a[0] if a is not None and a[0] == a[1] else None
                return self._evidence(compared(a, operator, b), exact, (*because, *more))
            case n.SexIs(sex=sex):
                recorded = self.patient.sex
                return Evidence(recorded == sex if recorded in (Sex.FEMALE, Sex.MALE) else None)
            case n.Not(of=part):
                inner = self.truth(part)  # type: ignore[arg-type]  # a truth holds truths
                return Evidence(None if inner.holds is None else not inner.holds, inner.value, inner.because)
            case n.And(of=members):
                return self._join([self.truth(part) for part in members], decisive=False)  # type: ignore[arg-type]
            case n.Or(of=members):
                return self._join([self.truth(part) for part in members], decisive=True)  # type: ignore[arg-type]

    def _join(self, members: list[Evidence], *, decisive: bool) -> Evidence:
        """One decisive part decides; else one unknown part leaves it open; else all parts speak together."""
        for sought in (decisive, None):
            deciding = [part for part in members if part.holds is sought]
            if deciding:
                break
        else:
            sought, deciding = not decisive, members
        value = next((part.value for part in deciding if part.value is not None), None)
        ids = {fact_id for part in deciding for fact_id in part.because}
        return Evidence(sought, value, tuple(sorted(ids, key=self._order.__getitem__)))

    def condition(self, node: n.Condition, fact: Fact) -> bool | None:  # noqa: PLR0911 - one case per node
        """Whether one fact meets a condition."""
        match node:
            case n.In(attribute=attribute, values=values):
                said = self.attribute(attribute, fact)
                return None if said is None else said in values
            case n.CodedIn(list=list_name, answer=answer):
                codes = fact.value_codes if answer else fact.codes
                return any(list_name in self.words.lists_of_code(code.system, code.code) for code in codes)
            case n.TextLike(list=list_name, said=said):
                mentions = self.words.mentions(reading.wording(fact))
                return any(mention.list == list_name and mention.said in said for mention in mentions)
            case n.Measured(measure=measure, operator=operator, right=right):
                return compared(self.words.measured(fact, measure), operator, self.value(right)[0])
            case n.Within(days=limit):
                span, (allowed, _) = reading.days(fact), self.value(limit)
                today = self.today.toordinal()
                ago = None if span is None else (float(max(0, today - span[1])), float(today - span[0]))
                return compared(ago, "<=", allowed)
            case n.After(day=day):
                return compared(reading.days(fact), ">", self.value(day)[0])
            case n.Not(of=part):
                inner = self.condition(part, fact)  # type: ignore[arg-type]  # a condition holds conditions
                return None if inner is None else not inner
            case n.And(of=members):
                return joined_and([self.condition(part, fact) for part in members])  # type: ignore[arg-type]
            case n.Or(of=members):
                return joined_or([self.condition(part, fact) for part in members])  # type: ignore[arg-type]

    def attribute(self, attribute: n.Attribute, fact: Fact) -> str | None:  # noqa: PLR0911 - one case per attribute
        """What the fact says of itself; None when it does not."""
        match attribute:
            case n.Attribute.KIND:
                return fact.kind.value
            case n.Attribute.STATUS:
                return fact.status.value
            case n.Attribute.STANDING:
                return reading.standing(fact, self.words.result_words)
            case n.Attribute.JUDGEMENT:
                return reading.judgement(fact, self.words.result_words)
            case n.Attribute.CLARITY:
                return reading.clarity(fact, self.words.result_words)
            case n.Attribute.DIRECTION:
                return reading.direction(fact)
            case n.Attribute.COURSE:
                return reading.course(fact, self.today)
            case n.Attribute.SPECIALTY:
                return self.words.specialty(fact.specialty) or None

    def series(self, node: n.Series) -> Selected:
        """The facts of a series."""
        match node:
            case n.Facts(where=where):
                held = [(fact, self.condition(where, fact)) for fact in self.facts]
                return Selected(
                    tuple(fact for fact, holds in held if holds), tuple(fact for fact, holds in held if holds is None)
                )
            case n.First(of=inner):
                return _one(self.series(inner), last=False)
            case n.Last(of=inner):
                return _one(self.series(inner), last=True)

    def value(self, node: n.Value) -> tuple[Span | None, tuple[Fact, ...]]:  # noqa: PLR0911 - one case per node
        """The span of what a number or day (as ordinal) can be, and the facts it was read from."""
        match node:
            case n.Figure(card=card, key=key):
                number = self.words.figure(card, key)
                return (number, number), ()
            case n.Today():
                return (self.today.toordinal(), self.today.toordinal()), ()
            case n.Birth():
                born = self.patient.birth
                return (None if born is None else (born.earliest.toordinal(), born.latest.toordinal())), ()
            case n.DayOf(of=series):
                found = self.series(series).sure[:1]
                return (reading.days(found[0]) if found else None), found
            case n.Years(since=since, until=until):
                (a, because), (b, more) = self.value(since), self.value(until)
                return full_years(a, b), (*because, *more)
            case n.CountOf(of=series):
                counted = self.series(series)
                return (len(counted.sure), len(counted.sure) + len(counted.maybe)), (*counted.sure, *counted.maybe)
            case n.DistinctOf(of=series):
                return self._distinct(node, self.series(series))
            case n.ValueOf(of=series, measure=measure):
                found = self.series(series).sure[:1]
                return (self.words.measured(found[0], measure) if found else None), found
            case n.UpperLimitsOf(of=series):
                found = self.series(series).sure[:1]
                return (derived.upper_limits(found[0]) if found else None), found
            case n.FallOf(of=series, measure=measure, days=limit):
                return derived.fall(self.series(series).sure, measure, self.value(limit)[0], self.words)
            case n.OverlapOf(of=members):
                found_all = [self.series(series).sure for series in members]
                peak = overlap.busiest(found_all, self.words.overlap, self.today.toordinal())
                return (peak.count, peak.at_most), tuple(fact for place in peak.which for fact in found_all[place])

    def _distinct(self, node: n.DistinctOf, found: Selected) -> tuple[Span, tuple[Fact, ...]]:
        sure = {key for fact in found.sure for key in self._keys(node, fact)}
        maybe = {key for fact in found.maybe for key in self._keys(node, fact)}
        telling = tuple(fact for fact in (*found.sure, *found.maybe) if self._keys(node, fact))
        return (len(sure), len(sure | maybe)), telling

    def _keys(self, node: n.DistinctOf, fact: Fact) -> Iterable[str]:
        return derived.keys(fact, node.by, node.prefix, self.words)

    def _evidence(self, holds: bool | None, value: float | None, facts: Iterable[Fact]) -> Evidence:
        ids = {fact.id for fact in facts}
        return Evidence(holds, value, tuple(sorted(ids, key=self._order.__getitem__)))


def _one(found: Selected, *, last: bool) -> Selected:
    """One fact of the sure ones, dated before undated; when only maybe-facts remain, it cannot be told which."""
    dated = [fact for fact in found.sure if fact.when.known]
    chosen = dated or list(found.sure)
    if not chosen:
        return Selected((), found.maybe)
    return Selected((chosen[-1] if last else chosen[0],))
