"""Problems, diagnoses and complaints: Problem Concern Act, Problem Observation and the diagnosis acts around them."""

from typing import NamedTuple

from zonula.chart import Kind, Status
from zonula.chart_import.ccda.asides import Asides, report_rest
from zonula.chart_import.ccda.concepts import concept, wording
from zonula.chart_import.ccda.concerns import concern_status
from zonula.chart_import.ccda.people import recorded, writer
from zonula.chart_import.ccda.reading import NOBODY, Reading, Who
from zonula.chart_import.ccda.statement import CODE, TEXT, TIME, VALUE, Statement
from zonula.chart_import.ccda.times import timing
from zonula.chart_import.ccda.vocabulary import NO_PARTICULAR_PROBLEM, SYMPTOM_TYPES, V3
from zonula.chart_import.negations import says_none

_SITE = V3 + "targetSiteCode"
_CATEGORIES = {"problems": "problem-list-item", "health-concerns": "health-concern", "diagnoses": "encounter-diagnosis"}


class Setting(NamedTuple):
    """The encounter a diagnosis was made in, and who was seen there."""

    encounter: str = ""
    who: Who = NOBODY


_NOWHERE = Setting()


def problem(reading: Reading, statement: Statement, setting: Setting = _NOWHERE) -> None:
    """Read a concern or diagnosis act with its observations, or a bare Problem Observation."""
    if statement.kind == "observation":
        _observation(reading, statement, "", setting, "")
        return
    asides = Asides(reading, statement)
    found = asides.take(lambda relation, one: relation != "REFR" and one.kind in ("observation", "act"))
    report_rest(reading, asides)
    for inner in found:
        if inner.kind == "observation":
            _observation(reading, inner, statement.status, setting, asides.note)
        else:  # a concern around a diagnosis act
            problem(reading, inner, setting)
    if not found:
        why = statement.element.get("nullFlavor", "")
        reading.skip(f"a concern without an observation of its own{f' (nullFlavor {why})' if why else ''}")


def _observation(reading: Reading, statement: Statement, concern: str, setting: Setting, note: str) -> None:
    values = [concept(reading, value) for value in statement.all(VALUE)]
    kind_of_problem = concept(reading, statement.first(CODE))
    what = next((value for value in values if value.said), values[0] if values else concept(reading, None))
    codes = tuple(dict.fromkeys(code for value in values for code in value.codes))
    text = what.text or reading.references.text_of(statement.first(TEXT))
    if not values and kind_of_problem.said:  # some senders put the diagnosis where its type belongs
        codes, text = kind_of_problem.codes, kind_of_problem.text
    negated = statement.negated or says_none(codes)
    if negated and (not codes or any(code.code in NO_PARTICULAR_PROBLEM for code in codes)):
        text = text if text.lower().startswith(("no ", "none")) else "No known problems"
    if not codes and not text:
        reading.skip(
            f"a problem that says neither a code nor a text{f' (nullFlavor {what.null})' if what.null else ''}"
        )
        return
    asides = Asides(reading, statement)
    report_rest(reading, asides)
    time = timing(reading, statement.first(TIME))
    status = concern_status(reading, statement, concern, asides.status, time)
    if status is Status.CONFIRMED and reading.section == "past-illness":
        status = Status.RESOLVED
    who = writer(reading, statement, setting.who)
    symptom = any(code.code in SYMPTOM_TYPES for code in kind_of_problem.codes)
    category = "" if symptom else _CATEGORIES.get(reading.section, "encounter-diagnosis" if setting.encounter else "")
    notes = [note, asides.note, what.qualifiers]
    if asides.age:
        notes.append(f"age at onset: {asides.age}")
    reading.keep(
        Kind.SYMPTOM if symptom else Kind.CONDITION,
        codes=codes,
        text=text or codes[0].code,
        when=time.when,
        recorded=recorded(reading, statement),
        status=Status.SUSPECTED if what.suspected and status is Status.CONFIRMED else status,
        negated=negated,
        who=who,
        encounter_keys=asides.encounter_keys,
        encounter=setting.encounter,
        note="\n".join(dict.fromkeys(filter(None, notes))),
        details=(
            ("category", category),
            ("severity", asides.severity),
            ("body_site", wording(reading, statement.first(_SITE))),
        ),
    )
