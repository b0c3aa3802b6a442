"""Protocols fitted to a person: lengths from the lag, floors from the cards, refusals with a reason."""

from datetime import date

import pytest

from zonula.errors import UserError
from zonula.food_triggers.blinded.design import Lag, design_trial, protocol, protocols

WHO = {"outcomes": ("bloating",), "first_day": date(2031, 1, 6), "cleared_by": "Dr A"}


def test_salerno_as_published_is_a_week_a_week_and_a_week():
    salerno = design_trial("t", "salerno_gluten", **WHO)
    assert (salerno.period_days, salerno.washout_days, salerno.schedules.periods) == (7, 7, 2)
    assert salerno.dose.startswith("8 g gluten")
    assert salerno.days == salerno.run_in_days + 21
    assert salerno.planned(2)[0].toordinal() - salerno.planned(1)[0].toordinal() == 14


def test_a_slow_person_gets_longer_periods_and_washouts():
    quick = design_trial("t", "general_food", food="milk", dose="200 ml", lag=Lag(6, 4, 9), **WHO)
    slow = design_trial("t", "general_food", food="milk", dose="200 ml", lag=Lag(50, 40, 60), **WHO)
    assert (quick.period_days, quick.washout_days, quick.uncounted_hours) == (3, 3, 24)
    assert (slow.period_days, slow.washout_days, slow.uncounted_hours) == (5, 5, 48)


@pytest.mark.parametrize("name", list(protocols()))
def test_every_protocol_that_ships_can_be_designed(name):
    design = design_trial("t", name, food="milk", dose="200 ml", **WHO)
    assert design.schedules.active == protocol(name).active_periods
    assert design.uncounted_hours < 24 * design.period_days


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lag": Lag(5, 6, 9)}, "mean, low and high"),
        ({"lag": Lag(100, 50, 1000)}, "too slow"),
        ({"mechanism": "ige"}, "supervision"),
        ({"mechanism": "celiac"}, "not a challenge question"),
        ({"mechanism": "magic"}, "no mechanism"),
        ({"food": ""}, "needs a food"),
        ({"dose": " "}, "needs a dose"),
        ({"cleared_by": ""}, "name of the clinician"),
        ({"outcomes": ()}, "1 to 3"),
        ({"outcomes": ("a", "a")}, "1 to 3"),
        ({"periods_per_arm": 11}, "more than 20"),
    ],
)
def test_what_cannot_work_is_refused(change, says):
    with pytest.raises(UserError, match=says):
        design_trial("t", "general_food", **({"food": "milk", "dose": "200 ml"} | WHO | change))


def test_an_unknown_protocol_lists_the_known_ones():
    with pytest.raises(UserError, match="salerno_gluten"):
        design_trial("t", "homeopathy", **WHO)
