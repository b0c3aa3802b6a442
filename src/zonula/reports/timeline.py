"""The life timeline as geometry: which lane, from where to where, in percent of the years shown. Screens and paper only draw it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from zonula.chart import Fact, Kind, State
from zonula.chart_review.contract import Review, Suspicion, SymptomDomain
from zonula.reports import wording
from zonula.reports.wording import plain


class Mark(NamedTuple):
    """Something on one day. x: percent from the left; shape: dot, ring, cross, square or diamond; title: what a pointer shows.

    fact: id of the record, so that a screen can open it.
    """

    x: float
    shape: str
    title: str
    fact: str = ""


class Span(NamedTuple):
    """A stretch of days. height: 0 to 1, how much of the lane it fills."""

    x: float
    width: float
    title: str
    height: float = 1.0


class Lane(NamedTuple):
    """One row. tone: domain, overlap, abnormal, inconclusive, normal, unjudged, visit, medicine or label; says: the lane in one sentence."""

    label: str
    tone: str
    says: str
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()
    note: str = ""


class Group(NamedTuple):
    """Lanes under one heading."""

    title: str
    lanes: tuple[Lane, ...]


class Tick(NamedTuple):
    """The first day of a year, or of a quarter where few years are shown. major: also shown where there is little room."""

    x: float
    label: str
    major: bool


class Timeline(NamedTuple):
    """Everything drawn between two days, both included."""

    first: date
    last: date
    ticks: tuple[Tick, ...]
    groups: tuple[Group, ...]


_YEARS_BY_QUARTER = 2


class _Scale:
    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._days = max((last - first).days, 1)

    def x(self, day: date) -> float:
        return round(min(max((day - self.first).days / self._days, 0.0), 1.0) * 100, 2)

    def span(self, start: date, end: date, title: str, height: float = 1.0) -> Span:
        left = self.x(start)
        return Span(left, round(max(self.x(end + timedelta(days=1)) - left, 0.3), 2), title, height)

    def marks(self, facts: Iterable[Fact], shape: str, *, recorded: bool = False) -> tuple[Mark, ...]:
        """One mark per dated fact. recorded: by the day it was written down, which is when a label was refuted."""
        dated = (
            (fact.recorded.earliest if recorded and fact.recorded else fact.when.first_day, fact) for fact in facts
        )
        return tuple(Mark(self.x(day), shape, _title(fact), fact.id) for day, fact in dated if day)


def timeline_of(review: Review, results: Mapping[str, str], specialty: Callable[[str], str]) -> Timeline | None:
    """The timeline, or None when nothing is dated.

    results: fact id of each test result to "normal", "abnormal", "inconclusive" or "not_judged". specialty: the one name of a specialty
    that providers spell differently.
    """
    days = [day for fact in review.facts.values() if (day := fact.when.first_day) and day <= review.as_of]
    days += [period.start for domain in review.symptom_domains for period in domain.periods]
    if not days:
        return None
    scale = _Scale(date(min(days).year, 1, 1), max(review.as_of, *days))
    groups = (
        Group(
            "Symptoms",
            (_overlap(review, scale), *(_domain(domain, review, scale) for domain in review.symptom_domains)),
        ),
        Group("Tests", _tests(review, results, scale)),
        Group("Specialties seen", _specialties(review, specialty, scale)),
        Group("Labels proposed", tuple(_label(suspicion, review, scale) for suspicion in review.suspicions)),
    )
    return Timeline(scale.first, scale.last, _ticks(scale), tuple(group for group in groups if group.lanes))


def medicines(facts: Iterable[Fact], drawn: Timeline) -> Group | None:
    """A lane for each medicine over the days already drawn, in order of first use; None without any dated one.

    A span stands only where start and end were written; an unknown end is drawn as one day, never as "still taken".
    """
    scale = _Scale(drawn.first, drawn.last)
    taken: dict[str, list[Fact]] = {}
    for fact in facts:
        day = fact.when.first_day
        if fact.kind is Kind.MEDICATION and fact.asserted and day and day <= drawn.last:
            taken.setdefault(plain(fact.text, 60).casefold() or "medicine without a name", []).append(fact)
    ordered = sorted(
        taken.items(), key=lambda pair: (min(fact.when.first_day or date.max for fact in pair[1]), pair[0])
    )
    lanes = tuple(_medicine(name, records, scale) for name, records in ordered)
    return Group("Medicines", lanes) if lanes else None


def _medicine(name: str, records: list[Fact], scale: _Scale) -> Lane:
    spans = tuple(
        scale.span(fact.when.start.earliest, max(fact.when.start.earliest, fact.when.end.latest), _title(fact))
        for fact in records
        if fact.when.start and fact.when.end
    )
    says = f"{name}: {wording.plural(len(records), 'record')}"
    return Lane(name, "medicine", says, spans, scale.marks(records, "dot"), str(len(records)))


def _ticks(scale: _Scale) -> tuple[Tick, ...]:
    years = range(scale.first.year, scale.last.year + 1)
    if len(years) <= _YEARS_BY_QUARTER:
        days = [date(year, month, 1) for year in years for month in (1, 4, 7, 10)]
        return tuple(Tick(scale.x(day), day.isoformat()[:7], day.month in (1, 7)) for day in days if day <= scale.last)
    step = -(-len(years) // 16)
    wide = step * -(-len(years) // (step * 5))
    return tuple(
        Tick(scale.x(date(year, 1, 1)), str(year), (year - scale.first.year) % wide == 0)
        for year in years
        if (year - scale.first.year) % step == 0
    )


def _domain(domain: SymptomDomain, review: Review, scale: _Scale) -> Lane:
    facts = [review.facts[fact_id] for fact_id in domain.because if fact_id in review.facts]
    if not domain.present:
        note = "the record says: not so" if domain.state is State.NO else "not in the records"
        marks = scale.marks(facts, "cross") if domain.state is State.NO else ()
        return Lane(domain.title, "domain", f"{domain.title}: {note}", marks=marks, note=note)
    said = f"{domain.title}: {wording.plural(domain.count, 'record')}, from {domain.first or 'an unknown date'} to {domain.last or 'an unknown date'}"
    spans = tuple(
        scale.span(period.start, period.end, f"{domain.title}: {period.start.isoformat()} to {period.end.isoformat()}")
        for period in domain.periods
    )
    return Lane(domain.title, "domain", said, spans, scale.marks(facts, "dot"))


def _overlap(review: Review, scale: _Scale) -> Lane:
    changes: dict[date, int] = {}
    for domain in review.symptom_domains:
        for period in domain.periods:
            changes[period.start] = changes.get(period.start, 0) + 1
            after = period.end + timedelta(days=1)
            changes[after] = changes.get(after, 0) - 1
    most = max(len(review.symptom_domains), 1)
    spans, count = [], 0
    for day, following in pairwise(sorted(changes)):
        count += changes[day]
        if count and day <= scale.last:
            title = f"{count} at the same time from {day.isoformat()}"
            spans.append(scale.span(day, following - timedelta(days=1), title, count / most))
    highest = review.summary.max_concurrent_domains
    if not highest:
        return Lane("How many at once", "overlap", "No domain is active at any dated time", note="none")
    return Lane(
        "How many at once",
        "overlap",
        f"At most {highest} symptom domains at the same time",
        tuple(spans),
        note=f"at most {highest}",
    )


_OUTCOMES = (
    ("abnormal", "Abnormal", "square"),
    ("inconclusive", "Inconclusive", "diamond"),
    ("normal", "Normal", "ring"),
    ("not_judged", "Not judged", "dot"),
)


def _tests(review: Review, results: Mapping[str, str], scale: _Scale) -> tuple[Lane, ...]:
    lanes = []
    for outcome, label, shape in _OUTCOMES:
        facts = [fact for fact_id, fact in review.facts.items() if results.get(fact_id) == outcome]
        if facts:
            says = f"{label}: {wording.plural(len(facts), 'result')}"
            tone = "unjudged" if outcome == "not_judged" else outcome
            lanes.append(Lane(label, tone, says, (), scale.marks(facts, shape), str(len(facts))))
    return tuple(lanes)


def _specialties(review: Review, specialty: Callable[[str], str], scale: _Scale) -> tuple[Lane, ...]:
    visits: dict[str, list[Fact]] = {}
    for fact in review.facts.values():
        if fact.kind is Kind.ENCOUNTER and fact.specialty and fact.asserted:
            visits.setdefault(plain(specialty(fact.specialty), 60), []).append(fact)
    ordered = sorted(
        visits.items(), key=lambda pair: (min(fact.when.first_day or date.max for fact in pair[1]), pair[0])
    )
    return tuple(
        Lane(
            name,
            "visit",
            f"{name}: {wording.plural(len(facts), 'visit')}",
            (),
            scale.marks(facts, "dot"),
            str(len(facts)),
        )
        for name, facts in ordered
    )


def _label(suspicion: Suspicion, review: Review, scale: _Scale) -> Lane:
    refuting = set(suspicion.refuted_by_record)
    proposed = [
        review.facts[each.fact]
        for each in suspicion.proposals
        if each.fact in review.facts and each.fact not in refuting
    ]
    against = [review.facts[fact_id] for fact_id in suspicion.refuted_by_record if fact_id in review.facts]
    note = "refuted in the record" if against else ""
    says = f"{suspicion.label}: proposed {wording.plural(len(suspicion.proposals), 'time')}"
    marks = (*scale.marks(proposed, "diamond"), *scale.marks(against, "cross", recorded=True))
    return Lane(suspicion.label, "label", f"{says}, {note}" if note else says, (), tuple(sorted(marks)), note)


def _title(fact: Fact) -> str:
    said = f"{wording.when(fact)} {plain(fact.text, 100)}"
    outcome = wording.result(fact)
    return f"{said}: {plain(outcome, 120)}" if outcome else said
