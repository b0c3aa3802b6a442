"""What someone must look at in a record today, from what the core says of it. Pure of writing: `attention` keeps the tasks in step."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from zonula.chart import Ask, Finding, Level, State
from zonula.errors import UserError
from zonula.journey import ALARM, NextStep
from zonula.treatment_protocols import today as plan_today
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.corrected import Standing, placed
from zonula_web.records.models import Entry, Patient

RED_FLAG, ANSWERS, LABORATORY, ADVERSE, STALLED, REVIEW, RECORD, BY_HAND = (
    "red flag", "alarm", "laboratory", "adverse event", "stalled plan", "due review", "record", "by hand",
)  # fmt: skip
KINDS = {
    RED_FLAG: "Red flags",
    ANSWERS: "Alarms in answers",
    ADVERSE: "Adverse events",
    STALLED: "Stalled or stopped plans",
    REVIEW: "Due reviews",
    LABORATORY: "Laboratory",
    RECORD: "Records to check",
    BY_HAND: "Written by hand",
}
# Where a finding comes from, by the beginning of its id; the first that fits counts.
_KINDS = (
    (ALARM, ANSWERS),
    ("chart_review.red_flag.", RED_FLAG),
    ("treatment_protocols.stop.serious_event", ADVERSE),
    ("treatment_protocols.review.", REVIEW),
    ("treatment_protocols.restriction_ends", REVIEW),
    ("treatment_protocols.", STALLED),
    ("laboratory_tests.", LABORATORY),
    ("questionnaires.", ANSWERS),
)


class Matter(NamedTuple):
    """One matter. key: the same matter has the same key tomorrow. because: ids of the facts behind it."""

    key: str
    kind: str
    level: str
    what: str
    why: str
    because: tuple[str, ...] = ()
    who: str = "clinician"
    due: date | None = None


def matters(patient: Patient, day: date) -> tuple[Matter, ...]:
    """Everything of this record that someone must look at on that day."""
    found = [*_of_assessment(patient), *_of_plan(patient, day), *_of_corrections(patient)]
    return tuple({matter.key: matter for matter in reversed(found)}.values())


def _of_assessment(patient: Patient) -> Iterator[Matter]:
    """What is unsafe. Level C waits on the overview: it is looked at before going on, not today; so does a hold that no record is behind."""
    try:
        assessment = read.assessment(patient)
    except UserError as wrong:
        yield Matter("record.assessment", RECORD, Level.HOLD, wrong.cure, f"No assessment can be made. {wrong.what}")
        return
    steps = {name: step for step in assessment.next_steps if step.who != "patient" for name in step.because}
    done: set[int] = set()
    for name in assessment.unsafe:
        finding, step = assessment.findings[name], steps.get(name)
        known = finding.state is State.YES and (finding.because or finding.level is not Level.HOLD)
        if not (known or name.startswith(ALARM)) or (step and step.order in done):
            continue  # one question that several findings ask is one matter
        if step is not None:
            done.add(step.order)
        yield _matter(finding, step)


def _of_plan(patient: Patient, day: date) -> Iterator[Matter]:
    try:
        running = plans.running(patient)
        if running is None:
            return
        now = plan_today(running.plan, running.assembled.situation, day, read.knowledge())
    except UserError as wrong:
        yield Matter("record.plan", RECORD, Level.HOLD, wrong.cure, f"The plan cannot be read. {wrong.what}")
        return
    for finding in now.findings:
        if finding.level is not None:
            yield _matter(finding)
    if now.dose is not None and now.dose.portion is None:
        yield Matter(
            f"plan.verdict.{now.dose.food}",
            STALLED,
            Level.CLINICIAN,
            f"Write the verdict of the challenge with {now.dose.food}.",
            f"The challenge with {now.dose.food} is over and waits for its verdict.",
        )
    for written in running.history:
        event = written.event
        if event.event == "adverse_event" and not event.serious:  # a serious one stops the plan, and that is a finding
            yield Matter(
                f"plan.adverse.{running.number}.{written.number}",
                ADVERSE,
                Level.CLINICIAN,
                "Look whether the plan can go on.",
                f"An adverse event on {event.day}: {event.reason}",
            )


def _of_corrections(patient: Patient) -> Iterator[Matter]:
    """A correction whose document has changed since must be looked at again."""
    changed = [number for number, entry in placed(patient).items() if entry.standing is Standing.CHANGED]
    for entry in Entry.objects.filter(patient=patient, pk__in=changed):
        yield Matter(
            f"record.correction.{entry.pk}",
            RECORD,
            Level.CLINICIAN,
            "Compare the correction with the new document; keep it or take it back.",
            "A record that was corrected by hand says something else now.",
            (entry.replaces,),
        )


def _matter(finding: Finding, step: NextStep | None = None) -> Matter:
    """The matter of a finding, in the words of the step that answers it when there is one."""
    asked = step or next(iter(finding.asks), Ask("clinician", "Look at this."))
    kind = next((kind for beginning, kind in _KINDS if finding.id.startswith(beginning)), RECORD)
    level = finding.level.value if finding.level else ""
    return Matter(finding.id, kind, level, asked.what, finding.says, finding.because, asked.who, asked.by)
