"""The situation of a plan: danger seen anywhere holds, safety must be stated, unknown stays unknown."""

from datetime import date
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.chart import Chart, Code, Fact, Kind, Moment, Patient, Quantity, Source, State, Status, System, at, chart_of
from zonula.journey import Evidence, assess
from zonula.knowledge import shelf
from zonula.plan_situation import DANGERS, DENIED_BY, SAID_BY, situation_of
from zonula.treatment_protocols import GATES, Score, Situation, Weight, ask

TODAY = date(2026, 11, 24)


def fact(number: int, kind: Kind, text: str, code: str = "", on: str = "2026-10-20", **fields) -> Fact:
    codes = (Code(System.ICD10CM, code, text),) if code else ()
    return Fact(
        id=f"r#{number}", kind=kind, sources=(Source("r", str(number)),), codes=codes, text=text, when=at(on),
        status=Status.CONFIRMED, **fields,
    )  # fmt: skip


PREGNANT = fact(1, Kind.CONDITION, "Pregnancy", "Z33.1")
EATING = fact(2, Kind.CONDITION, "Anorexia nervosa", "F50.00")
ANAPHYLAXIS = fact(3, Kind.CONDITION, "Anaphylaxis to peanut", "T78.01XA", on="2012-01-01")
SUICIDAL = fact(4, Kind.CONDITION, "Suicidal ideation", "R45.851")
WEIGHED = fact(
    5, Kind.OBSERVATION, "Body weight", value=Quantity(value=143.3, unit="lb"), on="2026-11-01",
)  # fmt: skip
WEIGHED = msgspec.structs.replace(WEIGHED, codes=(Code(System.LOINC, "29463-7", "Body weight"),))


@cache
def seen(*facts: Fact) -> tuple[Chart, object]:
    chart = chart_of(Patient(id="p", birth=Moment.parse("1980-02-03")), facts)
    return chart, assess(chart, Evidence(), TODAY, shelf())


def together(stated: Situation, *facts: Fact):
    chart, assessment = seen(*facts)
    return situation_of(assessment, chart, stated)


@pytest.mark.parametrize(
    ("recorded", "field"),
    [(PREGNANT, "pregnant"), (EATING, "eating_disorder_risk"), (ANAPHYLAXIS, "anaphylaxis_history")],
)
def test_what_the_records_say_outweighs_a_stated_no(recorded, field):
    found = together(msgspec.structs.replace(Situation(), **{field: State.NO}), recorded)
    assert getattr(found.situation, field) is State.YES
    told = next(one for one in found.told if one.field == field)
    assert told.contradicts
    assert told.because


def test_a_stated_danger_needs_no_record():
    assert together(Situation(pregnant=State.YES)).situation.pregnant is State.YES


def test_silence_of_the_records_is_not_safety():
    situation = together(Situation()).situation
    assert {getattr(situation, name) for name in (*SAID_BY, *DENIED_BY)} == {State.UNKNOWN}


def test_thoughts_of_death_in_the_record_mean_not_stable():
    assert together(Situation(mentally_stable=State.YES), SUICIDAL).situation.mentally_stable is State.NO


def test_age_celiac_state_and_red_flags_come_from_the_assessment():
    situation = together(Situation(), SUICIDAL).situation
    assert situation.age == 46
    assert situation.gluten_blocked is State.YES
    assert "chart_review.red_flag.suicidal" in {flag.finding for flag in situation.red_flags or ()}


def test_weighings_of_the_record_and_stated_ones_stand_together_in_kilograms():
    stated = Situation(weights=(Weight(date(2026, 11, 20), 64.0),), scores=(Score(date(2026, 11, 1), 50),))
    situation = together(stated, WEIGHED).situation
    assert situation.weights == (Weight(date(2026, 11, 1), 65.0), Weight(date(2026, 11, 20), 64.0))
    assert situation.scores == stated.scores


answers = st.sampled_from(list(State))
records = st.lists(
    st.sampled_from([PREGNANT, EATING, ANAPHYLAXIS, SUICIDAL, WEIGHED]), unique_by=lambda one: one.id, max_size=5
)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys((*DANGERS, *DENIED_BY), answers)), records)
def test_records_never_open_a_gate_that_was_held(said, facts):
    """Reading more records can close a gate or leave it; what they do not say is never taken for safety."""
    stated = msgspec.structs.replace(Situation(age=46, height_m=1.7), **said)
    with_records = together(stated, *facts).situation
    only_stated = together(stated).situation
    for gate in sorted(GATES):
        if gate == "weight":  # a weighing is knowledge, not a danger
            continue
        before, after = (ask(gate, one, TODAY, shelf()).state for one in (only_stated, with_records))
        assert not (after is State.YES and before is not State.YES), gate
