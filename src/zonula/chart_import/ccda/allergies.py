"""Allergies and intolerances, their reactions, and the statement that none is known."""

from zonula.chart import Code, Kind
from zonula.chart_import.ccda.asides import Asides, report_rest
from zonula.chart_import.ccda.concepts import Concept, concept
from zonula.chart_import.ccda.concerns import concern_status
from zonula.chart_import.ccda.narrative import squeeze
from zonula.chart_import.ccda.people import recorded, writer
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import CODE, PARTICIPANT, TEXT, TIME, VALUE, Statement, child, descend
from zonula.chart_import.ccda.times import timing
from zonula.chart_import.ccda.vocabulary import ALLERGY_TYPES, NO_PARTICULAR_SUBSTANCE, V3
from zonula.chart_import.negations import says_no_allergy, says_none

_ROLE, _ENTITY, _NAME = V3 + "participantRole", V3 + "playingEntity", V3 + "name"


def allergy(reading: Reading, statement: Statement) -> None:
    """Read an Allergy Concern Act with its observations, or a bare observation."""
    if statement.kind == "observation":
        _observation(reading, statement, "", "")
        return
    asides = Asides(reading, statement)
    inner = asides.take(lambda relation, one: one.kind == "observation" and relation != "REFR")
    report_rest(reading, asides)
    for one in inner:
        _observation(reading, one, statement.status, asides.note)
    if not inner:
        why = statement.element.get("nullFlavor", "")
        reading.skip(f"an allergy concern without an observation{f' (nullFlavor {why})' if why else ''}")


def _observation(reading: Reading, statement: Statement, concern: str, note: str) -> None:
    kind = concept(reading, statement.first(VALUE))
    substance = _substance(reading, statement)
    negated = statement.negated or says_none(substance.codes) or says_none(kind.codes)
    codes, text = substance.codes, substance.text or (substance.codes[0].code if substance.codes else "")
    whole_class = next((code.code for code in codes if code.code in NO_PARTICULAR_SUBSTANCE), "")
    if negated and (whole_class or not substance.said):
        codes, text = codes or kind.codes, _none_known(reading, statement, whole_class, kind)
    elif not substance.said:  # only the kind, or a text, says what it is
        codes, text = _named_by_kind(kind), reading.references.text_of(statement.first(TEXT)) or kind.text
    if not codes and not text:
        reading.skip(f"an allergy that names no substance{f' (nullFlavor {substance.null})' if substance.null else ''}")
        return
    asides = Asides(reading, statement)
    report_rest(reading, asides)
    time = timing(reading, statement.first(TIME))
    propensity = next((ALLERGY_TYPES[code.code] for code in kind.codes if code.code in ALLERGY_TYPES), ("", ""))
    reading.keep(
        Kind.ALLERGY,
        codes=codes,
        text=text,
        when=time.when,
        recorded=recorded(reading, statement),
        status=concern_status(reading, statement, concern, asides.status, time),
        negated=negated or says_no_allergy(text),
        who=writer(reading, statement),
        note="\n".join(filter(None, (note, asides.note))),
        details=(
            ("type", propensity[0]),
            ("category", propensity[1]),
            ("criticality", asides.criticality),
            ("reaction", "; ".join(asides.reactions)),
            ("severity", asides.severity),
        ),
    )


def _substance(reading: Reading, statement: Statement) -> Concept:
    """The consumed substance: code of the playing entity, else its name."""
    null = ""
    for participant in statement.all(PARTICIPANT):
        entity = descend(participant, _ROLE, _ENTITY)
        if entity is None or participant.get("typeCode", "CSM") != "CSM":
            continue
        found = concept(reading, child(entity, CODE))
        if found.said:
            return found
        name = child(entity, _NAME)
        text = "" if name is None else squeeze(name.text)
        if text:
            return Concept(text=text)
        null = found.null
    return Concept(null=null)


def _none_known(reading: Reading, statement: Statement, whole_class: str, kind: Concept) -> str:
    said = reading.references.text_of(statement.first(TEXT))
    if said.lower().startswith("no "):
        return said
    if whole_class:
        return NO_PARTICULAR_SUBSTANCE[whole_class]
    category = next((ALLERGY_TYPES[code.code][1] for code in kind.codes if code.code in ALLERGY_TYPES), "")
    return {
        "medication": "No known drug allergies",
        "food": "No known food allergies",
        "environment": "No known environmental allergies",
    }.get(category, "No known allergies")


def _named_by_kind(kind: Concept) -> tuple[Code, ...]:
    """Codes such as 91936005 "Allergy to penicillin" name the substance; a bare propensity code does not."""
    return tuple(code for code in kind.codes if code.code not in ALLERGY_TYPES)
