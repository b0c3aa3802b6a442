"""The whole story in one function: a pile of records becomes one assessment that can be opened to its reasons.

    chart            = chart_import.read_paths(records)        1 every provider's records, one chart
    reviewed         = chart_review.review(chart, today)       1 domains, burden, suspicions, red flags
    scores           = questionnaires.score(form, response)    2 what the patient answers, alarms whatever the total
    work_up          = laboratory_tests.exclusion_workup(...)  3 is anything else going on? celiac disease first
    skin             = skin_prick_tests.read(session, ...)     4 validity first; sensitised is not allergic
    assessment       = assess(...)                             what is excluded, open, unsafe, believed, and what comes next

After it come the plan (`treatment_protocols`), the diary, the food challenges (`food_triggers`) and the outcomes. Everything said is
a `Finding`; this file only puts findings in order and adds none of its own.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

import msgspec

from zonula.chart import Chart, Fact, Finding, Grade, Level, State
from zonula.chart_review.contract import CitedCard, Imported, Review
from zonula.chart_review.review import review
from zonula.errors import UserError
from zonula.knowledge import Card, Shelf
from zonula.laboratory_tests import (
    CeliacAssessment,
    CeliacEvidence,
    GenotypeReading,
    ItemStatus,
    Workup,
    assess_celiac,
    evidence_from_chart,
    exclusion_workup,
    genotype_findings,
    together,
)
from zonula.laboratory_tests.celiac import Hla
from zonula.questionnaires import Questionnaire, Response, Score, compare, score, shipped
from zonula.skin_prick_tests import Panel, Session, SkinTest, read

SCHEMA = "zonula.assessment/1"
NEVER_URGENT = 9
WORK_UP = "laboratory_tests.workup"
INVENTORY = "chart_review.workup."


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do. because: ids of the findings that ask for it."""

    order: int
    who: str
    what: str
    level: str = ""
    by: date | None = None
    because: tuple[str, ...]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """Steps 1 to 4 put together as of one day.

    unsafe: findings of level E, U, P or H, most urgent first. look_at: those of level C. excluded: recognised disease that the work-up speaks against. open: what is
    missing, inconclusive or not interpretable. hypotheses: what the clinic believes, labelled. Each list holds ids into `findings`.
    """

    schema: str = SCHEMA
    as_of: date
    patient: str
    unsafe: tuple[str, ...]
    look_at: tuple[str, ...]
    excluded: tuple[str, ...]
    open: tuple[str, ...]
    hypotheses: tuple[str, ...]
    next_steps: tuple[NextStep, ...]
    findings: dict[str, Finding]
    gluten_may_be_restricted: bool
    review: Review
    scores: tuple[Score, ...] = ()
    celiac: CeliacAssessment
    skin_test: SkinTest | None = None
    facts: dict[str, Fact] = {}
    cards: dict[str, CitedCard] = {}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a case holds beside the chart. Everything may be missing.

    responses: each with its form. celiac: what the clinician asked; the records fill it up and may not contradict it. hla and genotype: already reduced to their meaning; the files are not kept.
    """

    responses: tuple[tuple[Questionnaire, Response], ...] = ()
    celiac: CeliacEvidence | None = None
    hla: str = ""
    genotype: GenotypeReading | None = None
    skin_session: Session | None = None
    skin_session_before: Session | None = None
    panel: Panel | None = None


def assess(chart: Chart, evidence: Evidence, today: date, shelf: Shelf, imported: Imported | None = None) -> Assessment:
    """Steps 1 to 4 for one patient. Pure: the same chart, evidence and day give the same assessment.

    Raises UserError when evidence contradicts itself (two patients' answers, a session without its panel, dates after today).
    """
    reviewed = review(chart, today, imported)
    scores = _scores(evidence, today)
    present = [domain.id for domain in reviewed.symptom_domains if domain.present]
    celiac = assess_celiac(_celiac_evidence(chart, evidence, today), today)
    work_up = exclusion_workup(chart, present, today, celiac)
    skin = _skin(evidence, today, shelf)
    findings = _by_id(
        chain(
            reviewed.red_flags,
            *(scored.findings for scored in scores),
            work_up.findings,
            genotype_findings(evidence.genotype, today) if evidence.genotype else (),
            skin.findings if skin else (),
            _compared(evidence, chart, today),
            reviewed.findings,
        )
    )
    levelled = [one for one in findings.values() if one.level is not None and one.state is not State.NO]
    return Assessment(
        as_of=today,
        patient=chart.patient.id,
        unsafe=tuple(one.id for one in sorted(levelled, key=_urgency) if one.level is not Level.CLINICIAN),
        look_at=tuple(one.id for one in sorted(levelled, key=_urgency) if one.level is Level.CLINICIAN),
        excluded=_excluded(work_up, celiac, findings),
        open=_open(work_up, celiac, skin, findings),
        hypotheses=tuple(one.id for one in findings.values() if one.hypothesis or one.grade is Grade.CLINIC_HYPOTHESIS),
        next_steps=_next_steps(findings.values()),
        findings=findings,
        gluten_may_be_restricted=not celiac.blocks_gluten_restriction,
        review=reviewed,
        scores=scores,
        celiac=celiac,
        skin_test=skin,
        facts=_cited_facts(chart, findings.values()),
        cards={card.id: _cited(card) for card in _cards(findings.values(), shelf)},
    )


def _scores(evidence: Evidence, today: date) -> tuple[Score, ...]:
    scores = tuple(score(form, response, today) for form, response in evidence.responses)
    subjects = {one.subject for one in scores if one.subject}
    if len(subjects) > 1:
        raise UserError(f"The questionnaires are of {len(subjects)} different patients.", "Give one patient's answers.")
    return scores


def _celiac_evidence(chart: Chart, evidence: Evidence, today: date) -> CeliacEvidence:
    """What was asked, what the laboratory typed and what the records hold: one evidence."""
    asked = evidence.celiac or CeliacEvidence()
    if evidence.hla and asked.hla is None:
        asked = msgspec.structs.replace(asked, hla=Hla(typing=evidence.hla))
    return together(asked, evidence_from_chart(chart, today))


def _skin(evidence: Evidence, today: date, shelf: Shelf) -> SkinTest | None:
    if evidence.skin_session is None:
        return None
    if evidence.panel is None:
        raise UserError("A skin test session needs its panel.")
    if evidence.skin_session.day > today:
        raise UserError("The skin test lies after the day of the assessment.", "Check both dates.")
    return read(evidence.skin_session, shelf, evidence.panel, evidence.skin_session_before)


def _compared(evidence: Evidence, chart: Chart, today: date) -> tuple[Finding, ...]:
    ours = shipped("symptom-domains").url
    answered = [response for _, response in evidence.responses if response.url == ours]
    newest = max(answered, key=lambda response: response.day or date.min, default=None)
    return compare(newest, chart, today) if newest else ()


def _by_id(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The first finding of each id and wording; a second with the same id but other words gets a number, so none is lost."""
    kept: dict[str, Finding] = {}
    for finding in findings:
        name, number = finding.id, 1
        while name in kept and kept[name].says != finding.says:
            number += 1
            name = f"{finding.id}#{number}"
        if name not in kept:
            kept[name] = finding if name == finding.id else msgspec.structs.replace(finding, id=name)
    return kept


def _urgency(finding: Finding) -> tuple[int, str]:
    return (finding.level.urgency if finding.level else NEVER_URGENT, finding.id)


def _excluded(work_up: Workup, celiac: CeliacAssessment, findings: dict[str, Finding]) -> tuple[str, ...]:
    reassuring = [f"{WORK_UP}.{item.test}" for item in work_up.with_status(ItemStatus.REASSURING)]
    settled = [celiac.findings[0].id] if celiac.findings[0].state is State.NO else []
    return tuple(name for name in dict.fromkeys([*settled, *reassuring]) if name in findings)


def _open(
    work_up: Workup, celiac: CeliacAssessment, skin: SkinTest | None, findings: dict[str, Finding]
) -> tuple[str, ...]:
    undone = [ItemStatus.INCONCLUSIVE, ItemStatus.NOT_INTERPRETABLE, ItemStatus.MISSING]
    items = [f"{WORK_UP}.{item.test}" for status in undone for item in work_up.with_status(status)]
    main = celiac.findings[0]
    unsettled = [main.id] if main.state is State.UNKNOWN or celiac.blocks_gluten_restriction else []
    unread = [finding.id for finding in skin.validity.reasons] if skin else []
    return tuple(name for name in dict.fromkeys([*unsettled, *items, *unread]) if name in findings)


def _next_steps(findings: Iterable[Finding]) -> tuple[NextStep, ...]:
    """Every ask once, the most urgent first; within a level in the order of the journey, so tests come before treatment."""
    asked: dict[tuple[str, str], list[tuple[int, int, Finding, date | None]]] = {}
    for place, finding in enumerate(findings):
        # The chart's inventory of tests and the laboratory's reading of them ask for the same things; the reading asks better.
        if (finding.state is State.NO and finding.level is None) or finding.id.startswith(INVENTORY):
            continue
        for ask in finding.asks:
            key = (ask.who, ask.what.strip().rstrip(".").casefold())
            asked.setdefault(key, []).append((_urgency(finding)[0], place, finding, ask.by))
    ordered = sorted(asked.items(), key=lambda pair: min(entry[:2] for entry in pair[1]))
    steps = []
    for order, ((who, _), entries) in enumerate(ordered, 1):
        first = min(entries, key=lambda entry: entry[:2])[2]
        wording = next(ask.what for ask in first.asks if ask.who == who and _same(ask.what, ordered[order - 1][0][1]))
        days = [by for *_, by in entries if by is not None]
        steps.append(
            NextStep(
                order=order,
                who=who,
                what=wording,
                level=first.level.value if first.level else "",
                by=min(days) if days else None,
                because=tuple(dict.fromkeys(finding.id for _, _, finding, _ in entries)),
            )
        )
    return tuple(steps)


def _same(what: str, folded: str) -> bool:
    return what.strip().rstrip(".").casefold() == folded


def _cited_facts(chart: Chart, findings: Iterable[Finding]) -> dict[str, Fact]:
    cited = {name for finding in findings for name in finding.because}
    return {fact.id: fact for fact in chart.facts if fact.id in cited}


def _cards(findings: Iterable[Finding], shelf: Shelf) -> Sequence[Card]:
    return [shelf.card(name) for name in sorted({name for finding in findings for name in finding.according_to})]


def _cited(card: Card) -> CitedCard:
    return CitedCard(
        title=card.title,
        meaning=card.meaning,
        grade=card.grade.value,
        verified=card.verified,
        signed_off=card.signed_off,
        reviewed=card.reviewed,
        sources=tuple((source.title, source.link, source.mark.value) for source in card.sources),
    )
