"""Celiac evidence from a chart: what the records say. What no record can say (gluten before the draw, most of the history) stays unknown."""

import re
from datetime import date

import msgspec

from zonula.chart import Chart, Fact, Interpretation, Kind, Status, System
from zonula.errors import KnowledgeError, UserError
from zonula.knowledge import shelf
from zonula.laboratory_tests.celiac.evidence import (
    Antibody,
    AntibodyTest,
    CeliacEvidence,
    Draw,
    Gluten,
    History,
    Hla,
    KnownDisease,
    Reported,
    TotalIga,
)
from zonula.laboratory_tests.celiac.signs import DOUBT_CARD
from zonula.laboratory_tests.hla import read_typing

CODES = "laboratory_tests/celiac_codes"
_TYPED = {"hla": "", "hla_dqa1": "DQA1", "hla_dqb1": "DQB1"}  # what a bare `05:01` in such a result belongs to
_REPORTED = {
    Interpretation.NEGATIVE: Reported.NEGATIVE,
    Interpretation.NORMAL: Reported.NEGATIVE,
    Interpretation.POSITIVE: Reported.POSITIVE,
    Interpretation.HIGH: Reported.POSITIVE,
    Interpretation.CRITICAL_HIGH: Reported.POSITIVE,
    Interpretation.ABNORMAL: Reported.POSITIVE,
    Interpretation.INDETERMINATE: Reported.INDETERMINATE,
}
_WORDS = {
    "negative": Reported.NEGATIVE,
    "not detected": Reported.NEGATIVE,
    "positive": Reported.POSITIVE,
    "detected": Reported.POSITIVE,
    "weak positive": Reported.POSITIVE,
    "equivocal": Reported.INDETERMINATE,
    "indeterminate": Reported.INDETERMINATE,
}


def evidence_from_chart(
    chart: Chart, today: date, *, history: History | None = None, gluten: dict[date, Gluten] | None = None
) -> CeliacEvidence:
    """What the chart knows. history and gluten (by day of the draw) are what the clinician asked; they are merged in.

    Results without a date, planned or in error are left out. An established diagnosis in the records is known disease; one
    only told by the patient is `reported`; no record is unknown, never "none".
    """
    meaning = _meanings()
    tests: dict[date, list[Antibody]] = {}
    iga: dict[date, TotalIga] = {}
    typings: dict[str, Fact] = {}
    unread: list[str] = []
    for fact in chart.of_kind(Kind.OBSERVATION):
        what = next((meaning[code.key] for code in fact.codes if code.key in meaning), "")
        day = fact.when.last_day
        if not what or not fact.asserted:
            continue
        if day is None or day > today:
            unread.append(f"{fact.id}: {what}, {'without a date' if day is None else 'dated in the future'}")
            continue
        if what in set(AntibodyTest):
            tests.setdefault(day, []).append(_antibody(AntibodyTest(what), fact))
        elif what == "total_iga":
            iga[day] = _total_iga(fact)
        elif what in _TYPED:
            typings[what] = fact
    intake = gluten or {}
    known, known_facts = _known(chart, meaning)
    asked = history or History()
    if asked.known_disease is None:
        asked = msgspec.structs.replace(asked, known_disease=known)
    relatives = _relatives(chart, meaning)
    if asked.first_degree_relative is None and relatives:
        asked = msgspec.structs.replace(asked, first_degree_relative=True)
    return CeliacEvidence(
        age_years=_age(chart, today),
        draws=tuple(
            Draw(date=day, tests=tuple(tests.get(day, ())), total_iga=iga.get(day), gluten=intake.get(day))
            for day in sorted(tests.keys() | iga.keys())
        ),
        hla=_hla(typings, unread),
        history=asked,
        facts=(*known_facts, *relatives),
        unread=tuple(unread),
    )


def _meanings() -> dict[tuple[System, str], str]:
    meaning: dict[tuple[System, str], str] = {}
    for row in shelf().code_list(CODES):
        key = (row.system, row.code)
        if meaning.setdefault(key, row.more["means"]) != row.more["means"]:
            raise KnowledgeError(f"code list {CODES}: {row.code} means two things")
    return meaning


