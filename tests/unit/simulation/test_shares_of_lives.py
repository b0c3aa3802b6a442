"""Diseases, gaps and stages come in the shares of the cards, within what chance allows."""

from collections import Counter

import pytest
from scipy.stats import binom

from zonula.simulation import Life
from zonula.simulation.assumed import assumed

LIVES = 500
LIFE = [Life(77, index) for index in range(LIVES)]
CHANCE = 0.9999  # so that a dozen tests on fixed seeds do not fail by themselves


@pytest.fixture(scope="module")
def drawn():
    """The hidden lives, before any file is written."""
    return [one._drawn for one in LIFE]


def expected(count, of, percent):
    low, high = binom.interval(CHANCE, of, percent / 100)
    return low <= count <= high


def test_recognised_diseases_come_in_the_cited_shares(drawn):
    for name, disease in assumed().diseases.diseases.items():
        for female, percent in ((True, disease.female), (False, disease.male)):
            people = [one for one in drawn if one.person.female == female]
            have = sum(name in one.diseases for one in people)
            assert expected(have, len(people), percent), (name, female, have, len(people), percent)


def test_most_people_have_none_of_the_rare_diseases(drawn):
    rare = {"celiac", "ibd", "me_cfs", "alpha_tryptasemia"}
    assert sum(not rare & set(one.diseases) for one in drawn) > 0.85 * LIVES


def test_hla_genotypes_come_as_in_the_controls_of_the_study(drawn):
    shares = assumed().dq_genotypes["controls"]
    healthy = [one for one in drawn if "celiac" not in one.diseases]
    found = Counter(one.hla for one in healthy)
    for genotype, share in shares.items():
        assert expected(found[genotype], len(healthy), 100 * share / sum(shares.values())), (genotype, found[genotype])


def test_planted_flags_gaps_and_stages_come_in_their_shares(drawn):
    course = assumed().course
    for flag, percent in course.planted.items():
        assert expected(sum(flag in one.planted for one in drawn), LIVES, percent), flag
    stages = Counter(one.course.stage for one in drawn)
    for stage, percent in course.stages.items():
        assert expected(stages[stage], LIVES, percent), stage
    # Before a plan the clinic closes gaps; at intake nobody has yet.
    without = [one for one in drawn if "celiac" not in one.diseases and one.course.started is None]
    for gap, percent in course.celiac_gaps.items():
        assert expected(sum(one.celiac_testing == gap for one in without), len(without), percent), gap


def test_sensitisation_is_drawn_without_looking_at_the_triggers(drawn):
    """Among lives with a milk or wheat trigger as many are sensitised to it as among the others."""
    groups = assumed().skin_tests.groups
    table = Counter()
    for one in LIFE:
        for group in ("milk", "wheat", "egg"):
            trigger = one.diary.truth[group].trigger
            table[trigger, bool(set(groups[group]) & set(one._drawn.sensitised))] += 1
    with_trigger, without = table[True, True] + table[True, False], table[False, True] + table[False, False]
    assert expected(table[True, True], with_trigger, 100 * table[False, True] / without)
