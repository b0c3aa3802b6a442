"""The review of one chart: the contract is `zonula.chart_review.contract`, the rules are `zonula.chart_review.library`."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from zonula.chart import Chart, Fact, Finding
from zonula.chart_review.alarms import red_flags
from zonula.chart_review.burden import burden
from zonula.chart_review.case import Case, written
from zonula.chart_review.contract import CitedCard, Imported, Person, Review, Suspicion
from zonula.chart_review.ledger import ledger
from zonula.chart_review.symptom_domains import busiest, overlap_finding, symptom_domains
from zonula.chart_review.vocabulary import Vocabulary
from zonula.chart_review.workup import workup

__all__ = ["Imported", "Review", "review"]


def review(chart: Chart, today: date, imported: Imported | None = None) -> Review:
    """Everything the library says of one chart as of one day.

    imported: what the import did, as plain data; without it the block says nothing was read by us. Facts that begin after `today` are
    not seen. The same chart and day give the same review.
    """
    case = Case(chart, today)
    domains, said_of_domains = symptom_domains(case)
    present = tuple(domain for domain in domains if domain.present)
    peak = busiest(case, present)
    summary, said_of_burden = burden(case, present, peak)
    suspicions, said_of_suspicions = ledger(case)
    items, said_of_items = workup(case, present)
    raised, open_ended = red_flags(case)
    findings = (
        *raised,
        *open_ended,
        *said_of_domains,
        overlap_finding(case, present, peak),
        *said_of_burden,
        *said_of_suspicions,
        *said_of_items,
        *_not_seen(case),
    )
    return Review(
        as_of=today,
        patient=_person(case),
        imported=imported or Imported(),
        symptom_domains=domains,
        summary=summary,
        suspicions=suspicions,
        workup=items,
        red_flags=raised,
        findings=findings,
        facts=_cited_facts(case, findings, suspicions),
        cards=_cited_cards(case.words, findings),
    )


def _not_seen(case: Case) -> Iterable[Finding]:
    """That records dated after today were left out: a slip of the pen in a year must not make a record vanish."""
    seen = {fact.id for fact in case.opened.facts}
    later = [fact.id for fact in case.chart.facts if fact.id not in seen]
    if later:
        yield case.finding(
            "later_records",
            f"Records dated after the day of the review and not counted: {len(later)}. Check their dates.",
            ("chart_review/burden",),
            because=later,
            value=len(later),
            unit="records",
        )


def _person(case: Case) -> Person:
    patient = case.chart.patient
    return Person(id=patient.id, name=patient.name, birth=written(patient.birth), age=case.age, sex=patient.sex)


def _cited_facts(case: Case, findings: Iterable[Finding], suspicions: Iterable[Suspicion]) -> dict[str, Fact]:
    cited: set[str] = set()
    for finding in findings:
        cited.update(finding.because)
    for suspicion in suspicions:
        cited.update(suspicion.refuted_by_record)
        for criterion in suspicion.criteria:
            cited.update(criterion.because)
    return {fact.id: fact for fact in case.chart.facts if fact.id in cited}


def _cited_cards(words: Vocabulary, findings: Iterable[Finding]) -> dict[str, CitedCard]:
    cited: dict[str, None] = {}
    for finding in findings:
        cited.update(dict.fromkeys(finding.according_to))
    return {card: _cited(words, card) for card in cited}


@cache
def _cited(words: Vocabulary, card_id: str) -> CitedCard:
    card = words.knowledge.card(card_id)
    return CitedCard(
        title=card.title,
        meaning=card.meaning,
        grade=card.grade.value,
        verified=card.verified,
        signed_off=card.signed_off,
        reviewed=card.reviewed,
        sources=tuple((source.title, source.link, source.mark.value) for source in card.sources),
    )
