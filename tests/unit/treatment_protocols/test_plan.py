"""The plan: gates hold, time moves it, every exclusion has a reason, and an illegal step changes nothing."""

from datetime import date, timedelta

import msgspec
import pytest

from zonula.errors import UserError
from zonula.treatment_protocols import (
    GATES,
    Event,
    IllegalStepError,
    Result,
    Role,
    Why,
    advance,
    limits,
    mermaid,
    parse_plan,
    parse_protocol,
    parse_situation,
    shipped,
    start,
    state_on,
    today,
)

DAY = date(2026, 3, 2)


def event(name, days=0, role=Role.CLINICIAN, **more):
    return Event(day=DAY + timedelta(days), event=name, by="Dr A", role=role, **more)


def exclusion(food, days=8, *, why=Why.ELIMINATION, role=Role.CLINICIAN, review=30, **more):
    defaults = {"reason": "bloating after it", "owner": "Dr A", "review_on": DAY + timedelta(days + review)}
    return event("exclude", days, role, food=food, why=why, **{**defaults, **more})


@pytest.fixture
def state(knowledge):
    return lambda plan, days: state_on(plan.protocol, plan.events, DAY + timedelta(days), limits(knowledge))


@pytest.fixture
def reboot(plan, clear, knowledge):
    return advance(plan, event("begin_reboot", 7), clear(), knowledge)


def test_reboot_begins_when_every_gate_is_open(reboot, state):
    now = state(reboot, 7)
    assert (now.stage, now.restricted_days, now.days_in_stage) == ("reboot", 1, 0)
    assert set(reboot.events[-1].open_gates) == set(reboot.protocol.step("begin_reboot", "run_in").gates)


@pytest.mark.parametrize("gate", [gate for gate in GATES if gate not in ("ladder_age", "over_five")])
def test_each_gate_alone_holds_reboot(gate, plan, clear, knowledge):
    holding = {
        "celiac": {"gluten_blocked": "yes"},
        "pregnancy": {"pregnant": "yes"},
        "adult": {"age": 12},
        "weight": {"kg": ((0, 40.0),)},
        "red_flag": {"red_flags": (("weight_loss", "P"),)},
        "eating_disorder": {"eating_disorder_risk": "yes"},
        "asthma": {"asthma_uncontrolled": "yes"},
        "anaphylaxis": {"anaphylaxis_history": "yes"},
        "insulin": {"insulin_or_sulfonylurea": "yes"},
        "kidney": {"kidney_disease": "yes"},
        "transplant": {"transplant": "yes"},
        "mastocytosis": {"mastocytosis": "yes"},
    }
    before = msgspec.json.encode(plan)
    with pytest.raises(IllegalStepError, match=f"gate {gate}"):
        advance(plan, event("begin_reboot", 7), clear(**holding[gate]), knowledge)
    assert msgspec.json.encode(plan) == before


def test_an_override_needs_the_role_the_card_names_a_reason_and_a_name(plan, clear, knowledge, state):
    held = clear(gluten_blocked="yes")
    with pytest.raises(IllegalStepError, match="cannot be overridden by the role dietitian"):
        advance(plan, event("override", 7, Role.DIETITIAN, gate="celiac", reason="x"), held, knowledge)
    with pytest.raises(IllegalStepError, match="needs a reason"):
        advance(plan, event("override", 7, gate="celiac"), held, knowledge)
    with pytest.raises(IllegalStepError, match="no gate"):
        advance(plan, event("override", 7, gate="luck", reason="x"), held, knowledge)
    overridden = advance(plan, event("override", 7, gate="celiac", reason="biopsy refused, discussed"), held, knowledge)
    after = advance(overridden, event("begin_reboot", 7), held, knowledge)
    assert state(after, 7).stage == "reboot"
    assert state(after, 7).overrides == (("celiac", Role.CLINICIAN, "Dr A", "biopsy refused, discussed"),)
    with pytest.raises(IllegalStepError, match="someone who answers"):
        advance(plan, msgspec.structs.replace(event("note", 7), by=" "), held, knowledge)


@pytest.mark.parametrize("gate", ["adult", "transplant", "red_flag"])
def test_some_gates_nobody_overrides(gate, plan, clear, knowledge):
    for role in Role:
        with pytest.raises(IllegalStepError, match="cannot be overridden"):
            advance(plan, event("override", 7, role, gate=gate, reason="please"), clear(), knowledge)


