"""Every protocol that ships can be walked to its end, and every one of its days can be shown."""

from datetime import date, timedelta

import pytest

from zonula.treatment_protocols import (
    GATES,
    Event,
    IllegalStepError,
    Result,
    Role,
    Why,
    advance,
    limits,
    shipped,
    start,
    state_on,
    today,
)

DAY = date(2026, 3, 2)
GASTRO = Role.GASTROENTEROLOGIST


def event(name, days, role=Role.CLINICIAN, **more):
    return Event(day=DAY + timedelta(days), event=name, by="x", role=role, **more)


def exclusion(food, days):
    more = {"why": Why.ELIMINATION, "reason": "the protocol's", "owner": "Dr A", "food": food}
    return event("exclude", days, review_on=DAY + timedelta(days + 40), **more)


def renewal(days):
    return (event("renew", days, reason="benefit"), event("renew", days, Role.DIETITIAN, reason="benefit"))


@pytest.fixture
def known(clear, history):
    """Better by half from the first week on; gluten and milk may be given at home."""
    totals = ((0, 60), *((-day, 30) for day in range(7, 400, 3)))
    foods = {name: history() for name in ("gluten", "milk", "wheat")}
    return lambda **more: clear(**{"totals": totals, "foods": foods, **more})


@pytest.fixture
def walk(knowledge):
    """Walk a protocol; show every day on the way. Returns (plan, stages in order)."""

    def walking(name, events, situation):
        plan = start(shipped(knowledge, name, GATES), "p", DAY, "x", Role.CLINICIAN)
        for one in events:
            plan = advance(plan, one, situation, knowledge)
        last = (events[-1].day - DAY).days
        for day in range(last + 1):
            shown = today(plan, situation, DAY + timedelta(day), knowledge)
            assert not shown.halted
            assert shown.purpose
        state = state_on(plan.protocol, plan.events, events[-1].day, limits(knowledge))
        return plan, state

    return walking


SALERNO = (
    event("begin_gluten_free", 7),
    exclusion("gluten", 7),
    *renewal(40),
    event("begin_first_week", 50),
    event("begin_washout", 57),
    event("begin_second_week", 64),
    event("unblind", 71),
)


def test_salerno_to_its_verdict(walk, known):
    end = (event("verdict", 71, food="gluten", result=Result.REACTS), event("finish", 72))
    _, state = walk("salerno", (*SALERNO, *end), known())
    assert state.stage == "finished"
    assert [(one.food, one.blinded, one.result) for one in state.verdicts] == [("gluten", True, Result.REACTS)]
    assert state.excluded("gluten").why is Why.VERDICT


def test_salerno_without_its_second_week_has_no_verdict(walk, known, knowledge):
    plan, _ = walk("salerno", (*SALERNO[:-2], event("unblind", 60)), known())
    with pytest.raises(IllegalStepError, match="No challenge"):
        advance(plan, event("verdict", 60, food="gluten", result=Result.ACCEPTED), known(), knowledge)


def test_salerno_never_gives_gluten_to_known_celiac_disease(walk, known, knowledge):
    plan, _ = walk("salerno", SALERNO[:-4], known())
    for role in (Role.CLINICIAN, Role.ALLERGIST):
        with pytest.raises(IllegalStepError, match=r"never|needs the role"):
            advance(plan, event("begin_first_week", 50, role, supervised=True), known(celiac_state="C7"), knowledge)
    with pytest.raises(IllegalStepError, match="not at home"):
        advance(plan, event("begin_first_week", 50), known(second_adult="no"), knowledge)


def test_step_up_is_judged_by_endoscopy_and_foods_return_one_by_one(walk, known, knowledge):
    events = (
        event("begin_two", 1, GASTRO),
        exclusion("milk", 1),
        exclusion("wheat", 1),
        *renewal(36),
        event("two_done", 57, GASTRO),
        event("remission", 60, GASTRO),
    )
    nobody_asks_the_domains = known(totals=())
    plan, state = walk("step_up_2_4_6", events, nobody_asks_the_domains)
    assert [(day - DAY).days for _, day in state.give_back] == [57 + 56, 57 + 112]
    shown = today(plan, nobody_asks_the_domains, DAY + timedelta(40), knowledge)
    assert not [one for one in shown.findings if "benefit" in one.id]
    assert any(task.id == "endoscopy" for task in today(plan, known(), DAY + timedelta(1 + 38), knowledge).tasks)


def test_low_fodmap_keeps_the_base_diet_while_groups_return_one_by_one(walk, known):
    events = (event("begin_restriction", 7), exclusion("milk", 7), exclusion("onion", 7), event("end_restriction", 36))
    _, state = walk("low_fodmap", events, known())
    assert [(food, (day - DAY).days) for food, day in state.give_back] == [("milk", 43), ("onion", 50)]


@pytest.mark.parametrize(
    ("name", "rungs"),
    [("milk_ladder", ["muffin", "pancake", "cheese", "yoghurt", "milk"])],
)
def test_a_ladder_goes_up_down_and_to_the_end(name, rungs, walk, known):
    up = [event(f"up_to_{rung}", 7 * (place + 1), Role.ALLERGIST) for place, rung in enumerate(rungs)]
    events = (
        event("begin", 0, Role.ALLERGIST),
        up[0],
        event("down_to_biscuit", 8, Role.PATIENT),
        event("up_to_muffin", 12, Role.ALLERGIST),
        *up[1:],
        event("finish", 60, Role.ALLERGIST),
    )
    _, state = walk(name, events, known())
    assert state.stage == "finished"


@pytest.mark.parametrize("name", ["milk_ladder", "egg_ladder"])
def test_a_child_climbs_only_with_an_allergist_and_no_infant_does(name, knowledge, clear):
    plan = start(shipped(knowledge, name, GATES), "p", DAY, "x", Role.CLINICIAN)
    begin = event("begin", 0, Role.ALLERGIST)
    with pytest.raises(IllegalStepError, match="ladder_age"):
        advance(plan, begin, clear(age=8), knowledge)
    agreed = event("override", 0, Role.ALLERGIST, gate="ladder_age", reason="mild reactor, clinic ladder")
    plan = advance(plan, agreed, clear(age=8), knowledge)
    advance(plan, begin, clear(age=8), knowledge)
    with pytest.raises(IllegalStepError, match=r"over_five.*cannot be overridden"):
        advance(plan, begin, clear(age=4), knowledge)
