"""Asking the diary which food does it: as a job, because the first answer of a process takes a second."""

from datetime import date
from typing import NamedTuple

import msgspec

from zonula.diary import FoodGroup
from zonula.diet import catalogue
from zonula.errors import UserError
from zonula.food_triggers.analysis import analyse
from zonula.treatment_protocols import Why
from zonula_web.access.models import Person
from zonula_web.jobs.models import Job, State
from zonula_web.records import diary, plan, read
from zonula_web.records.consent import agreed
from zonula_web.records.models import Patient, Suspects
from zonula_web.records.suspects import Suspected, suspected

FOR_SAFETY = (Why.ALLERGY, Why.CELIAC)


class Found(NamedTuple):
    """What the inference said, and of which version of the diary."""

    version: int
    day: date
    suspected: Suspected


def ask_suspects(*, patient: Patient, by: Person) -> Job:
    """Queue the question, unless it waits already. Raises UserError without the patient's consent to use the diary."""
    if not agreed(patient, "diary"):
        raise UserError(
            "The patient has not agreed that the diary is used.", "Write down the consent first, on the page Consent."
        )
    waiting = Job.objects.filter(patient=patient, kind="suspects", state__in=[State.QUEUED, State.RUNNING]).first()
    return waiting or Job.objects.create(kind="suspects", clinic=patient.clinic, patient=patient, by=by, total=1)


def find_suspects(job: Job) -> Found:
    """The calculation, before the database is locked."""
    patient = _patient(job)
    version, day = diary.version(patient), read.today(patient.clinic)
    return Found(version, day, suspected(analyse(diary.as_diary(patient, food_groups(patient), day))))


def keep_suspects(job: Job, found: Found) -> str:
    """Store the answer in the place of the one before."""
    body = {"diary_version": found.version, "day": found.day, "body": msgspec.to_builtins(found.suspected)}
    Suspects.objects.update_or_create(patient=_patient(job), defaults=body)
    job.done = 1
    named = len(found.suspected.of("trigger"))
    return found.suspected.refusal or f"{found.suspected.days} days read; {named} foods suspected."


def food_groups(patient: Patient) -> tuple[FoodGroup, ...]:
    """Every group that can be challenged, and those left out for safety, which are never judged."""
    running = plan.running(patient)
    excluded = {one.food.casefold() for one in running.state.exclusions if one.why in FOR_SAFETY} if running else set()
    return tuple(
        FoodGroup(group, excluded=group.casefold() in excluded)
        for group in catalogue(read.knowledge()).challenge_groups()
    )


def _patient(job: Job) -> Patient:
    if job.patient is None:
        raise UserError("The patient is gone.")
    return job.patient
