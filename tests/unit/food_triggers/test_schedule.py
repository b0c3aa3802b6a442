"""Re-introduction: no rule is ever broken, harmless foods are cleared, strong triggers are found, everything is answered."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
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


QUIET_HISTORY = [
    {"time": f"2031-01-{day:02d}T{hour}:00", "kind": "symptom", "item": "s", "value": (day + int(hour)) % 3}
    for day in range(6, 32) for hour in ("08", "20")
]  # fmt: skip


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


def test_a_trigger_needs_a_second_time_with_a_pause_between():
    state = Reintroduction.begin(START)
    for day in (20, 21, 22):
        state.live({"date": f"2031-02-{day}", "events": [
            {"kind": "challenge", "time": f"2031-02-{day}T13:00", "item": "milk", "amount": 0.5}]})  # fmt: skip
    sure = np.array([0.99, 0.99, 0.99])
    assert (state.episodes("milk"), state.days_in_a_row("milk")) == (1, 3)
    assert InformationGain().stop(state, sure, "").decisions["milk"].decision == "undecided"
    state.live({"date": "2031-02-25", "events": [
        {"kind": "challenge", "time": "2031-02-25T13:00", "item": "milk", "amount": 0.5},
        {"kind": "challenge", "time": "2031-02-25T19:00", "item": "egg", "amount": 0.5}]})  # fmt: skip
    assert (state.episodes("milk"), state.days_in_a_row("milk")) == (2, 1)
    assert state.given_together() == {("milk", "egg"): 1, ("egg", "milk"): 1}
    assert InformationGain().stop(state, sure, "").decisions["milk"].decision == "trigger"


def test_a_first_day_is_followed_by_a_second_and_then_by_a_pause():
    talk = Conversation(InformationGain())
    start = {**START, "history": QUIET_HISTORY}
    answer, given = talk.reply(start), []
    for day in range(8):
        when = f"2031-02-{20 + day}"
        given.append("milk" in served(answer))
        events = [
            {"kind": "challenge", "time": f"{when}T13:00", "item": g, "amount": a} for g, a in served(answer).items()
        ]
        events += [
            {"kind": "symptom", "time": f"{when}T{h}:00", "item": "s", "value": (day + int(h)) % 3}
            for h in ("08", "20")
        ]
        answer = talk.reply({"type": "day", "date": when, "accepted": True, "events": events})
        if answer["type"] == "stop":
            break
    assert given[:4] == [True, True, False, False]


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


BAD_LINES = {
    "not JSON": b"{",
    "a list": b"[1]",
    "not UTF-8": b'{"type":"\xff"}',
    "a NUL": b"\x00",
    "nested beyond reason": b"[" * 100_000,
    "an unknown type": b'{"type":"dance"}',
    "a start without groups": b'{"type":"start","start":"2031-01-06"}',
    "groups that are a word": b'{"type":"start","start":"2031-01-06","groups":"milk"}',
    "a start long before calendars": b'{"type":"start","start":"0000-00-00","groups":[]}',
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_answered_in_one_line_and_loses_nobody(name):
    talk = Conversation(InformationGain())
    talk.answer(json.dumps(START).encode())
    person, day = talk.state, talk.state.day
    said = talk.answer(BAD_LINES[name])
    assert said["type"] == "error"
    assert said["what"]
    assert "\n" not in json.dumps(said)
    assert (talk.state, talk.state.day) == (person, day)
    assert talk.answer(b'{"type":"day","date":"2031-02-20","accepted":true,"events":[]}')["type"] == "challenge"


def test_what_is_left_out_of_a_message_is_told():
    talk = Conversation(InformationGain())
    events = [None, {"kind": "symptom", "time": "2031-02-20T20:00", "item": "x", "value": 11},
              {"kind": "challenge", "time": "2031-02-20T13:00", "item": "milk", "amount": -2},
              {"kind": "challenge", "time": "2031-02-20T13:00", "item": "milk", "amount": 10**400},
              {"kind": "challenge", "time": "2031-02-20T13:00", "item": "milk", "amount": float("nan")},
              {"kind": "unheard of", "time": 7, "item": {}}]  # fmt: skip
    assert "notes" not in talk.reply(START)
    notes = talk.reply({"type": "day", "date": "2031-02-20", "events": events})["notes"]
    assert sum(int(note.split()[0]) for note in notes) == 5
    assert "milk" not in talk.state.eaten
    assert "notes" not in talk.reply({"type": "day", "date": "2031-02-21", "events": []})


def test_a_group_listed_twice_keeps_the_more_careful_limits():
    twice = [*GROUPS, {"group": "milk", "prior": 0.5, "excluded": True}, {"prior": 0.5}, "egg"]
    state = Reintroduction.begin({**START, "groups": twice})
    assert [group.name for group in state.groups] == ["milk", "nuts", "egg"]
    assert not state.may_challenge(state.groups[0])
    assert len(state.notes()) == 2


def test_no_days_left_is_a_stop_at_once():
    for name in POLICIES:
        limits = {"max_groups_per_day": 2, "max_servings": 2.0, "max_days": 0}
        assert Conversation(POLICIES[name]).reply({**START, "limits": limits})["type"] == "stop"


def test_senseless_limits_challenge_nothing_and_end():
    for limits in ({"max_groups_per_day": -1}, {"max_servings": -5}, {"max_groups_per_day": 0}, {"max_servings": 0.01}):
        talk = Conversation(InformationGain())
        answer = talk.reply({**START, "limits": {**START["limits"], **limits}})
        for day in range(12):
            if answer["type"] == "stop":
                break
            assert answer["items"] == []
            answer = talk.reply({"type": "day", "date": f"2031-03-{day + 1:02d}", "events": []})
        assert answer["type"] == "stop"


def test_time_never_runs_backwards():
    state = Reintroduction.begin(START)
    state.live({"date": "2031-02-25", "events": []})
    now = state.today
    state.live({"date": "2031-02-20", "events": [
        {"kind": "challenge", "time": "2031-02-25T13:00", "item": "milk", "amount": 0.5},
        {"kind": "challenge", "time": "2031-02-20T13:00", "item": "milk", "amount": 0.5}]})  # fmt: skip
    assert state.today == now
    assert 0 <= state.days_since("milk") < 1


def test_the_command_goes_on_after_a_bad_line():
    start, end = json.dumps(START).encode(), b'{"type":"end"}'
    sent = b"\n".join([b"\xef\xbb\xbf" + start + b"\r", b"{", b"", b"\xff\xfe", b'{"type":"limit"}\r', end])
    done = subprocess.run(
        [sys.executable, "-m", "zonula", "triggers", "schedule"], input=sent, capture_output=True, check=False
    )
    said = [json.loads(line)["type"] for line in done.stdout.splitlines()]
    assert said == ["challenge", "error", "error", "stop"]
    assert (done.returncode, done.stderr) == (0, b"")


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
