"""Step 4: a session is typed, kept while it is typed, finished, read, corrected, compared and withdrawn."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from zonula_web.access.rights import Role
from zonula_web.records import read
from zonula_web.records.models import Patient, SkinSession
from zonula_web.records.skin import newest_finished

WHOLE = {
    "control_min": "15", "food_min": "16", "asthma": "none", "drugs": "none", "operator": "nurse",
    "adrenaline_ready": "yes", "physician_on_site": "yes",
    "w1.histamine": "6", "w2.histamine": "5", "w1.negative": "0", "w1.milk": "5", "w2.milk": "4",
    "w1.wheat": "0", "w1.apple": "3", "w2.apple": "3", "w1.cod": ".",
}  # fmt: skip


@pytest.fixture
def browser(signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.CLINICIAN)


def page(name: str, patient: Patient, *rest: object) -> str:
    return reverse(name, args=[patient.id, *rest])


def whole(patient: Patient, *, days_ago: int = 0, **changed: str) -> dict[str, str]:
    day = read.today(patient.clinic) - timedelta(days=days_ago)
    return WHOLE | {"day": day.isoformat(), "tab": "a", "opened": "0"} | changed


def finish(browser: Client, patient: Patient, **changed: str) -> str:
    days_ago = int(changed.pop("days_ago", "0"))
    newest = str(newest_finished(patient))
    fields = whole(patient, days_ago=days_ago, **changed) | {"finish": "1", "newest": newest}
    answer = browser.post(page("skin_session", patient), fields)
    assert answer.status_code == 302, answer.content.decode()
    return browser.get(answer["Location"]).content.decode()


def test_without_a_session_the_page_says_what_one_is(browser: Client, patient: Patient) -> None:
    assert "No finished session" in browser.get(page("skin", patient)).content.decode()


def test_a_finished_session_is_read_with_its_interval(browser: Client, patient: Patient) -> None:
    text = finish(browser, patient)
    assert "The session is valid and was read" in text
    assert "2 of 3" in text
    assert "95 % interval" in text
    assert "1</b> not read" in text
    assert "The clinic’s severity rule" in text
    assert 'class="mark doubt">hypothesis' in text


def test_what_is_typed_is_kept_and_judged_while_it_is_typed(browser: Client, patient: Patient) -> None:
    part = {name: text for name, text in whole(patient).items() if name not in ("asthma", "drugs", "w1.cod")}
    answer = browser.post(page("skin_check", patient), part | {"w1.egg_white": "abc"})
    text = answer.content.decode()
    assert "Nobody wrote down which drugs" in text
    assert "Egg white: Write millimetres" in text
    again = browser.get(page("skin_session", patient)).content.decode()
    assert 'name="w1.egg_white" value="abc"' in again
    assert 'name="w2.milk" value="4"' in again
    assert read.skin_sessions(patient) == ()


def test_a_histamine_that_raised_nothing_gives_no_result(browser: Client, patient: Patient) -> None:
    text = finish(browser, patient, **{"w1.histamine": "1", "w2.histamine": "1"})
    assert "It gives no result, which is not a negative one" in text
    assert "2 of 3" not in text


def test_what_cannot_be_read_keeps_the_session_open_with_the_error_beside_the_field(
    browser: Client, patient: Patient
) -> None:
    answer = browser.post(page("skin_session", patient), whole(patient, **{"w2.milk": ""}) | {"finish": "1"})
    assert answer.status_code == 422
    assert re.search(r'id="e-milk">Both diameters are needed', answer.content.decode())
    assert not SkinSession.objects.filter(finished=True).exists()


def test_a_food_left_empty_was_not_pricked_and_is_never_negative(browser: Client, patient: Patient) -> None:
    finish(browser, patient)
    (session,) = read.skin_sessions(patient)
    assert {prick.food for prick in session.foods} == {"milk", "wheat", "apple", "cod"}
    assert next(prick for prick in session.foods if prick.food == "cod").wheal_mm is None


def test_two_windows_never_overwrite_each_other_silently(browser: Client, patient: Patient) -> None:
    first = whole(patient)
    browser.post(page("skin_check", patient), first)
    other = browser.post(page("skin_check", patient), whole(patient, tab="b", operator="someone else"))
    assert "changed in another window" in other.content.decode()
    assert SkinSession.objects.get().body["typed"]["operator"] == "nurse"
    taken_over = browser.post(page("skin_check", patient), whole(patient, tab="b", opened="1", operator="someone else"))
    assert "Kept" in taken_over.content.decode()
    late = browser.post(page("skin_check", patient), first)
    assert "changed in another window" in late.content.decode()


def test_sensitised_and_eaten_is_kept_apart_from_allergic(browser: Client, patient: Patient) -> None:
    finish(browser, patient)
    day = read.today(patient.clinic).isoformat()
    posted = {"tolerated.milk": "yes", "last.milk": day, "tolerated.apple": "no"}
    browser.post(page("skin_eating", patient, day), posted)
    text = browser.get(page("skin_day", patient, day)).content.decode()
    assert "Sensitised, and eaten without harm" in text
    assert "Sensitised, and the patient reports reactions" in text
    assert "Do not remove it" in text


def test_a_correction_is_a_new_revision_and_keeps_what_was_asked_about_eating(
    browser: Client, patient: Patient
) -> None:
    finish(browser, patient)
    day = read.today(patient.clinic).isoformat()
    browser.post(page("skin_eating", patient, day), {"tolerated.milk": "yes"})
    browser.post(page("skin_correct", patient, day))
    typed = SkinSession.objects.get(finished=False).body["typed"]
    assert (typed["w1.milk"], typed["w2.milk"], typed["w1.cod"]) == ("5", "4", "-")
    browser.post(page("skin_session", patient), typed | {"w1.milk": "2", "tab": "c", "opened": "1", "finish": "1"})
    (session,) = read.skin_sessions(patient)
    assert session.pricks[2].wheal_mm == (2.0, 4.0)
    assert session.eating["milk"].tolerated == "yes"
    assert SkinSession.objects.filter(finished=True).count() == 3


def test_correcting_the_day_moves_the_session(browser: Client, patient: Patient) -> None:
    finish(browser, patient)
    today = read.today(patient.clinic)
    browser.post(page("skin_correct", patient, today.isoformat()))
    typed = SkinSession.objects.get(finished=False).body["typed"]
    moved = {"day": (today - timedelta(days=3)).isoformat(), "tab": "c", "opened": "1", "finish": "1"}
    browser.post(page("skin_session", patient), typed | moved)
    assert [session.day for session in read.skin_sessions(patient)] == [today - timedelta(days=3)]


def test_a_second_session_of_the_same_day_is_refused(browser: Client, patient: Patient) -> None:
    finish(browser, patient)
    fields = whole(patient) | {"finish": "1", "newest": str(newest_finished(patient))}
    answer = browser.post(page("skin_session", patient), fields)
    assert answer.status_code == 422
    assert "Open that one and correct it" in answer.content.decode()


def test_two_sessions_are_compared(browser: Client, patient: Patient) -> None:
    finish(browser, patient, days_ago="100")
    text = finish(browser, patient, **{"w1.milk": "0", "w2.milk": "0"})
    assert "-4.5 mm" in text


def test_a_withdrawn_session_counts_no_more_and_stays_in_the_history(browser: Client, patient: Patient) -> None:
    finish(browser, patient)
    day = read.today(patient.clinic).isoformat()
    assert browser.post(page("skin_withdraw", patient, day), {"because": ""}).status_code == 422
    browser.post(page("skin_withdraw", patient, day), {"because": "wrong arm"})
    assert read.skin_sessions(patient) == ()
    assert "wrong arm" in browser.get(page("skin", patient)).content.decode()
    assert "No finished session" in browser.get(page("skin", patient)).content.decode()


def test_a_day_to_come_is_refused(browser: Client, patient: Patient) -> None:
    answer = browser.post(page("skin_session", patient), whole(patient, days_ago=-2) | {"finish": "1"})
    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()


def test_an_antihistamine_too_late_makes_it_invalid(browser: Client, patient: Patient) -> None:
    yesterday = (read.today(patient.clinic) - timedelta(days=1)).isoformat()
    changed = {"drugs": "some", "drug0.name": "cetirizine", "drug0.last": yesterday}
    assert "taken 1 days before the test" in finish(browser, patient, **changed)


def test_pressing_finish_twice_and_a_late_save_leave_one_session_and_no_draft(
    browser: Client, patient: Patient
) -> None:
    fields = whole(patient) | {"finish": "1", "newest": "0"}
    for _ in range(2):
        assert browser.post(page("skin_session", patient), fields).status_code == 302
    late = browser.post(page("skin_check", patient), whole(patient) | {"newest": "0"})
    assert "finished already" in late.content.decode()
    assert SkinSession.objects.count() == 1


def test_typing_makes_nothing_derive_anew(browser: Client, patient: Patient) -> None:
    before = patient.version
    browser.post(page("skin_check", patient), whole(patient))
    patient.refresh_from_db()
    assert patient.version == before
    finish(browser, patient)
    patient.refresh_from_db()
    assert patient.version > before
