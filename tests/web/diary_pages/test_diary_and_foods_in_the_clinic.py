"""Steps 6 and 7 as a clinician sees them: gaps said kindly, food before a bad day, tested apart from suspected."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from zonula.treatment_protocols import Exclusion, Result, Verdict, Why
from zonula_web.access.rights import Role
from zonula_web.clinic import food_pages
from zonula_web.clinic.diary_pages import adherence, calendar
from zonula_web.jobs.work import run_next
from zonula_web.records import diary, read, suspects
from zonula_web.records.actions.consent import state_consent
from zonula_web.records.actions.diary import Sent, take

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def today(clinic):
    return read.today(clinic)


@pytest.fixture
def kept(patient, today):
    """Thirty days: milk every third day, worse bloating on those evenings; a gap of ten days after the first five."""
    sent = []
    for back in range(30):
        day = today - timedelta(days=29 - back)
        if 5 <= back < 15:
            continue
        milk = back % 3 == 0
        food = {"name": "Milk", "food": "milk"} if milk else {"name": "Rice", "food": "rice"}
        sent.append(
            Sent(
                id=uuid.UUID(int=2 * back + 1),
                base=0,
                kind="meal",
                body={"at": f"{day}T12:00", "items": [food]},
                recorded_at=NOW,
            )
        )
        felt = {"bloating": {"worst": 8 if milk else 2}, "itch": {"worst": 0}}
        sent.append(
            Sent(
                id=uuid.UUID(int=2 * back + 2),
                base=0,
                kind="symptoms",
                body={"at": f"{day}T20:00", "felt": felt},
                recorded_at=NOW,
            )
        )
    take(patient=patient, sent=sent)
    return patient


def test_the_diary_counts_its_gaps_and_links_bad_days_to_what_was_eaten(signed_in, kept, today):
    browser = signed_in(Role.DIETITIAN)
    page = browser.get(reverse("patient_diary", args=[kept.id])).content.decode()
    assert "<b>20</b>days with an entry" in page
    assert "<b>10</b>days: the longest gap" in page
    assert "bloating" in page
    worst = max(day for day in (today - timedelta(days=n) for n in range(30)) if (29 - (today - day).days) % 3 == 0)
    day = browser.get(reverse("patient_diary_day", args=[kept.id, worst.isoformat()])).content.decode()
    assert "Milk" in day
    assert "bloating 8" in day


def test_weeks_without_an_entry_are_one_line(kept, today):
    weeks = calendar(diary.kept_days(kept, today + timedelta(days=40)))
    assert [week.empty for week in weeks[:1]] == [5] or weeks[0].empty >= 5
    assert sum(len(week.cells) for week in weeks) % 7 == 0


def test_a_day_that_is_none_is_not_there(signed_in, kept):
    assert signed_in(Role.CLINICIAN).get(reverse("patient_diary_day", args=[kept.id, "yesterday"])).status_code == 404


def test_an_excluded_food_is_found_in_what_holds_it(kept, today):
    out = Exclusion(
        food="milk", why=Why.ELIMINATION, reason="x", since=today - timedelta(days=9), review_on=None, owner="a"
    )
    (eaten,) = adherence(kept, [out], today)
    assert (eaten.days, eaten.of_days) == (3, 10)


def test_the_newest_verdict_stands_and_an_old_one_is_tested_again(clinic, today):
    old = Verdict(
        food="milk", form="fresh", day=date(2024, 1, 1), result=Result.ACCEPTED, blinded=False, expires=date(2024, 7, 1)
    )
    new = Verdict(
        food="milk", form="fresh", day=date(2024, 9, 1), result=Result.REACTS, blinded=True, expires=date(2025, 3, 1)
    )
    (one,) = food_pages.tested([old, new], clinic)
    assert (one.says, one.how, one.expired, one.earlier) == ("reacts", "blinded challenge", True, 1)


def test_asking_the_diary_needs_consent_and_answers_in_the_background(signed_in, member, kept):
    browser = signed_in(Role.CLINICIAN)
    assert "has not agreed" in browser.post(reverse("foods_ask", args=[kept.id]), follow=True).content.decode()
    by = member(Role.CLINICIAN, administrator=True)
    state_consent(patient=kept, by=by, data="diary", given=True, on_paper=True, note="folder")
    page = browser.post(reverse("foods_ask", args=[kept.id]), follow=True).content.decode()
    assert "The diary is read" in page
    assert run_next()
    standing = suspects.standing(kept)
    assert standing is not None
    assert not standing.behind
    assert {food.name for food in standing.suspected.foods} == {"Milk and dairy (cow, sheep, goat)", "Rice"}
    page = browser.get(reverse("foods", args=[kept.id])).content.decode()
    assert "statistics, not a diagnosis" in page
    assert "No food has a verdict yet" in page
    take(
        patient=kept,
        sent=[
            Sent(id=uuid.uuid4(), base=0, kind="note", body={"at": "2026-11-24T08:00", "note": "x"}, recorded_at=NOW)
        ],
    )
    assert suspects.standing(kept).behind


def test_an_empty_record_says_what_to_do(signed_in, patient):
    browser = signed_in(Role.CLINICIAN)
    assert "Give the patient the way in" in browser.get(reverse("patient_diary", args=[patient.id])).content.decode()
    page = browser.get(reverse("foods", args=[patient.id])).content.decode()
    assert "There is no diary yet" in page
    assert "No plan runs" in page
