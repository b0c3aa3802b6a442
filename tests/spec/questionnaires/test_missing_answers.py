"""Missing answers: unknown is not zero.

A total is given when all its questions are answered. Some instruments bear a few gaps (card `questionnaires/missing_items`):
the total is then scaled up and says so. Otherwise no total is given, but the lowest and highest total the given answers still
allow are, and a band is named only when every total in between lies in it.
"""

import pytest

from zonula.questionnaires import Completeness, score, shipped


@pytest.fixture
def total(answered, today):
    return lambda name, answers: score(shipped(name), answered(shipped(name), answers), today).scale("total")


def test_all_answers_given(total):
    found = total("gad-7", {"gad7-1..7": 1})
    assert (found.value, found.possible, found.how) == (7, (7, 7), Completeness.COMPLETE)


def test_a_gap_that_the_instrument_bears_is_scaled_up(total):
    """Eight answers worth 16 stand for nine worth 18."""
    found = total("phq-9", {"phq9-1..7": 2, "phq9-9": 2})
    assert (found.value, found.possible, found.how) == (18, (16, 19), Completeness.PRORATED)


def test_a_gap_that_it_does_not_bear_leaves_bounds(total):
    found = total("gad-7", {"gad7-1..6": 1})
    assert (found.value, found.possible, found.reason) == (None, (6, 9), "1 of 7 answers missing")


def test_the_band_is_named_when_the_gap_cannot_change_it(total):
    assert total("gad-7", {"gad7-1..6": 1}).band == "mild"


def test_and_not_named_when_it_can(total):
    assert total("gad-7", {"gad7-1..6": 1, "gad7-1": 0, "gad7-2": 0}).band == ""


def test_nothing_answered_is_not_a_low_score(answered, today, document_of):
    empty = answered(shipped("gad-7"), {})
    found = score(shipped("gad-7"), empty, today)
    assert found.scale("total").value is None
    assert found.findings[0].state == "unknown"
