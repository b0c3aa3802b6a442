"""Where a problem or an allergy stands: the same order of evidence for both (docs/SPEC_CLARIFICATIONS.md, C-CDA)."""

from zonula.chart import Status
from zonula.chart_import.ccda.people import from_patient
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import Statement
from zonula.chart_import.ccda.times import Timing

_NOT_SO = frozenset({"nullified", "obsolete"})


def concern_status(reading: Reading, statement: Statement, concern: str, said: Status | None, time: Timing) -> Status:
    """The status observation (`said`) decides, then the end date, then the status of the concern act around it."""
    if concern in _NOT_SO or statement.status in _NOT_SO:
        return Status.ENTERED_IN_ERROR
    if from_patient(reading, statement):
        return Status.PATIENT_REPORTED
    if said is not None:
        return said
    ended = time.when.end is not None or (time.ended_unknown and concern != "active")
    return Status.RESOLVED if ended or concern == "completed" else Status.CONFIRMED
