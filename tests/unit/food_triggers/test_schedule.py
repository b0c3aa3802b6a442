"""Re-introduction: no rule is ever broken, harmless foods are cleared, strong triggers are found, everything is answered."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from reintroduced import run
from virtual_diarist import QUIET, Traps

from zonula.errors import UserError
from zonula.food_triggers.information_gain import InformationGain
from zonula.food_triggers.plain_policies import POLICIES
from zonula.food_triggers.reintroduction import Dose, Reintroduction
from zonula.food_triggers.schedule_protocol import Conversation

GROUPS = [
    {"group": "milk", "prior": 0.12, "excluded": False, "first_max": 0.5},
    {"group": "nuts", "prior": 0.05, "excluded": True, "first_max": 1.0},
    {"group": "egg", "prior": 0.05, "excluded": False, "first_max": 5.0},
]
START = {"type": "start", "patient": "p1", "start": "2031-01-06", "today": "2031-02-19", "ratings_per_day": 2,
         "groups": GROUPS, "foods": [], "limits": {"max_groups_per_day": 2, "max_servings": 2.0, "max_days": 9},
         "history": []}  # fmt: skip


def served(answer):
    return {item["group"]: item["amount"] for item in answer["items"]}


@pytest.mark.parametrize("name", POLICIES)
def test_no_policy_breaks_a_rule_with_a_person_who_refuses_and_skips(name):
    for seed in (1, 2):
        outcome = run(seed, Conversation(POLICIES[name]).reply, Traps(), groups=9, symptoms=5, elimination=12)
        assert outcome.breaches == 0
        assert outcome.plans


def test_strong_triggers_are_found_and_harmless_foods_cleared():
    traps = replace(QUIET, triggers=2, strength=(2.0, 4.0))
    outcomes = [run(seed, Conversation(InformationGain()).reply, traps, groups=12) for seed in range(4)]
    assert sum(o.found for o in outcomes) >= 5
    assert sum(o.false for o in outcomes) == 0
    assert sum(o.cleared for o in outcomes) >= 0.7 * sum(o.harmless for o in outcomes)


def test_the_first_dose_is_small_until_it_was_really_eaten():
    talk = Conversation(InformationGain())
    assert served(talk.reply(START))["milk"] == 0.5
    refused = talk.reply({"type": "day", "date": "2031-02-20", "accepted": False, "events": []})
    assert served(refused)["milk"] == 0.5
    eaten = {"time": "2031-02-21T13:00", "kind": "challenge", "item": "milk", "amount": 0.5, "value": None}
    talk.reply({"type": "day", "date": "2031-02-21", "accepted": True, "events": [eaten]})
    assert talk.state.largest(talk.state.groups[0]) == 2.0


def test_excluded_and_never_at_home_foods_are_never_offered():
    talk = Conversation(InformationGain(), never=frozenset({"egg"}))
    answer = talk.reply(START)
    for day in range(20, 28):
        assert set(served(answer)) <= {"milk"}
        answer = talk.reply({"type": "day", "date": f"2031-02-{day}", "accepted": True, "events": []})
        if answer["type"] == "stop":
            break
    assert "nuts" not in Conversation(InformationGain()).policy.finish(talk.state).decisions


def test_the_last_gate_cuts_whatever_a_policy_asks_for():
    state = Reintroduction.begin(START)
    asked = [
        Dose("nuts", 1.0),
        Dose("milk", 9.0),
        Dose("milk", 0.1),
        Dose("ghost", 1.0),
        Dose("egg", 9.0),
        Dose("x", 1),
    ]
    assert state.within_limits(asked) == (Dose("milk", 0.5), Dose("egg", 2.0))


def test_the_limit_is_answered_with_a_stop_and_another_person_may_follow():
    talk = Conversation(InformationGain())
    talk.reply(START)
    stop = talk.reply({"type": "limit"})
    assert stop["type"] == "stop"
    assert set(stop["groups"]) == {"milk", "egg"}
    assert all(group["decision"] == "undecided" for group in stop["groups"].values())
    assert talk.reply({**START, "patient": "p2"})["type"] == "challenge"
    assert talk.reply({"type": "end"}) is None


def test_nothing_that_may_be_challenged_is_an_immediate_stop():
    alone = {**START, "groups": [GROUPS[1]]}
    assert Conversation(InformationGain()).reply(alone) == {
        "type": "stop", "groups": {}, "why": "Every group is decided, or more days would decide little."
    }  # fmt: skip


def test_senseless_events_do_no_harm():
    talk = Conversation(InformationGain())
    talk.reply(START)
    events = [None, 3, {}, {"kind": "symptom", "time": "never", "item": "x", "value": "bad"},
              {"kind": "challenge", "time": "2031-02-20T13:00", "item": "ghost", "amount": "many"}]  # fmt: skip
    assert talk.reply({"type": "day", "date": "2031-02-20", "events": events})["type"] in {"challenge", "stop"}


@pytest.mark.parametrize(
    "message", [[], {"type": "day"}, {"type": "start"}, {"type": "start", "start": "x", "groups": []}]
)
def test_a_message_that_makes_no_sense_is_the_senders_fault(message):
    with pytest.raises(UserError):
        Conversation(InformationGain()).reply(message)


def test_the_command_speaks_one_line_per_message():
    lines = "\n".join(json.dumps(m) for m in (START, {"type": "limit"}, {"type": "end"}))
    said = subprocess.run(
        [sys.executable, "-m", "zonula", "triggers", "schedule"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [json.loads(line)["type"] for line in said] == ["challenge", "stop"]
    assert json.loads(said[0])["why"]
