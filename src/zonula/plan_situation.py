"""What the gates of a plan need to know, from what the clinician states and what the records and tests say.

The law of this file: danger seen anywhere holds, safety must be stated. A danger is YES when it was stated or a red flag of the chart
says so; it is NO only when that was stated and nothing contradicts; else it is unknown, and unknown opens no gate.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple, TypeVar

import msgspec

from zonula.chart import Chart, Fact, Level, State
from zonula.chart_review.vocabulary import Vocabulary, vocabulary
from zonula.journey import Assessment
from zonula.skin_prick_tests import SkinTest
from zonula.skin_prick_tests import Verdict as Wheal
from zonula.treatment_protocols import FoodHistory, RedFlag, Score, Situation, Weight
from zonula.treatment_protocols.situation import CeliacState

FLAG = "chart_review.red_flag."
# Field of the situation -> red flags of the chart that say it is so.
SAID_BY: dict[str, tuple[str, ...]] = {
    "pregnant": ("pregnancy", "itch_in_pregnancy"),
    "breastfeeding": ("breastfeeding",),
    "eating_disorder_risk": ("eating_disorder",),
    "asthma_uncontrolled": ("asthma_unstable",),
    "anaphylaxis_history": ("anaphylaxis_history", "anaphylaxis_on_blocker"),
    "beta_blocker": ("anaphylaxis_on_blocker",),
    "insulin_or_sulfonylurea": ("drug_insulin", "drug_sulfonylurea"),
    "kidney_disease": ("kidney_disease",),
    "transplant": ("drug_transplant",),
}
# Here it is YES that is safe: a red flag turns it into NO.
DENIED_BY: dict[str, tuple[str, ...]] = {"mentally_stable": ("suicidal", "psychosis_mania", "phq9_item9")}
_STATED_ONLY = ("mastocytosis", "second_adult", "near_emergency_care", "rescue_plan", "ill_today", "cofactor_today")
DANGERS = (*SAID_BY, "mastocytosis", "ill_today", "cofactor_today")
DOMAINS = "symptom-domains"
TOTAL = "severity"
HIGHEST_AGE, HEAVIEST = 120, 700
# States between two of the guideline's have no name for the gates; `gluten_blocked` says what holds in them.
_CELIAC: dict[str, CeliacState] = {name: name for name in ("C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8")}

Dated = TypeVar("Dated", Weight, Score)


class Told(NamedTuple):
    """One answer of the situation and where it comes from. because: ids of the findings of the record that say it."""

    field: str
    answer: State
    stated: State
    because: tuple[str, ...]

    @property
    def contradicts(self) -> bool:
        """Whether the records say otherwise than what was stated."""
        return self.stated not in (State.UNKNOWN, self.answer)


class Assembled(NamedTuple):
    """situation: for the gates. told: each yes-or-no of it, with its origin, in a fixed order."""

    situation: Situation
    told: tuple[Told, ...]


def situation_of(assessment: Assessment, chart: Chart, stated: Situation) -> Assembled:
    """The situation on the day of the assessment. stated: what the clinician wrote down; its figures are added to the record's.

    A weight or score of the record never replaces one that was stated for the same day.
    """
    told = tuple(_told(name, stated, assessment) for name in (*SAID_BY, *DENIED_BY, *_STATED_ONLY))
    age = assessment.review.patient.age
    day = assessment.as_of
    fields = {one.field: one.answer for one in told}
    situation = msgspec.structs.replace(
        stated,
        **fields,
        age=age if age is not None and 0 <= age <= HIGHEST_AGE else stated.age,
        celiac_state=_CELIAC.get(assessment.celiac.state.value, ""),
        gluten_blocked=State.YES if assessment.celiac.blocks_gluten_restriction else State.NO,
        red_flags=tuple(_red_flags(assessment)),
        weights=_by_day((*_weights(chart, day), *stated.weights)),
        scores=_by_day((*_scores(assessment), *stated.scores)),
        foods=_foods(stated.foods, assessment.skin_test),
    )
    return Assembled(situation, told)


def _told(field: str, stated: Situation, assessment: Assessment) -> Told:
    said: State = getattr(stated, field)
    names = [f"{FLAG}{flag}" for flag in (*SAID_BY.get(field, ()), *DENIED_BY.get(field, ()))]
    because = tuple(
        name for name in names if (found := assessment.findings.get(name)) is not None and found.state is State.YES
    )
    if not because:
        return Told(field, said, said, ())
    return Told(field, State.NO if field in DENIED_BY else State.YES, said, because)


def _red_flags(assessment: Assessment) -> Iterator[RedFlag]:
    """Everything that stands; what could not be told is not a flag, but stays in the assessment's open questions."""
    for name in (*assessment.unsafe, *assessment.look_at):
        finding = assessment.findings[name]
        if finding.state is State.YES and isinstance(finding.level, Level):
            yield RedFlag(name, finding.level.value)


def _weights(chart: Chart, today: date) -> Iterator[Weight]:
    """Weighings with a whole day and a unit that is known."""
    words = vocabulary()
    for fact in _asserted(chart.facts):
        day = _day(fact)
        if day is None or day > today or not _weighed(fact, words):
            continue
        span = words.measured(fact, "body_weight")
        if span is not None and 0 < span[0] == span[1] < HEAVIEST:
            yield Weight(day, round(span[0], 2))


def _weighed(fact: Fact, words: Vocabulary) -> bool:
    return any("test/body_weight" in words.lists_of_code(code.system, code.code) for code in fact.codes)


def _scores(assessment: Assessment) -> Iterator[Score]:
    for one in assessment.scores:
        scale = one.scale(TOTAL) if one.instrument == DOMAINS else None
        if scale is not None and scale.value is not None and one.dated:
            yield Score(one.as_of, float(scale.value))


def _by_day(written: Iterable[Dated]) -> tuple[Dated, ...]:
    """In order of days; of one day the last written holds."""
    found = {one.day: one for one in written}
    return tuple(found[day] for day in sorted(found))


def _foods(stated: dict[str, FoodHistory], test: SkinTest | None) -> dict[str, FoodHistory]:
    """A wheal says sensitised, never allergic; a negative wheal is said only where nobody stated otherwise."""
    foods = dict(stated)
    for reading in test.readings if test else ():
        sensitised = {Wheal.POSITIVE: State.YES, Wheal.NEGATIVE: State.NO}.get(reading.verdict, State.UNKNOWN)
        before = foods.get(reading.food, FoodHistory())
        if sensitised is State.YES or before.sensitised is State.UNKNOWN:
            foods[reading.food] = msgspec.structs.replace(before, sensitised=sensitised)
    return foods


def _asserted(facts: Iterable[Fact]) -> Iterator[Fact]:
    return (fact for fact in facts if fact.asserted)


def _day(fact: Fact) -> date | None:
    moment = fact.when.start or fact.when.end
    return moment.earliest if moment is not None and moment.earliest == moment.latest else None
