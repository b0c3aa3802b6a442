"""What was done: encounters with the specialty seen, procedures, and the people of the care team."""

import msgspec

from zonula.chart import Kind, Status, When
from zonula.chart_import.ccda.asides import Asides, report_rest
from zonula.chart_import.ccda.concepts import Concept, concept, wording
from zonula.chart_import.ccda.narrative import squeeze
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.people import entity, ids, performer, recorded
from zonula.chart_import.ccda.problems import Setting, problem
from zonula.chart_import.ccda.reading import NOBODY, Reading, Who
from zonula.chart_import.ccda.statement import CODE, PARTICIPANT, PERFORMER, TEXT, TIME, Statement, child, descend
from zonula.chart_import.ccda.times import timing
from zonula.chart_import.ccda.values import result_of
from zonula.chart_import.ccda.vocabulary import ACT_CLASS_OID, ACT_STATUS, NO_PARTICULAR_PROCEDURE, SDTC, V3

_ENTITY, _ROLE, _PLAYING, _NAME = (V3 + n for n in ("assignedEntity", "participantRole", "playingEntity", "name"))
_SITE, _DISPOSITION, _TIME = V3 + "targetSiteCode", SDTC + "dischargeDispositionCode", V3 + "time"
_DIAGNOSIS = "2.16.840.1.113883.10.20.22.4.80"
_FUNCTION_CODES = (V3 + "functionCode", SDTC + "functionCode")
_CLASSES = frozenset({"AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "PRENC", "SS", "VR"})


def encounter(reading: Reading, statement: Statement) -> None:
    """Read an Encounter Activity with its diagnoses; a diagnosis fact points at the encounter."""
    if statement.kind != "encounter":
        reading.skip(f"{statement.kind} where an encounter belongs ({wording(reading, statement.first(CODE))[:60]})")
        return
    what = concept(reading, statement.first(CODE))
    asides = Asides(reading, statement)
    diagnoses = asides.take(
        lambda _, one: one.kind == "observation" or (one.kind == "act" and _DIAGNOSIS in one.templates)
    )
    report_rest(reading, asides)
    people = [entity(reading, child(element, _ENTITY)) for element in statement.all(PERFORMER)]
    notes = [asides.note]
    left_for = wording(reading, statement.first(_DISPOSITION))
    if left_for:
        notes.append(f"discharged to: {left_for}")
    identifier = keep_encounter(
        reading,
        what,
        when=timing(reading, statement.first(TIME)).when,
        status=action_status(statement),
        people=people,
        place=_location(reading, statement),
        text=reading.references.text_of(statement.first(TEXT)),
        reason="; ".join(filter(None, asides.reasons)),
        note="\n".join(filter(None, notes)),
        negated=statement.negated,
    )
    for key in ids(statement.element):
        reading.encounters[key] = identifier
    for inner in diagnoses:
        problem(reading, inner, Setting(identifier, people[0] if people else NOBODY))


def keep_encounter(
    reading: Reading,
    what: Concept,
    *,
    when: When,
    status: Status,
    people: list[Who],
    place: str,
    text: str = "",
    reason: str = "",
    note: str = "",
    negated: bool = False,
) -> str:
    """Make an encounter fact. The class (ambulatory, emergency, inpatient) is taken out of the codes; the rest is its type."""
    setting = next((code for code in what.codes if code.code in _CLASSES and code.system_text == ACT_CLASS_OID), None)
    codes = tuple(code for code in what.codes if code is not setting)
    kind = what.text or (setting.display if setting else "")
    who = next((one for one in people if one.specialty), people[0] if people else NOBODY)
    others = [
        "also: " + " – ".join(filter(None, (one.name, one.specialty))) for one in people if one not in (who, NOBODY)
    ]
    if not who.organisation and place:
        who = msgspec.structs.replace(who, organisation=place)
    return reading.keep(
        Kind.ENCOUNTER,
        codes=codes,
        text=kind or text or "Encounter",
        when=when,
        status=status,
        negated=negated,
        who=who,
        note="\n".join(filter(None, (note, *others))),
        details=(("class", setting.code if setting else ""), ("type", kind), ("reason", reason)),
    )


def action_status(statement: Statement) -> Status:
    """Whether something was done, is planned or was not done."""
    written = ACT_STATUS.get(statement.status, Status.UNKNOWN)
    if written is Status.ENTERED_IN_ERROR:
        return written
    if statement.negated:
        return Status.NOT_DONE
    if statement.planned:
        return Status.PLANNED
    if written is Status.UNKNOWN and statement.element.get("moodCode") == "EVN" and not statement.status:
        return Status.CONFIRMED
    return written


def _location(reading: Reading, statement: Statement) -> str:
    for participant in statement.all(PARTICIPANT):
        if participant.get("typeCode") == "LOC":
            role = child(participant, _ROLE)
            name = descend(role, _PLAYING, _NAME)
            return squeeze(name.text) if name is not None else ""
    return ""


def procedure(reading: Reading, statement: Statement) -> None:
    """Read a procedure, or the act or observation it was written as; a planned one has status PLANNED."""
    what = concept(reading, statement.first(CODE))
    text = what.text
    if not text or any(code.code == NO_PARTICULAR_PROCEDURE for code in what.codes):
        text = reading.references.text_of(statement.first(TEXT)) or text
    if not what.codes and not text:
        reading.skip(
            f"a procedure that says neither a code nor a text{f' (nullFlavor {what.null})' if what.null else ''}"
        )
        return
    asides = Asides(reading, statement)
    report_rest(reading, asides)
    found = result_of(reading, statement)
    notes = [asides.note, what.qualifiers, *(f"complication: {reaction}" for reaction in asides.reactions)]
    if statement.status == "aborted":
        notes.append("stopped before it was complete")
    reading.keep(
        Kind.PROCEDURE,
        codes=what.codes,
        text=text or what.codes[0].code,
        when=timing(reading, statement.first(TIME)).when,
        recorded=recorded(reading, statement),
        status=action_status(statement),
        negated=statement.negated,
        value=found.quantity,
        value_text=found.text,
        value_codes=found.codes,
        who=performer(reading, statement),
        encounter_keys=asides.encounter_keys,
        note="\n".join(filter(None, notes)),
        details=(
            ("body_site", wording(reading, statement.first(_SITE))),
            ("reason", "; ".join(filter(None, asides.reasons))),
        ),
    )


def care_team(reading: Reading, statement: Statement) -> None:
    """Read a Care Team organizer: one document fact per member."""
    found = False
    for member in statement.components():
        for element in member.all(PERFORMER):
            team_member(reading, element, timing(reading, member.first(TIME)).when)
            found = True
    if not found:
        reading.skip("a care team that names nobody")


def team_member(reading: Reading, element: Element, when: When) -> None:
    """Keep one person of the care team with the specialty, as a document fact (nobody was seen because of it)."""
    who = entity(reading, child(element, _ENTITY))
    function = next((wording(reading, part) for tag in _FUNCTION_CODES for part in element.iterchildren(tag)), "")
    if who == NOBODY and not function:
        reading.skip("a care team member without name, role or specialty")
        return
    said = " – ".join(filter(None, (who.name, who.specialty or function)))
    reading.keep(
        Kind.DOCUMENT,
        text=f"Care team: {said}",
        when=when if when.known else timing(reading, child(element, _TIME)).when,
        status=Status.CONFIRMED,
        who=who,
        note=function,
        details=(("type", "care-team"),),
    )
