"""A link: used once, over in time, ended by the clinic, shows nothing of the record, and an alarm on the phone reaches the clinic."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.access.rights import Role
from zonula_web.audit.reading import HOLDER, lines_of
from zonula_web.clinic import mail
from zonula_web.records.actions.answers import close_link, make_link
from zonula_web.records.models import Answers, FormLink, Patient, Task


@pytest.fixture
def clinician(member: Callable[..., Person]) -> Person:
    return member(Role.CLINICIAN)


@pytest.fixture
def secret(patient: Patient, clinician: Person) -> str:
    return make_link(patient=patient, by=clinician, form="safety-screen", days=7)


@pytest.fixture
def phone() -> Client:
    """Nobody is signed in."""
    return Client()


def test_the_secret_is_shown_once_and_only_its_hash_is_kept(signed_in: Callable[..., Client], patient: Patient) -> None:
    browser = signed_in(Role.CLINICIAN)
    answer = browser.post(reverse("questionnaire_link", args=[patient.id, "safety-screen"]), {"days": "7"})
    text = answer.content.decode()
    found = re.search(r"/answer/([\w-]{30,})/", text)
    assert found
    assert "<svg" in text
    row = FormLink.objects.get()
    assert found[1] not in (row.secret_hash, *map(str, row.__dict__.values()))
    again = browser.get(reverse("questionnaires", args=[patient.id])).content.decode()
    assert found[1] not in again
    assert "open until" in again


def test_the_page_shows_nothing_of_the_record(phone: Client, patient: Patient, secret: str) -> None:
    answer = phone.get(reverse("answer", args=[secret]))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert patient.name not in text
    assert patient.born not in text
    assert str(patient.id) not in text
    assert "no-store" in answer["Cache-Control"]


def test_a_link_works_once(phone: Client, patient: Patient, secret: str) -> None:
    address = reverse("answer", args=[secret])
    assert "Thank you" in phone.post(address, {"safety-breathing-now": "|no"}).content.decode()
    assert Answers.objects.get().by is None
    assert {line.who for line in lines_of(patient.id) if line.deed == "added" and line.what == "answers"} == {HOLDER}
    for answer in (phone.post(address, {"safety-breathing-now": "|no"}), phone.get(address)):
        assert answer.status_code == 410
    assert Answers.objects.count() == 1


def test_a_link_that_is_over_or_ended_or_wrong_opens_nothing(
    phone: Client, patient: Patient, secret: str, clinician: Person
) -> None:
    FormLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert phone.get(reverse("answer", args=[secret])).status_code == 410
    other = make_link(patient=patient, by=clinician, form="hrqol-4", days=7)
    close_link(patient=patient, link_id=FormLink.objects.latest("id").pk)
    assert phone.post(reverse("answer", args=[other]), {"hrqol-2": "3"}).status_code == 410
    assert phone.get(reverse("answer", args=["x" * 32])).status_code == 404
    assert not Answers.objects.exists()


def test_an_alarm_shows_the_card_at_once_and_makes_a_task_before_anything_is_sent(
    phone: Client, patient: Patient, secret: str
) -> None:
    answer = phone.post(reverse("answer_look", args=[secret]), {"safety-life-now": "|yes"})
    text = answer.content.decode()
    assert "Please do this now" in text
    assert "nobody may be reading this" in text
    task = Task.objects.get(patient=patient)
    assert (task.level, task.kind) == ("E", "by hand")
    assert "not sent yet" in task.why
    phone.post(reverse("answer_look", args=[secret]), {"safety-life-now": "|yes"})
    assert Task.objects.count() == 1


def test_an_alarm_meant_for_the_clinic_alone_shows_nothing_on_the_phone(
    phone: Client, patient: Patient, secret: str
) -> None:
    """Someone else may be looking at the screen of a person who is being hurt."""
    answer = phone.post(reverse("answer", args=[secret]), {"safety-restricted": "|yes"})
    assert "Please do this now" not in answer.content.decode()


def test_questions_that_do_not_apply_are_named_for_the_page(phone: Client, secret: str) -> None:
    look = reverse("answer_look", args=[secret])
    hidden = phone.post(look, {"safety-anaphylaxis": "|no"}).content.decode()
    shown = phone.post(look, {"safety-anaphylaxis": "|yes"}).content.decode()
    assert "safety-anaphylaxis-what" in hidden
    assert "safety-anaphylaxis-what" not in shown


def test_too_many_tries_are_stopped(phone: Client, secret: str) -> None:
    answers = [phone.get(reverse("answer", args=[f"{number:032}"])).status_code for number in range(45)]
    assert answers[-1] == 429
    assert answers.count(404) == 40


def test_wording_that_is_not_ours_is_never_sent(patient: Patient, clinician: Person) -> None:
    with pytest.raises(UserError, match="may not be shown"):
        make_link(patient=patient, by=clinician, form="ibs-sss", days=7)


def test_mail_is_offered_only_when_it_is_set_up(signed_in: Callable[..., Client], patient: Patient) -> None:
    browser = signed_in(Role.CLINICIAN)
    assert (
        'name="email"' not in browser.get(reverse("questionnaire", args=[patient.id, "safety-screen"])).content.decode()
    )
    fields = {"days": "7", "email": "someone@example.org"}
    answer = browser.post(reverse("questionnaire_link", args=[patient.id, "safety-screen"]), fields)
    assert answer.status_code == 422
    assert "Mail is not set up" in answer.content.decode()


def test_an_e_mail_holds_the_link_and_no_word_of_health(
    signed_in: Callable[..., Client],
    patient: Patient,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    mailoutbox: list[EmailMessage],
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(mail, "can_mail", lambda: True)
    browser = signed_in(Role.CLINICIAN)
    address = reverse("questionnaire_link", args=[patient.id, "safety-screen"])
    wrong = browser.post(address, {"days": "7", "email": "nobody"})
    assert wrong.status_code == 422
    assert "not an e-mail address" in wrong.content.decode()
    assert not FormLink.objects.exists()
    assert (
        "Sent to someone@example.org"
        in browser.post(address, {"days": "7", "email": "someone@example.org"}).content.decode()
    )
    (sent,) = mailoutbox
    assert sent.to == ["someone@example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody answers there
    failed = browser.post(address, {"days": "7", "email": "someone@example.org"}).content.decode()
    assert "could not be sent" in failed
    assert "/answer/" in failed
    text = f"{sent.subject} {sent.body}"
    assert re.search(r"/answer/[\w-]{30,}/", text)
    assert not re.search(r"Safety|symptom|health|diet|Probst", text)
