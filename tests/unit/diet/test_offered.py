"""What is not offered, and when a dietitian is asked for."""

import pytest

from zonula.chart import Level, State
from zonula.diet import Person, dietitian, exclusions, not_offered

ADULT = Person(age=40, sex="female", pregnant=State.NO, breastfeeding=State.NO)


@pytest.mark.parametrize(
    "asked", ["Water fast", "three days of fasting", "juice cleanse", "COFFEE ENEMA", "salt-water flush"]
)
def test_harmful_practices_are_not_offered(asked, today, knowledge):
    finding = not_offered(asked, today, knowledge)
    assert finding.level is Level.HOLD
    assert finding.state is State.NO


@pytest.mark.parametrize("asked", ["breakfast", "fast food", "juice", "salt", "steadfast"])
def test_food_is_not_taken_for_a_practice(asked, today, knowledge):
    assert not_offered(asked, today, knowledge) is None


@pytest.mark.parametrize(
    ("named", "person", "says"),
    [
        (["milk", "gluten"], ADULT, "2 major food groups"),
        (["milk"], Person(age=15), "the age of 15"),
        (["milk"], Person(age=70), "the age of 70"),
        (["milk"], Person(age=30, sex="female", pregnant=State.YES), "pregnancy"),
        (["milk"], Person(age=30, sex="female", breastfeeding=State.YES), "breastfeeding"),
    ],
)
def test_a_dietitian_is_asked_for(named, person, says, today, knowledge):
    assert says in dietitian(exclusions(named, knowledge), person, today, knowledge).says


@pytest.mark.parametrize("named", [[], ["milk"], ["strawberry", "feta"], ["wheat", "gluten"], ["soy", "peanut"]])
def test_one_group_in_an_adult_does_not_ask_for_one(named, today, knowledge):
    assert dietitian(exclusions(named, knowledge), ADULT, today, knowledge) is None
