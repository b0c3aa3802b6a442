"""Every state has an answer from every guideline; a guideline for another age says so and nothing more."""

from pathlib import Path

import pytest
import yaml

from zonula.chart import State
from zonula.knowledge import shelf
from zonula.laboratory_tests.celiac import AntibodyTest, CeliacEvidence, CeliacState
from zonula.laboratory_tests.celiac.guidelines import FOLDER, answers

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "laboratory_tests" / "celiac_guidelines.yaml").read_text(encoding="utf-8")
)


def by_name(state, age):
    return {it.card.rsplit("/", 1)[-1]: it for it in answers(state, CeliacEvidence(age_years=age))}


@pytest.mark.parametrize("state", CeliacState)
def test_every_guideline_answers_every_state(state):
    expected = CASES[state.value]
    adult, child = by_name(state, 34), by_name(state, 10)
    assert set(expected) == set(adult)
    for guideline, words in expected.items():
        answer = child[guideline] if guideline == "espghan_2020" else adult[guideline]
        assert answer.applies is State.YES
        assert words in answer.says, answer.says


def test_every_guideline_card_answers_exactly_the_states_of_the_table():
    for card in shelf().cards(FOLDER):
        assert set(card.data["answers"]) == {state.value for state in CeliacState}
    assert set(shelf().card("laboratory_tests/celiac_states").data) == {state.value for state in CeliacState}


@pytest.mark.parametrize(
    ("age", "applying"),
    [
        (17.9, {"acg_2023", "espghan_2020", "nice_ng20"}),
        (18, {"acg_2023", "esscd_2025", "nice_ng20"}),
        (0, {"acg_2023", "espghan_2020", "nice_ng20"}),
    ],
)
def test_a_guideline_applies_by_age(age, applying):
    adult = by_name(CeliacState.C4, age)
    assert {name for name, answer in adult.items() if answer.applies is State.YES} == applying
    for name, answer in adult.items():
        if name not in applying:
            assert answer.says in ("Applies below 18 years only.", "Applies from 18 years only.")
            assert not answer.routes


def test_an_unknown_age_leaves_every_guideline_open():
    for answer in by_name(CeliacState.C4, None).values():
        assert answer.applies is State.UNKNOWN
        assert all(route.open is State.UNKNOWN for route in answer.routes)


def test_the_tests_named_at_low_iga():
    named = {name: answer.low_iga for name, answer in by_name(CeliacState.C2, 34).items()}
    assert named["nice_ng20"] == (AntibodyTest.TTG_IGG, AntibodyTest.DGP_IGG, AntibodyTest.EMA_IGG)
    assert by_name(CeliacState.C1, 34)["nice_ng20"].low_iga == ()
