"""Written documents and questionnaires: kept as documents, their content not read."""

from msgspec import Raw

from zonula.chart import Fact, Kind, Status, When
from zonula.chart_import.dates import moment_when, period_when
from zonula.chart_import.fhir.concepts import NOTHING, Concept, concept
from zonula.chart_import.fhir.datatypes import ABSENT, Element, Period, Reference, Resource, shortened
from zonula.chart_import.fhir.reading import NOBODY, Reading, Who
from zonula.chart_import.fhir.standing import CONFIRMED, ENTERED_IN_ERROR, PLANNED, RESOLVED, SUSPECTED, UNKNOWN

_STATUSES = {
    "current": CONFIRMED,
    "superseded": RESOLVED,
    "final": CONFIRMED,
    "amended": CONFIRMED,
    "preliminary": SUSPECTED,
    "completed": CONFIRMED,
    "in-progress": PLANNED,
    "stopped": RESOLVED,
    "entered-in-error": ENTERED_IN_ERROR,
}


class _Context(Element):
    encounter: list[Reference] | None = None
    period: Period | None = None


class DocumentReference(Resource):
    """A file about the patient."""

    status: str = ""
    doc_status: str = ""
    type: Raw = ABSENT
    subject: Reference | None = None
    date: str = ""
    author: list[Reference] | None = None
    custodian: Reference | None = None
    description: str = ""
    context: _Context | None = None
    content: Raw = ABSENT
    indexed: Raw = ABSENT  # STU3 and before


class Composition(Resource):
    """The head of a FHIR document."""

    status: str = ""
    type: Raw = ABSENT
    subject: Reference | None = None
    encounter: Reference | None = None
    date: str = ""
    author: list[Reference] | None = None
    title: str = ""
    custodian: Reference | None = None


class QuestionnaireResponse(Resource):
    """Answers to a questionnaire; scoring belongs to another room."""

    status: str = ""
    questionnaire: str = ""
    subject: Reference | None = None
    encounter: Reference | None = None
    authored: str = ""
    author: Reference | None = None


def document_reference(written: DocumentReference, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact for the file; its content is not read."""
    problems: list[str] = []
    status = _STATUSES.get(written.doc_status) or _STATUSES.get(written.status, UNKNOWN)
    if written.status == "entered-in-error":
        status = ENTERED_IN_ERROR
    context = written.context
    when = moment_when(written.date, problems)
    if not when.known and context and context.period:
        when = period_when(context.period.start, context.period.end, problems)
    encounter = context.encounter[0] if context and context.encounter else None
    author = reading.who(written.author[0], written.contained) if written.author else NOBODY
    custodian = reading.who(written.custodian, written.contained)
    if written.content is not ABSENT:
        reading.skip(f"{place}.content", "the attached file itself is not read")
    what = concept(written.type)
    return _kept(
        reading,
        place,
        problems,
        what=what,
        title=written.description,
        when=when,
        status=status,
        encounter=encounter,
        author=author,
        custodian=custodian,
    )


def composition(written: Composition, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact for the document as a whole; its entries are resources of their own."""
    problems: list[str] = []
    author = reading.who(written.author[0], written.contained) if written.author else NOBODY
    custodian = reading.who(written.custodian, written.contained)
    when = moment_when(written.date, problems)
    status = _STATUSES.get(written.status, UNKNOWN)
    what = concept(written.type)
    return _kept(
        reading,
        place,
        problems,
        what=what,
        title=written.title,
        when=when,
        status=status,
        encounter=written.encounter,
        author=author,
        custodian=custodian,
    )


def questionnaire_response(written: QuestionnaireResponse, place: str, reading: Reading) -> tuple[Fact, ...]:
    """One fact; the answers stay in the document."""
    problems: list[str] = []
    author = reading.who(written.author, written.contained)
    when = moment_when(written.authored, problems)
    status = _STATUSES.get(written.status, UNKNOWN)
    title = written.questionnaire or "questionnaire"
    reading.skip(f"{place}.item", "answers are not read from FHIR questionnaires; the response is kept as a document")
    return _kept(
        reading,
        place,
        problems,
        what=NOTHING,
        title=title,
        when=when,
        status=status,
        encounter=written.encounter,
        author=author,
        custodian=NOBODY,
    )


def _kept(
    reading: Reading,
    place: str,
    problems: list[str],
    *,
    what: Concept,
    title: str,
    when: When,
    status: Status,
    encounter: Reference | None,
    author: Who,
    custodian: Who,
) -> tuple[Fact, ...]:
    pairs = (("type", what.text), ("author", author.name))
    fact = Fact(
        id=reading.prefix + place,
        kind=Kind.DOCUMENT,
        sources=(reading.source(place, custodian.organisation or custodian.name or author.organisation),),
        codes=what.codes,
        text=shortened(title, problems) or what.text,
        when=when,
        status=status,
        performer=author.name,
        specialty=author.specialty,
        encounter=reading.fact_id(encounter),
        details=tuple([pair for pair in pairs if pair[1]]),
    )
    if problems:
        reading.warn(place, problems)
    return (fact,)
