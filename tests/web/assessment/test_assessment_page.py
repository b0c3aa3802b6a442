"""The assessment in the browser: unsafe first, tasks from steps, and what a role does not see."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from zonula_web.access.models import Person
from zonula_web.access.rights import Role
from zonula_web.clinic.discretion import may_see
from zonula_web.records import read
from zonula_web.records.actions.answers import save_answers
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.models import Evidence, Patient, Task


@pytest.fixture
def clinician(signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.CLINICIAN)


def text(browser: Client, patient: Patient) -> str:
    answer = browser.get(reverse("assessment", args=[patient.id]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_unsafe_stands_before_what_is_believed(clinician: Client, mara: Patient) -> None:
    shown = text(clinician, mara)
    order = [shown.index(f'id="{name}"') for name in ("unsafe", "next", "look-at", "excluded", "open", "hypotheses")]
    assert order == sorted(order)
    assert "Celiac state" in shown


def test_a_step_becomes_one_task(clinician: Client, mara: Patient) -> None:
    shown = text(clinician, mara)
    key = shown.split('name="step" value="')[1].split('"')[0]
    for _ in range(2):
        answer = clinician.post(reverse("assessment_task", args=[mara.id]), {"step": key})
        assert answer.status_code == 302
    assert Task.objects.filter(patient=mara, key=key).count() == 1
    assert "among the tasks" in text(clinician, mara)
    assert clinician.post(reverse("assessment_task", args=[mara.id]), {"step": "step.x"}).status_code == 404


def test_a_crisis_is_above_everything(clinician: Client, patient: Patient) -> None:
    keep(patient, "safety-screen", {"safety-breathing-now": "|yes"})
    shown = text(clinician, patient)
    assert shown.index("Act on this first") < shown.index("<h1>")
    assert "Nothing further down is acted on" in shown


def test_staff_learn_that_something_urgent_stands_but_not_what(
    patient: Patient, member: Callable[..., Person], signed_in: Callable[..., Client]
) -> None:
    state_consent(patient=patient, by=member(Role.CLINICIAN), data="mental_health", given=True)
    keep(patient, "phq-9", {"phq9-9": "http://loinc.org|LA6569-3"})
    staff = text(signed_in(Role.STAFF), patient)
    assert "Fetch a clinician now" in staff
    assert "better off dead" not in staff
    assert "PHQ-9" not in staff


def test_a_contradiction_is_said_with_its_cure_and_not_as_a_defect(clinician: Client, mara: Patient) -> None:
    Evidence.objects.create(patient=mara, kind="celiac", body={"age_years": 7})
    mara.version += 1
    mara.save()
    assert "No assessment can be made" in text(clinician, mara)


def keep(patient: Patient, form: str, posted: dict[str, str]) -> None:
    from django.http import QueryDict

    from zonula.questionnaires import shipped
    from zonula_web.design.questionnaire_form import response_from

    given = QueryDict(mutable=True)
    given.update(posted)
    today = read.today(patient.clinic)
    response = response_from(shipped(form), given, subject="", authored=today.isoformat(), id_="x")
    save_answers(patient=patient, by=None, form=form, response=response, today=today)


def test_every_record_behind_a_statement_can_be_opened(clinician: Client, mara: Patient) -> None:
    """An answer is no fact of the chart: it stands in words and links nowhere."""
    keep(mara, "safety-screen", {"safety-breathing-now": "|yes"})
    shown = text(clinician, mara)
    addresses = {part.split('"')[0] for part in shown.split(f'href="/patients/{mara.id}/facts/')[1:]} - {""}
    assert len(addresses) > 3
    for address in sorted(addresses):
        assert clinician.get(f"/patients/{mara.id}/facts/{address}").status_code == 200
    assert "Are you having trouble breathing" in shown


def test_a_task_about_mental_health_begins_with_the_reason_why_not_everyone_sees_it(
    clinician: Client, patient: Patient, member: Callable[..., Person]
) -> None:
    by = member(Role.CLINICIAN, clinic_name="Other clinic")
    state_consent(patient=patient, by=by, data="mental_health", given=True)
    keep(patient, "phq-9", {"phq9-9": "http://loinc.org|LA6569-3"})
    keys = [part.split('"')[0] for part in text(clinician, patient).split('name="step" value="')[1:]]
    private = [key for key in keys if key.startswith("questionnaires.alarm.thoughts_of_death.step.")]
    assert private
    assert clinician.post(reverse("assessment_task", args=[patient.id]), {"step": private[0]}).status_code == 302
    assert not may_see(Task.objects.get(key=private[0]).key, frozenset())
