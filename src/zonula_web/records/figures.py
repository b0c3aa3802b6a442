"""What became of the clinic's patients: the stored figures, and the courses behind them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from zonula.outcomes import Band, ClinicReport, Course
from zonula_web.access.models import Clinic
from zonula_web.jobs.models import Job, State
from zonula_web.records import read
from zonula_web.records.models import Consent, Figures, Patient
from zonula_web.records.models import Course as CourseRow


class Step(msgspec.Struct, frozen=True):
    """One step of the way from intake to foods given back, with how many patients came so far."""

    title: str
    patients: int


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """The clinic's figures as they were made last."""

    day: date
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
        report=msgspec.convert(row.report, ClinicReport),
        funnel=msgspec.convert(row.funnel, tuple[Step, ...]),
    )


def last_question(clinic: Clinic) -> Question | None:
    """The newest making of figures."""
    job = Job.objects.filter(clinic=clinic, kind="figures").order_by("-made_at").first()
    if job is None:
        return None
    return Question(state=job.state, says=job.says, at=job.ended_at or job.made_at, done=job.done, total=job.total)


def courses(clinic: Clinic, *, consented: bool = False) -> list[Course]:
    """The stored courses of the clinic's patients. consented: only of those who agreed that their course counts in research."""
    rows = CourseRow.objects.filter(patient__clinic=clinic, patient__merged_into=None).order_by("patient_id")
    found = [(row.patient_id, convert(row.body)) for row in rows if row.body]
    if not consented:
        return [course for _, course in found]
    agreed = {
        row.patient_id: row.given
        for row in Consent.objects.filter(patient__clinic=clinic, data="research").order_by("id")
    }
    return [course for patient, course in found if agreed.get(patient)]


def convert(body: dict[str, Any]) -> Course:
    """A stored course."""
    return msgspec.convert(body, Course)


def bands() -> list[Band]:
    """The clinic's hypothesis on severity, from its card."""
    card = read.knowledge().card("skin_prick_tests/severity_hypothesis").data
    return [Band(one["label"], one["percent_from"], one["percent_below"], tuple(one["weeks"])) for one in card["bands"]]


def funnel(
    patients: Iterable[Patient], found: dict[str, Course | None], counts: dict[str, set[object]]
) -> tuple[Step, ...]:
    """How many patients came how far. counts: ids of patients with documents, answers, skin test, plan."""
    everyone = list(patients)
    ids = {patient.id for patient in everyone}
    begun = [course for course in found.values() if course is not None]
    return (
        Step("patients", len(everyone)),
        Step("records imported", len(ids & counts["documents"])),
        Step("questionnaire answered", len(ids & counts["answers"])),
        Step("skin test done", len(ids & counts["skin"])),
        Step("plan started", len(ids & counts["plans"])),
        Step("eating restricted for the treatment", len(begun)),
        Step("at least one food given back", sum(bool(course.foods_given_back) for course in begun)),
        Step("finished as planned", sum(course.finished for course in begun)),
    )
