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
from typing import NamedTuple

import msgspec

from zonula.chart import Ask, Chart, Fact, Finding, Grade, Level, State
from zonula.chart_review.contract import CitedCard, Imported, Review
from zonula.chart_review.review import review
from zonula.errors import UserError
from zonula.knowledge import Card, Shelf
from zonula.laboratory_tests import (
    CeliacAssessment,
    CeliacEvidence,
    GenotypeReading,
    ItemStatus,
    Todo,
    Workup,
    assess_celiac,
    evidence_from_chart,
    exclusion_workup,
    genotype_findings,
    together,
)
from zonula.laboratory_tests.celiac import Hla
from zonula.questionnaires import Questionnaire, Response, Score, answers_as_facts, compare, score, shipped, standing
from zonula.skin_prick_tests import Panel, Session, SkinTest, read

SCHEMA = "zonula.assessment/1"
NEVER_URGENT = 9
WORK_UP = "laboratory_tests.workup"
_IN_ONE_GO = {
    Todo.ORDER: "Order or arrange what is missing",
    Todo.REPEAT: "Repeat what is out of date or cannot be relied on",
    Todo.READ: "Read in the records, and enter the result of",
}
INVENTORY = "chart_review.workup."
ALARM = "questionnaires.alarm."
_FLAG = "chart_review.red_flag."
_CELIAC = "laboratory_tests.celiac.state"
_IGA = "laboratory_tests.celiac.incomplete_order"
# Several rooms see the same thing and would ask the same question. The finding on the left keeps its place among the findings; its
# question is asked in the words of the first finding on the right that stands in the assessment, at the more urgent level of the two.
SAME_QUESTION: dict[str, tuple[str, ...]] = {
    f"{_FLAG}celiac_tested_without_iga": (_IGA, _CELIAC),
    f"{WORK_UP}.incomplete.ttg_iga": (_IGA, _CELIAC),
    f"{WORK_UP}.total_iga": (_IGA, _CELIAC),
    f"{_FLAG}celiac_tested_off_gluten": (_CELIAC,),
    f"{_FLAG}celiac_never_tested": (_CELIAC,),
    f"{_FLAG}gluten_free_untested": (_CELIAC,),
    f"{_FLAG}celiac_positive_no_followup": (_CELIAC,),
    f"{_FLAG}iga_deficient": (_CELIAC,),
    f"{WORK_UP}.no_follow_up.hemoglobin": (f"{_FLAG}iron_deficiency_anaemia",),
    f"{WORK_UP}.no_follow_up.ferritin": (f"{_FLAG}iron_deficiency", f"{_FLAG}iron_deficiency_anaemia"),
    f"{WORK_UP}.no_follow_up.tsh": (f"{_FLAG}abnormal_tsh",),
    f"{WORK_UP}.no_follow_up.hba1c": (f"{_FLAG}diabetes_range_hba1c",),
    f"{WORK_UP}.no_follow_up.b12": (f"{_FLAG}low_b12",),
    f"{WORK_UP}.no_follow_up.calprotectin": (f"{_FLAG}high_calprotectin",),
    f"{_FLAG}phq9_item9": (f"{ALARM}thoughts_of_death",),
    f"{_FLAG}depression_screen": ("questionnaires.phq-9.total",),
    f"{_FLAG}anxiety_screen": ("questionnaires.gad-7.total",),
    f"{_FLAG}weight_falling": (f"{_FLAG}weight_loss_recorded",),
    f"{ALARM}weight_loss": (f"{_FLAG}weight_loss_recorded", f"{_FLAG}weight_falling"),
}


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

    Raises UserError when evidence is of someone else or contradicts the records, for a session without its panel, for dates after today.
    """
    _refuse_strangers(chart, evidence, today)
    evidence = msgspec.structs.replace(evidence, responses=_named(evidence.responses))
    reviewed = review(chart, today, imported)
    scores = tuple(score(form, response, today, form.title or "answers") for form, response in evidence.responses)
    answers = standing(scores)
    present = [domain.id for domain in reviewed.symptom_domains if domain.present]
    celiac = assess_celiac(_celiac_evidence(chart, evidence, today), today)
    work_up = exclusion_workup(chart, present, today, celiac)
    skin = _skin(evidence, shelf)
    findings = _by_id(
        chain(
            _alarms(answers),
            reviewed.red_flags,
            answers,
            work_up.findings,
            genotype_findings(evidence.genotype, today) if evidence.genotype else (),
            skin.findings if skin else (),
            _compared(evidence, chart, today),
            reviewed.findings,
        )
    )
    urgent = sorted(
        (one for one in findings.values() if one.level is not None and one.state is not State.NO), key=_urgency
    )
    return Assessment(
        as_of=today,
        patient=chart.patient.id,
        unsafe=tuple(one.id for one in urgent if one.level is not Level.CLINICIAN),
        look_at=tuple(one.id for one in urgent if one.level is Level.CLINICIAN),
        excluded=_excluded(work_up, celiac, findings),
        open=_open(work_up, celiac, skin, findings),
        hypotheses=tuple(one.id for one in findings.values() if one.hypothesis or one.grade is Grade.CLINIC_HYPOTHESIS),
        next_steps=_next_steps(findings, work_up),
        findings=findings,
        gluten_may_be_restricted=not celiac.blocks_gluten_restriction,
        review=reviewed,
        scores=scores,
        celiac=celiac,
        skin_test=skin,
        facts=_cited_facts(chart, evidence, findings.values()),
        cards={card.id: _cited(card) for card in _cards(findings.values(), shelf)},
    )


def _refuse_strangers(chart: Chart, evidence: Evidence, today: date) -> None:
    """A skin test or answers of someone else, or of another time, must never end up in this assessment."""
    patient = chart.patient
    known = {patient.id, *(written.rpartition("|")[2] for written in patient.identifiers)}
    for session in (evidence.skin_session, evidence.skin_session_before):
        if session is None:
            continue
        if session.day > today:
            raise UserError("The skin test lies after the day of the assessment.", "Check both dates.")
        born, tested = patient.birth, session.patient.birth
        if born and tested and not born.earliest <= tested <= born.latest:
            raise UserError(
                "The skin test is of someone born on another day than the records say.", "Check whose test it is."
            )
        if session.patient.id not in known and not (born and tested):
            raise UserError(
                f"The skin test names patient {session.patient.id!r}, the records do not.",
                "Check whose test it is; write an id of the records, or the day of birth.",
            )
    for _, response in evidence.responses:
        if response.day and response.day > today:
            raise UserError("A questionnaire was filled in after the day of the assessment.", "Check both dates.")
        subject = response.subject.key
        if subject and subject.rpartition("/")[2].rpartition("|")[2] not in known:
            raise UserError(
                f"A questionnaire names patient {subject!r}, the records do not.",
                "Check whose answers they are; write an id of the records.",
            )


def _alarms(answers: Iterable[Finding]) -> tuple[Finding, ...]:
    """What the patient answers that cannot wait goes before everything of the same urgency."""
    return tuple(finding for finding in answers if finding.id.startswith(ALARM))


def _celiac_evidence(chart: Chart, evidence: Evidence, today: date) -> CeliacEvidence:
    """What was asked, what the laboratory typed and what the records hold: one evidence."""
    asked = evidence.celiac or CeliacEvidence()
    if evidence.hla and asked.hla is None:
        asked = msgspec.structs.replace(asked, hla=Hla(typing=evidence.hla))
    return together(asked, evidence_from_chart(chart, today))


def _skin(evidence: Evidence, shelf: Shelf) -> SkinTest | None:
    if evidence.skin_session is None:
        return None
    if evidence.panel is None:
        raise UserError("A skin test session needs its panel.")
    return read(evidence.skin_session, shelf, evidence.panel, evidence.skin_session_before)


def _compared(evidence: Evidence, chart: Chart, today: date) -> tuple[Finding, ...]:
    ours = shipped("symptom-domains").url
    answered = [response for _, response in evidence.responses if response.url == ours]
    newest = max(answered, key=lambda response: response.day or date.min, default=None)
    return compare(newest, chart, today) if newest else ()


def _by_id(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Findings of one id and wording become one that rests on all their facts; other words under the same id get a number."""
    kept: dict[str, Finding] = {}
    for finding in findings:
        name, number = finding.id, 1
        while name in kept and kept[name].says != finding.says:
            number += 1
            name = f"{finding.id}#{number}"
        because = tuple(dict.fromkeys((*(kept[name].because if name in kept else ()), *finding.because)))
        kept[name] = msgspec.structs.replace(kept.get(name, finding), id=name, because=because)
    return kept


