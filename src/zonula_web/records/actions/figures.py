"""Making the clinic's figures as a job: courses whose record changed are built again, then everything is summed up once."""

from datetime import date
from typing import NamedTuple

import msgspec
import numpy as np

from zonula.errors import UserError
from zonula.outcomes import ClinicReport, Course, clinic_report, declared
from zonula_web.access.models import Clinic, Person
from zonula_web.jobs.models import Job, State
from zonula_web.records import diary, figures, read, research
from zonula_web.records.course import course_of
from zonula_web.records.models import Answers, Document, Figures, Patient, Plan, SkinSession
from zonula_web.records.models import Course as CourseRow

FOLDS_SEED = 20261124  # of the cross-validation's folds: the same data give the same figures


class Made(NamedTuple):
    """Everything before the database is locked. changed: courses to store, by patient, with the versions they were made of."""

    day: date
    changed: dict[Patient, tuple[int, int, Course | None]]
    report: ClinicReport
    funnel: tuple[figures.Step, ...]
    release: research.Release
    unreadable: int


def ask_figures(*, clinic: Clinic, by: Person) -> Job:
    """Queue the making, unless it waits already."""
    waiting = Job.objects.filter(clinic=clinic, kind="figures", state__in=[State.QUEUED, State.RUNNING]).first()
    if waiting:
        return waiting
    total = Patient.objects.filter(clinic=clinic, merged_into=None).count()
    return Job.objects.create(kind="figures", clinic=clinic, by=by, total=total)


def make_figures(job: Job) -> Made:
    """Build the courses that are behind and sum up. A record that cannot be assessed is left out and counted."""
    day = read.today(job.clinic)
    patients = list(Patient.objects.filter(clinic=job.clinic, merged_into=None).select_related("clinic").order_by("id"))
    rows = {row.patient_id: row for row in CourseRow.objects.filter(patient__in=patients)}
    changed: dict[Patient, tuple[int, int, Course | None]] = {}
    found: dict[str, Course | None] = {}
    unreadable = 0
    for number, patient in enumerate(patients, 1):
        row, now = rows.get(patient.id), (patient.version, diary.version(patient))
        if row is not None and (row.version, row.diary_version, row.day) == (*now, day):
            found[str(patient.id)] = figures.convert(row.body) if row.body else None
            continue
        try:
            course = course_of(patient)
        except UserError:
            unreadable += 1
            continue
        changed[patient], found[str(patient.id)] = (*now, course), course
        if number % 20 == 0:
            Job.objects.filter(pk=job.pk).update(done=number)
    courses = [course for course in found.values() if course is not None]
    rules, counts = declared(read.knowledge()), _counts(job.clinic)
    report = clinic_report(courses, rules, figures.bands(), np.random.default_rng(FOLDS_SEED))
    release = _release(job.clinic, day, patients, found, counts)
    return Made(day, changed, report, figures.funnel(patients, found, counts), release, unreadable)


def _release(
    clinic: Clinic,
    day: date,
    patients: list[Patient],
    found: dict[str, Course | None],
    counts: dict[str, set[object]],
) -> research.Release:
    """What researchers get from today on: of those who agreed."""
    before, rules, rng = research.stored(clinic), declared(read.knowledge()), np.random.default_rng()
    agreed = research.agreed(clinic)
    courses = {str(one.id): course for one in patients if one.id in agreed and (course := found.get(str(one.id)))}
    last = before.contributors if before else frozenset[str]()
    chosen = research.contributing(last, set(courses), rules.least_cell, rng)
    # Everyone in the release has begun, so the way is that of all who agreed and are not held back.
    held_back = set(courses) - chosen
    walking = [one for one in patients if one.id in agreed and str(one.id) not in held_back]
    way = [(step.title, step.patients, step.within) for step in figures.funnel(walking, found, counts)]
    return research.make(before, day, clinic, {one: courses[one] for one in chosen}, way, rules, rng)


def keep_figures(job: Job, made: Made) -> str:
    """Store them in the place of the ones before."""
    for patient, (version, diary_version, course) in made.changed.items():
        body = msgspec.to_builtins(course) if course else {}
        CourseRow.objects.update_or_create(
            patient=patient,
            defaults={"version": version, "diary_version": diary_version, "day": made.day, "body": body},
        )
    Figures.objects.update_or_create(
        clinic=job.clinic,
        defaults={
            "day": made.day,
            "report": msgspec.to_builtins(made.report),
            "funnel": msgspec.to_builtins(made.funnel),
            "research": msgspec.to_builtins(made.release),
        },
    )
    job.done = job.total
    left = f" Records that could not be assessed and are left out: {made.unreadable}." if made.unreadable else ""
    return f"Courses summed up: {made.report.patients}.{left}"


def _counts(clinic: Clinic) -> dict[str, set[object]]:
    of = {"patient__clinic": clinic}
    return {
        "documents": set(Document.objects.filter(removed_at=None, **of).values_list("patient_id", flat=True)),
        "answers": set(Answers.objects.filter(withdrawn_because="", **of).values_list("patient_id", flat=True)),
        "skin": set(SkinSession.objects.filter(finished=True, **of).values_list("patient_id", flat=True)),
        "plans": set(Plan.objects.filter(**of).values_list("patient_id", flat=True)),
    }
