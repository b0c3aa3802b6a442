"""What may happen when; a record that shows every later change."""

from datetime import date, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual_trial import Person, run_trial

from zonula.errors import UserError
from zonula.food_triggers.blinded import conduct
from zonula.food_triggers.blinded.conduct import Phase, Trial, diagram, step, trial_after
from zonula.food_triggers.blinded.design import design_trial
from zonula.food_triggers.blinded.events import (
    Asked,
    Declared,
    Designed,
    Guessed,
    PeriodEnded,
    PeriodStarted,
    Portion,
    Rated,
    Reason,
    Stopped,
    Unsealed,
)
from zonula.food_triggers.blinded.randomisation import Guess
from zonula.food_triggers.blinded.record import Record, append, read_event, read_record, write_record
from zonula.food_triggers.blinded.rules import Rule, declare
from zonula.food_triggers.blinded.sealing import commitment, digest, seal
from zonula.food_triggers.blinded.verdict import verdict_of

NOW = datetime(2031, 1, 20, 8)


@pytest.fixture
def sealed(milk):
    return seal("t1", digest(milk), milk.schedules, seed=b"1" * 32, salt=b"2" * 32)


@pytest.fixture
def begun(milk, sealed):
    rule = declare(Rule.SALERNO_30, milk)
    return (
        Designed(at=NOW, design=milk, commitment=commitment(sealed)),
        Declared(at=NOW, declaration=rule, rule_hash=digest(rule), by="Dr A"),
        PeriodStarted(at=NOW, period=1),
        Rated(at=NOW, outcome="bloating", score=4),
    )


def test_the_docstring_table_is_the_table():
    told = [line.split() for line in conduct.__doc__.split("::")[1].splitlines() if line.strip()][1:]
    assert [words[0] for words in told] == [line.split()[0] for line in diagram().splitlines()]


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (PeriodStarted(at=NOW, period=2), "not possible now"),
        (PeriodEnded(at=NOW, period=2), "out of order"),
        (PeriodEnded(at=datetime(2031, 1, 1), period=1), "is before"),
        (Portion(at=NOW, period=1, eaten=1.5), "between 0"),
        (Rated(at=NOW, outcome="bloating", score=4), "already has a rating"),
        (Rated(at=NOW, outcome="mood", score=4), "not an outcome"),
        (Rated(at=datetime(2031, 1, 21), outcome="bloating", score=11), "outside 0 to 10"),
        (Rated(at=datetime(2031, 1, 21), outcome="bloating", score=float("nan")), "outside 0 to 10"),
        (Guessed(at=NOW, period=2, guess=Guess.SHAM, reason=Reason.HUNCH, asked=Asked.PERIOD_END), "has not begun"),
    ],
)
def test_an_illegal_event_raises_and_changes_nothing(begun, event, says):
    trial = trial_after(begun)
    with pytest.raises(UserError, match=says):
        step(trial, event)
    assert trial == trial_after(begun)


def test_the_first_guess_stays(begun):
    guess = Guessed(at=NOW, period=1, guess=Guess.SHAM, reason=Reason.TASTE, asked=Asked.FIRST_PORTION)
    with pytest.raises(UserError, match="first answer stays"):
        step(step(trial_after(begun), guess), msgspec.structs.replace(guess, guess=Guess.ACTIVE))


def test_no_period_without_a_declared_rule(begun):
    with pytest.raises(UserError, match="Declare the verdict rule first"):
        step(trial_after(begun[:1]), begun[2])


def test_a_rule_changed_after_hashing_is_refused(begun, milk):
    other = msgspec.structs.replace(begun[1], declaration=declare(Rule.POSTERIOR, milk))
    with pytest.raises(UserError, match="does not match its hash"):
        step(trial_after(begun[:1]), other)
    with pytest.raises(UserError, match="not possible now"):
        step(trial_after(begun), begun[1])


def test_the_rule_is_about_the_main_outcome(begun, milk):
    rule = msgspec.structs.replace(declare(Rule.POSTERIOR, milk), outcome="mood")
    with pytest.raises(UserError, match="main outcome"):
        step(trial_after(begun[:1]), Declared(at=NOW, declaration=rule, rule_hash=digest(rule), by="Dr A"))


def test_no_peeking_and_no_late_ratings(begun, sealed):
    opened = Unsealed(at=NOW, by="Dr A", sealed=sealed)
    with pytest.raises(UserError, match="not possible now"):
        step(trial_after(begun), opened)
    ended = trial_after([*begun, Stopped(at=NOW, by="patient", why="holiday", knew_order=False), opened])
    assert ended.phase is Phase.UNSEALED
    with pytest.raises(UserError, match="nothing more can be added"):
        step(ended, Rated(at=datetime(2031, 1, 25), outcome="bloating", score=1))


