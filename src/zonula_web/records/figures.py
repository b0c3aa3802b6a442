"""What became of the clinic's patients: the stored figures, and the courses behind them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from zonula.outcomes import Band, ClinicReport, Course
from zonula_web.access.models import Clinic
from zonula_web.jobs.models import Job, State
from zonula_web.records import read
from zonula_web.records.models import Course as CourseRow
from zonula_web.records.models import Figures, Patient

PLAN_STARTED, RESTRICTED = 4, 5  # places of steps that later ones are part of


class Step(msgspec.Struct, frozen=True):
    """One step of the way from intake to foods given back, with how many patients came so far. within: place of the step it is part of."""

    title: str
    patients: int
    within: int | None = 0


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """The clinic's figures as they were made last."""

    day: date
    made_at: datetime
    report: ClinicReport
    funnel: tuple[Step, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Where the making of the figures stands."""

    state: str
    says: str
    at: datetime
    done: int
    total: int

    @property
    def runs(self) -> bool:
        """Whether they are being made."""
        return self.state in (State.QUEUED, State.RUNNING)


def stored(clinic: Clinic) -> Stored | None:
    """The figures, or None when they were never made."""
    row = Figures.objects.filter(clinic=clinic).first()
    if row is None:
        return None
    return Stored(
        day=row.day,
        made_at=row.made_at,
        report=msgspec.convert(row.report, ClinicReport),
        funnel=msgspec.convert(row.funnel, tuple[Step, ...]),
    )


def last_question(clinic: Clinic) -> Question | None:
    """The newest making of figures."""
    job = Job.objects.filter(clinic=clinic, kind="figures").order_by("-made_at").first()
    if job is None:
        return None
    return Question(state=job.state, says=job.says, at=job.ended_at or job.made_at, done=job.done, total=job.total)


def courses(clinic: Clinic) -> list[Course]:
    """The stored courses of the clinic's patients."""
    rows = CourseRow.objects.filter(patient__clinic=clinic, patient__merged_into=None).order_by("patient_id")
    return [convert(row.body) for row in rows if row.body]


def convert(body: dict[str, Any]) -> Course:
    """A stored course."""
    return msgspec.convert(body, Course)


def bands() -> list[Band]:
    """The clinic's hypothesis on severity, from its card."""
    card = read.knowledge().card("skin_prick_tests/severity_hypothesis").data
    return [Band(one["label"], one["percent_from"], one["percent_below"], tuple(one["weeks"])) for one in card["bands"]]


def funnel(
    patients: Iterable[Patient], found: Mapping[str, Course | None], counts: Mapping[str, set[object]]
) -> tuple[Step, ...]:
    """How many of these patients came how far. counts: ids of patients with documents, answers, skin test, plan."""
    ids = {patient.id for patient in patients}
    begun = [course for patient in ids if (course := found.get(str(patient))) is not None]
    return (
        Step("patients", len(ids), None),
        Step("records imported", len(ids & counts["documents"])),
        Step("questionnaire answered", len(ids & counts["answers"])),
        Step("skin test done", len(ids & counts["skin"])),
        Step("plan started", len(ids & counts["plans"])),
        Step("eating restricted for the treatment", len(begun), PLAN_STARTED),
        Step("at least one food given back", sum(bool(course.foods_given_back) for course in begun), RESTRICTED),
        Step("finished as planned", sum(course.finished for course in begun), RESTRICTED),
    )
