"""Ways round the rules that somebody in a hurry, or an edited file, would find; each is closed."""

from datetime import date, timedelta

import msgspec
import pytest

from zonula.errors import UserError
from zonula.treatment_protocols import (
    Event,
    IllegalStepError,
    Result,
    Role,
    Why,
    advance,
    limits,
    parse_situation,
    state_on,
    today,
)

DAY = date(2026, 3, 2)


def event(name, days=0, role=Role.CLINICIAN, **more):
    return Event(day=DAY + timedelta(days), event=name, by="Dr A", role=role, **more)


def exclusion(food, days=8, why=Why.ELIMINATION, review=30, **more):
    return event(
        "exclude",
        days,
        food=food,
        why=why,
        reason="bloating after it",
        owner="Dr A",
        review_on=None if review is None else DAY + timedelta(days + review),
        **more,
    )


def walked(plan, events, known, knowledge):
    for one in events:
        plan = advance(plan, one, known, knowledge)
    return plan


@pytest.fixture
def reboot(plan, clear, knowledge):
    return advance(plan, event("begin_reboot", 7), clear(), knowledge)


@pytest.fixture
def rejuvenation(reboot, clear, knowledge):
    steps = (
        exclusion("milk", why=Why.SUSPECT),
        event("end_reboot", 30),
        event("begin_maintenance", 38),
        event("begin_rejuvenation", 60),
    )
    return walked(reboot, steps, clear(), knowledge)


@pytest.fixture
def state(knowledge):
    return lambda plan, days: state_on(plan.protocol, plan.events, DAY + timedelta(days), limits(knowledge))


@pytest.mark.parametrize(
    "name",
    ["Wheat", "wheat bread", "bread", " RYE ", "gluten_grains", "our clinic's gluten group", "seitan", "Fructans"],
)
def test_gluten_is_seen_under_any_name(name, reboot, clear, history, knowledge):
    for unsettled in ({"gluten_blocked": "yes"}, {"gluten_blocked": "unknown"}, {"celiac_state": "C4"}):
        with pytest.raises(IllegalStepError, match="gate celiac"):
            advance(reboot, exclusion(name), clear(**unsettled), knowledge)
    celiac = clear(celiac_state="C7", foods={name: history()})
    with pytest.raises(IllegalStepError, match="reason `celiac`"):
        advance(reboot, exclusion(name), celiac, knowledge)


@pytest.mark.parametrize("name", ["buckwheat", "gluten-free bread", "milk", "rice", "Gluten free pasta", "oat milk"])
def test_what_carries_no_gluten_is_not_held_for_it(name, knowledge):
    assert not limits(knowledge).gluten.carried_by(name)


def test_celiac_in_the_plan_keeps_every_gluten_food_out_even_when_the_situation_forgets(
    rejuvenation, clear, history, knowledge
):
    known = clear(foods={"Rye bread": history(), "wheat": history()})
    out = advance(rejuvenation, exclusion("wheat", 61, Why.CELIAC, None), known, knowledge)
    for food in ("wheat", "Wheat", "Rye bread"):
        with pytest.raises(IllegalStepError, match="celiac disease is known"):
            advance(out, event("challenge", 62, food=food, supervised=True), known, knowledge)


def test_a_verdict_against_gluten_can_be_written_in_celiac_but_not_for_it(rejuvenation, clear, history, knowledge):
    known = clear(foods={"wheat": history()})
    running = advance(rejuvenation, event("challenge", 61, food="wheat"), known, knowledge)
    celiac = clear(celiac_state="C7")
    with pytest.raises(IllegalStepError, match="celiac disease is known"):
        advance(running, event("verdict", 70, food="wheat", result=Result.ACCEPTED), celiac, knowledge)
    advance(running, event("verdict", 70, food="wheat", result=Result.REACTS), celiac, knowledge)


def test_an_exclusion_typed_into_the_file_without_its_gates_is_refused(reboot, state):
    forged = msgspec.structs.replace(reboot, events=(*reboot.events, exclusion("wheat")))
    with pytest.raises(IllegalStepError, match="gate celiac was not open"):
        state(forged, 8)
    lacking = exclusion("wheat", open_gates=("pregnancy", "eating_disorder", "weight", "red_flag"))
    with pytest.raises(IllegalStepError, match="gate celiac was not open"):
        state(msgspec.structs.replace(reboot, events=(*reboot.events, lacking)), 8)


def test_an_override_typed_into_the_file_by_the_wrong_role_is_refused(plan, state):
    for role, gate in ((Role.PATIENT, "celiac"), (Role.CLINICIAN, "adult"), (Role.CLINICIAN, "luck")):
        forged = msgspec.structs.replace(
            plan, events=(*plan.events, event("override", 7, role, gate=gate, reason="because"))
        )
        with pytest.raises(IllegalStepError, match="cannot be overridden"):
            state(forged, 8)