def test_an_override_does_not_reach_the_next_restriction(plan, clear, knowledge):
    held = clear(gluten_blocked="yes")
    for one in (
        event("override", 7, gate="celiac", reason="x"),
        event("begin_reboot", 7),
        event("end_reboot", 20),
        event("begin_maintenance", 28),
    ):
        plan = advance(plan, one, held, knowledge)
    with pytest.raises(IllegalStepError, match="gate celiac"):
        advance(plan, event("back_to_reboot", 40), held, knowledge)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"why": None}, "needs a reason of a kind"),
        ({"reason": " "}, "says why in words"),
        ({"owner": ""}, "someone who owns it"),
        ({"review_on": None}, "has a review date"),
        ({"review": 0}, "not after the exclusion"),
        ({"review": 43}, "reviewed by"),
        ({"food": ""}, "names no food"),
    ],
)
def test_every_exclusion_has_a_reason_a_review_date_and_an_owner(change, said, reboot, clear, knowledge):
    food = change.pop("food", "milk")
    with pytest.raises(IllegalStepError, match=said):
        advance(reboot, exclusion(food, **change), clear(), knowledge)


def test_gluten_goes_only_when_celiac_testing_is_settled(reboot, clear, knowledge, state):
    with pytest.raises(IllegalStepError, match="gate celiac"):
        advance(reboot, exclusion("wheat"), clear(gluten_blocked="unknown"), knowledge)
    assert state(advance(reboot, exclusion("wheat"), clear(), knowledge), 8).excluded("wheat")


def test_a_tolerated_sensitised_food_is_excluded_only_by_an_allergist(reboot, clear, history, knowledge, state):
    known = clear(foods={"milk": history(sensitised="yes", tolerated="yes")})
    with pytest.raises(IllegalStepError, match="only an allergist"):
        advance(reboot, exclusion("milk"), known, knowledge)
    assert state(advance(reboot, exclusion("milk", role=Role.ALLERGIST), known, knowledge), 8).excluded("milk")


def test_the_third_group_needs_a_dietitian(reboot, clear, knowledge, state):
    for food in ("milk", "egg"):
        reboot = advance(reboot, exclusion(food), clear(), knowledge)
    with pytest.raises(IllegalStepError, match="dietitian signs"):
        advance(reboot, exclusion("soy"), clear(), knowledge)
    signed = advance(reboot, event("sign_off", 8, Role.DIETITIAN), clear(), knowledge)
    assert len(state(advance(signed, exclusion("soy"), clear(), knowledge), 8).exclusions) == 3
    safety = exclusion("peanut", why=Why.ALLERGY, review_on=None)
    assert len(state(advance(reboot, safety, clear(), knowledge), 8).exclusions) == 3


def test_the_strict_phase_ends_by_itself_after_42_days_and_gives_back(reboot, clear, knowledge, state):
    reboot = advance(reboot, exclusion("milk"), clear(), knowledge)
    reboot = advance(reboot, exclusion("peanut", why=Why.ALLERGY, review_on=None), clear(), knowledge)
    last = state(reboot, 7 + 41)
    assert (last.stage, last.restricted_days) == ("reboot", 42)
    after = state(reboot, 7 + 42)
    assert (after.stage, after.restricted_days) == ("giving_back", 0)
    assert after.give_back == (("milk", DAY + timedelta(7 + 42 + 7)),)
    assert [one.food for one in after.exclusions] == ["peanut"]


def test_a_renewal_needs_dietitian_and_clinician_and_a_benefit(reboot, clear, knowledge, state):
    helped = clear(DAY + timedelta(40), totals=((34, 60), (1, 30)))
    useless = clear(DAY + timedelta(40), totals=((34, 60), (1, 59)))
    with pytest.raises(IllegalStepError, match="without benefit"):
        advance(reboot, event("renew", 40, reason="x"), useless, knowledge)
    with pytest.raises(IllegalStepError, match="without benefit"):
        advance(reboot, event("renew", 40, reason="x"), clear(), knowledge)
    with pytest.raises(IllegalStepError, match="dietitian and a clinician"):
        advance(reboot, event("renew", 40, Role.PATIENT, reason="x"), helped, knowledge)
    one = advance(reboot, event("renew", 40, reason="clear benefit"), helped, knowledge)
    assert state(one, 49).stage == "giving_back"
    both = advance(one, event("renew", 40, Role.DIETITIAN, reason="nutrients fine"), helped, knowledge)
    assert state(both, 49).stage == "reboot"
    assert state(both, 7 + 42 + 27).stage == "reboot"
    assert state(both, 7 + 42 + 28).stage == "giving_back"


