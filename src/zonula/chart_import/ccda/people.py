"""Who did or wrote something: performers, authors and informants, with the specialty they were written with."""

import msgspec

from zonula.chart import Moment, System
from zonula.chart_import.ccda.concepts import concept
from zonula.chart_import.ccda.narrative import squeeze
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.reading import NOBODY, Reading, Who
from zonula.chart_import.ccda.statement import AUTHOR, CODE, COMPONENT, INFORMANT, PERFORMER, Statement, child, descend
from zonula.chart_import.ccda.times import moment
from zonula.chart_import.ccda.vocabulary import SDTC, V3

_NAME, _ID, _TIME = V3 + "name", V3 + "id", V3 + "time"
_ENTITY, _AUTHOR_ENTITY, _RELATED = V3 + "assignedEntity", V3 + "assignedAuthor", V3 + "relatedEntity"
_PERSON, _ORGANISATION = V3 + "assignedPerson", V3 + "representedOrganization"
_SPECIALTY = SDTC + "specialty"
_SELF = frozenset({"SELF", "ONESELF"})


def person_name(parent: Element | None) -> str:
    """The legal or first name: parts in order, or the plain text of the name."""
    if parent is None:
        return ""
    chosen = None
    for name in parent:
        if name.tag == _NAME and (chosen is None or "L" in name.get("use", "").split()):
            chosen = name
    if chosen is None:
        return ""
    if len(chosen) == 0:
        return squeeze(chosen.text)
    return " ".join([part.text.strip() for part in chosen if part.text and part.text.strip()])


def entity(reading: Reading, assigned: Element | None) -> Who:
    """An assignedEntity or assignedAuthor. One that repeats only an id is looked up in the document's header."""
    if assigned is None:
        return NOBODY
    name = specialty = organisation = ""
    for part in assigned:
        tag = part.tag
        if tag == _PERSON:
            name = person_name(part)
        elif tag == CODE:
            specialty = specialty or _specialty(reading, part)
        elif tag == _SPECIALTY:
            specialty = concept(reading, part).text or specialty
        elif tag == _ORGANISATION:
            found = child(part, _NAME)
            organisation = "" if found is None else squeeze(found.text)
    if not name:
        for key in ids(assigned):
            known = known_by_id(reading).get(key)
            if known is not None:
                return Who(known.name, specialty or known.specialty, organisation or known.organisation)
    return Who(name or organisation, specialty, organisation)


def known_by_id(reading: Reading) -> dict[str, Who]:
    """Everyone the header names, by id; looked up the first time an entry repeats only an id."""
    if reading.people is None:
        people: dict[str, Who] = {}
        reading.people = people
        for part in reading.root:
            if part.tag != COMPONENT:  # the body is long, and who stands there is read where it stands
                for element in part.iter(_AUTHOR_ENTITY, _ENTITY):
                    if child(element, _PERSON) is not None:
                        who = entity(reading, element)
                        for key in ids(element):
                            people.setdefault(key, who)
    return reading.people


def ids(element: Element) -> list[str]:
    """Every id of an entity as `root|extension`. A root alone names a numbering system, not an entity, unless it is a UUID."""
    return [
        f"{part.get('root', '')}|{part.get('extension', '')}"
        for part in element.iterchildren(_ID)
        if not part.get("nullFlavor") and (part.get("extension") or "-" in part.get("root", ""))
    ]


def performer(reading: Reading, statement: Statement) -> Who:
    """The first performer that says anything."""
    for element in statement.all(PERFORMER):
        who = entity(reading, child(element, _ENTITY))
        if who != NOBODY:
            return who
    return NOBODY


class Authored(msgspec.Struct, frozen=True, gc=False):
    """Who wrote a statement down and when, and whether it is the patient's own word."""

    who: Who = NOBODY
    when: Moment | None = None
    by_patient: bool = False


_NOT_SAID = Authored()


def authored(reading: Reading, statement: Statement) -> Authored:
    """Read author and informant once per statement."""
    known = statement.authored
    if isinstance(known, Authored):
        return known
    authors, informants = statement.all(AUTHOR), statement.all(INFORMANT)
    found = _NOT_SAID
    if authors or informants:
        who, when, by_patient = NOBODY, None, False
        for element in authors:
            for part in element:
                if part.tag == _TIME:
                    when = when or moment(reading, part.get("value"))
                elif part.tag == _AUTHOR_ENTITY:
                    who = who if who != NOBODY else entity(reading, part)
                    by_patient = by_patient or code_is_self(part)
        for element in informants:
            related = child(element, _RELATED)
            if related is not None and (related.get("classCode") == "PAT" or code_is_self(related)):
                by_patient = True
        found = Authored(who, when, by_patient)
    statement.authored = found
    return found


def writer(reading: Reading, statement: Statement, otherwise: Who = NOBODY) -> Who:
    """Who asserts a diagnosis or allergy: its own author, else `otherwise`, else the one author of the whole document."""
    who = authored(reading, statement).who
    if who != NOBODY:
        return who
    return otherwise if otherwise != NOBODY else reading.author


def recorded(reading: Reading, statement: Statement) -> Moment | None:
    """When the author wrote the statement down."""
    return authored(reading, statement).when


def from_patient(reading: Reading, statement: Statement) -> bool:
    """Whether the patient is the informant or the author, so that the statement is the patient's own."""
    return reading.from_patient or authored(reading, statement).by_patient


def code_is_self(element: Element | None) -> bool:
    """Whether the `code` of an entity says that it is the patient."""
    code = descend(element, CODE)
    return code is not None and code.get("code") in _SELF


def _specialty(reading: Reading, code: Element) -> str:
    """A role code is a specialty only from a provider taxonomy or SNOMED CT, or when it is plain text."""
    found = concept(reading, code)
    if not found.codes or found.codes[0].system in _TAXONOMIES:
        return found.text
    translated = next((one.display for one in found.codes if one.system is System.NUCC), "")
    return translated or ("" if code.get("codeSystem") in _ROLE_SYSTEMS else found.text)


_TAXONOMIES = (System.NUCC, System.SNOMED)
_ROLE_SYSTEMS = frozenset({"2.16.840.1.113883.5.111", "2.16.840.1.113883.5.110", "2.16.840.1.113883.5.88"})
