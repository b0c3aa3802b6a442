"""Encounters, with the specialty a reader would name."""

from msgspec import Raw, field

from zonula.chart import Fact, Kind, Status, System
from zonula.chart_import.dates import period_when
from zonula.chart_import.fhir.concepts import Concept, coding, concept, concepts, first_text
from zonula.chart_import.fhir.datatypes import ABSENT, Element, Period, Reference, Resource
from zonula.chart_import.fhir.reading import NOBODY, Reading, Who

_STATUSES = {
    "planned": Status.PLANNED,
    "arrived": Status.CONFIRMED,
    "triaged": Status.CONFIRMED,
    "in-progress": Status.CONFIRMED,
    "onleave": Status.CONFIRMED,
    "finished": Status.CONFIRMED,
    "cancelled": Status.NOT_DONE,
    "entered-in-error": Status.ENTERED_IN_ERROR,
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
    people = [reading.who(each.individual, contained) for each in written.participant or ()]
    performer = next((who for who in people if who.name and who.type not in ("Patient", "RelatedPerson")), NOBODY)
    provider = reading.who(written.service_provider, contained)
    site = reading.who(written.location[0].location, contained) if written.location else NOBODY
    where = provider.organisation or provider.name or performer.organisation or site.organisation or site.name
    setting = coding(written.class_)
    reason = first_text(written.reason_code)
    kind_text = "; ".join(each.text for each in kinds if each.text)
    pairs = (("class", setting.code if setting else ""), ("type", kind_text), ("reason", reason))
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.ENCOUNTER,
        sources=(reading.source(place, where),),
        codes=tuple(code for each in kinds for code in each.codes),
        text=kind_text or (setting.display or setting.code if setting else ""),
        when=period_when(period.start, period.end, problems) if period else period_when("", "", problems),
        status=_STATUSES.get(written.status, Status.UNKNOWN),
        performer=performer.name,
        specialty=_specialty(concept(written.service_type), people, kinds),
        details=tuple(pair for pair in pairs if pair[1]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)


def _specialty(service: Concept, people: list[Who], kinds: tuple[Concept, ...]) -> str:
    if service.text:
        return service.text
    from_people = next((who.specialty for who in people if who.specialty), "")
    if from_people:
        return from_people
    return next((each.text for each in kinds for code in each.codes if code.system is System.NUCC), "")
