"""Where the exclusion of celiac disease stands: the state, why, what is missing, and each guideline's answer, as findings."""

from datetime import date
from typing import Any

import msgspec

from zonula.chart import Ask, Finding, Grade, Level
from zonula.chart import State as Truth
from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.laboratory_tests.celiac.evidence import AntibodyTest, CeliacEvidence, Draw
from zonula.laboratory_tests.celiac.guidelines import GuidelineAnswer, answers
from zonula.laboratory_tests.celiac.signs import (
    BIOPSY_CARD,
    DOUBT_CARD,
    GLUTEN_CARD,
    IGA_CARD,
    STRONG_CARD,
    Iga,
    Intake,
    Known,
    Serology,
    Signs,
    multiple,
    newest_first,
    reading,
    signs_of,
)
from zonula.laboratory_tests.celiac.table import STATES_CARD, CeliacState, decide, reason
from zonula.laboratory_tests.hla import HlaMeaning, meaning_of, read_typing, typing_findings
from zonula.laboratory_tests.hla.meaning import HETERODIMERS

CHALLENGE_CARD = "laboratory_tests/celiac_challenge"
_ROOM = "laboratory_tests.celiac"
_ASKS_FOR_SEROLOGY = (CeliacState.C0, CeliacState.C6, CeliacState.OPEN)
_HIDDEN = Ask("clinician", "Ask a specialist whether to biopsy, or repeat the serology when this has passed.")
_STATE_CARDS = (STATES_CARD, GLUTEN_CARD, IGA_CARD, STRONG_CARD, DOUBT_CARD, BIOPSY_CARD, HETERODIMERS)


class CeliacAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. because: the row of the table in words. missing: what would have to be known to go on.

    times_uln: lowest and highest multiple of the upper limit the newest tTG-IgA can mean (highest None: no bound), or None.
    """

    state: CeliacState
    because: str
    blocks_gluten_restriction: bool
    signs: Signs
    missing: tuple[str, ...]
    times_uln: tuple[float, float | None] | None
    hla: HlaMeaning | None
    guidelines: tuple[GuidelineAnswer, ...]
    findings: tuple[Finding, ...]


def assess_celiac(evidence: CeliacEvidence, today: date) -> CeliacAssessment:
    """The state of this evidence as of today. Raises UserError when a draw or biopsy is dated after today."""
    late = [draw.date for draw in evidence.draws if draw.date > today]
    if late or (evidence.biopsy and evidence.biopsy.date > today):
        raise UserError(
            f"a blood draw or biopsy is dated after {today.isoformat()}.", "Correct the date, or give --today."
        )
    signs = signs_of(evidence)
    row = decide(signs)
    because = reason(row, signs)
    hla = meaning_of(read_typing(evidence.hla.typing)) if evidence.hla and evidence.hla.source == "clinical" else None
    guidelines = answers(row.state, evidence)
    missing = missing_from(evidence, signs)
    span = _newest_multiple(evidence)
    return CeliacAssessment(
        state=row.state,
        because=because,
        blocks_gluten_restriction=row.state.blocks_gluten_restriction,
        signs=signs,
        missing=missing,
        times_uln=None if span is None else (span[0], None if span[1] == float("inf") else span[1]),
        hla=hla,
        guidelines=guidelines,
        findings=(
            _state_finding(evidence, row.state, because, missing, today),
            *_side_findings(evidence, row.state, hla, today),
            *(_guideline_finding(answer, today) for answer in guidelines),
        ),
    )


def _newest_multiple(evidence: CeliacEvidence) -> tuple[float, float] | None:
    for draw in newest_first(evidence.draws):
        for test in draw.tests:
            if test.test is AntibodyTest.TTG_IGA:
                return multiple(test)
    return None


def missing_from(evidence: CeliacEvidence, signs: Signs) -> tuple[str, ...]:
    """What is not known, each as something one can ask or order."""
    doubt: dict[str, Any] = shelf().card(DOUBT_CARD).data
    asked = evidence.history
    wanting = []
    if signs.serology is Serology.NONE:
        wanting.append("tTG-IgA")
    wanting += [
        f"the upper limit of normal of {test.test.value} of {draw.date.isoformat()}, from the same report"
        for draw in evidence.draws
        for test in draw.tests
        if (test.uln is None and test.value is not None) or reading(test) is Serology.UNCLEAR
    ]
    if signs.serology is Serology.STRONG and not any(test.assay for draw in evidence.draws for test in draw.tests):
        wanting.append("the name of the tTG-IgA assay (a multiple of the limit holds for its own assay only)")
    if signs.iga is Iga.UNKNOWN:
        wanting.append("total IgA with the laboratory's lower limit for the age")
    if signs.gluten is Intake.UNKNOWN:
        wanting.append("how many meals a day held gluten before the blood draw, and for how many weeks")
    if signs.known is Known.UNKNOWN:
        wanting.append("whether celiac disease or dermatitis herpetiformis was ever established")
    if signs.known is Known.REPORTED:
        wanting.append("the report that established the celiac disease the patient tells of")
    if evidence.age_years is None:
        wanting.append("the age")
    questions = doubt["risk"] | doubt["hides_antibodies"]
    wanting += [f"an answer about {words}" for name, words in questions.items() if getattr(asked, name) is None]
    return tuple(wanting)


def _facts(evidence: CeliacEvidence) -> tuple[str, ...]:
    tests = [test.fact for draw in evidence.draws for test in draw.tests]
    iga = [draw.total_iga.fact for draw in evidence.draws if draw.total_iga]
    others = [part.fact for part in (evidence.hla, evidence.biopsy) if part]
    return tuple(dict.fromkeys(fact for fact in (*tests, *iga, *others, *evidence.facts) if fact))


def _state_finding(
    evidence: CeliacEvidence, state: CeliacState, because: str, missing: tuple[str, ...], today: date
) -> Finding:
    card = shelf().card(STATES_CARD)
    text: dict[str, Any] = card.data[state.value]
    wanting = f" Missing: {'; '.join(missing)}." if missing and text["blocks"] and state is not CeliacState.C8 else ""
    held = " No gluten restriction until this is settled." if text["blocks"] else ""
    return Finding(
        id=f"{_ROOM}.state",
        says=f"{text['says']} Why: {because}.{wanting}{held}",
        as_of=max((draw.date for draw in evidence.draws), default=today),
        value=state.value,
        because=_facts(evidence),
        according_to=_STATE_CARDS,
        grade=card.grade,
        verified=all(shelf().card(card_id).verified for card_id in _STATE_CARDS),
        level=Level(text["level"]) if "level" in text else None,
        asks=tuple(Ask(ask["who"], ask["what"]) for ask in text["asks"]),
    )


def _side_findings(evidence: CeliacEvidence, state: CeliacState, hla: HlaMeaning | None, today: date) -> list[Finding]:
    found = []
    doubt = shelf().card(DOUBT_CARD)
    for name, words in doubt.data["hides_antibodies"].items():
        if getattr(evidence.history, name):
            found.append(
                _finding(
                    "hidden",
                    f"{words[0].upper()}{words[1:]} can hide antibodies: a negative test says less.",
                    today,
                    DOUBT_CARD,
                    asks=(_HIDDEN,),
                )
            )
    if evidence.age_years is not None and evidence.age_years < doubt.data["hides_below_years"]:
        found.append(
            _finding(
                "hidden_by_age",
                "At this age antibodies can be missing in celiac disease.",
                today,
                DOUBT_CARD,
                asks=(_HIDDEN,),
            )
        )
    if _ttg_without_iga(evidence.draws):
        found.append(
            _finding(
                "incomplete_order",
                "tTG-IgA was measured and total IgA was not: a negative result cannot be read.",
                today,
                IGA_CARD,
                # Where the state itself asks for tTG-IgA with total IgA, a second ask would be the same question twice.
                asks=()
                if state in _ASKS_FOR_SEROLOGY
                else (Ask("clinician", "Add total IgA, from the same sample if it is kept."),),
            )
        )
    if hla and evidence.hla:
        found += typing_findings(hla, today, evidence.hla.fact)
    if evidence.unread:
        found.append(
            _finding(
                "unread",
                f"Records that could not be used: {'; '.join(evidence.unread)}.",
                today,
                STATES_CARD,
                asks=(Ask("clinician", "Look at the original reports."),),
            )
        )
    if evidence.hla and evidence.hla.source != "clinical":
        found.append(
            _finding(
                "genotype_file_does_not_count",
                "HLA-DQ from a genotype file changes nothing here; only clinical typing does.",
                today,
                "laboratory_tests/hla_tag_snps",
                asks=(Ask("clinician", "Order clinical HLA-DQ typing if it would change what is done."),),
            )
        )
    if state in (CeliacState.C0, CeliacState.C6):
        found.append(_challenge_finding(evidence, today))
    return found


def _ttg_without_iga(draws: tuple[Draw, ...]) -> bool:
    measured = any(test.test is AntibodyTest.TTG_IGA for draw in draws for test in draw.tests)
    return measured and not any(draw.total_iga for draw in draws)


def _challenge_finding(evidence: CeliacEvidence, today: date) -> Finding:
    data: dict[str, Any] = shelf().card(CHALLENGE_CARD).data
    against = [words for name, words in data["circumstances"].items() if getattr(evidence.history, name)]
    if evidence.age_years is not None and evidence.age_years < data["below_years"]:
        against.append(f"age below {data['below_years']} years")
    unasked = [words for name, words in data["circumstances"].items() if getattr(evidence.history, name) is None]
    if against:
        says = f"A gluten challenge is a specialist's decision here: {'; '.join(against)}."
    else:
        says = f"A gluten challenge, if chosen: {data['dose']}"
        says += f" Ask first about: {'; '.join(unasked)}." if unasked else ""
    return _finding("challenge", says, today, CHALLENGE_CARD, level=Level.HOLD if against else None)


def _guideline_finding(answer: GuidelineAnswer, today: date) -> Finding:
    card = shelf().card(answer.card)
    says = [f"{answer.name}: {answer.says}"]
    for route in answer.routes:
        if route.open is Truth.YES:
            says.append(f"Route '{route.label}': its conditions are met; the specialist decides.")
        elif route.open is Truth.NO:
            says.append(f"Route '{route.label}': not met ({'; '.join(route.not_met)}).")
        else:
            says.append(f"Route '{route.label}': cannot tell yet (unknown: {'; '.join(route.unknown)}).")
    return Finding(
        id=f"{_ROOM}.guideline.{answer.card.rsplit('/', 1)[-1]}",
        says=" ".join(says),
        as_of=today,
        state=answer.applies,
        according_to=(answer.card,),
        grade=card.grade,
        verified=card.verified,
    )


def _finding(
    name: str, says: str, today: date, card_id: str, *, level: Level | None = None, asks: tuple[Ask, ...] = ()
) -> Finding:
    card = shelf().card(card_id)
    grade: Grade = card.grade
    return Finding(
        id=f"{_ROOM}.{name}",
        says=says,
        as_of=today,
        according_to=(card_id,),
        grade=grade,
        verified=card.verified,
        level=level,
        asks=asks,
    )
