"""One session read from start to end: validity, readings, count, meaning, hypothesis."""

import msgspec

from zonula.chart import Finding
from zonula.errors import UserError
from zonula.knowledge import Shelf
from zonula.skin_prick_tests.hypothesis import severity
from zonula.skin_prick_tests.meaning import counted, cross_reactive, per_food
from zonula.skin_prick_tests.panel import Panel
from zonula.skin_prick_tests.problem import Outcome
from zonula.skin_prick_tests.reading import Change, Count, Reading, changes, count, read_foods
from zonula.skin_prick_tests.session import Session
from zonula.skin_prick_tests.validity import Validity, judge


class SkinTest(msgspec.Struct, frozen=True, kw_only=True):
    """A session's result. Without a valid session `readings` is empty and `count` None: no result, not a negative one."""

    schema: str = "zonula.skin-test/1"
    patient: str
    as_of: str
    panel: str
    validity: Validity
    readings: tuple[Reading, ...] = ()
    count: Count | None = None
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


def read(session: Session, shelf: Shelf, panel: Panel, previous: Session | None = None) -> SkinTest:
    """Judge and, only if valid, read the session; compare it with `previous` when that is valid too.

    Raises UserError when the two sessions are of different patients or in the wrong order.
    """
    validity = judge(session, shelf)
    result = SkinTest(
        patient=session.patient.id,
        as_of=session.day.isoformat(),
        panel=f"{panel.name}@{panel.version}",
        validity=validity,
        findings=(*validity.reasons, *validity.cautions),
    )
    if previous is not None:
        if previous.patient.id != session.patient.id:
            raise UserError("The two sessions are of different patients.", "Compare sessions of one patient.")
        if previous.day >= session.day:
            raise UserError("The session to compare with is not earlier.", "Give the older session as --previous.")
    if validity.outcome is not Outcome.VALID:
        return result
    readings = read_foods(session, shelf)
    counts = count(readings)
    labels = panel.labels
    moved = (
        changes(read_foods(previous, shelf), readings)
        if previous and judge(previous, shelf).outcome is Outcome.VALID
        else ()
    )
    findings = (
        counted(session, counts, shelf),
        *per_food(session, readings, labels, shelf),
        *cross_reactive(session, readings, labels, shelf),
        severity(session, counts, shelf),
    )
    return msgspec.structs.replace(
        result, readings=readings, count=counts, changes=moved, findings=(*result.findings, *findings)
    )