def test_no_benefit_after_four_weeks_is_an_obligation(reboot, clear, knowledge):
    def said(days, totals):
        day = DAY + timedelta(days)
        return {
            finding.id.split(".", 1)[1] for finding in today(reboot, clear(day, totals=totals), day, knowledge).findings
        }

    assert said(7 + 26, ((30, 60), (1, 59))) == set()
    assert "no_benefit" in said(7 + 27, ((30, 60), (1, 59)))
    assert "no_benefit" not in said(7 + 27, ((30, 60), (1, 42)))
    assert "benefit_unknown" in said(7 + 27, ())


@pytest.mark.parametrize(
    "change",
    [
        {"kg": ((20, 70.0), (0, 60.0))},
        {"red_flags": (("melaena", "U"),)},
        {"pregnant": "yes"},
        {"eating_disorder_risk": "yes"},
    ],
)
def test_a_standing_gate_that_closes_stops_the_day(change, reboot, clear, knowledge):
    day = DAY + timedelta(12)
    stopped = today(reboot, clear(day, **change), day, knowledge)
    assert stopped.halted
    assert stopped.tasks == ()
    assert stopped.findings[0].level is not None
    assert not today(reboot, clear(day), day, knowledge).halted


@pytest.fixture
def rejuvenation(reboot, clear, knowledge):
    for one in (
        exclusion("milk", why=Why.SUSPECT),
        event("end_reboot", 30),
        event("begin_maintenance", 38),
        event("begin_rejuvenation", 60),
    ):
        reboot = advance(reboot, one, clear(), knowledge)
    return reboot


def test_a_challenge_rises_waits_and_ends_in_a_verdict(rejuvenation, clear, history, knowledge, state):
    known = clear(foods={"milk": history()})
    running = advance(rejuvenation, event("challenge", 61, Role.PATIENT, food="milk", form="yoghurt"), known, knowledge)
    portions = [today(running, known, DAY + timedelta(61 + n), knowledge).dose.portion for n in range(8)]
    assert portions == [0.25, 0.5, 1.0, 0, 0, 0, 0, None]
    with pytest.raises(IllegalStepError, match="is running"):
        advance(running, event("challenge", 62, food="egg"), clear(foods={"egg": history()}), knowledge)
    accepted = advance(running, event("verdict", 68, food="milk", result=Result.ACCEPTED), known, knowledge)
    assert state(accepted, 68).excluded("milk") is None
    reacts = advance(running, event("verdict", 68, food="milk", result=Result.REACTS), known, knowledge)
    kept = state(reacts, 68).excluded("milk")
    assert (kept.why, kept.review_on) == (Why.VERDICT, DAY + timedelta(68 + 270))
    unclear = advance(running, event("verdict", 68, food="milk", result=Result.CANNOT_TELL), known, knowledge)
    assert state(unclear, 68).excluded("milk").why is Why.SUSPECT


def test_a_food_not_safe_at_home_is_refused_unless_supervised(rejuvenation, clear, history, knowledge):
    known = clear(foods={"milk": history(anaphylaxis="yes")})
    with pytest.raises(IllegalStepError, match="not at home"):
        advance(rejuvenation, event("challenge", 61, food="milk"), known, knowledge)
    advance(rejuvenation, event("challenge", 61, food="milk", supervised=True), known, knowledge)


def test_known_celiac_never_gets_gluten_back(rejuvenation, clear, history, knowledge):
    known = clear(celiac_state="C7", foods={"wheat": history()})
    with pytest.raises(IllegalStepError, match="never"):
        advance(rejuvenation, event("challenge", 61, food="wheat", supervised=True), known, knowledge)
    with pytest.raises(IllegalStepError, match="reason `celiac`"):
        advance(rejuvenation, exclusion("wheat", 61), known, knowledge)
    out = advance(rejuvenation, exclusion("wheat", 61, why=Why.CELIAC, review_on=None), known, knowledge)
    for role in Role:
        with pytest.raises(IllegalStepError):
            advance(out, event("give_back", 62, role, food="wheat"), clear(), knowledge)
        with pytest.raises(IllegalStepError):
            advance(out, event("give_back", 62, role, food="wheat"), known, knowledge)


