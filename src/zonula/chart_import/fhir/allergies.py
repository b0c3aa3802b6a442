"""Allergies and intolerances as recorded: a record is not a tested allergy."""

from msgspec import Raw, field

from zonula.chart import Fact, Kind, When
from zonula.chart_import.dates import moment, moment_when, period_when
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
from zonula.chart_import.negations import says_no_allergy

_VERIFICATION = {
    "confirmed": CONFIRMED,
    "unconfirmed": SUSPECTED,
    "presumed": SUSPECTED,
    "refuted": REFUTED,
    "entered-in-error": ENTERED_IN_ERROR,
}


class _Reaction(Resource):
    substance: Raw = ABSENT
    manifestation: Raw = ABSENT
    severity: str = ""
    onset: str = ""


class AllergyIntolerance(Resource):
    """A propensity to react, or the statement that there is none known."""

    clinical_status: Raw = ABSENT
    verification_status: Raw = ABSENT
    type: str = ""
    category: list[str] | None = None
    criticality: str = ""
    code: Raw = ABSENT
    subject: Reference | None = field(name="patient", default=None)
    encounter: Reference | None = None
    onset_date_time: str = ""
    onset_age: FhirQuantity | None = None
    onset_period: Period | None = None
    onset_range: Range | None = None
    onset_string: str = ""
    recorded_date: str = ""
    recorder: Reference | None = None
    asserter: Reference | None = None
    last_occurrence: str = ""
    note: list[Annotation] | None = None
    reaction: list[_Reaction] | None = None
    substance: Raw = ABSENT  # DSTU2


def allergy(written: AllergyIntolerance, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact; `no known allergy` is a negated fact, `no information` none at all."""
    problems: list[str] = []
    what = concept(written.code)
    if what.uninformed:
        reading.skip(place, "says only that nothing is known about allergies")
        return ()
    substance = what
    reactions = [each for each in written.reaction or () if each.modifier_extension is ABSENT]
    if len(reactions) < len(written.reaction or ()):
        reading.skip(f"{place}.reaction", "carries a modifier extension that Zonula does not know")
    if not what.codes and not what.text:
        substance = next((named for each in reactions if (named := concept(each.substance)).text), what)
        if not substance.text:
            problems.append("does not say to what")
    said_by = reading.who(written.asserter, written.contained)
    verification = concept(written.verification_status)
    status = next((known for code in verification.codes if (known := _VERIFICATION.get(code.code))), UNKNOWN)
    if said_by.type in ("Patient", "RelatedPerson") and status in (CONFIRMED, UNKNOWN):
        status = PATIENT_REPORTED
    if concept(written.clinical_status).has("resolved", "inactive") and status in (CONFIRMED, UNKNOWN):
        status = RESOLVED
    pairs = (
        ("type", written.type),
        ("category", "; ".join(written.category or ())),
        ("criticality", written.criticality),
        ("reaction", "; ".join(text for each in reactions if (text := concepts(each.manifestation).text))),
        ("severity", next((each.severity for grade in _WORST for each in reactions if each.severity == grade), "")),
    )
    who = said_by if said_by.name else reading.who(written.recorder, written.contained)
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.ALLERGY,
        sources=(reading.source(place, who.organisation),),
        codes=substance.codes,
        text=substance.text,
        when=_onset(written, problems),
        recorded=moment(written.recorded_date, problems),
        status=status,
        negated=what.none or says_no_allergy(substance.text),
        performer=who.name,
        specialty=who.specialty,
        encounter=reading.fact_id(written.encounter),
        note=notes(written.note, problems),
        details=tuple([pair for pair in pairs if pair[1]]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


_WORST = ("severe", "moderate", "mild")


def _onset(written: AllergyIntolerance, problems: list[str]) -> When:
    if written.onset_date_time:
        return moment_when(written.onset_date_time, problems)
    if written.onset_period is not None:
        return period_when(written.onset_period.start, "", problems)
    if written.onset_age is not None:
        return When(text=f"age {quantity_text(written.onset_age)}")
    if written.onset_range is not None:
        return When(text=f"age {range_text(written.onset_range)}")
    return When(text=written.onset_string)
