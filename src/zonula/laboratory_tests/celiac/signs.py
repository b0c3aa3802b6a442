"""From evidence to the nine signs the decision table looks at. Each sign has a value for "unknown"."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from math import inf, isinf
from typing import Any

import msgspec

from zonula.chart import State
from zonula.knowledge import shelf
from zonula.laboratory_tests.celiac.evidence import (
    Antibody,
    AntibodyTest,
    Biopsy,
    CeliacEvidence,
    Draw,
    Gluten,
    KnownDisease,
    Reported,
    TotalIga,
)
from zonula.laboratory_tests.hla import meaning_of, read_typing

GLUTEN_CARD = "laboratory_tests/celiac_gluten_intake"
IGA_CARD = "laboratory_tests/celiac_total_iga"
STRONG_CARD = "laboratory_tests/celiac_strong_positive"
BIOPSY_CARD = "laboratory_tests/celiac_biopsy"
DOUBT_CARD = "laboratory_tests/celiac_doubt"
FACTORS_CARD = "laboratory_tests/unit_factors"


class Known(StrEnum):
    """Whether the disease is established."""

    YES = "yes"
    REPORTED = "reported"
    NO = "no"
    UNKNOWN = "unknown"


class Serology(StrEnum):
    """The IgA antibodies, over all draws."""

    NONE = "none"
    UNCLEAR = "unclear"
    NEGATIVE = "negative"
    POSITIVE = "positive"  # at least the limit and below ten times it
    STRONG = "strong"  # at least ten times the limit
    POSITIVE_UNSPLIT = "positive, multiple unknown"
    CONFLICTING = "positive before, negative now"


class Igg(StrEnum):
    """The IgG antibodies, over all draws."""

    NONE = "none"
    UNCLEAR = "unclear"
    NEGATIVE = "negative"
    POSITIVE = "positive"


class Iga(StrEnum):
    """Total IgA."""

    NORMAL = "normal"
    LOW = "low"
    UNKNOWN = "unknown"


class Intake(StrEnum):
    """Gluten before the blood draw that counts."""

    ENOUGH = "enough"
    TOO_LITTLE = "too little"
    UNKNOWN = "unknown"


class Histology(StrEnum):
    """The duodenum. NONE also when the biopsy cannot be read."""

    NONE = "none"
    NORMAL = "normal"
    LYMPHOCYTES = "lymphocytes without atrophy"
    ATROPHY = "villous atrophy"


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """What the table looks at. risk: a feature that raises suspicion; hidden: something that can hide antibodies."""

    known: Known
    serology: Serology
    igg: Igg
    iga: Iga
    gluten: Intake
    hla: State  # whether a clinical typing is permissive
    histology: Histology
    risk: State
    hidden: State


def signs_of(evidence: CeliacEvidence) -> Signs:
    """The signs of this evidence. A typing that cannot be read raises UserError."""
    iga = _total_iga(evidence)
    deciding = deciding_draw(evidence, iga)
    gluten = deciding.gluten if deciding else evidence.gluten_now
    return Signs(
        known=_known(evidence.history.known_disease),
        serology=_serology(evidence.draws),
        igg=_igg(evidence.draws),
        iga=iga,
        gluten=intake(gluten),
        hla=_hla(evidence),
        histology=_histology(evidence.biopsy),
        risk=_risk(evidence),
        hidden=_hidden(evidence),
    )


def newest_first(draws: Iterable[Draw]) -> list[Draw]:
    """The draws, newest first. One day has one draw; the reader of a file refuses two."""
    return sorted(draws, key=lambda draw: draw.date, reverse=True)


def deciding_draw(evidence: CeliacEvidence, iga: Iga) -> Draw | None:
    """The draw a negative answer would rest on: the newest with tTG-IgA, or with an IgG antibody when IgA is low."""
    drawn = [draw for draw in newest_first(evidence.draws) if draw.tests]
    relied = [
        draw
        for draw in drawn
        if any((not test.test.is_iga) if iga is Iga.LOW else test.test is AntibodyTest.TTG_IGA for test in draw.tests)
    ]
    return next(iter(relied or drawn), None)


def multiple(antibody: Antibody) -> tuple[float, float] | None:
    """Lowest and highest multiple of the upper limit this result can mean; None without value or limit. A bound stays a bound."""
    if antibody.value is None or not antibody.uln:
        return None
    times = antibody.value / antibody.uln
    if antibody.comparator in (">", ">="):
        return times, inf
    return (0.0, times) if antibody.comparator in ("<", "<=") else (times, times)


def reading(antibody: Antibody) -> Serology:
    """One result against its own limit, else the laboratory's own word. The limit itself is positive."""
    strong = shelf().card(STRONG_CARD).value
    span = multiple(antibody)
    if span is not None:
        low, high = span
        if low >= 1:
            if antibody.test is not AntibodyTest.TTG_IGA:
                return Serology.POSITIVE
            if low >= strong:
                return Serology.STRONG
            return Serology.POSITIVE_UNSPLIT if isinf(high) else Serology.POSITIVE
        below = high < 1 or (high == 1 and antibody.comparator == "<")
        # A laboratory that writes "positive" or "grey zone" beside a number below the limit contradicts itself.
        return Serology.NEGATIVE if below and antibody.reported in (None, Reported.NEGATIVE) else Serology.UNCLEAR
    if antibody.reported is Reported.POSITIVE:
        return Serology.POSITIVE_UNSPLIT if antibody.test is AntibodyTest.TTG_IGA else Serology.POSITIVE
    return Serology.NEGATIVE if antibody.reported is Reported.NEGATIVE else Serology.UNCLEAR


