"""The header: the patient, who wrote and sent the document, its care team and the encounter it belongs to."""

from zonula.chart import Patient, Sex, Status
from zonula.chart_import.ccda.care import keep_encounter, team_member
from zonula.chart_import.ccda.concepts import NO_CONCEPT, concept
from zonula.chart_import.ccda.documents import keep_document, written_on
from zonula.chart_import.ccda.narrative import squeeze
from zonula.chart_import.ccda.parse import Element, UnreadableError
from zonula.chart_import.ccda.people import code_is_self, entity, ids, person_name
from zonula.chart_import.ccda.reading import NOBODY, Reading
from zonula.chart_import.ccda.statement import AUTHOR, CODE, PERFORMER, TIME, child, descend
from zonula.chart_import.ccda.times import moment, timing
from zonula.chart_import.ccda.vocabulary import PATIENT_GENERATED_TEMPLATE, SDTC, V3

_RECORD_TARGET, _ROLE, _PATIENT = V3 + "recordTarget", V3 + "patientRole", V3 + "patient"
_GENDER, _BIRTH, _NAME = V3 + "administrativeGenderCode", V3 + "birthTime", V3 + "name"
_DECEASED, _DECEASED_TIME = SDTC + "deceasedInd", SDTC + "deceasedTime"
_AUTHOR_ENTITY, _ENTITY, _PERSON = V3 + "assignedAuthor", V3 + "assignedEntity", V3 + "assignedPerson"
_TEMPLATE = V3 + "templateId"
_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE, "UN": Sex.OTHER, "O": Sex.OTHER}
_US_SSN = "2.16.840.1.113883.4.1"


def patient_of(reading: Reading, root: Element) -> Patient:
    """The one patient of the document. Raises UnreadableError when there is none or more than one."""
    targets = list(root.iterchildren(_RECORD_TARGET))
    if len(targets) != 1:
        count = f"{len(targets)} patients (recordTarget)" if targets else "no patient (recordTarget)"
        raise UnreadableError(
            f"names {count}; a chart is about one person, so ask the sender for one document per patient"
        )
    role = child(targets[0], _ROLE)
    person = descend(role, _PATIENT)
    written = () if role is None else tuple(sorted({identifier(key) for key in ids(role)}))
    birth = gender = None
    deceased = False
    if person is not None:
        birth_element, gender_element = child(person, _BIRTH), child(person, _GENDER)
        birth = None if birth_element is None else moment(reading, birth_element.get("value"))
        gender = None if gender_element is None else gender_element.get("code")
        dead = child(person, _DECEASED)
        deceased = (dead is not None and dead.get("value") == "true") or child(person, _DECEASED_TIME) is not None
    name = person_name(person)
    return Patient(
        id=written[0] if written else name or reading.document,
        name=name,
        birth=birth,
        sex=_SEXES.get(gender or "", Sex.UNKNOWN),
        deceased=deceased,
        identifiers=written,
    )


def identifier(key: str) -> str:
    """`root|extension` as FHIR writes it, so that the same number from two formats is the same text."""
    root, _, extension = key.partition("|")
    if root == _US_SSN:
        return f"http://hl7.org/fhir/sid/us-ssn|{extension}"
    if extension:
        return f"urn:oid:{root}|{extension}"
    return f"urn:ietf:rfc:3986|urn:uuid:{root.lower()}"


def read_header(reading: Reading, root: Element) -> None:
    """Learn who wrote and sent the document; keep the document, its care team and its encounter as facts."""
    reading.written = written_on(reading, root)
    _authors(reading, root)
    organisation = descend(
        root, V3 + "custodian", V3 + "assignedCustodian", V3 + "representedCustodianOrganization", _NAME
    )
    reading.provider = squeeze(organisation.text) if organisation is not None else ""
    reading.enter("document")
    title = child(root, V3 + "title")
    keep_document(reading, root, squeeze(title.text) if title is not None else "")
    for event in root.iterchildren(V3 + "documentationOf"):
        service = child(event, V3 + "serviceEvent")
        if service is not None:
            when = timing(reading, child(service, TIME)).when
            for performer in service.iterchildren(PERFORMER):
                reading.enter("care-team")
                reading.read["care-team"] += 1
                team_member(reading, performer, when)
    _encompassing_encounter(reading, root)


def _authors(reading: Reading, root: Element) -> None:
    """Learn whether one person, or the patient, wrote the whole document."""
    authors = [child(author, _AUTHOR_ENTITY) for author in root.iterchildren(AUTHOR)]
    reading.from_patient = any(code_is_self(author) for author in authors) or any(
        template.get("root") == PATIENT_GENERATED_TEMPLATE for template in root.iterchildren(_TEMPLATE)
    )
    people = [
        entity(reading, author) for author in authors if author is not None and child(author, _PERSON) is not None
    ]
    reading.author = people[0] if len(people) == 1 else NOBODY


def _encompassing_encounter(reading: Reading, root: Element) -> None:
    element = descend(root, V3 + "componentOf", V3 + "encompassingEncounter")
    if element is None:
        return
    reading.enter("encompassing-encounter")
    reading.read["encompassing-encounter"] += 1
    people = [
        entity(reading, child(part, _ENTITY))
        for tag in ("responsibleParty", "encounterParticipant")
        for part in element.iterchildren(V3 + tag)
    ]
    facility = descend(element, V3 + "location", V3 + "healthCareFacility")
    name = descend(facility, V3 + "location", _NAME)
    code = child(element, CODE)
    found = NO_CONCEPT if code is None else concept(reading, code)
    kept = keep_encounter(
        reading,
        found,
        when=timing(reading, child(element, TIME)).when,
        status=Status.CONFIRMED,
        people=[who for who in people if who != NOBODY],
        place=squeeze(name.text) if name is not None else "",
    )
    for key in ids(element):
        reading.encounters.setdefault(key, kept)
