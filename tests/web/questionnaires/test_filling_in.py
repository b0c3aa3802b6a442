"""Step 2 in the clinic: a questionnaire is filled in, scored, compared, withdrawn; an alarm answer becomes a task at once."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from zonula.errors import UserError
from zonula_web.access.rights import Role
from zonula_web.records import read, sheets
from zonula_web.records.actions.answers import save_answers
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.models import Answers, Patient, Task

PHQ9 = [f"phq9-{number}" for number in range(1, 10)]


def page(name: str, patient: Patient, *rest: object) -> str:
    return reverse(name, args=[patient.id, *rest])


def phq9(points: list[int], day: str) -> dict[str, str]:
    """A posted PHQ-9; the keys of its options are read off the form itself."""
    from zonula.questionnaires import shipped
    from zonula_web.design.questionnaire_form import fields_of

    options = {field.link: [choice.key for choice in field.choices] for field in fields_of(shipped("phq-9")).fields}
    return {"authored": day} | {link: options[link][given] for link, given in zip(PHQ9, points, strict=True)}


@pytest.fixture
def consenting(patient: Patient, member: Callable[..., object]) -> Patient:
    """The patient agreed that answers on mental health are kept."""
    by = member(Role.CLINICIAN, clinic_name="Other clinic")
    state_consent(patient=patient, by=by, data="mental_health", given=True)
    return patient


@pytest.fixture
def clinician(signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.CLINICIAN)


def test_an_empty_page_says_where_to_begin(clinician: Client, patient: Patient) -> None:
    answer = clinician.get(page("questionnaires", patient))
    assert answer.status_code == 200
    assert "Nothing was answered yet" in answer.content.decode()


@pytest.mark.parametrize(
    "form", ["symptom-domains", "safety-screen", "phq-9", "hrqol-4", "dsq-pem", "expectation", "ibs-sss"]
)
def test_every_kind_of_form_can_be_opened(form: str, clinician: Client, patient: Patient) -> None:
    for name in ("questionnaire", "questionnaire_fill"):
        assert clinician.get(page(name, patient, form)).status_code == 200


def test_scores_are_kept_and_compared_in_words(clinician: Client, consenting: Patient) -> None:
    for points, day in (([2] * 9, "2026-01-05"), ([1] * 9, "2026-03-05"), ([0] * 9, "2026-05-05")):
        answer = clinician.post(page("questionnaire_fill", consenting, "phq-9"), phq9(points, day))
        assert answer.status_code == 302, answer.content.decode()
    text = clinician.get(page("questionnaire", consenting, "phq-9")).content.decode()
    assert "fell (better): 9 to 0" in text
    assert "a month over 3 times" in text
    assert text.count("<circle") == 3


def test_what_cannot_be_read_is_said_beside_the_question_and_nothing_is_lost(
    clinician: Client, patient: Patient
) -> None:
    posted = {
        "authored": "2026-01-05",
        "fatigue-severity": "7",
        "fatigue-onset": "lately",
        "fatigue-tried": "rest\niron",
    }
    answer = clinician.post(page("questionnaire_fill", patient, "symptom-domains"), posted)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'id="about-fatigue-onset">Not a date that exists', text)
    assert 'value="lately"' in text
    assert "rest\niron" in text
    assert re.search(r'name="fatigue-severity" value="7" checked', text)
    assert not Answers.objects.exists()


def test_another_entry_can_be_added_without_losing_the_first(clinician: Client, patient: Patient) -> None:
    posted = {"authored": "2026-01-05", "fatigue-severity": "7", "another": "label"}
    answer = clinician.post(page("questionnaire_fill", patient, "symptom-domains"), posted)
    assert answer.status_code == 200
    assert 'value="7" checked' in answer.content.decode()


def test_an_alarm_answer_makes_a_task_in_the_same_moment(clinician: Client, patient: Patient) -> None:
    clinician.post(
        page("questionnaire_fill", patient, "safety-screen"), {"authored": "2026-01-05", "safety-breathing-now": "|yes"}
    )
    task = Task.objects.get(patient=patient)
    assert (task.level, task.key) == ("E", "questionnaires.alarm.breathing_now")
    shown = clinician.get(page("questionnaire", patient, "safety-screen")).content.decode()
    assert "trouble breathing" in shown


def test_while_filling_in_the_alarm_is_on_the_screen_at_once(clinician: Client, patient: Patient) -> None:
    posted = {"authored": "2026-01-05", "safety-breathing-now": "|yes"}
    answer = clinician.post(page("questionnaire_look", patient, "safety-screen"), posted)
    assert "Use your adrenaline pen now" in answer.content.decode()
    assert not Answers.objects.exists()


def test_a_day_in_the_future_is_refused(clinician: Client, patient: Patient) -> None:
    answer = clinician.post(page("questionnaire_fill", patient, "hrqol-4"), {"authored": "2999-01-01", "hrqol-2": "3"})
    assert answer.status_code == 422
    assert "cannot be right" in answer.content.decode() or "could not" in answer.content.decode()


def test_withdrawn_answers_stay_visible_with_their_reason_and_count_no_more(
    clinician: Client, patient: Patient
) -> None:
    save_answers(
        patient=patient, by=None, form="safety-screen", today=read.today(patient.clinic),
        response=response("safety-screen", {"safety-breathing-now": "|yes"}),
    )  # fmt: skip
    sheet = Answers.objects.get()
    empty = clinician.post(page("questionnaire_withdraw", patient, sheet.pk), {"because": " "})
    assert empty.status_code == 422
    clinician.post(page("questionnaire_withdraw", patient, sheet.pk), {"because": "of her sister"})
    assert read.responses(patient) == ()
    text = clinician.get(page("questionnaire_sheet", patient, sheet.pk)).content.decode()
    assert "of her sister" in text


def test_answers_on_mental_health_need_consent_and_are_shown_to_clinicians_only(
    patient: Patient, clinician: Client, signed_in: Callable[..., Client]
) -> None:
    refused = clinician.post(page("questionnaire_fill", patient, "phq-9"), phq9([0] * 9, "2026-01-05"))
    assert refused.status_code == 422
    assert "has not agreed" in refused.content.decode()
    staff = signed_in(Role.STAFF)
    assert staff.get(page("questionnaire", patient, "phq-9")).status_code == 404
    assert "PHQ-9" not in staff.get(page("questionnaires", patient)).content.decode()
    assert "shown to clinicians only" in staff.get(page("questionnaires", patient)).content.decode()


def test_a_sheet_of_another_patient_does_not_exist_here(clinician: Client, patient: Patient, mara: Patient) -> None:
    save_answers(
        patient=mara, by=None, form="safety-screen", today=read.today(mara.clinic),
        response=response("safety-screen", {"safety-breathing-now": "|no"}),
    )  # fmt: skip
    sheet = Answers.objects.get()
    assert clinician.get(page("questionnaire_sheet", mara, sheet.pk)).status_code == 200
    assert clinician.get(page("questionnaire_sheet", patient, sheet.pk)).status_code == 404
    assert clinician.post(page("questionnaire_withdraw", patient, sheet.pk), {"because": "x"}).status_code == 404


def test_nothing_answered_is_not_kept_as_a_sheet(patient: Patient) -> None:
    with pytest.raises(UserError, match="Nothing was answered"):
        save_answers(
            patient=patient, by=None, form="hrqol-4", today=read.today(patient.clinic), response=response("hrqol-4", {})
        )
    assert sheets.sheets(patient, read.today(patient.clinic)) == ()


def response(form: str, posted: dict[str, str]) -> dict[str, object]:
    from django.http import QueryDict

    from zonula.questionnaires import shipped
    from zonula_web.design.questionnaire_form import response_from

    given = QueryDict(mutable=True)
    given.update(posted)
    return response_from(shipped(form), given, subject="", authored="2026-02-03", id_="x")
