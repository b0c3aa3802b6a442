"""Encounters, with the specialty a reader would name."""

from msgspec import Raw, field

from zonula.chart import Fact, Kind, System
from zonula.chart_import.dates import period_when
from zonula.chart_import.fhir.concepts import Concepts, coding, concept, concepts
from zonula.chart_import.fhir.datatypes import ABSENT, Element, Period, Reference, Resource
from zonula.chart_import.fhir.reading import NOBODY, Reading
from zonula.chart_import.fhir.standing import CONFIRMED, ENTERED_IN_ERROR, NOT_DONE, PLANNED, UNKNOWN

_STATUSES = {
    "planned": PLANNED,
    "arrived": CONFIRMED,
    "triaged": CONFIRMED,
    "in-progress": CONFIRMED,
    "onleave": CONFIRMED,
    "finished": CONFIRMED,
    "cancelled": NOT_DONE,
    "entered-in-error": ENTERED_IN_ERROR,
}


class _Participant(Element):
    individual: Reference | None = None


class _Place(Element):
    location: Reference | None = None


class Encounter(Resource):
    """A visit, stay or call."""

    status: str = ""
    class_: Raw = field(name="class", default=ABSENT)
    type: Raw = ABSENT
    service_type: Raw = ABSENT
    subject: Reference | None = None
    participant: list[_Participant] | None = None
    period: Period | None = None
    reason_code: Raw = ABSENT
    service_provider: Reference | None = None
    location: list[_Place] | None = None
    reason: Raw = ABSENT  # STU3
    indication: Raw = ABSENT  # DSTU2
    actual_period: Raw = ABSENT  # R5


def encounter(written: Encounter, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact. specialty: the service, else the first participant's role or qualification, else a taxonomy type."""
    problems: list[str] = []
    period = written.period
    kinds = concepts(written.type)
    contained = written.contained
    performer, specialty = NOBODY, concept(written.service_type).text
    for each in written.participant or ():
        who = reading.who(each.individual, contained)
        specialty = specialty or who.specialty
        if performer is NOBODY and who.name and who.type not in ("Patient", "RelatedPerson"):
            performer = who
    provider = reading.who(written.service_provider, contained)
    where = provider.organisation or provider.name or performer.organisation
    if not where and written.location:
        site = reading.who(written.location[0].location, contained)
        where = site.organisation or site.name
    setting = coding(written.class_)
    reason = concepts(written.reason_code).text
    pairs = (("class", setting.code if setting else ""), ("type", kinds.text), ("reason", reason))
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.ENCOUNTER,
        sources=(reading.source(place, where),),
        codes=kinds.codes,
        text=kinds.text or (setting.display or _SETTINGS.get(setting.code, setting.code) if setting else ""),
        when=period_when(period.start, period.end, problems) if period else period_when("", "", problems),
        status=_STATUSES.get(written.status, UNKNOWN),
        performer=performer.name,
        specialty=specialty or _taxonomy(kinds),
        details=tuple([pair for pair in pairs if pair[1]]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


# HL7 v3 ActCode, for a visit that is described by nothing else.
_SETTINGS = {
    "AMB": "ambulatory visit",
    "EMER": "emergency visit",
    "IMP": "inpatient stay",
    "ACUTE": "inpatient stay",
    "NONAC": "inpatient stay",
    "OBSENC": "stay for observation",
    "SS": "short stay",
    "HH": "home visit",
    "FLD": "visit in the field",
    "VR": "virtual visit",
    "PRENC": "visit before admission",
}


def _taxonomy(kinds: Concepts) -> str:
    """The type, when it is a provider taxonomy code: some senders put the specialty there."""
    for code in kinds.codes:
        if code.system is System.NUCC:
            return code.display or kinds.text
    return ""
