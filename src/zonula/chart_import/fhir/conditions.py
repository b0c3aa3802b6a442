"""Conditions (diagnoses and problems) and the family's history."""

from msgspec import Raw, field

from zonula.chart import UNKNOWN_TIME, Fact, Kind, When
from zonula.chart_import.dates import moment, period_when
from zonula.chart_import.fhir.concepts import concept, concepts
from zonula.chart_import.fhir.datatypes import (
    ABSENT,
    Annotation,
    FhirQuantity,
    Period,
    Range,
    Reference,
    Resource,
    notes,
)
from zonula.chart_import.fhir.reading import Reading
from zonula.chart_import.fhir.standing import (
    CONFIRMED,
    ENTERED_IN_ERROR,
    PATIENT_REPORTED,
    REFUTED,
    RESOLVED,
    SUSPECTED,
    UNKNOWN,
)
from zonula.chart_import.fhir.values import quantity_text, range_text

_VERIFICATION = {
    "confirmed": CONFIRMED,
    "unconfirmed": SUSPECTED,
    "provisional": SUSPECTED,
    "differential": SUSPECTED,
    "refuted": REFUTED,
    "entered-in-error": ENTERED_IN_ERROR,
}
_OVER = ("resolved", "inactive", "remission")
_SAID_BY_PATIENT = ("Patient", "RelatedPerson")


class Condition(Resource):
    """A diagnosis, problem or complaint."""

    clinical_status: Raw = ABSENT
    verification_status: Raw = ABSENT
    category: Raw = ABSENT
    severity: Raw = ABSENT
    code: Raw = ABSENT
    body_site: Raw = ABSENT
    subject: Reference | None = None
    encounter: Reference | None = None
    onset_date_time: str = ""
    onset_age: FhirQuantity | None = None
    onset_period: Period | None = None
    onset_range: Range | None = None
    onset_string: str = ""
    abatement_date_time: str = ""
    abatement_age: FhirQuantity | None = None
    abatement_period: Period | None = None
    abatement_range: Range | None = None
    abatement_string: str = ""
    context: Raw = ABSENT  # STU3
    abatement_boolean: Raw = ABSENT  # STU3
    recorded_date: str = ""
    recorder: Reference | None = None
    asserter: Reference | None = None
    note: list[Annotation] | None = None


class _RelativeCondition(Resource):
    code: Raw = ABSENT
    onset_age: FhirQuantity | None = None
    onset_range: Range | None = None
    onset_period: Period | None = None
    onset_string: str = ""
    note: list[Annotation] | None = None


class FamilyMemberHistory(Resource):
    """What a relative had."""

    status: str = ""
    subject: Reference | None = field(name="patient", default=None)
    date: str = ""
    relationship: Raw = ABSENT
    condition: list[_RelativeCondition] | None = None
    note: list[Annotation] | None = None


def condition(written: Condition, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact. A patient's own label is never confirmed; what was verified and is over is RESOLVED."""
    problems: list[str] = []
    what = concept(written.code)
    if not what.codes and not what.text:
        problems.append("does not say which condition")
    said_by = reading.who(written.asserter, written.contained)
    recorder = reading.who(written.recorder, written.contained)
    when = _onset_to_abatement(written, problems)
    verification = concept(written.verification_status)
    status = UNKNOWN
    for code in verification.codes:
        status = _VERIFICATION.get(code.code, status)
    if said_by.type in _SAID_BY_PATIENT and status in (CONFIRMED, UNKNOWN):
        status = PATIENT_REPORTED
    over = concept(written.clinical_status).has(*_OVER) or (
        written.clinical_status is ABSENT and (when.end is not None or written.abatement_string != "")
    )
    if over and status in (CONFIRMED, UNKNOWN):
        status = RESOLVED
    kinds = concepts(written.category)
    pairs = (
        ("category", kinds.label),
        ("severity", concept(written.severity).text),
        ("body_site", concepts(written.body_site).text),
    )
    symptom = kinds.symptom
    who = said_by if said_by.name else recorder
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.SYMPTOM if symptom else Kind.CONDITION,
        sources=(reading.source(place, who.organisation),),
        codes=what.codes,
        text=what.text,
        when=when,
        recorded=moment(written.recorded_date, problems),
        status=status,
        negated=what.none,
        performer=who.name,
        specialty=who.specialty,
        encounter=reading.fact_id(written.encounter),
        note=notes(written.note, problems),
        details=tuple([pair for pair in pairs if pair[1] and not (symptom and pair[0] == "category")]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


def family_history(written: FamilyMemberHistory, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact per condition of the relative; a relative without conditions is said, not kept."""
    problems: list[str] = []
    relation = concept(written.relationship).text
    when = UNKNOWN_TIME
    recorded = moment(written.date, problems)
    status = ENTERED_IN_ERROR if written.status == "entered-in-error" else PATIENT_REPORTED
    facts = []
    for index, each in enumerate(written.condition or ()):
        inner = f"{place}.condition[{index}]"
        if each.modifier_extension is not ABSENT:
            reading.skip(inner, "carries a modifier extension that Zonula does not know")
            continue
        what = concept(each.code)
        age = each.onset_string
        if each.onset_age is not None:
            age = quantity_text(each.onset_age)
        elif each.onset_range is not None:
            age = range_text(each.onset_range)
        pairs = (("relation", relation), ("age_at_onset", age))
        facts.append(
            Fact(
                id=reading.prefix + inner,
                kind=Kind.FAMILY_HISTORY,
                sources=(reading.source(inner, ""),),
                codes=what.codes,
                text=what.text,
                when=when,
                recorded=recorded,
                status=status,
                negated=what.none,
                note=notes(each.note, problems) or notes(written.note, problems),
                details=tuple([pair for pair in pairs if pair[1]]),
            )
        )
    if not facts:
        reading.skip(place, "names a relative but no condition")
    if problems:
        reading.warn(place, problems)
    return tuple(facts)


def _onset_to_abatement(written: Condition, problems: list[str]) -> When:
    onset, abatement = written.onset_period, written.abatement_period
    start = written.onset_date_time or (onset.start or onset.end if onset else "")
    end = written.abatement_date_time or (abatement.end or abatement.start if abatement else "")
    if onset and onset.end and not end:
        # A period of onset says when it began, never that it is over (FHIR R4 Condition.onset).
        problems.append("onset is a period; its start was taken")
    dated = period_when(start, end, problems)
    began = _words(written.onset_string, written.onset_age, written.onset_range)
    ended = _words(written.abatement_string, written.abatement_age, written.abatement_range)
    if not began and not ended:
        return dated
    words = (dated.text, began, f"until {ended}" if ended else "")
    return When(dated.start, dated.end, ", ".join([each for each in words if each]))


def _words(text: str, age: FhirQuantity | None, span: Range | None) -> str:
    if age is not None:
        return f"age {quantity_text(age)}"
    return text if span is None else f"age {range_text(span)}"
