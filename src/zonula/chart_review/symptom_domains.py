"""The twelve domains of one chart: present or not, first onset, last seen, how often, by which facts; and how they overlap."""

from collections.abc import Sequence
from datetime import date

from zonula.chart import Fact, Finding, Moment, State, Status
from zonula.chart_review import overlap
from zonula.chart_review.case import Case, written
from zonula.chart_review.contract import Period, SymptomDomain
from zonula.chart_review.library.domains import DOMAINS, affirming, card_of, presence
from zonula.chart_review.reading import moment

_OVERLAP_CARD = "chart_review/overlap"
_READ_BY = ("chart_review/text_reading",)


def symptom_domains(case: Case) -> tuple[tuple[SymptomDomain, ...], tuple[Finding, ...]]:
    """The twelve domains in their fixed order, each with its finding."""
    found = [_domain(case, domain) for domain in DOMAINS]
    return tuple(domain for domain, _ in found), tuple(finding for _, finding in found)


def busiest(case: Case, present: Sequence[SymptomDomain]) -> overlap.Busiest:
    """The stretch of days on which most domains were active; positions are those in `present`."""
    series = [case.facts(affirming(domain.id)) for domain in present]
    return overlap.busiest(series, case.words.overlap, case.opened.today_ordinal)


def first_day(case: Case) -> Moment | None:
    """The first dated fact of any domain."""
    firsts = [seen for domain in DOMAINS if (seen := _first(case.facts(affirming(domain)))) is not None]
    return min(firsts, key=lambda seen: seen.order, default=None)


def _domain(case: Case, domain: str) -> tuple[SymptomDomain, Finding]:
    card = card_of(domain)
    title = case.card(card).title
    evidence = case.truth(presence(domain))
    affirmed = case.facts(affirming(domain)) if evidence.holds else ()
    because = tuple([fact.id for fact in affirmed]) or evidence.because
    cards = (card, *_READ_BY)
    first, last = written(_first(affirmed)), written(_last(affirmed))
    reported = sum(fact.status is Status.PATIENT_REPORTED for fact in affirmed)
    says = _says(title, evidence.holds, len(affirmed), reported, (first, last))
    finding = case.finding(
        f"domain.{domain}", says, cards, state=evidence.holds, because=because, value=len(affirmed), unit="records"
    )
    periods = overlap.stretches(affirmed, case.words.overlap, case.opened.today_ordinal) if affirmed else ()
    return (
        SymptomDomain(
            id=domain,
            title=title,
            present=finding.state is State.YES,
            state=finding.state,
            first=first,
            last=last,
            count=len(affirmed),
            patient_reported=reported,
            periods=tuple(Period(date.fromordinal(start), date.fromordinal(end)) for start, end in periods),
            consider=tuple(case.card(card).data["recognised_conditions"]) if evidence.holds else (),
            because=because,
            according_to=cards,
        ),
        finding,
    )


def _says(title: str, holds: bool | None, count: int, reported: int, seen: tuple[str | None, str | None]) -> str:
    first, last = seen
    if holds is None:
        return f"{title}: the records do not say."
    if not holds:
        return f"{title}: the records deny it or hold too little to count it."
    span = f", first {first}, last {last}" if first and first != last else f", {first}" if first else ", undated"
    told = f"; {reported} of them told by the patient" if reported else ""
    return f"{title}: recorded {count} {'time' if count == 1 else 'times'}{span}{told}."


def _first(facts: Sequence[Fact]) -> Moment | None:
    return min(
        (dated for fact in facts if (dated := moment(fact)) is not None), key=lambda dated: dated.order, default=None
    )


def _last(facts: Sequence[Fact]) -> Moment | None:
    """The end when one was written, else the later of onset and recording."""
    seen: list[Moment] = []
    for fact in facts:
        ends = (fact.when.end,) if fact.when.end else (fact.when.start, fact.recorded)
        seen.extend(end for end in ends if end is not None)
    return max(seen, key=lambda dated: dated.order, default=None)


def overlap_finding(case: Case, present: Sequence[SymptomDomain], peak: overlap.Busiest) -> Finding:
    """How many domains were active at once, and when."""
    titles = ", ".join(present[place].title.lower() for place in peak.which)
    because = dict.fromkeys(fact for place in peak.which for fact in present[place].because)
    if not peak.count:
        says = "No two domains can be placed in time."
    else:
        start, end = date.fromordinal(peak.start), date.fromordinal(peak.end)
        says = f"The most domains the records show active at one time: {peak.count} ({start} to {end}): {titles}."
    if peak.at_most > peak.count:
        says += f" Coarse dates leave up to {peak.at_most} possible."
    cards = (_OVERLAP_CARD,)
    return case.finding(
        "overlap", says, cards, because=_in_chart_order(case, because), value=peak.count, unit="domains"
    )


def _in_chart_order(case: Case, ids: dict[str, None]) -> list[str]:
    return [fact.id for fact in case.opened.facts if fact.id in ids]
