"""Observations, their components, and diagnostic reports."""

from msgspec import Raw

from zonula.chart import Fact, Kind, Source, When
from zonula.chart_import.dates import moment, moment_when, period_when
from zonula.chart_import.fhir.concepts import concept, concepts
from zonula.chart_import.fhir.datatypes import ABSENT, Annotation, Period, Reference, Resource, notes, shortened
from zonula.chart_import.fhir.reading import NOBODY, Reading
from zonula.chart_import.fhir.standing import (
    CONFIRMED,
    ENTERED_IN_ERROR,
    NOT_DONE,
    PATIENT_REPORTED,
    PLANNED,
    SUSPECTED,
    UNKNOWN,
)
from zonula.chart_import.fhir.values import (
    FhirRange,
    Valued,
    interpretation_of,
    quantity_result,
    reference_of,
    result_of,
)

_STATUSES = {
    "final": CONFIRMED,
    "amended": CONFIRMED,
    "corrected": CONFIRMED,
    "appended": CONFIRMED,
    "preliminary": SUSPECTED,
    "partial": SUSPECTED,
    "registered": PLANNED,
    "cancelled": NOT_DONE,
    "entered-in-error": ENTERED_IN_ERROR,
}
# An enum member costs a slow look-up each time it is named (Python 3.11).
_OBSERVATION, _SYMPTOM = Kind.OBSERVATION, Kind.SYMPTOM
_NO_DETAILS = (ABSENT, ABSENT, None, None)
_SAID_BY_PATIENT = ("Patient", "RelatedPerson")


class Component(Valued):
    """One part of a result, e.g. the systolic of a blood pressure."""

    code: Raw = ABSENT
    data_absent_reason: Raw = ABSENT
    interpretation: Raw = ABSENT
    reference_range: list[FhirRange] | None = None


class Observation(Valued):
    """A measurement, laboratory result, survey answer or finding."""

    status: str = ""
    category: Raw = ABSENT
    code: Raw = ABSENT
    subject: Reference | None = None
    focus: list[Reference] | None = None
    encounter: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_instant: str = ""
    effective_timing: Raw = ABSENT
    issued: str = ""
    performer: list[Reference] | None = None
    data_absent_reason: Raw = ABSENT
    interpretation: Raw = ABSENT
    note: list[Annotation] | None = None
    body_site: Raw = ABSENT
    method: Raw = ABSENT
    specimen: Reference | None = None
    device: Reference | None = None
    reference_range: list[FhirRange] | None = None
    has_member: list[Reference] | None = None
    component: list[Component] | None = None
    context: Raw = ABSENT  # STU3
    comment: Raw = ABSENT  # STU3
    comments: Raw = ABSENT  # DSTU2


class DiagnosticReport(Resource):
    """A panel, an imaging report or a written finding."""

    status: str = ""
    category: Raw = ABSENT
    code: Raw = ABSENT
    subject: Reference | None = None
    encounter: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    issued: str = ""
    performer: list[Reference] | None = None
    results_interpreter: list[Reference] | None = None
    result: list[Reference] | None = None
    conclusion: str = ""
    conclusion_code: Raw = ABSENT
    presented_form: Raw = ABSENT
    context: Raw = ABSENT  # STU3
    coded_diagnosis: Raw = ABSENT  # STU3 and before


def observation(written: Observation, place: str, reading: Reading) -> tuple[Fact, ...]:
    """The observation and each of its components as facts of their own."""
    focus = written.focus
    if focus and any(each.reference != (written.subject.reference if written.subject else "") for each in focus):
        reading.skip(place, "is about something other than the patient (focus)")
        return ()
    problems: list[str] = []
    what = concept(written.code)
    if not what.codes and not what.text:
        problems.append("does not say what was observed")
    dated = written.effective_date_time
    when = moment_when(dated, problems) if dated else _when(written, problems)
    status = _STATUSES.get(written.status, UNKNOWN)
    performer = reading.who(written.performer[0], written.contained) if written.performer else NOBODY
    if status is CONFIRMED and performer.type in _SAID_BY_PATIENT:
        status = PATIENT_REPORTED
    category = written.category
    symptom = False
    details: tuple[tuple[str, str], ...] = ()
    if category is not ABSENT:
        kinds = concepts(category)
        symptom = kinds.symptom
        details = (("category", kinds.label),) if kinds.label else ()
    if (written.method, written.body_site, written.device, written.specimen) != _NO_DETAILS:
        details = _rare_details(written, details, reading)
    if written.data_absent_reason is not ABSENT:
        absent = concept(written.data_absent_reason)
        details = (*details, ("absent_reason", absent.codes[0].code if absent.codes else absent.text))
        if absent.has("not-performed"):
            status = NOT_DONE
    quantity = written.value_quantity
    value, value_text, value_codes = result_of(written, problems) if quantity is None else quantity_result(quantity)
    # By position, in the order of `Fact`: this is the innermost loop of an import.
    fact = Fact(
        reading.prefix + place,
        _SYMPTOM if symptom else _OBSERVATION,
        (Source(reading.name, place, performer.organisation or reading.provider),),
        what.codes,
        what.text,
        when,
        moment_when(written.issued, problems).start if written.issued else None,
        status,
        symptom and written.value_boolean is False,
        value,
        value_text,
        value_codes,
        None if written.interpretation is ABSENT else interpretation_of(written.interpretation, problems),
        None if written.reference_range is None else reference_of(written.reference_range, problems),
        performer.name,
        performer.specialty,
        reading.fact_id(written.encounter),
        reading.parent_id(place) if reading.panels else "",
        notes(written.note, problems) if written.note else "",
        details,
    )
    if written.component is None:
        if problems:
            reading.warn(place, problems)
        return (fact,)
    facts = [fact]
    for index, component in enumerate(written.component):
        if component.modifier_extension is not ABSENT:
            reading.skip(f"{place}.component[{index}]", "carries a modifier extension that Zonula does not know")
            continue
        facts.append(_component(component, index, fact, reading, problems))
    if problems:
        reading.warn(place, problems)
    return tuple(facts)


