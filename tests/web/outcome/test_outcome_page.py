"""Step 8 of one patient, and the clinic's figures: before a plan, with one patient, when all are censored, and what is made again."""

import re
from datetime import timedelta

import msgspec
import pytest
from django.urls import reverse

from zonula.errors import UserError
from zonula.outcomes import Course, Reading
from zonula.simulation.lives import life
from zonula_web.access.rights import Role
from zonula_web.demonstration.lives import take_in
from zonula_web.jobs.work import run_next
from zonula_web.records import figures, read
from zonula_web.records.actions import figures as making
from zonula_web.records.actions.changing import changing
from zonula_web.records.actions.patients import new_patient
from zonula_web.records.course import course_of
from zonula_web.records.models import Course as CourseRow
from zonula_web.records.models import Figures

pytestmark = pytest.mark.django_db


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def make(clinic, person):
    job = making.ask_figures(clinic=clinic, by=person)
    assert run_next()
    job.refresh_from_db()
    assert job.state == "done", job.says
    return job.says


@pytest.fixture
def clinician(member):
    return member(Role.CLINICIAN)


@pytest.fixture
def at_desk(client, clinician):
    client.force_login(clinician)
    return client


@pytest.fixture
def treated(clinic, clinician):
    """A virtual patient whose plan has restricted eating."""
    day = read.today(clinic) - timedelta(1)
    for index in range(8):
        one = life(2026, index, day)
        if one.plan is None or b'"exclude"' not in one.plan:
            continue
        sex = "female" if one.female else "male"
        patient = new_patient(clinic=clinic, name=one.name, born=one.born.isoformat(), sex=sex, today=day)
        take_in(patient, one, clinician)
        patient.refresh_from_db()
        if course_of(patient) is not None:
            return patient
    raise AssertionError("none of eight lives has a plan that restricted anything")


def test_before_any_plan_the_page_says_what_will_count(at_desk, patient):
    page = text_of(at_desk.get(reverse("outcome", args=[patient.id])))
    assert "The treatment has not begun" in page
    assert "Recovery: the weekly total at least 50 %" in page


def test_a_record_that_cannot_be_assessed_is_said_and_not_a_defect(at_desk, patient, monkeypatch):
    def broken(_):
        raise UserError("The skin test names a food that is not on the panel.")

    monkeypatch.setattr("zonula_web.clinic.views.outcome.course_of", broken)
    answer = at_desk.get(reverse("outcome", args=[patient.id]))
    assert answer.status_code == 200
    assert "not on the panel" in text_of(answer)


def test_the_course_of_a_life_is_told_figured_and_made_again_only_when_it_changed(
    at_desk, clinic, clinician, treated, patient, monkeypatch
):
    course = course_of(treated)
    assert course.last_day >= 0
    assert course.foods_restricted > 0
    assert course.days_restricted > 0
    assert [one.day for one in course.readings] == sorted(one.day for one in course.readings)
    page = text_of(at_desk.get(reverse("outcome", args=[treated.id])))
    assert f"{course.foods_restricted} foods restricted for the treatment" in page
    assert "Compared with 0 other courses" in page
    assert "Not said: no" in page or "Not said: fewer" in page, "one patient: no comparison, and why"

    assert "Courses summed up: 1." in make(clinic, clinician)
    assert figures.courses(clinic) == [course]
    figures_page = text_of(at_desk.get(reverse("figures")))
    assert "Not enough data" in figures_page
    assert "Half had recovered" not in figures_page

    built = []
    monkeypatch.setattr(making, "course_of", lambda one: built.append(one.id))
    make(clinic, clinician)
    assert built == []
    with changing(patient) as locked:
        locked.save()
    make(clinic, clinician)
    assert built == [patient.id]


def test_records_that_cannot_be_assessed_are_counted_and_left_out(at_desk, clinic, clinician, patient, monkeypatch):
    def broken(_):
        raise UserError("unreadable")

    monkeypatch.setattr(making, "course_of", broken)
    assert "Records that could not be assessed and are left out: 1." in make(clinic, clinician)
    assert not CourseRow.objects.exists()
    assert "could not be assessed" in text_of(at_desk.get(reverse("figures")))


def test_a_patient_reads_the_own_outcome_and_not_how_many_others_there_are(client, clinician, treated):
    from zonula_web.access.models import Person

    own = Person.objects.create_user("own@home.invalid", None, name="Own")
    treated.person = own
    treated.save(update_fields=["person"])
    client.force_login(own)
    page = text_of(client.get(reverse("outcome", args=[treated.id])))
    assert "Foods and days" in page
    assert "Compared with" not in page


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.DIETITIAN, Role.RESEARCHER])
def test_the_figures_of_an_empty_clinic_tell_what_to_do(signed_in, clinic, role):
    browser = signed_in(role)
    page = text_of(browser.get(reverse("figures")))
    assert "never made" in page
    assert "Make the figures" in page
    assert browser.post(reverse("figures_make")).status_code == 302
    assert run_next()
    assert text_of(browser.get(reverse("figures")))
    assert Figures.objects.get().report["patients"] == 0


def test_when_everyone_is_still_waiting_no_share_is_shown(at_desk, clinic, clinician):
    for number in range(25):
        someone = new_patient(clinic=clinic, name=f"W {number}", today=read.today(clinic))
        readings = tuple(Reading(day, 60.0) for day in (-14, -7, 0, 7))
        course = Course(patient=str(someone.id), clinic=clinic.name, readings=readings, last_day=10)
        day = read.today(clinic)
        CourseRow.objects.create(
            patient=someone, version=someone.version, diary_version=0, day=day, body=msgspec.to_builtins(course)
        )
    make(clinic, clinician)
    report = figures.stored(clinic).report
    assert report.ends == {"recovered": 0, "dropped_out": 0, "censored": 25}
    assert report.recovery is None
    page = text_of(at_desk.get(reverse("figures")))
    assert "Time to recovery: not enough data (0 recoveries)" in page
    assert "unchanged 25" in page