def _urgency(finding: Finding) -> tuple[int, bool]:
    """Most urgent first; what is known before what could not be told, except an alarm nobody answered; equals in the journey's order."""
    unknown = finding.state is State.UNKNOWN and not finding.id.startswith(ALARM)
    return (finding.level.urgency if finding.level else NEVER_URGENT, unknown)


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


class _Asked(NamedTuple):
    """One ask of one finding."""

    urgency: tuple[int, bool]
    place: int
    finding: Finding
    ask: Ask


def _next_steps(findings: dict[str, Finding], work_up: Workup) -> tuple[NextStep, ...]:
    """Every question once, the most urgent first; within a level in the order of the journey, so tests come before treatment."""
    together = _in_one_go(findings, work_up)
    asked: dict[tuple[str, str], list[_Asked]] = {}
    wording: dict[tuple[str, str], str] = {}
    for place, finding in enumerate(findings.values()):
        if not _asks(finding):
            continue
        stands_for = _same_question(finding, findings)
        for ask in finding.asks:
            leading = next((one for one in stands_for.asks if one.who == ask.who), stands_for.asks[0])
            said = together.get(finding.id) or (ask if stands_for is finding else leading)
            key = (said.who, said.what.strip().rstrip(".").casefold())
            wording.setdefault(key, said.what)
            asked.setdefault(key, []).append(_Asked(_urgency(finding), place, finding, ask))
    ordered = sorted(asked.items(), key=lambda pair: min(one[:2] for one in pair[1]))
    return tuple(_step(number, key[0], wording[key], entries) for number, (key, entries) in enumerate(ordered, 1))


