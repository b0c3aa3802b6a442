"""The table for researchers: nobody stands out, nothing leads back, nobody is missing."""

from collections import Counter, defaultdict

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.outcomes import (
    Course,
    Reading,
    bands,
    declared,
    deidentified,
    deidentified_dictionary,
    outcome,
    way_suppressed,
)
from zonula.outcomes.deidentified import HIDDEN, QUASI, SCHEMA

RULES, STEPS = declared(shelf()), bands(shelf())


def table(courses, seed=1):
    judged = [outcome(one, RULES) for one in courses]
    return deidentified(courses, judged, RULES, STEPS, np.random.default_rng(seed)).to_pylist()


def classes(rows):
    found = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in QUASI)].append(row)
    return found


@st.composite
def clinics(draw):
    """Clinics of odd people: mostly alike, some rare, some unknown."""
    ages = st.one_of(st.none(), st.floats(18, 99), st.sampled_from([41.0, 42.0, 43.0]))
    one = st.tuples(ages, st.sampled_from([True, True, True, False, None]), st.one_of(st.none(), st.integers(0, 12)))
    people = draw(st.lists(one, min_size=10, max_size=60))
    readings = draw(st.lists(st.sampled_from(["none", "well", "bad"]), min_size=len(people), max_size=len(people)))
    totals = {"none": [], "well": [(-14, 60.0), (0, 60.0), (350, 10.0)], "bad": [(-14, 60.0), (0, 60.0), (350, 90.0)]}
    return [
        Course(
            patient=f"p{i}",
            clinic="A",
            readings=tuple(Reading(day, total) for day, total in totals[kind]),
            last_day=364,
            age=age,
            female=female,
            domains=domains,
        )
        for i, ((age, female, domains), kind) in enumerate(zip(people, readings, strict=True))
    ]


@settings(max_examples=150, deadline=None)
@given(clinics())
def test_every_shown_combination_is_shared_by_five_who_do_not_all_stand_alike(courses):
    rows = table(courses)
    alike = len({outcome(one, RULES).standing for one in courses}) == 1
    for members in classes(rows).values():
        assert len(members) >= RULES.least_cell
        assert alike or len({row["standing"] for row in members}) > 1


@settings(max_examples=60, deadline=None)
@given(clinics())
def test_nobody_is_missing_so_no_gap_gives_a_rare_person_away(courses):
    rows = table(courses)
    assert [row["row"] for row in rows] == list(range(1, len(courses) + 1))
    assert Counter(row["standing"] for row in rows) == Counter(outcome(one, RULES).standing for one in courses)


def test_nothing_in_the_table_is_an_id_a_date_or_a_figure_of_one_person(registry):
    courses = registry(200, "true", np.random.default_rng(5))
    rows = table(courses)
    for name in ("patient", "clinic", "day", "after", "born"):
        assert name not in SCHEMA.names
    for name in ("baseline", "change_percent", "percent_positive", "adherence_percent"):
        assert {row[name] % STEPS.points_step for row in rows if row[name] is not None} == {0}
    assert all(course.patient not in str(rows) for course in courses)


def test_the_order_says_nothing_of_the_registry(registry):
    courses = registry(60, "true", np.random.default_rng(5))
    one, other = table(courses, 1), table(courses, 2)
    without = [[{**row, "row": 0} for row in rows] for rows in (one, other)]
    assert without[0] != without[1]
    assert sorted(map(str, without[0])) == sorted(map(str, without[1]))


def test_a_rare_person_loses_the_bands_and_takes_others_along(registry):
    common = registry(40, "true", np.random.default_rng(5))
    common = [msgspec.structs.replace(one, age=45.0, female=True, domains=8) for one in common]
    rare = msgspec.structs.replace(common[0], patient="rare", age=97.0, female=False, domains=1)
    rows = table([*common, rare])
    assert {row["sex"] for row in rows} == {HIDDEN}, "one person without bands is one person found"


def test_narrow_bands_stay_where_enough_share_them(registry):
    rows = table(registry(400, "true", np.random.default_rng(5)))
    assert len(classes(rows)) > 8
    assert sum(row["age"] != HIDDEN for row in rows) > 300


def test_too_few_patients_make_no_table(registry):
    with pytest.raises(UserError, match="too few"):
        table(registry(9, "true", np.random.default_rng(5)))


def test_the_dictionary_names_every_column_and_the_rule():
    text = deidentified_dictionary()
    assert all(f"`{name}`" in text for name in SCHEMA.names)
    assert "at least two" in text.replace("\n", " ")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_step_of_the_way_can_be_worked_out_from_the_shown_ones(data):
    """The attack: every way that fits what is shown is tried; a hidden step must leave at least four values, whatever is shown."""
    total = data.draw(st.integers(0, 14))
    counts = [total]
    for _ in range(2):
        counts.append(data.draw(st.integers(0, counts[-1])))
    within = [None, 0, 1]
    least = 5
    steps = list(zip(counts, within, strict=True))
    shown = way_suppressed(steps, least)
    fits = [
        (a, b, c)
        for a in range(20)
        for b in range(a + 1)
        for c in range(b + 1)
        if way_suppressed(list(zip((a, b, c), within, strict=True)), least) == shown
    ]
    for place in range(3):
        possible = {fit[place] for fit in fits}
        assert len(possible) == 1 if shown[place] is not None else len(possible) >= least - 1
    # What is missing between any two steps is known only when nobody, or at least five, are missing.
    for early, late in ((0, 1), (1, 2), (0, 2)):
        gaps = {fit[early] - fit[late] for fit in fits}
        assert len(gaps) > 1 or next(iter(gaps)) == 0 or next(iter(gaps)) >= least
