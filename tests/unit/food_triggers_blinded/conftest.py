"""The virtual person lives beside the calibration program; both short and long tests use it."""

import sys
from datetime import date
from pathlib import Path

import pytest

from zonula.food_triggers.blinded.design import Design, design_trial

sys.path.insert(0, str(Path(__file__).parents[2] / "calibration" / "food_triggers_blinded"))


@pytest.fixture
def milk() -> Design:
    return design_trial(
        "t1",
        "general_food",
        food="milk",
        dose="200 ml",
        outcomes=("bloating",),
        first_day=date(2031, 1, 6),
        cleared_by="Dr A",
    )