_STRENGTH = (
    Serology.STRONG,
    Serology.POSITIVE_UNSPLIT,
    Serology.POSITIVE,
    Serology.UNCLEAR,
    Serology.NEGATIVE,
)


def _serology(draws: tuple[Draw, ...]) -> Serology:
    by_draw = [
        min((reading(test) for test in draw.tests if test.test.is_iga), key=_STRENGTH.index, default=Serology.NONE)
        for draw in newest_first(draws)
    ]
    read = [one for one in by_draw if one is not Serology.NONE]
    if not read:
        return Serology.NONE
    latest = next((one for one in read if one is not Serology.UNCLEAR), Serology.UNCLEAR)
    if latest in _STRENGTH[:3]:
        # EMA of a later sample confirms; how strong the answer is, only the newest readable tTG-IgA says.
        ttg = [
            min(read_in_draw, key=_STRENGTH.index)
            for draw in newest_first(draws)
            if (read_in_draw := [reading(test) for test in draw.tests if test.test is AntibodyTest.TTG_IGA])
        ]
        strength = next((one for one in ttg if one is not Serology.UNCLEAR), Serology.NEGATIVE)
        return strength if strength in _STRENGTH[:3] else Serology.POSITIVE
    if any(one in _STRENGTH[:3] for one in read):
        return Serology.CONFLICTING
    if Serology.UNCLEAR in read:
        return Serology.UNCLEAR
    # EMA or DGP alone, without tTG-IgA, is not the first test of any guideline: negative alone says too little.
    tested = any(test.test is AntibodyTest.TTG_IGA for draw in draws for test in draw.tests)
    return Serology.NEGATIVE if tested else Serology.UNCLEAR


def _igg(draws: tuple[Draw, ...]) -> Igg:
    read = {reading(test) for draw in draws for test in draw.tests if not test.test.is_iga}
    if not read:
        return Igg.NONE
    if Serology.POSITIVE in read:
        return Igg.POSITIVE
    return Igg.UNCLEAR if Serology.UNCLEAR in read else Igg.NEGATIVE


def intake(gluten: Gluten | None) -> Intake:
    """Whether the gluten eaten up to the draw is enough by the card: more than one meal every day, for six weeks or more."""
    card = shelf().card(GLUTEN_CARD)
    if gluten is None:
        return Intake.UNKNOWN
    checks: tuple[tuple[float | None, Callable[[float], bool]], ...] = (
        (gluten.meals_a_day, lambda meals: meals > card.data["meals_a_day_more_than"]),
        (gluten.weeks, lambda weeks: weeks >= card.value),
    )
    if any(amount is not None and not enough(amount) for amount, enough in checks):
        return Intake.TOO_LITTLE
    return Intake.UNKNOWN if any(amount is None for amount, _ in checks) else Intake.ENOUGH


