"""Prescriptions, statements, administrations and dispenses of drugs."""

from msgspec import Raw

from zonula.chart import Fact, Kind, Status, When
from zonula.chart_import.dates import moment, moment_when, period_when
from zonula.chart_import.fhir.concepts import NOTHING, Concept, concept, concepts
from zonula.chart_import.fhir.datatypes import ABSENT, Annotation, Element, Period, Reference, Resource, notes
from zonula.chart_import.fhir.reading import NOBODY, Reading, Who
from zonula.chart_import.fhir.standing import (
    CONFIRMED,
    ENTERED_IN_ERROR,
    NOT_DONE,
    PATIENT_REPORTED,
    PLANNED,
    RESOLVED,
    UNKNOWN,
)

_PLANS = ("proposal", "plan", "option")
_STATUSES = {
    "active": CONFIRMED,
    "in-progress": CONFIRMED,
    "on-hold": CONFIRMED,
    "completed": RESOLVED,
    "stopped": RESOLVED,
    "cancelled": NOT_DONE,
    "declined": NOT_DONE,
    "not-done": NOT_DONE,
    "not-taken": NOT_DONE,
    "draft": PLANNED,
    "intended": PLANNED,
    "preparation": PLANNED,
    "entered-in-error": ENTERED_IN_ERROR,
}


class Medication(Resource):
    """A drug as a resource of its own."""

    code: Raw = ABSENT


class _Dosage(Element):
    text: str = ""
    route: Raw = ABSENT


class _Actor(Element):
    actor: Reference | None = None


class _Drug(Resource):
    """What the four medication resources share."""

    status: str = ""
    medication_codeable_concept: Raw = ABSENT
    medication_reference: Reference | None = None
    subject: Reference | None = None
    reason_code: Raw = ABSENT
    note: list[Annotation] | None = None
    medication: Raw = ABSENT  # R5


class MedicationRequest(_Drug):
    """An order or plan."""

    intent: str = ""
    do_not_perform: bool = False
    reported_boolean: bool = False
    encounter: Reference | None = None
    context: Raw = ABSENT  # STU3
    authored_on: str = ""
    requester: Reference | None = None
    dosage_instruction: list[_Dosage] | None = None


class MedicationStatement(_Drug):
    """What the patient takes, as told or derived."""

    context: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    date_asserted: str = ""
    information_source: Reference | None = None
    dosage: list[_Dosage] | None = None
    taken: Raw = ABSENT  # STU3
    was_not_taken: Raw = ABSENT  # DSTU2
    not_taken: Raw = ABSENT  # STU3 drafts


class MedicationAdministration(_Drug):
    """One giving of a drug."""

    context: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    performer: list[_Actor] | None = None
    dosage: _Dosage | None = None
    not_given: Raw = ABSENT  # STU3
    was_not_given: Raw = ABSENT  # DSTU2


class MedicationDispense(_Drug):
    """A drug handed out."""

    context: Reference | None = None
    when_handed_over: str = ""
    when_prepared: str = ""
    performer: list[_Actor] | None = None
    dosage_instruction: list[_Dosage] | None = None


def request(written: MedicationRequest, place: str, reading: Reading) -> tuple[Fact, ...]:
    """A prescription. A plan or proposal is PLANNED; `doNotPerform` is a negated fact that was not done."""
    problems: list[str] = []
    status = _STATUSES.get(written.status, UNKNOWN)
    if written.do_not_perform and status is not ENTERED_IN_ERROR:
        status = NOT_DONE
    elif written.intent in _PLANS and status in (CONFIRMED, UNKNOWN, RESOLVED):
        status = PLANNED
    elif written.reported_boolean and status is CONFIRMED:
        status = PATIENT_REPORTED
    when = moment_when(written.authored_on, problems)
    who = reading.who(written.requester, written.contained)
    return _fact(
        written,
        place,
        reading,
        problems,
        when=when,
        status=status,
        who=who,
        encounter=written.encounter,
        intent=written.intent or "order",
        dosage=written.dosage_instruction,
        negated=written.do_not_perform,
    )