def test_celiac_found_during_the_elimination_keeps_gluten_out_of_the_give_back_list(reboot, clear, knowledge):
    reboot = advance(reboot, exclusion("wheat"), clear(), knowledge)
    day = DAY + timedelta(50)
    assert today(reboot, clear(day), day, knowledge).eaten_again[0][0] == "wheat"
    found = today(reboot, clear(day, celiac_state="C7"), day, knowledge)
    assert found.eaten_again == ()
    assert any("stays out for life" in finding.says for finding in found.findings)


def test_an_allergy_is_given_back_only_by_an_allergist(reboot, clear, knowledge, state):
    out = advance(reboot, exclusion("peanut", why=Why.ALLERGY, review_on=None), clear(), knowledge)
    with pytest.raises(IllegalStepError, match="only an allergist"):
        advance(out, event("give_back", 9, food="peanut"), clear(), knowledge)
    assert (
        state(advance(out, event("give_back", 9, Role.ALLERGIST, food="peanut"), clear(), knowledge), 9).exclusions
        == ()
    )


def test_what_has_outlived_its_reason_is_listed(rejuvenation, clear, knowledge):
    due = {finding.id for finding in today(rejuvenation, clear(), DAY + timedelta(70), knowledge).findings}
    assert "treatment_protocols.review.milk" in due
    reviewed = advance(
        rejuvenation,
        event("review", 70, food="milk", reason="waits for its challenge", review_on=DAY + timedelta(90)),
        clear(),
        knowledge,
    )
    assert not today(reviewed, clear(), DAY + timedelta(71), knowledge).findings


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("fly", {}, "not possible in Reboot"),
        ("start", {}, "already started"),
        ("begin_maintenance", {}, "not possible in Reboot"),
        ("reboot_ran_out", {}, "not possible in Reboot"),
        ("end_reboot", {"role": Role.PATIENT}, "needs the role"),
        ("give_back", {"food": "milk"}, "not excluded"),
        ("challenge", {"food": "milk"}, "challenge"),
        ("verdict", {"food": "milk", "result": Result.ACCEPTED}, "No challenge"),
        ("adverse_event", {}, "what happened"),
        ("review", {"food": "milk"}, "not excluded"),
    ],
)
def test_an_illegal_step_says_why_and_changes_nothing(name, more, said, reboot, clear, history, knowledge):
    before = msgspec.json.encode(reboot)
    with pytest.raises(IllegalStepError, match=said):
        advance(reboot, event(name, 8, **more), clear(foods={"milk": history()}), knowledge)
    assert msgspec.json.encode(reboot) == before


def test_events_stand_in_order_and_none_before_the_start(reboot, clear, knowledge, state):
    with pytest.raises(IllegalStepError, match="earlier than the last event"):
        advance(reboot, event("note", 6), clear(), knowledge)
    with pytest.raises(IllegalStepError, match="not started"):
        state(reboot, -1)
    broken = msgspec.structs.replace(reboot, events=reboot.events[1:])
    with pytest.raises(IllegalStepError, match="before the plan was started"):
        state(broken, 8)
    swapped = msgspec.structs.replace(reboot, events=(reboot.events[0], event("note", 9), event("note", 8)))
    with pytest.raises(IllegalStepError, match="was written after"):
        state(swapped, 10)


def test_a_hand_written_step_without_its_gates_is_refused(plan, state):
    forged = msgspec.structs.replace(plan, events=(*plan.events, event("begin_reboot", 7)))
    with pytest.raises(IllegalStepError, match="was not open"):
        state(forged, 8)


def test_anyone_may_stop_at_any_time(reboot, clear, knowledge, state):
    reboot = advance(reboot, exclusion("milk"), clear(), knowledge)
    for role in Role:
        stopped = advance(reboot, event("stop", 9, role), clear(pregnant="yes", red_flags=None), knowledge)
        assert state(stopped, 9).stage == "stopped"
        assert [food for food, _ in state(stopped, 9).give_back] == ["milk"]
        with pytest.raises(IllegalStepError, match="stopped"):
            advance(stopped, event("begin_reboot", 10), clear(), knowledge)