def _total_iga(evidence: CeliacEvidence) -> Iga:
    """The newest total IgA decides; IgA is a trait of the person, so it may come from another draw."""
    measured = next((draw.total_iga for draw in newest_first(evidence.draws) if draw.total_iga), None)
    return Iga.UNKNOWN if measured is None else iga_reading(measured, evidence.age_years)


def iga_reading(measured: TotalIga, age_years: float | None) -> Iga:
    """Low below the laboratory's own limit or the deficiency limit; normal only against the laboratory's own limit or word."""
    card = shelf().card(IGA_CARD)
    if measured.value is not None and measured.comparator in ("", "<", "<="):
        grams = in_grams_per_litre(measured)
        deficient = card.value
        if age_years is not None and card.data["child_from_years"] <= age_years < card.data["child_below_years"]:
            deficient = card.data["child_unreliable_below"]
        below_limit = measured.low is not None and measured.value < measured.low
        if below_limit or (grams is not None and grams < deficient):
            return Iga.LOW
    if measured.reported == "low":
        return Iga.LOW
    bound_holds = measured.value is not None and measured.comparator in ("", ">", ">=")
    if bound_holds and measured.low is not None and measured.value is not None and measured.value >= measured.low:
        return Iga.NORMAL
    return Iga.NORMAL if measured.reported == "normal" and measured.low is None else Iga.UNKNOWN


def in_grams_per_litre(measured: TotalIga) -> float | None:
    """The value in g/L, or None when the unit is not one of the card's known factors."""
    factor = shelf().card(FACTORS_CARD).data["total_iga"]["to"].get(measured.unit)
    return None if factor is None or measured.value is None else measured.value * factor


def _known(disease: KnownDisease | None) -> Known:
    if disease is None:
        return Known.UNKNOWN
    return {KnownDisease.NONE: Known.NO, KnownDisease.REPORTED: Known.REPORTED}.get(disease, Known.YES)


def _hla(evidence: CeliacEvidence) -> State:
    """Only a clinical typing counts; a genotype file never opens or closes anything."""
    if evidence.hla is None or evidence.hla.source != "clinical":
        return State.UNKNOWN
    return meaning_of(read_typing(evidence.hla.typing)).permissive


def _histology(biopsy: Biopsy | None) -> Histology:
    if biopsy is None:
        return Histology.NONE
    card = shelf().card(BIOPSY_CARD)
    if biopsy.marsh.startswith("3"):
        return Histology.ATROPHY
    many = (
        biopsy.lymphocytes_per_100 is not None and biopsy.lymphocytes_per_100 >= card.data["lymphocytes_per_100_from"]
    )
    if biopsy.marsh in ("1", "2") or many:
        return Histology.LYMPHOCYTES
    too_few = (biopsy.distal is not None and biopsy.distal < card.value) or (
        biopsy.bulb is not None and biopsy.bulb < card.data["bulb_at_least"]
    )
    return Histology.NORMAL if biopsy.marsh == "0" and not too_few else Histology.NONE


def _any(answers: Iterable[bool | None]) -> State:
    answers = tuple(answers)
    if True in answers:
        return State.YES
    return State.UNKNOWN if None in answers else State.NO


def _risk(evidence: CeliacEvidence) -> State:
    data: dict[str, Any] = shelf().card(DOUBT_CARD).data
    return _any(getattr(evidence.history, question) for question in data["risk"])


def _hidden(evidence: CeliacEvidence) -> State:
    data: dict[str, Any] = shelf().card(DOUBT_CARD).data
    infant = None if evidence.age_years is None else evidence.age_years < data["hides_below_years"]
    return _any([infant, *(getattr(evidence.history, question) for question in data["hides_antibodies"])])
