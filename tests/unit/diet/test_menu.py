"""The menu: it fits, it changes least (against brute force), or the proof that there is none names the right exclusions."""

from itertools import combinations, product

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zonula.chart import State
from zonula.diet import Person, Wish, exclusions, plan_week
from zonula.diet.exclusions import Answer, food_answer
from zonula.diet.menu import Problem, Rules, build, solve
from zonula.diet.menu_proof import explain, possible
from zonula.errors import UserError

USUAL = {"whole_milk": 10, "white_bread": 14, "cheddar": 4, "chicken_breast": 3, "banana": 5, "apple": 4, "broccoli": 2}
COST = {"removed": 1.0, "added": 1.0, "new_food": 2.0, "liked": 0.5, "disliked": 4.0}


def wish(person, knowledge, *named, **more):
    return Wish(person=person, energy_kcal=2000, exclusions=exclusions(named, knowledge), **{"usual": USUAL, **more})


def small(portion, least, most, usual, forbidden, top=3):
    """A programme of few foods, small enough to try every week."""
    count, width = np.shape(portion)
    return Problem(
        foods=tuple(f"food{number}" for number in range(count)),
        constraints=tuple(f"nutrient{number}" for number in range(width)),
        portion=np.array(portion, dtype=float),
        least=np.array(least, dtype=float),
        most=np.array(most, dtype=float),
        usual=np.array(usual, dtype=float),
        most_portions=np.full(count, float(top)),
        liking=np.ones(count),
        forbidden=tuple(frozenset(one) for one in forbidden),
        most_foods=None,
        rules=Rules(
            targets={},
            upper=(),
            energy_tolerance=0.1,
            most_portions_week=top,
            most_of_group={},
            never_added=(),
            cost=COST,
            gap=0.0,
            nodes=10_000,
        ),
    )


def best_by_trying(problem, without=frozenset()):
    """Every week there is; None when none fits."""
    best = None
    tops = [
        int(most) if not (forbidding - without) else 0
        for most, forbidding in zip(problem.most_portions, problem.forbidden, strict=True)
    ]
    for week in product(*(range(top + 1) for top in tops)):
        brought = np.array(week) @ problem.portion
        if (brought < problem.least - 1e-9).any() or (brought > problem.most + 1e-9).any():
            continue
        more, less = np.maximum(np.array(week) - problem.usual, 0), np.maximum(problem.usual - np.array(week), 0)
        new = sum(COST["new_food"] for count, usual in zip(week, problem.usual, strict=True) if count and not usual)
        cost = float(more.sum() + less.sum() + new)
        best = cost if best is None else min(best, cost)
    return best


figures = st.integers(0, 4)
problems = st.integers(2, 4).flatmap(
    lambda count: st.builds(
        small,
        portion=st.lists(st.lists(figures, min_size=3, max_size=3), min_size=count, max_size=count),
        least=st.lists(st.integers(0, 14), min_size=3, max_size=3),
        most=st.lists(st.integers(10, 30), min_size=3, max_size=3),
        usual=st.lists(st.integers(0, 3), min_size=count, max_size=count),
        forbidden=st.lists(st.sets(st.integers(0, 2), max_size=2), min_size=count, max_size=count),
    )
)


@settings(max_examples=80, deadline=None)
@given(problem=problems)
@example(  # needs exactly 10 from portions of 3: HiGHS with presolve ended in an error here
    problem=small(
        portion=[[0, 0, 0], [3, 0, 0], [3, 0, 0], [4, 0, 0]],
        least=[10, 0, 0],
        most=[10, 10, 10],
        usual=[0, 0, 0, 0],
        forbidden=[set(), set(), set(), {0}],
    )
)
def test_the_change_is_the_smallest_there_is(problem):
    expected, solution = best_by_trying(problem), solve(problem)
    if expected is None:
        assert solution.status == "impossible"
    else:
        assert solution.status == "found"
        assert solution.cost == pytest.approx(expected, abs=1e-3)


@settings(max_examples=50, deadline=None)
@given(problem=problems)
def test_the_exclusions_named_are_irreducible(problem):
    names = ("a", "b", "c")
    if best_by_trying(problem) is not None:
        return
    reason = explain(problem, names)
    assert reason.without_any == (best_by_trying(problem, frozenset({0, 1, 2})) is None)
    if reason.without_any:
        return
    together = {names.index(name) for name in reason.together}
    assert best_by_trying(problem, frozenset({0, 1, 2} - together)) is None
    for one in together:
        assert best_by_trying(problem, frozenset({0, 1, 2} - together) | {one}) is not None
    for number, name in enumerate(names):
        assert (name in reason.lift_one) == (best_by_trying(problem, frozenset({number})) is not None)