def test_a_suspect_cannot_be_kept_out_for_years(reboot, clear, knowledge):
    with pytest.raises(IllegalStepError, match="reviewed by"):
        advance(reboot, exclusion("milk", why=Why.SUSPECT, review=400), clear(), knowledge)
    out = advance(reboot, exclusion("milk", why=Why.SUSPECT), clear(), knowledge)
    with pytest.raises(IllegalStepError, match="reviewed by"):
        advance(out, event("review", 9, food="milk", reason="x", review_on=DAY + timedelta(400)), clear(), knowledge)


def test_the_same_food_in_other_letters_is_the_same_food(reboot, clear, knowledge):
    out = advance(reboot, exclusion("milk"), clear(), knowledge)
    with pytest.raises(IllegalStepError, match="already excluded"):
        advance(out, exclusion("Milk"), clear(), knowledge)


def test_a_first_taste_clears_nobody(rejuvenation, clear, history, knowledge, state):
    known = clear(foods={"milk": history()})
    running = advance(rejuvenation, event("challenge", 61, food="milk"), known, knowledge)
    with pytest.raises(IllegalStepError, match="first taste"):
        advance(running, event("verdict", 67, food="milk", result=Result.ACCEPTED), known, knowledge)
    advance(running, event("verdict", 61, food="milk", result=Result.REACTS), known, knowledge)
    watched = advance(rejuvenation, event("challenge", 61, food="milk", supervised=True), known, knowledge)
    accepted = advance(watched, event("verdict", 61, food="milk", result=Result.ACCEPTED), known, knowledge)
    assert state(accepted, 61).excluded("milk") is None


def test_nobody_supervises_himself(rejuvenation, clear, history, knowledge):
    known = clear(foods={"milk": history(anaphylaxis="yes")})
    for role in (Role.PATIENT, Role.STAFF, Role.DIETITIAN):
        with pytest.raises(IllegalStepError, match="cannot answer for a supervised"):
            advance(rejuvenation, event("challenge", 61, role, food="milk", supervised=True), known, knowledge)


def test_fever_postpones_even_a_supervised_challenge(rejuvenation, clear, history, knowledge):
    known = clear(ill_today="yes", foods={"milk": history(anaphylaxis="yes")})
    with pytest.raises(IllegalStepError, match="not even under supervision"):
        advance(rejuvenation, event("challenge", 61, food="milk", supervised=True), known, knowledge)


def test_a_serious_adverse_event_stops_everything_until_a_clinician_settled_it(rejuvenation, clear, history, knowledge):
    known = clear(foods={"milk": history(), "egg": history()})
    running = advance(rejuvenation, event("challenge", 61, food="milk"), known, knowledge)
    harmed = advance(
        running, event("adverse_event", 62, Role.PATIENT, reason="throat tight", serious=True), known, knowledge
    )
    stopped = today(harmed, known, DAY + timedelta(62), knowledge)
    assert stopped.halted
    assert stopped.dose is None
    assert "throat tight" in stopped.findings[0].says
    reacts = advance(harmed, event("verdict", 62, food="milk", result=Result.REACTS), known, knowledge)
    for refused in (
        event("challenge", 63, food="egg"),
        exclusion("soy", 63, Why.SUSPECT),
        event("back_to_reboot", 63),
    ):
        with pytest.raises(IllegalStepError, match="serious adverse event"):
            advance(reacts, refused, known, knowledge)
    with pytest.raises(IllegalStepError, match="cannot settle"):
        advance(reacts, event("settle", 63, Role.PATIENT, reason="fine again"), known, knowledge)
    settled = advance(reacts, event("settle", 63, reason="seen, tryptase taken"), known, knowledge)
    assert not today(settled, known, DAY + timedelta(63), knowledge).halted
    advance(settled, event("challenge", 64, food="egg"), known, knowledge)
    with pytest.raises(IllegalStepError, match="No serious"):
        advance(rejuvenation, event("settle", 63, reason="x"), known, knowledge)


@pytest.mark.parametrize(
    "written",
    [
        "celiac_state: c7",
        "celiac_state: C9",
        "height_m: 170",
        "height_m: .nan",
        "weights: [{day: 2026-03-01, kg: .nan}]",
        "weights: [{day: 2026-03-01, kg: -70}]",
        "weights: [{day: 2026-03-01, kg: 0}]",
        "weights: [{day: 2026-13-01, kg: 70}]",
        "scores: [{day: 2026-03-01, total: 300}]",
        "scores: [{day: 2026-03-01, total: .inf}]",
        "red_flags: [{finding: x, level: p}]",
        "age: -3",
        "age: 400",
        "age: forty",
        "pregnant: perhaps",
        "pregnent: yes",
        "[]",
        "a: [",
        "foods: {milk: {tolerated: maybe}}",
        "\t",
    ],
)
def test_a_situation_that_could_open_a_gate_by_mistake_is_refused(written):
    with pytest.raises(UserError):
        parse_situation(written, "s.yaml")


def test_an_elimination_outside_a_strict_phase_would_never_end_and_is_refused(rejuvenation, clear, knowledge):
    with pytest.raises(IllegalStepError, match="ends with a strict phase"):
        advance(rejuvenation, exclusion("egg", 61), clear(), knowledge)
    advance(rejuvenation, exclusion("egg", 61, Why.SUSPECT), clear(), knowledge)