def _antibody(test: AntibodyTest, fact: Fact) -> Antibody:
    value, reference = fact.value, fact.reference
    same_unit = bool(value and reference and (reference.unit in ("", value.unit)))
    reported = _REPORTED.get(fact.interpretation) if fact.interpretation else None
    return Antibody(
        test=test,
        value=value.value if value and value.value >= 0 else None,
        comparator=value.comparator if value else "",
        unit=value.unit if value else "",
        uln=reference.high if reference and reference.high and same_unit else None,
        reported=reported or _WORDS.get(fact.value_text.strip().lower()),
        assay=fact.detail("method"),
        fact=fact.id,
    )


def _total_iga(fact: Fact) -> TotalIga:
    value, reference = fact.value, fact.reference
    said = {Interpretation.NORMAL: "normal", Interpretation.LOW: "low", Interpretation.CRITICAL_LOW: "low"}
    same_unit = bool(value and reference and (reference.unit in ("", value.unit)))
    return TotalIga(
        value=value.value if value and value.value >= 0 else None,
        comparator=value.comparator if value else "",
        unit=value.unit if value else "",
        low=reference.low if reference and reference.low and same_unit else None,
        reported=said.get(fact.interpretation, "") if fact.interpretation else "",
        fact=fact.id,
    )


def _hla(typings: dict[str, Fact], unread: list[str]) -> Hla | None:
    """The newest typing of both genes, or of each gene put together."""
    used = [typings["hla"]] if "hla" in typings else list(typings.values())
    written = []
    for what, fact in typings.items():
        if fact in used:
            said = fact.value_text.strip() or "; ".join(code.display or code.code for code in fact.value_codes)
            written.append(f"{_TYPED[what]} {said}")
    if not written:
        return None
    typing = "; ".join(written)
    try:
        read_typing(typing)
    except UserError as wrong:
        unread.append(f"{used[0].id}: HLA typing: {wrong.what}")
        return None
    return Hla(typing=typing, fact=used[0].id)


def _known(chart: Chart, meaning: dict[tuple[System, str], str]) -> tuple[KnownDisease | None, tuple[str, ...]]:
    diseases = {"celiac": KnownDisease.CELIAC, "dermatitis_herpetiformis": KnownDisease.DERMATITIS_HERPETIFORMIS}
    told: list[str] = []
    for fact in chart.of_kind(Kind.CONDITION):
        what = next((meaning[code.key] for code in fact.codes if meaning.get(code.key) in diseases), "")
        if not what or not fact.asserted or fact.status is Status.SUSPECTED:
            continue
        if fact.status is Status.CONFIRMED:
            return diseases[what], (fact.id,)
        told.append(fact.id)
    return (KnownDisease.REPORTED, tuple(told)) if told else (None, ())


def _relatives(chart: Chart, meaning: dict[tuple[System, str], str]) -> tuple[str, ...]:
    """The records of a first-degree relative with celiac disease. None is no "no": families are rarely written down whole."""
    first_degree = shelf().card(DOUBT_CARD).data["first_degree"]
    return tuple(
        fact.id
        for fact in chart.of_kind(Kind.FAMILY_HISTORY)
        if fact.asserted
        and any(meaning.get(code.key) in ("celiac", "dermatitis_herpetiformis") for code in fact.codes)
        and any(word in first_degree for word in re.findall(r"[a-z]+", fact.detail("relation").lower()))
        and not {"grand", "half", "step", "law"} & set(re.findall(r"[a-z]+", fact.detail("relation").lower()))
    )


def _age(chart: Chart, today: date) -> float | None:
    """Completed years on the latest birthday the record allows; None when the birth date leaves the age open by over a year."""
    birth = chart.patient.birth
    if birth is None or birth.latest > today or (birth.latest - birth.earliest).days > 31:
        return None
    born = birth.latest
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