def test_a_running_plan_keeps_its_protocol(reboot, tmp_path):
    text = msgspec.json.encode(reboot).decode()
    assert parse_plan(text, "plan.json") == reboot
    with pytest.raises(UserError, match="changed after the plan was started"):
        parse_plan(text.replace('"after_days":42', '"after_days":400'), "plan.json")
    for bad, said in (("{}", "not a plan"), ("[", "not readable"), (text.replace('"by":"Dr A"', '"by":7', 1), "by")):
        with pytest.raises(UserError, match=said):
            parse_plan(bad, "plan.json")
    with pytest.raises(UserError, match="agee"):
        parse_situation("agee: 4", "s.yaml")


def test_every_shipped_protocol_is_sound_and_drawn(knowledge):
    for card in knowledge.cards("treatment_protocols/protocols"):
        protocol = shipped(knowledge, card.id.rsplit("/", 1)[1], GATES)
        drawn = mermaid(protocol, protocol.start)
        for stage in protocol.stages:
            assert f"    {stage.id} : " in drawn
        assert all(" --> " in line for line in drawn.splitlines() if "by itself" in line)


def test_lessons_of_the_tasks_are_named(protocol):
    lessons = {task.lesson for stage in protocol.stages for task in stage.tasks if task.lesson}
    assert lessons == {"choosing", "washing", "cooking", "labels", "eating_out", "family"}


BASE = """
format: zonula.protocol/1
id: own
version: "1"
title: Own
start: s
stages:
  - {id: s, title: S, purpose: p}
  - {id: a, title: A, purpose: p, restricts: true}
  - {id: b, title: B, purpose: p}
  - {id: end, title: End, purpose: p, final: true}
steps:
  - {event: begin, from: [s], to: a, gates: [celiac, pregnancy, adult, eating_disorder, weight, red_flag]}
  - {event: go, from: [a], to: b, gates: [celiac]}
  - {event: out, from: [a], to: b, after_days: 10}
  - {event: stop, from: [s, a, b], to: end, roles: [patient]}
"""


def test_a_clinic_changes_a_protocol(clear, knowledge):
    own = parse_protocol(BASE, "own.yaml", GATES)
    plan = advance(start(own, "p", DAY, "Dr A", Role.CLINICIAN), event("begin"), clear(), knowledge)
    assert state_on(own, plan.events, DAY + timedelta(10), limits(knowledge)).stage == "b"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("start: s", "start: z", "start stage 'z'"),
        ("to: b, gates", "to: z, gates", "stage 'z', which does not exist"),
        ("gates: [celiac]", "gates: [luck]", "gate 'luck'"),
        ("after_days: 10", "roles: [clinician]", "no step ends that by itself"),
        ("from: [s, a, b]", "from: [s, a]", "stage 'b' can never be left"),
        ("roles: [patient]", "roles: [clinician]", "the patient cannot stop"),
        (
            "{id: b, title: B, purpose: p}",
            "{id: b, title: B, purpose: p}\n  - {id: c, title: C, purpose: p}",
            "stage 'c' can never be reached",
        ),
        ("start: s", "start: a", "the start stage 'a' restricts"),
        (", red_flag]}", "]}", "without the gate 'red_flag'"),
        ("gates: [celiac, pregnancy,", "gates: [pregnancy,", "without the gate 'celiac'"),
        ("{event: begin, from: [s], to: a,", "{event: begin, from: [s], to: a, after_days: 3,", "by itself"),
        ("{id: b,", "{id: a,", "share an id"),
        ("event: out", "event: go", "twice"),
        ("protocol/1", "protocol/2", "not a protocol"),
        ("title: Own", "titel: Own", "titel"),
        ("stages:", "stages: [", "not readable"),
        ("purpose: p, final: true", "purpose: p", "the patient cannot stop"),
    ],
)
def test_an_unsound_protocol_is_refused(old, new, said):
    assert old in BASE
    with pytest.raises(UserError, match=said):
        parse_protocol(BASE.replace(old, new, 1), "own.yaml", GATES)


def test_an_unknown_protocol_names_those_that_exist(knowledge):
    with pytest.raises(UserError, match="low_fodmap"):
        shipped(knowledge, "moon", GATES)
