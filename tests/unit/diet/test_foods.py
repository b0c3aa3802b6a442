"""The catalogue is sound, and people find what they eat."""

import pytest

from zonula.diet.catalogue import catalogue
from zonula.diet.composition import composition, nutrients
from zonula.diet.search import food_called, search


def test_about_four_hundred_foods_and_forty_challenge_groups(knowledge):
    foods = catalogue(knowledge)
    eaten = [food for food in foods.foods.values() if food.kind != "group"]
    assert len(eaten) >= 400
    assert 25 <= len(foods.challenge_groups()) <= 40


def test_every_parent_ingredient_allergen_and_label_word_exists(knowledge):
    foods = catalogue(knowledge)
    allergens = {row.code for row in knowledge.code_list("diet/allergens")}
    for food in foods.foods.values():
        assert food.parent in foods.foods or not food.parent
        assert set(food.allergens) <= allergens
        assert set(food.sometimes) <= set(foods.foods)
        assert food.gluten in ("yes", "no", "maybe", "")
        assert food.form in ("raw", "cooked", "baked", "")
    for ingredients in foods.recipes.values():
        assert {one.food for one in ingredients} <= set(foods.foods)
    for row in knowledge.code_list("diet/label_words"):
        named = [one for cell in (row.more["contains"], row.more["may_contain"]) for one in cell.split("|") if one]
        assert set(named) <= set(foods.foods), row.code


def test_the_labelled_allergens_are_the_big_9_and_the_14(knowledge):
    rows = knowledge.code_list("diet/allergens")
    assert sum(row.more["us_big_9"] == "yes" for row in rows) == 9
    assert sum(row.more["eu_14"] == "yes" for row in rows) == 15  # wheat stands apart from the other gluten cereals


def test_recipes_add_up(knowledge):
    foods = catalogue(knowledge)
    for dish in foods.recipes:
        assert sum(foods.ingredients(dish).values()) == pytest.approx(1, abs=0.011), dish


@pytest.mark.parametrize(
    ("said", "food"),
    [
        ("PB&J", "pbj"),
        ("pb and j", "pbj"),
        ("oat milk", "oat_milk"),
        ("OAT-MILK", "oat_milk"),
        ("spelt bread", "spelt_bread"),
        ("eggs", "egg_whole"),
        ("Crème fraîche", "sour_cream"),
        ("garbanzo beans", "chickpeas"),
        ("courgettes", "courgette"),
        ("prawns", "shrimp"),
    ],
)
def test_a_food_is_found_by_what_people_call_it(said, food, knowledge):
    assert food_called(said, knowledge).id == food
    assert search(said, knowledge)[0].food == food


@pytest.mark.parametrize(
    ("typo", "food"), [("brocoli", "broccoli"), ("yoghrt", "yogurt"), ("spagetti", "pasta"), ("avocdo", "avocado")]
)
def test_a_typo_is_asked_back_not_taken(typo, food, knowledge):
    assert food_called(typo, knowledge) is None
    assert search(typo, knowledge)[0].food == food


def test_nonsense_finds_nothing(knowledge):
    assert search("xyzzyq", knowledge) == ()
    assert search("", knowledge) == ()


def test_composition_knows_its_source_and_never_fills_with_zero(knowledge):
    table = composition(knowledge)
    assert len(table) >= 190
    assert set(table) <= set(catalogue(knowledge).foods)
    for held in table.values():
        assert held.source.startswith("USDA FoodData Central")
        assert set(held.per_100g) <= set(nutrients(knowledge))
        assert "iodine" not in held.per_100g  # no source here measured it
    # The copy fills with zero what USDA did not publish: molybdenum of milk, choline of rolled oats.
    assert "molybdenum" not in table["whole_milk"].per_100g
    assert "choline" not in table["oats"].per_100g
    assert table["whole_milk"].per_100g["vitamin_c"] == 0.0  # published as zero


def test_no_food_weighs_more_than_itself(knowledge):
    for food, held in composition(knowledge).items():
        grams = sum(held.per_100g.get(one, 0.0) for one in ("water", "protein", "fat", "carbohydrate"))
        assert grams <= 103.5, food  # carbohydrate is by difference; rounding and different samples give a little more
        energy = held.per_100g["energy"]
        assert energy <= 902, food
