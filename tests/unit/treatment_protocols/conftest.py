"""A clear situation, and a plan in Reboot."""

from datetime import date, timedelta

import pytest

from zonula.chart import State
from zonula.knowledge import shelf
from zonula.treatment_protocols import GATES, FoodHistory, RedFlag, Role, Score, Situation, Weight, shipped, start

DAY = date(2026, 3, 2)
NO, YES = State.NO, State.YES
SAFE_FOOD = {
    "sensitised": NO,
    "tolerated": State.UNKNOWN,
    "wheal_predictive": NO,
    "anaphylaxis": NO,
    "respiratory_or_circulatory": NO,
    "immediate_reaction": NO,
    "trace_reaction": NO,
    "severe_fpies": NO,
    "alpha_gal_systemic": NO,
    "exercise_induced": NO,
}


# Weighed every week from the day on, as a plan asks for.
WEEKLY = tuple((-back, 65.0) for back in range(0, 400, 7))


def situation(day=DAY, *, kg=WEEKLY, totals=(), red_flags=(), foods=None, **know):
    """A clear situation on `day`; kg and totals are (days before, figure) pairs."""
    clear = {
        "age": 42,
        "celiac_state": "C1",
        "gluten_blocked": NO,
        "height_m": 1.7,
        "pregnant": NO,
        "breastfeeding": NO,
        "eating_disorder_risk": NO,
        "asthma_uncontrolled": NO,
        "anaphylaxis_history": NO,
        "insulin_or_sulfonylurea": NO,
        "kidney_disease": NO,
        "transplant": NO,
        "mastocytosis": NO,
        "beta_blocker": NO,
        "second_adult": YES,
        "near_emergency_care": YES,
        "rescue_plan": YES,
        "ill_today": NO,
        "cofactor_today": NO,
        "mentally_stable": YES,
    }
    flags = None if red_flags is None else tuple(RedFlag(name, level) for name, level in red_flags)
    for name, value in know.items():
        clear[name] = State(value) if isinstance(value, str) and name != "celiac_state" else value
    return Situation(
        **clear,
        weights=tuple(Weight(day - timedelta(back), figure) for back, figure in kg),
        scores=tuple(Score(day - timedelta(back), figure) for back, figure in totals),
        red_flags=flags,
        foods=foods or {},
    )


def food(day=DAY, *, days_since=None, **know):
    """A food history that allows home, with one thing changed."""
    last = None if days_since is None else day - timedelta(days_since)
    return FoodHistory(last_eaten=last, **{**SAFE_FOOD, **{name: State(value) for name, value in know.items()}})


@pytest.fixture(scope="session")
def knowledge():
    return shelf()


@pytest.fixture(scope="session")
def protocol(knowledge):
    return shipped(knowledge, "reboot_maintenance_rejuvenation", GATES)


@pytest.fixture
def plan(protocol):
    return start(protocol, "p", DAY, "Dr A", Role.CLINICIAN)


@pytest.fixture
def clear():
    return situation


@pytest.fixture
def history():
    return food