def statement(written: MedicationStatement, place: str, reading: Reading) -> tuple[Fact, ...]:
    """What is taken. Told by the patient or a relative: PATIENT_REPORTED."""
    problems: list[str] = []
    who = reading.who(written.information_source, written.contained)
    status = _STATUSES.get(written.status, UNKNOWN)
    if status is CONFIRMED and who.type in ("Patient", "RelatedPerson"):
        status = PATIENT_REPORTED
    return _fact(
        written,
        place,
        reading,
        problems,
        when=_effective(written, problems),
        status=status,
        who=who,
        encounter=written.context,
        intent="statement",
        dosage=written.dosage,
        recorded=written.date_asserted,
    )


def administration(written: MedicationAdministration, place: str, reading: Reading) -> tuple[Fact, ...]:
    """A drug given; once given it is over."""
    problems: list[str] = []
    who = reading.who(written.performer[0].actor, written.contained) if written.performer else NOBODY
    return _fact(
        written,
        place,
        reading,
        problems,
        when=_effective(written, problems),
        status=_STATUSES.get(written.status, UNKNOWN),
        who=who,
        encounter=written.context,
        intent="administration",
        dosage=[written.dosage] if written.dosage else None,
    )


def dispense(written: MedicationDispense, place: str, reading: Reading) -> tuple[Fact, ...]:
    """A drug handed out: completed means that the patient has it, not that the treatment is over."""
    problems: list[str] = []
    who = reading.who(written.performer[0].actor, written.contained) if written.performer else NOBODY
    status = CONFIRMED if written.status == "completed" else _STATUSES.get(written.status, UNKNOWN)
    return _fact(
        written,
        place,
        reading,
        problems,
        when=moment_when(written.when_handed_over or written.when_prepared, problems),
        status=status,
        who=who,
        encounter=written.context,
        intent="dispense",
        dosage=written.dosage_instruction,
    )


def _fact(
    written: _Drug,
    place: str,
    reading: Reading,
    problems: list[str],
    *,
    when: When,
    status: Status,
    who: Who,
    encounter: Reference | None,
    intent: str,
    dosage: list[_Dosage] | None,
    recorded: str = "",
    negated: bool = False,
) -> tuple[Fact, ...]:
    what = _what(written, reading)
    if not what.codes and not what.text:
        problems.append("does not say which drug")
    first = dosage[0] if dosage else None
    pairs = (
        ("dosage", "; ".join(each.text for each in dosage or () if each.text)),
        ("route", concept(first.route).text if first else ""),
        ("intent", intent),
        ("reason", concepts(written.reason_code).text),
    )
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.MEDICATION,
        sources=(reading.source(place, who.organisation),),
        codes=what.codes,
        text=what.text,
        when=when,
        recorded=moment(recorded, problems),
        status=status,
        negated=negated or what.none,
        performer=who.name,
        specialty=who.specialty,
        encounter=reading.fact_id(encounter),
        note="\n".join(filter(None, ("on hold" if written.status == "on-hold" else "", notes(written.note, problems)))),
        details=tuple([pair for pair in pairs if pair[1]]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


def _what(written: _Drug, reading: Reading) -> Concept:
    if written.medication_codeable_concept is not ABSENT:
        return concept(written.medication_codeable_concept)
    pointed = written.medication_reference
    if pointed is None:
        return NOTHING
    found = reading.find(pointed.reference, written.contained) if pointed.reference else None
    if isinstance(found, Medication) and found.code is not ABSENT:
        return concept(found.code)
    return Concept((), pointed.display)


def _effective(written: MedicationStatement | MedicationAdministration, problems: list[str]) -> When:
    period = written.effective_period
    if period is not None:
        return period_when(period.start, period.end, problems)
    return moment_when(written.effective_date_time, problems)
