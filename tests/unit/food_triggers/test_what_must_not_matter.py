"""Metamorphic tests: names, row order, dates by weeks, split portions, foods and symptoms without content."""

import os
import subprocess
import sys
from datetime import timedelta

import numpy as np
import pytest
from diary_files import diary_of

from zonula.diary import DiaryWriter, FoodGroup
from zonula.food_triggers.analysis import analyse
from zonula.food_triggers.answer import answer
from zonula.food_triggers.inference import infer


@pytest.fixture(scope="module")
def case(virtual):
    return virtual(7, 45)


def rewritten(case, name=lambda text: text, rows=None, shift=timedelta(0), extra_groups=(), recipes=None, order=None):
    person, kept, _ = case
    rows = kept if rows is None else rows
    order = order if order is not None else range(len(person.group_names))
    groups = tuple(
        FoodGroup(name(person.group_names[g]), float(person.prior[g]), bool(person.excluded[g])) for g in order
    )
    written = {
        name(person.item_names[i]): [(name(person.group_names[g]), s) for g, s in recipe.items()]
        for i, recipe in enumerate(person.recipe)
    } | (recipes or {})
    writer = DiaryWriter("x", person.start.date() + shift, groups + extra_groups, written, 45, person.per_day)
    fixed = {"stress", "sleep_hours", "menses", "ill"}
    for time, kind, item, amount, value in rows:
        moved = (np.datetime64(time) + np.timedelta64(shift.days, "D")).astype(str)[:16]
        writer.add(moved, kind, item if item in fixed else name(item), amount, value)
    return writer.diary()


def test_the_same_diary_gives_the_same_answer_bit_for_bit(case):
    first, second = infer(case[2]), infer(diary_of(case[0], case[1], 45))
    assert np.array_equal(first.probability, second.probability)
    assert np.array_equal(first.effect, second.effect)


def test_names_do_not_matter(case):
    assert np.array_equal(
        infer(rewritten(case)).probability, infer(rewritten(case, name=lambda t: f"ø{t[::-1]}")).probability
    )


def test_row_order_does_not_matter(case):
    shuffled = list(case[1])
    np.random.default_rng(0).shuffle(shuffled)
    rows = [(t, k, i, a if a is None else float(a), v) for t, k, i, a, v in shuffled]
    assert np.allclose(infer(rewritten(case)).probability, infer(rewritten(case, rows=rows)).probability, atol=1e-9)


def test_the_order_of_groups_does_not_matter(case):
    backwards = list(range(len(case[0].group_names)))[::-1]
    assert np.array_equal(infer(rewritten(case)).probability, infer(rewritten(case, order=backwards)).probability[::-1])


def test_dates_moved_by_whole_weeks_do_not_matter(case):
    moved = infer(rewritten(case, shift=timedelta(weeks=9))).probability
    assert np.array_equal(infer(rewritten(case)).probability, moved)


def test_a_portion_written_as_two_halves_does_not_matter(case):
    rows = []
    for time, kind, item, amount, value in case[1]:
        if kind == "food":
            rows += [(time, kind, item, amount / 2, value)] * 2
        else:
            rows.append((time, kind, item, amount, value))
    assert np.allclose(infer(rewritten(case)).probability, infer(rewritten(case, rows=rows)).probability, atol=1e-6)


def test_a_food_without_groups_and_a_symptom_that_never_changes_do_not_matter(case):
    day = case[0].start.date().isoformat()
    rows = [*case[1], (f"{day}T08:00", "food", "water", 1, None), (case[1][-1][0], "symptom", "none at all", None, 0)]
    assert np.array_equal(infer(rewritten(case)).probability, infer(rewritten(case, rows=rows)).probability)


def test_answers_are_the_same_with_one_and_two_threads(case):
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from diary_files import diary_of\nfrom virtual_diarist import free_living\n"
        "from zonula.food_triggers.inference import infer\n"
        "person, rows = free_living(7, 45)\n"
        "print(infer(diary_of(person, rows, 45)).probability.tobytes().hex())"
    )
    folders = [os.path.join(os.path.dirname(__file__), "..", "..", "simulators")]
    said = {
        subprocess.run(
            [sys.executable, "-c", program, *folders],
            env={**os.environ, "OPENBLAS_NUM_THREADS": n, "OMP_NUM_THREADS": n, "NUMBA_NUM_THREADS": n},
            capture_output=True, text=True, check=True,
        ).stdout
        for n in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1
    assert len(said.pop()) > 100


def test_the_answer_holds_plain_finite_numbers(case):
    said = answer([analyse(case[2])])["patients"]["p"]["groups"]
    for group in said.values():
        assert 0.0 <= group["p"] <= 1.0
        if group["p"] > 0.02:
            assert 0.0 <= group["effect"]["lo"] <= group["effect"]["mean"] <= group["effect"]["hi"]
            assert 0.0 < group["lag_hours"]["lo"] <= group["lag_hours"]["mean"] <= group["lag_hours"]["hi"]