def test_another_order_cannot_be_unsealed(begun, milk):
    other = seal("t1", digest(milk), milk.schedules, seed=b"9" * 32, salt=b"2" * 32)
    stopped = trial_after([*begun, Stopped(at=NOW, by="patient", why="holiday", knew_order=False)])
    with pytest.raises(UserError, match="it was changed"):
        step(stopped, Unsealed(at=NOW, by="Dr A", sealed=other))


def test_an_empty_record_has_no_design():
    with pytest.raises(UserError, match="no design"):
        _ = Trial().design


def test_a_record_survives_its_file_and_shows_every_change(begun):
    record = append(Record(), *begun)
    written = write_record(record)
    assert read_record(written) == record
    edited = written.replace(b'"score": 4', b'"score": 9')
    assert edited != written
    with pytest.raises(UserError, match=r"entry 4 .* was changed"):
        read_record(edited)
    without = msgspec.structs.replace(record, entries=record.entries[:2] + record.entries[3:])
    with pytest.raises(UserError, match=r"entry 3 .* was changed"):
        read_record(write_record(without))
    with pytest.raises(UserError, match="schema"):
        read_record(write_record(msgspec.structs.replace(record, schema="zonula.trial-record/9")))
    with pytest.raises(UserError, match="not a trial record"):
        read_record(b"{")
    with pytest.raises(UserError, match="not a trial event"):
        read_event(b'{"kind": "wished"}')
    with pytest.raises(UserError, match="not a trial event"):
        read_event(b'["rated"]')
    with pytest.raises(UserError, match="not a trial event"):
        read_event(b'{"kind": "deviated", "at": "2031-01-20T08:00:00Z", "what": "times are local"}')
    assert read_event(b'{"kind": "deviated", "at": "2031-01-20T08:00", "what": "flu"}').at == NOW


def test_appending_is_all_or_nothing(begun):
    record = append(Record(), *begun[:2])
    with pytest.raises(UserError, match="out of order"):
        append(record, begun[2], PeriodEnded(at=NOW, period=3))
    assert len(record.entries) == 2


def test_no_verdict_before_unsealing_nor_for_another_rule(milk):
    with pytest.raises(UserError, match="no verdict before"):
        verdict_of(run_trial(milk, Person(), np.random.default_rng(1), unseal=False), as_of=date(2031, 6, 1))
    trial = run_trial(milk, Person(), np.random.default_rng(1), rule=Rule.SALERNO_30)
    with pytest.raises(UserError, match="not the rule declared"):
        verdict_of(trial, as_of=date(2031, 6, 1), declaration=declare(Rule.POSTERIOR, milk))
    assert verdict_of(trial, as_of=date(2031, 6, 1), declaration=declare(Rule.SALERNO_30, milk)).rule_hash


KINDS = st.sampled_from(["period_started", "period_ended", "portion", "rated", "guessed", "deviated", "stopped"])


@given(st.lists(st.tuples(KINDS, st.integers(1, 3), st.integers(0, 40)), max_size=25))
@settings(max_examples=60, deadline=None)
def test_whatever_happens_the_state_is_legal_and_a_refusal_changes_nothing(told):
    """Random events: periods never start out of order or twice, and what was refused left no trace in the record."""
    milk = design_trial(
        "t1",
        "general_food",
        food="milk",
        dose="200 ml",
        outcomes=("bloating",),
        first_day=date(2031, 1, 6),
        cleared_by="Dr A",
    )
    rule = declare(Rule.SALERNO_30, milk)
    record = append(
        Record(),
        Designed(at=NOW, design=milk, commitment="0" * 64),
        Declared(at=NOW, declaration=rule, rule_hash=digest(rule), by="Dr A"),
    )
    more = {
        "portion": {"eaten": 1},
        "rated": {"outcome": "bloating", "score": 3},
        "guessed": {"guess": "sham", "reason": "hunch", "asked": "first_portion"},
        "deviated": {"what": "flu"},
        "stopped": {"by": "patient", "why": "flu", "knew_order": False},
    }
    for kind, period, hours in told:
        event = {"kind": kind, "at": f"2031-01-{20 + hours // 24}T{hours % 24:02}:00", **more.get(kind, {})}
        if kind in ("period_started", "period_ended", "portion", "guessed"):
            event["period"] = period
        before = record
        try:
            record = append(record, read_event(msgspec.json.encode(event)))
        except UserError:
            assert record is before
        trial = record.trial
        assert 0 <= len(trial.started) - len(trial.ended) <= 1
        assert (trial.phase is Phase.IN_PERIOD) == (len(trial.started) > len(trial.ended) and trial.stopped is None)
    assert read_record(write_record(record)) == record