def _in_one_go(findings: dict[str, Finding], work_up: Workup) -> dict[str, Ask]:
    """Tests to order, repeat or read, each list as one step: finding id to the ask of its list."""
    steps: dict[str, Ask] = {}
    for todo, words in _IN_ONE_GO.items():
        names = {
            name: item.name
            for item in work_up.left_to(todo)
            if (name := f"{WORK_UP}.{item.test}") in findings and _same_question(findings[name], findings).id == name
        }
        steps |= dict.fromkeys(names, Ask("clinician", f"{words}: {', '.join(names.values())}."))
    return steps


def _step(number: int, who: str, what: str, entries: list[_Asked]) -> NextStep:
    entries = sorted(entries, key=lambda one: one[:2])
    first = entries[0].finding
    return NextStep(
        order=number,
        who=who,
        what=what,
        level=first.level.value if first.level else "",
        by=min((one.ask.by for one in entries if one.ask.by is not None), default=None),
        because=tuple(dict.fromkeys(one.finding.id for one in entries)),
    )


def _asks(finding: Finding) -> bool:
    """The chart's inventory of tests and the laboratory's reading of them ask for the same things; the reading asks better."""
    answered = finding.state is State.NO and finding.level is None
    return bool(finding.asks) and not answered and not finding.id.startswith(INVENTORY)


def _same_question(finding: Finding, findings: dict[str, Finding]) -> Finding:
    """The finding of this assessment that asks the same thing better, or the finding itself."""
    for name in SAME_QUESTION.get(finding.id, ()):
        better = findings.get(name)
        if better is not None and _asks(better):
            return better
    return finding


def _named(
    responses: tuple[tuple[Questionnaire, Response], ...],
) -> tuple[tuple[Questionnaire, Response], ...]:
    """Answer sheets without an id get one, so that a finding names one answer of one sheet."""
    return tuple(
        (form, response if response.id else msgspec.structs.replace(response, id=f"sheet-{number}"))
        for number, (form, response) in enumerate(responses, 1)
    )


def _cited_facts(chart: Chart, evidence: Evidence, findings: Iterable[Finding]) -> dict[str, Fact]:
    cited = {name for finding in findings for name in finding.because}
    answers = chain.from_iterable(answers_as_facts(form, response) for form, response in evidence.responses)
    return {fact.id: fact for fact in chain(chart.facts, answers) if fact.id in cited}


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
