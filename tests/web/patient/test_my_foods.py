"""What a patient reads of the own foods: tests first, then the diary's answer, in plain words and never against safety."""

from datetime import date

import msgspec
import pytest

from zonula.treatment_protocols import Exclusion, Result, Verdict, Why
from zonula_web.patient.own_foods import after_eating, chance
from zonula_web.records import plan
from zonula_web.records.models import Suspects
from zonula_web.records.suspects import Effect, FoodSuspected, Inseparable, Suspected, food_name

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
NOT_A_TEST = "This is a calculation, not a test."


def food(group, verdict, probability, days, **more):
    return FoodSuspected(
        group=group,
        name=food_name(group),
        verdict=verdict,
        probability=probability,
        exposures=days,
        exposure_days=days,
        **more,
    )


MILK = food(
    "milk", "trigger", 0.93, 14, effect=Effect(symptom="bloating", mean=4, low=2, high=7), lag_hours=(6.2, 2.1, 30)
)
ANSWER = Suspected(
    days=40,
    ratings=80,
    foods=(MILK, food("egg", "cannot_tell", 0.31, 5, days_needed=23), food("peanut", "none", 0.004, 12)),
    inseparable=(
        Inseparable(first=food_name("milk"), second=food_name("egg"), change="On 6 days eat milk without egg."),
    ),
)


@pytest.fixture
def page(phone, patient):
    """page(answer): what the patient reads once the diary has answered so."""

    def read(answer=ANSWER):
        if answer is not None:
            Suspects.objects.create(patient=patient, diary_version=0, day=DAY, body=msgspec.to_builtins(answer))
        return phone.get(f"/patients/{patient.id}/my-foods/").content.decode()

    return read


def test_each_food_stands_under_what_the_diary_says_of_it(page):
    text = page()
    bothers, rest = text.split("Seems to bother you")[1].split("Cannot tell yet")
    unclear, rest = rest.split("No sign that it bothers you")
    no_sign, pairs = rest.split("These two cannot be told apart")
    assert "likely: about 93 in 100" in bothers
    assert "Bloated, belly, about 6 hours after eating (from 2 hours to 30 hours)" in bothers
    assert "You ate it on 14 days" in bothers
    assert "maybe not: about 31 in 100" in unclear
    assert "about 23 more days of diary" in unclear
    assert "Peanut" in no_sign
    assert "very unlikely: under 1 in 100" in no_sign
    assert "On 6 days eat milk without egg." in pairs
    assert NOT_A_TEST in text
    assert "Do not leave foods out because of it. Talk to your clinic." in text


def test_a_food_out_for_safety_is_never_called_free_of_signs(page, monkeypatch):
    out = (
        Exclusion(food="peanut", why=Why.ALLERGY, reason="x", since=DAY, review_on=None, owner="a"),
        Exclusion(food="egg", why=Why.ELIMINATION, reason="x", since=DAY, review_on=None, owner="a"),
    )
    monkeypatch.setattr(plan, "not_eaten", lambda patient: out)
    before, safety = page().split("Not eaten, for your safety")
    assert "Peanut" not in before
    assert "Peanut" in safety
    assert "On 6 days eat milk" not in before, "no menu with a food that is out"
    assert "Your clinic decides how to go on" in before


def test_celiac_disease_puts_every_food_with_gluten_out(page, monkeypatch):
    out = (Exclusion(food="wheat", why=Why.CELIAC, reason="x", since=DAY, review_on=None, owner="a"),)
    monkeypatch.setattr(plan, "not_eaten", lambda patient: out)
    answer = Suspected(days=40, ratings=80, foods=(food("barley", "none", 0.01, 9), food("rice", "none", 0.01, 9)))
    before, safety = page(answer).split("Not eaten, for your safety")
    assert "Rice" in before
    assert "Barley" not in before
    assert "Barley" in safety


def test_tests_stand_first_and_count_more(page, monkeypatch):
    accepted = Verdict(
        food="milk", form="fresh", day=DAY, result=Result.ACCEPTED, blinded=False, expires=date(2099, 1, 1)
    )
    monkeypatch.setattr(plan, "verdicts", lambda patient: (accepted,))
    text = page()
    assert text.index("accepted</span>") < text.index("What my diary suggests")
    assert text.count("tested: the test counts, not this") == 1


def test_a_diary_that_says_too_little_shows_no_chance(page):
    text = page(Suspected(days=3, ratings=3, refusal="x", foods=(food("egg", "cannot_tell", 0.05, 2),)))
    assert "The diary does not say enough yet" in text
    assert "in 100" not in text
    assert "You ate it on 2 days" in text


def test_a_food_that_most_likely_does_nothing_is_not_given_a_symptom(page):
    rare = food(
        "egg", "cannot_tell", 0.02, 9, effect=Effect(symptom="healing", mean=1, low=0, high=2), lag_hours=(9, 2, 30),
        days_needed=365,
    )  # fmt: skip
    text = page(Suspected(days=40, ratings=80, foods=(rare,)))
    assert "very unlikely: about 2 in 100" in text
    assert "Wounds heal slowly" not in text
    assert "To tell, it takes a year of diary or more." in text


def test_before_the_diary_was_asked(page):
    text = page(None)
    assert "Your diary was not asked yet" in text
    assert "No food was tested yet" in text
    assert NOT_A_TEST in text


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "very unlikely: under 1 in 100"), (0.5, "maybe: about 50 in 100"), (1.0, "very likely: over 99 in 100")],
)  # fmt: skip
def test_a_chance_has_words_and_a_number(probability, words):
    assert chance(probability) == words


def test_how_long_after_eating():
    assert after_eating((1.2, 0.4, 50)) == "about 1 hour after eating (from less than 1 hour to 2 days)"
