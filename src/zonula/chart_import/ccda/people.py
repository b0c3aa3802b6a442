"""Who did or wrote something: performers, authors and informants, with the specialty they were written with."""

from zonula.chart import SYSTEM_BY_OID, System
from zonula.chart_import.ccda.concepts import concept
from zonula.chart_import.ccda.narrative import squeeze
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.reading import NOBODY, Reading, Who
from zonula.chart_import.ccda.statement import AUTHOR, CODE, INFORMANT, PERFORMER, Statement, child, descend
from zonula.chart_import.ccda.vocabulary import SDTC, V3

_NAME, _ID = V3 + "name", V3 + "id"
_GIVEN, _FAMILY = V3 + "given", V3 + "family"
_ENTITY, _AUTHOR_ENTITY, _RELATED = V3 + "assignedEntity", V3 + "assignedAuthor", V3 + "relatedEntity"
_PERSON, _ORGANISATION = V3 + "assignedPerson", V3 + "representedOrganization"
_SPECIALTY = SDTC + "specialty"
_SELF = frozenset({"SELF", "ONESELF"})


def person_name(parent: Element | None) -> str:
    """The legal or first name: parts in order, or the plain text of the name."""
    if parent is None:
        return ""
    names = list(parent.iterchildren(_NAME))
    if not names:
        return ""
    chosen = next((name for name in names if "L" in name.get("use", "").split()), names[0])
    if len(chosen) == 0:
        return squeeze(chosen.text)
    return " ".join(filter(None, (squeeze(part.text) for part in chosen.iterchildren("*"))))


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
            known = reading.people.get(key)
            if known is not None:
                return Who(known.name, specialty or known.specialty, organisation or known.organisation)
    return Who(name or organisation, specialty, organisation)


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


def writer(reading: Reading, statement: Statement, otherwise: Who = NOBODY) -> Who:
    """Who asserts a diagnosis or allergy: its own author, else `otherwise`, else the one author of the whole document."""
    for element in statement.all(AUTHOR):
        who = entity(reading, child(element, _AUTHOR_ENTITY))
        if who != NOBODY:
            return who
    return otherwise if otherwise != NOBODY else reading.author


def from_patient(reading: Reading, statement: Statement) -> bool:
    """Whether the patient is the informant or the author, so that the statement is the patient's own."""
    if reading.from_patient:
        return True
    for element in statement.all(INFORMANT):
        related = child(element, _RELATED)
        if related is not None and (related.get("classCode") == "PAT" or code_is_self(related)):
            return True
    return any(code_is_self(child(element, _AUTHOR_ENTITY)) for element in statement.all(AUTHOR))


def code_is_self(element: Element | None) -> bool:
    """Whether the `code` of an entity says that it is the patient."""
    code = descend(element, CODE)
    return code is not None and code.get("code") in _SELF


def _specialty(reading: Reading, code: Element) -> str:
    """A role code is a specialty only from a provider taxonomy or SNOMED CT, or when it is plain text."""
    if code.get("nullFlavor") and len(code) == 0:
        return ""
    system = code.get("codeSystem", "")
    if system and SYSTEM_BY_OID.get(system) not in (System.NUCC, System.SNOMED):
        translated = next(
            (
                part
                for part in code
                if part.get("codeSystem") and SYSTEM_BY_OID.get(part.get("codeSystem", "")) is System.NUCC
            ),
            None,
        )
        return concept(reading, translated).text or ("" if system in _ROLE_SYSTEMS else concept(reading, code).text)
    return concept(reading, code).text


_ROLE_SYSTEMS = frozenset({"2.16.840.1.113883.5.111", "2.16.840.1.113883.5.110", "2.16.840.1.113883.5.88"})