@pytest.fixture(scope="module")
def planned():
    """A week without milk and gluten, planned once."""
    from datetime import date

    from zonula.knowledge import shelf

    person = Person(age=40, sex="female", weight_kg=62, pregnant=State.NO, breastfeeding=State.NO)
    asked = wish(person, shelf(), "milk", "gluten")
    return asked, plan_week(asked, date(2026, 3, 2), shelf()), shelf()


def test_the_week_meets_every_target_and_no_upper_limit(planned):
    _, week, knowledge = planned
    assert week.status == "found"
    brings = {one.nutrient: one for one in week.brings}
    targets = knowledge.card("diet/menu_targets").data["targets"]
    for nutrient in targets:
        assert brings[nutrient].least >= brings[nutrient].recommended * targets[nutrient] - 1e-6, nutrient
    assert 1800 - 1e-6 <= brings["energy"].least <= 2200 + 1e-6
    assert brings["sodium"].least <= 2300
    assert brings["iodine"].least is None  # not measured is not zero
    assert week.no_less_than <= week.change + 1e-6


def test_nothing_excluded_and_nothing_doubtful_is_on_the_week(planned):
    asked, week, knowledge = planned
    for one in week.portions:
        assert food_answer(one.food, asked.exclusions, knowledge) is Answer.ALLOWED
        assert sum(one.days) == one.portions
    assert {"Milk, whole", "Cheddar", "Bread, white"} <= set(week.given_up)


def test_a_usual_week_that_fits_is_not_changed(planned):
    asked, week, knowledge = planned
    again = msgspec.structs.replace(asked, usual={one.food: one.portions for one in week.portions})
    problem = build(again, knowledge)
    assert solve(problem).cost == pytest.approx(0, abs=1e-3)


def test_the_proof_names_the_exclusions(woman, knowledge, today):
    week = plan_week(wish(woman, knowledge, "fruit", "vegetables", "milk"), today, knowledge)
    assert week.status == "impossible"
    assert week.portions == ()
    assert set(week.impossible.together) == {"fruit", "vegetables"}
    assert set(week.impossible.lift_one) == {"fruit", "vegetables"}
    assert "vitamin_c" in week.impossible.falls_short
    assert week.finding.state is State.NO


def test_what_is_impossible_without_any_exclusion_does_not_blame_one(woman, knowledge, today):
    week = plan_week(wish(woman, knowledge, "milk", most_foods=2), today, knowledge)
    assert week.status == "impossible"
    assert week.impossible.without_any
    assert week.impossible.together == ()


def test_liked_foods_are_taken_first_and_disliked_last(woman, knowledge):
    plain = build(wish(woman, knowledge, "milk"), knowledge)
    liked = build(wish(woman, knowledge, "milk", likes=("salmon_sockeye",), dislikes=("fish",)), knowledge)
    at = plain.foods.index("sardine")
    assert liked.liking[at] == 4.0
    assert plain.liking[at] == 1.0


def test_a_food_whose_label_was_read_stays(woman, knowledge, today):
    asked = wish(woman, knowledge, "milk")
    assert plan_week(asked, today, knowledge).label_decides == ("Bread, white",)
    read = plan_week(msgspec.structs.replace(asked, checked=("white_bread", "cheddar")), today, knowledge)
    assert read.label_decides == ()
    eaten = {one.food for one in read.portions}
    assert "white_bread" in eaten
    assert "cheddar" not in eaten  # reading a label never makes an excluded food fit


def test_at_most_so_many_foods(woman, knowledge):
    problem = build(wish(woman, knowledge, most_foods=14), knowledge)
    solution = solve(problem)
    assert solution.status == "found"
    assert sum(count > 0 for count in solution.portions) <= 14


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"energy_kcal": 1100.0}, "below the floor"),
        ({"usual": {"zorbax": 1}}, "not a food"),
        ({"person": Person()}, "adult"),
    ],
)
def test_what_cannot_be_planned_safely_is_refused(more, said, woman, knowledge):
    with pytest.raises(UserError, match=said):
        build(msgspec.structs.replace(wish(woman, knowledge), **more), knowledge)


def test_lifting_exclusions_never_makes_a_week_impossible(woman, knowledge):
    named = ("fruit", "vegetables", "legumes")
    problem = build(wish(woman, knowledge, *named), knowledge)
    for count in range(len(named) + 1):
        for lifted in combinations(range(len(named)), count):
            if possible(problem, frozenset(lifted)):
                for more in range(len(named)):
                    assert possible(problem, frozenset({*lifted, more}))
