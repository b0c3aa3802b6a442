"""Allowed, not allowed because, cannot tell: every clinician-readable case, and the laws of exclusion."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.chart import State
from zonula.diet.catalogue import catalogue
from zonula.diet.exclusions import Answer, check, exclusions, food_answer
from zonula.diet.labels import read_label
from zonula.diet.substitutes import check_all, replacements
from zonula.errors import UserError
from zonula.knowledge import shelf

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "diet" / "check.yaml").read_text(encoding="utf-8"))
FOODS = sorted(catalogue(shelf()).foods)
GROUPS = sorted({*catalogue(shelf()).challenge_groups(), "gluten", "tree_nut", "fruit", "feta", "white_bread"})
STRICTER = {Answer.ALLOWED: 0, Answer.CANNOT_TELL: 1, Answer.NOT_ALLOWED: 2}


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case, knowledge, today):
    result = check(case["ask"], exclusions(case["exclude"], knowledge), today, knowledge)
    assert result.answer.value == case["answer"], (result.because, result.not_understood)
    assert not case.get("says") or any(case["says"] in reason for reason in result.because), result.because
    assert result.finding.value == case["answer"]
    assert result.finding.according_to == ("diet/exclusion_check",)
    if result.answer is not Answer.ALLOWED:
        assert result.because


def test_every_answer_has_cases():
    assert {case["answer"] for case in CASES} == {answer.value for answer in Answer}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(food=st.sampled_from(FOODS), named=st.lists(st.sampled_from(GROUPS), max_size=4), more=st.sampled_from(GROUPS))
def test_adding_an_exclusion_never_allows_more(food, named, more, knowledge):
    before = food_answer(food, exclusions(named, knowledge), knowledge)
    after = food_answer(food, exclusions([*named, more], knowledge), knowledge)
    assert STRICTER[after] >= STRICTER[before]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    food=st.sampled_from([*FOODS, "sugar, whey, E322. May contain nuts", "spices, xyz"]),
    named=st.lists(st.sampled_from(GROUPS), max_size=5, unique=True),
    dice=st.randoms(use_true_random=False),
)
def test_order_never_matters(food, named, dice, knowledge, today):
    shuffled = list(named)
    dice.shuffle(shuffled)
    asked = food.replace("_", " ")
    one, other = (check(asked, exclusions(names, knowledge), today, knowledge) for names in (named, shuffled))
    assert one == other


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_any_text_is_read_and_an_unknown_word_is_never_allowed(text, knowledge, today):
    result = check(text, exclusions(["milk"], knowledge), today, knowledge)
    if result.not_understood:
        assert result.answer is not Answer.ALLOWED
        assert result.finding.state is not State.YES


AROUND = [
    "sugar",
    "salt 2 %",
    "no added sugar",
    "gluten-free",
    "free from nuts",
    "free from nuts and soy",
    "without preservatives",
    "may contain soy",
    "made in a factory that handles fish",
    "organic corn",
    "egg-free",
    "does not contain palm oil",
    "contains 5 g sugar",
    "E300",
    "(rice, water)",
    "not suitable for vegans",
    "Ingredients: oats",
    "low in fat",
    "no artificial colours and flavours",
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    around=st.lists(st.sampled_from(AROUND), max_size=6),
    milk=st.sampled_from(
        ["whey powder", "milk powder", "butter", "casein", "cream", "E966", "cheddar cheese", "skimmed milk"]
    ),
    joint=st.sampled_from([", ", ". ", "; ", "\n"]),
    place=st.integers(0, 6),
)
def test_milk_among_other_words_is_never_allowed(around, milk, joint, place, knowledge, today):
    label = joint.join([*around[:place], milk, *around[place:]])
    result = check(label, exclusions(["milk"], knowledge), today, knowledge)
    assert result.answer is not Answer.ALLOWED, label


def test_ingredients_of_a_dish_are_at_least_as_strict_as_the_dish(knowledge):
    foods = catalogue(knowledge)
    for tag in ("milk", "egg", "wheat", "gluten", "soy", "peanut", "fish"):
        excluded = exclusions([tag], knowledge)
        for dish in foods.recipes:
            parts = [food_answer(food, excluded, knowledge) for food in foods.ingredients(dish)]
            assert STRICTER[food_answer(dish, excluded, knowledge)] >= max(STRICTER[part] for part in parts), dish


def test_an_exclusion_nobody_knows_is_refused_with_near_matches(knowledge):
    with pytest.raises(UserError, match="Did you mean"):
        exclusions(["brocoli"], knowledge)


@pytest.mark.parametrize("vague", ["lactose", "histamine", "FODMAP", "nickel"])
def test_what_is_an_amount_and_not_a_food_cannot_be_excluded_as_one_word(vague, knowledge):
    with pytest.raises(UserError, match="cannot be excluded as one word"):
        exclusions([vague], knowledge)


def test_forms_are_the_three_forms(knowledge):
    with pytest.raises(UserError, match="not a form"):
        exclusions(["egg except poached"], knowledge)


def test_a_label_keeps_what_it_does_not_understand(knowledge):
    label = read_label("Water, zorbax, quinoa. May contain egg. Free from milk", knowledge)
    assert label.contains == ("water", "quinoa")
    assert label.warned == ("egg",)
    assert label.claimed_free == ("milk",)
    assert label.unknown == ("zorbax",)


def test_instead_fits_every_exclusion_and_a_list_gets_none(knowledge, today):
    excluded = exclusions(["milk", "gluten", "soy"], knowledge)
    found = check_all(["milk", "bread", "pasta", "sugar, whey", "apple"], excluded, today, knowledge)
    assert set(found.instead) == {"milk", "bread", "pasta"}
    assert "coconut_drink" in found.instead["milk"].fits
    assert "oat_milk" in found.instead["milk"].label_decides  # oats may hold gluten
    for swap in found.instead.values():
        assert all(food_answer(food, excluded, knowledge) is Answer.ALLOWED for food in swap.fits)
        assert all(food_answer(food, excluded, knowledge) is Answer.CANNOT_TELL for food in swap.label_decides)


def test_every_food_on_the_cards_exists(knowledge):
    foods = set(catalogue(knowledge).foods)
    for row in knowledge.card("diet/swaps").data:
        assert {*row["instead_of"], *row["offer"]} <= foods
    for row in knowledge.card("diet/nutrients_at_risk").data:
        assert {row["removed"], *row["offer"], *(set(row["when"]) - {"gluten"})} <= foods
    menu = knowledge.card("diet/menu_targets").data
    assert {*menu["never_added"], *menu["most_of_group"]} <= foods
    assert set(knowledge.card("diet/dietitian_required").data["major"]) <= foods


def test_replacements_fit_every_exclusion_and_say_what_is_not_covered(knowledge):
    excluded = exclusions(["milk", "fish", "soy"], knowledge)
    found = {one.removed: one for one in replacements(excluded, knowledge)}
    assert set(found) == {"milk", "fish", "legumes"}
    for one in found.values():
        for food in (*one.offer, *(food for foods in one.richest.values() for food in foods)):
            assert food_answer(food, excluded, knowledge) is Answer.ALLOWED
    assert "iodine" in found["milk"].not_covered  # no figure for iodine in the table: not covered, not zero
    assert "calcium" in found["milk"].richest
    assert replacements(exclusions(["strawberry"], knowledge), knowledge) == ()
