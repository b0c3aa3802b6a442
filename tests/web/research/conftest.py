"""A clinic with the courses of a virtual registry, stored as the job of figures stores them."""

import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "simulators"))

from virtual_registry import registry

from zonula_web.access.rights import Role
from zonula_web.jobs.work import run_next
from zonula_web.records import diary, read
from zonula_web.records.actions.figures import ask_figures
from zonula_web.records.models import Consent, Course, Patient


class Filled:
    """A clinic that can be given patients, asked for consent, and told to make its figures."""

    def __init__(self, clinic, person):
        self.clinic, self.person = clinic, person

    def add(self, count, *, agreed=True, seed=1, **fields):
        """Patients with a course each, `fields` changed in all of them."""
        made = []
        for one in registry(count, "true", np.random.default_rng(seed)):
            patient = Patient.objects.create(clinic=self.clinic, name=one.patient)
            course = msgspec.structs.replace(one, patient=str(patient.id), **fields)
            self.keep(patient, course)
            if agreed:
                self.consent(patient)
            made.append(patient)
        return made

    def keep(self, patient, course):
        body = msgspec.to_builtins(course) if course else {}
        seen = {"version": patient.version, "diary_version": diary.version(patient), "day": read.today(self.clinic)}
        Course.objects.update_or_create(patient=patient, defaults=seen | {"body": body})

    def consent(self, patient, *, given=True):
        Consent.objects.create(patient=patient, by=self.person, data="research", given=given, words="")

    def make(self):
        """Make the figures; what the job said."""
        job = ask_figures(clinic=self.clinic, by=self.person)
        assert run_next()
        job.refresh_from_db()
        assert job.state == "done", job.says
        return job.says


@pytest.fixture
def filled(clinic, member):
    return Filled(clinic, member(Role.STAFF))