def _component(written: Component, index: int, whole: Fact, reading: Reading, problems: list[str]) -> Fact:
    what = concept(written.code)
    quantity = written.value_quantity
    value, value_text, value_codes = result_of(written, problems) if quantity is None else quantity_result(quantity)
    details = whole.details[:1] if whole.details and whole.details[0][0] == "category" else ()
    if written.data_absent_reason is not ABSENT:
        absent = concept(written.data_absent_reason)
        details = (*details, ("absent_reason", absent.codes[0].code if absent.codes else absent.text))
    place = f"{whole.sources[0].place}.component[{index}]"
    return Fact(
        reading.prefix + place,
        whole.kind,
        (Source(reading.name, place, whole.sources[0].provider),),
        what.codes,
        what.text,
        whole.when,
        whole.recorded,
        whole.status,
        whole.kind is _SYMPTOM and written.value_boolean is False,
        value,
        value_text,
        value_codes,
        None if written.interpretation is ABSENT else interpretation_of(written.interpretation, problems),
        None if written.reference_range is None else reference_of(written.reference_range, problems),
        whole.performer,
        whole.specialty,
        whole.encounter,
        whole.id,
        "",
        details,
    )


def diagnostic_report(written: DiagnosticReport, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact: the conclusion as its value. A report that is only an attached text is a document."""
    problems: list[str] = []
    what, concluded = concept(written.code), concepts(written.conclusion_code)
    period = written.effective_period
    when = (
        period_when(period.start, period.end, problems)
        if period
        else moment_when(written.effective_date_time, problems)
    )
    if written.presented_form is not ABSENT:
        reading.skip(f"{place}.presentedForm", "the attached file itself is not read")
    by = written.performer or written.results_interpreter
    performer = reading.who(by[0], written.contained) if by else NOBODY
    only_text = not (written.result or written.conclusion or concluded.each) and written.presented_form is not ABSENT
    pairs = (
        (("type", what.text), ("author", performer.name))
        if only_text
        else (("category", concepts(written.category).label),)
    )
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.DOCUMENT if only_text else Kind.OBSERVATION,
        sources=(reading.source(place, performer.organisation),),
        codes=what.codes,
        text=what.text,
        when=when,
        recorded=moment(written.issued, problems),
        status=_STATUSES.get(written.status, UNKNOWN),
        value_text=shortened(written.conclusion, problems) or concluded.text,
        value_codes=concluded.codes,
        performer=performer.name,
        specialty=performer.specialty,
        encounter=reading.fact_id(written.encounter),
        part_of=reading.parent_id(place),
        details=tuple([pair for pair in pairs if pair[1]]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


def _when(written: Observation, problems: list[str]) -> When:
    period = written.effective_period
    if period is not None:
        return period_when(period.start, period.end, problems)
    if written.effective_timing is not ABSENT:
        problems.append("a timing schedule instead of a date; the date is unknown")
    return moment_when(written.effective_instant, problems)


def _rare_details(
    written: Observation, details: tuple[tuple[str, str], ...], reading: Reading
) -> tuple[tuple[str, str], ...]:
    if written.method is not ABSENT:
        details = (*details, ("method", concept(written.method).text))
    if written.body_site is not ABSENT:
        details = (*details, ("body_site", concept(written.body_site).text))
    if written.device is not None and written.device.display:
        details = (*details, ("device", written.device.display))
    if written.specimen is not None:
        specimen = reading.specimen_text(written.specimen, written.contained)
        details = (*details, ("specimen", specimen)) if specimen else details
    return details
