"""What relatives had, and at what age. Names and birth dates of relatives are not kept."""

import msgspec

from zonula.chart import Kind, Status
from zonula.chart_import.ccda.asides import Asides, report_rest
from zonula.chart_import.ccda.concepts import concept, wording
from zonula.chart_import.ccda.people import recorded
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import CODE, TEXT, TIME, VALUE, Statement, descend
from zonula.chart_import.ccda.times import timing
from zonula.chart_import.ccda.vocabulary import V3
from zonula.chart_import.negations import says_none

_SUBJECT, _RELATED = V3 + "subject", V3 + "relatedSubject"
_DEATH = "419620001"


def family_history(reading: Reading, statement: Statement) -> None:
    """Read an organizer about one relative, or an observation that names no relative."""
    relation = wording(reading, descend(statement.first(_SUBJECT), _RELATED, CODE))
    if statement.kind == "observation":
        _observation(reading, statement, relation)
        return
    members = [member for member in statement.components() if member.kind == "observation"]
    for member in members:
        _observation(reading, member, relation)
    if not members:
        reading.skip("names a relative but no condition")


def _observation(reading: Reading, statement: Statement, relation: str) -> None:
    what = concept(reading, statement.first(VALUE))
    if not what.said:
        what = msgspec.structs.replace(what, text=reading.references.text_of(statement.first(TEXT)))
    if not what.said:
        reading.skip(f"a relative's condition without code or text{f' (nullFlavor {what.null})' if what.null else ''}")
        return
    asides = Asides(reading, statement)
    death = asides.take(lambda _, one: _dead(reading, one))
    report_rest(reading, asides)
    notes = [asides.note, what.qualifiers, "cause of death" if death else ""]
    nullified = statement.status in ("nullified", "obsolete")
    reading.keep(
        Kind.FAMILY_HISTORY,
        codes=what.codes,
        text=what.text or what.codes[0].code,
        when=timing(reading, statement.first(TIME)).when,
        recorded=recorded(reading, statement),
        status=Status.ENTERED_IN_ERROR if nullified else Status.PATIENT_REPORTED,
        negated=statement.negated or says_none(what.codes),
        note="\n".join(filter(None, notes)),
        details=(("relation", relation), ("age_at_onset", asides.age)),
    )


def _dead(reading: Reading, inner: Statement) -> bool:
    return any(code.code == _DEATH for code in concept(reading, inner.first(VALUE)).codes)
