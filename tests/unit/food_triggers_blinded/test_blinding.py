"""Bang's and James' indices against their limits and a published table; the exact agreement test."""

import pytest

from zonula.food_triggers.blinded.blinding import bang_index, blinding_of, james_index
from zonula.food_triggers.blinded.randomisation import Guess
from zonula.food_triggers.blinded.schedules import Arm, Schedules

SCHEDULES = Schedules(active=4, sham=4, longest_run=4)
ORDER = SCHEDULES.at(11)


def table(active, sham):
    return {Arm.ACTIVE: dict(zip(Guess, active, strict=True)), Arm.SHAM: dict(zip(Guess, sham, strict=True))}


def test_the_cholesterol_trial_that_both_papers_use():
    """Bang 2004: 277 on drug guess (82, 25, 170 do not know), 139 on placebo guess (27 drug, 29 placebo, 83): 0.21, 0.01, James 0.75."""
    assert round(bang_index(82, 25, 170).value, 2) == 0.21
    assert round(bang_index(29, 27, 83).value, 2) == 0.01
    assert round(james_index(table((82, 25, 170), (27, 29, 83))), 2) == 0.75


@pytest.mark.parametrize(
    ("counts", "james"),
    [
        (table((0, 0, 4), (0, 0, 4)), 1.0),
        (table((4, 0, 0), (0, 4, 0)), 0.0),
        (table((2, 2, 0), (2, 2, 0)), 0.5),
        (table((0, 4, 0), (4, 0, 0)), 1.0),
        (table((4, 0, 0), (4, 0, 0)), 0.5),
    ],
)
def test_james_limits(counts, james):
    assert james_index(counts) == pytest.approx(james)


def test_bang_limits():
    assert (bang_index(4, 0, 0).value, bang_index(0, 4, 0).value, bang_index(0, 0, 4).value) == (1, -1, 0)
    assert bang_index(0, 0, 0) is None
    assert james_index(table((0, 0, 0), (0, 0, 0))) is None
    wide = bang_index(2, 1, 1)
    assert -1 <= wide.lo < 0.25 < wide.hi <= 1


def test_all_right_is_broken_and_wishful_thinking_is_not():
    right = [Guess(arm.value) for arm in ORDER]
    assert blinding_of(SCHEDULES, ORDER, right, reached=8).agreement_p == pytest.approx(1 / 70)
    wishful = blinding_of(SCHEDULES, ORDER, [Guess.ACTIVE] * 8, reached=8)
    assert wishful.agreement_p == 1.0
    assert (wishful.bang[Arm.ACTIVE].value, wishful.bang[Arm.SHAM].value) == (1.0, -1.0)


def test_silence_is_counted_as_not_asked():
    silent = blinding_of(SCHEDULES, ORDER, [None] * 8, reached=8)
    assert (silent.asked, silent.james, silent.bang[Arm.ACTIVE], silent.agreement_p) == (0, None, None, 1.0)
