"""Procedures done, procedures and tests ordered, and immunisations."""

from msgspec import Raw, field

from zonula.chart import Fact, Kind, System, When
from zonula.chart_import.dates import moment, moment_when, period_when
from zonula.chart_import.fhir.concepts import concept, concepts
from zonula.chart_import.fhir.datatypes import (
    ABSENT,
    Annotation,
    Element,
    FhirQuantity,
    Period,
    Range,
    Reference,
    Resource,
    notes,
)
from zonula.chart_import.fhir.reading import NOBODY, Reading
from zonula.chart_import.fhir.standing import CONFIRMED, ENTERED_IN_ERROR, NOT_DONE, PATIENT_REPORTED, PLANNED, UNKNOWN
from zonula.chart_import.fhir.values import quantity_text, range_text

_STATUSES = {
    "preparation": PLANNED,
    "in-progress": CONFIRMED,
    "completed": CONFIRMED,
    "stopped": CONFIRMED,  # begun and broken off: it did happen
    "not-done": NOT_DONE,
    "entered-in-error": ENTERED_IN_ERROR,
}
_ORDER_STATUSES = {"revoked": NOT_DONE, "entered-in-error": ENTERED_IN_ERROR}
_TESTS = ("laboratory", "108252007", "imaging", "363679005")  # ServiceRequest.category: laboratory, imaging


class _Performer(Element):
    actor: Reference | None = None
    on_behalf_of: Reference | None = None


class Procedure(Resource):
    """Something done to the patient."""

    status: str = ""
    code: Raw = ABSENT
    subject: Reference | None = None
    encounter: Reference | None = None
    performed_date_time: str = ""
    performed_period: Period | None = None
    performed_string: str = ""
    performed_age: FhirQuantity | None = None
    performed_range: Range | None = None
    asserter: Reference | None = None
    performer: list[_Performer] | None = None
    reason_code: Raw = ABSENT
    body_site: Raw = ABSENT
    outcome: Raw = ABSENT
    note: list[Annotation] | None = None
    context: Raw = ABSENT  # STU3
    not_done: Raw = ABSENT  # STU3
    not_performed: Raw = ABSENT  # DSTU2
    occurrence_date_time: Raw = ABSENT  # R5
    occurrence_period: Raw = ABSENT  # R5


class ServiceRequest(Resource):
    """An order for a procedure or test."""

    status: str = ""
    intent: str = ""
    category: Raw = ABSENT
    do_not_perform: bool = False
    code: Raw = ABSENT
    subject: Reference | None = None
    encounter: Reference | None = None
    occurrence_date_time: str = ""
    occurrence_period: Period | None = None
    authored_on: str = ""
    requester: Reference | None = None
    reason_code: Raw = ABSENT
    body_site: Raw = ABSENT
    note: list[Annotation] | None = None


class Immunization(Resource):
    """A vaccine given or not given."""

    status: str = ""
    vaccine_code: Raw = ABSENT
    subject: Reference | None = field(name="patient", default=None)
    encounter: Reference | None = None
    occurrence_date_time: str = ""
    occurrence_string: str = ""
    recorded: str = ""
    primary_source: bool | None = None
    lot_number: str = ""
    performer: list[_Performer] | None = None
    note: list[Annotation] | None = None
    not_given: Raw = ABSENT  # STU3
    was_not_given: Raw = ABSENT  # DSTU2
    reported: Raw = ABSENT  # DSTU2


def procedure(written: Procedure, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact."""
    problems: list[str] = []
    what = concept(written.code)
    first = written.performer[0] if written.performer else None
    who = reading.who(first.actor, written.contained) if first else NOBODY
    behalf = reading.who(first.on_behalf_of, written.contained) if first else NOBODY
    pairs = (("body_site", concepts(written.body_site).text), ("reason", concepts(written.reason_code).text))
    said_by = reading.who(written.asserter, written.contained)
    status = _STATUSES.get(written.status, UNKNOWN)
    if status is CONFIRMED and said_by.type in ("Patient", "RelatedPerson"):
        status = PATIENT_REPORTED
    outcome = concept(written.outcome)
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.PROCEDURE,
        sources=(reading.source(place, behalf.organisation or behalf.name or who.organisation),),
        codes=what.codes,
        text=what.text,
        when=_performed(written, problems),
        status=status,
        value_text=outcome.text,
        value_codes=outcome.codes,
        performer=who.name,
        specialty=who.specialty,
        encounter=reading.fact_id(written.encounter),
        note=notes(written.note, problems),
        details=tuple([pair for pair in pairs if pair[1]]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


def service_request(written: ServiceRequest, place: str, reading: Reading) -> tuple[Fact, ...]:
    """An order is PLANNED whatever became of it: what was done stands in its own resource."""
    problems: list[str] = []
    what = concept(written.code)
    status = _ORDER_STATUSES.get(written.status, PLANNED)
    if written.do_not_perform and status is PLANNED:
        status = NOT_DONE
    test = concepts(written.category).has(*_TESTS) or any(code.system is System.LOINC for code in what.codes)
    period = written.occurrence_period
    due = (
        period_when(period.start, period.end, problems)
        if period
        else moment_when(written.occurrence_date_time, problems)
    )
    authored = moment(written.authored_on, problems)
    who = reading.who(written.requester, written.contained)
    site = ("body_site", concepts(written.body_site).text)
    pairs = (site,) if test else (site, ("reason", concepts(written.reason_code).text))
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.OBSERVATION if test else Kind.PROCEDURE,
        sources=(reading.source(place, who.organisation),),
        codes=what.codes,
        text=what.text,
        when=due if due.known or due.text else When(authored),
        recorded=authored,
        status=status,
        negated=written.do_not_perform,
        performer=who.name,
        specialty=who.specialty,
        encounter=reading.fact_id(written.encounter),
        note=notes(written.note, problems),
        details=tuple([pair for pair in pairs if pair[1]]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


def immunisation(written: Immunization, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact; not from the one who gave it (`primarySource` false) is PATIENT_REPORTED."""
    problems: list[str] = []
    what = concept(written.vaccine_code)
    first = written.performer[0] if written.performer else None
    who = reading.who(first.actor, written.contained) if first else NOBODY
    status = _STATUSES.get(written.status, UNKNOWN)
    if status is CONFIRMED and written.primary_source is False:
        status = PATIENT_REPORTED
    given = moment_when(written.occurrence_date_time, problems)
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.IMMUNISATION,
        sources=(reading.source(place, who.organisation),),
        codes=what.codes,
        text=what.text,
        when=When(text=written.occurrence_string) if written.occurrence_string else given,
        recorded=moment(written.recorded, problems),
        status=status,
        performer=who.name,
        specialty=who.specialty,
        encounter=reading.fact_id(written.encounter),
        note=notes(written.note, problems),
        details=(("lot", written.lot_number),) if written.lot_number else (),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


def _performed(written: Procedure, problems: list[str]) -> When:
    period = written.performed_period
    if period is not None:
        return period_when(period.start, period.end, problems)
    if written.performed_age is not None:
        return When(text=f"age {quantity_text(written.performed_age)}")
    if written.performed_range is not None:
        return When(text=f"age {range_text(written.performed_range)}")
    if written.performed_string:
        return When(text=written.performed_string)
    return moment_when(written.performed_date_time, problems)
