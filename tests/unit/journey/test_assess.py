"""Steps 1 to 4 in one assessment that can be opened to its reasons."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from zonula.chart import Chart, Grade, Level, Patient, State
from zonula.chart_import import read_paths
from zonula.cli.assess import _evidence
from zonula.errors import UserError
from zonula.journey import Evidence, assess
from zonula.knowledge import shelf
from zonula.questionnaires import empty_response, form_of, read_response, shipped
from zonula.skin_prick_tests import parse_session, shipped_panel

EXAMPLES = Path(__file__).parents[3] / "src" / "zonula" / "examples"
TODAY = date(2026, 11, 24)
KNOWLEDGE = shelf()


@pytest.fixture(scope="module")
def mara():
    (chart,) = read_paths([EXAMPLES / "mara-lindqvist"]).charts.values()
    return chart


@pytest.fixture(scope="module")
def work_up():
    return _evidence(EXAMPLES / "mara-lindqvist-workup")


@pytest.fixture(scope="module")
def assessment(mara, work_up):
    return assess(mara, work_up, TODAY, KNOWLEDGE)


def test_every_statement_opens_to_a_card_or_a_fact_that_is_carried(assessment):
    for finding in assessment.findings.values():
        assert finding.according_to or finding.because, finding.id
        assert set(finding.according_to) <= set(assessment.cards), finding.id
    listed = {*assessment.unsafe, *assessment.look_at, *assessment.excluded, *assessment.open, *assessment.hypotheses}
    assert listed <= set(assessment.findings)


def test_the_missed_iron_deficiency_and_the_weight_loss_come_first(assessment):
    first = " ".join(assessment.findings[name].says for name in assessment.unsafe[:3]).lower()
    assert "iron deficiency" in first
    assert "weight" in first
    urgency = [assessment.findings[name].level.urgency for name in assessment.unsafe]
    assert urgency == sorted(urgency)
    assert all(assessment.findings[name].level is Level.CLINICIAN for name in assessment.look_at)


def test_gluten_stays_while_celiac_testing_is_open(assessment):
    assert assessment.celiac.state.value == "C6"
    assert not assessment.gluten_may_be_restricted
    assert any("celiac" in name for name in assessment.open)


def test_without_a_typing_the_state_is_not_interpretable(mara, work_up):
    assert assess(mara, msgspec.structs.replace(work_up, hla=""), TODAY, KNOWLEDGE).celiac.state.value == "C0"


def test_the_chart_alone_gives_a_celiac_state_too(mara):
    alone = assess(mara, Evidence(), TODAY, KNOWLEDGE)
    assert not alone.gluten_may_be_restricted
    assert alone.skin_test is None
    assert alone.scores == ()


def test_next_steps_are_in_order_and_each_names_its_findings(assessment):
    assert [step.order for step in assessment.next_steps] == list(range(1, len(assessment.next_steps) + 1))
    levels = ["EUPHC".index(step.level) if step.level else 9 for step in assessment.next_steps]
    assert levels == sorted(levels)
    for step in assessment.next_steps:
        assert step.because
        assert all(name in assessment.findings for name in step.because)
    assert len({(step.who, step.what) for step in assessment.next_steps}) == len(assessment.next_steps)


def test_a_hypothesis_is_listed_as_one_and_is_never_unsafe(assessment):
    believed = [assessment.findings[name] for name in assessment.hypotheses]
    assert any(finding.grade is Grade.CLINIC_HYPOTHESIS for finding in believed)
    assert not set(assessment.hypotheses) & set(assessment.unsafe)


def test_the_same_case_gives_the_same_bytes(mara, work_up, assessment):
    assert msgspec.json.encode(assess(mara, work_up, TODAY, KNOWLEDGE)) == msgspec.json.encode(assessment)


def test_an_empty_chart_excludes_nothing_and_says_so():
    empty = assess(Chart(Patient(id="p")), Evidence(), TODAY, KNOWLEDGE)
    assert empty.excluded == ()
    assert not empty.gluten_may_be_restricted
    assert len(empty.open) > 5
    assert not [name for name in empty.unsafe if empty.findings[name].state is State.YES and "red_flag" in name]


def test_an_emergency_is_first_whatever_else_is_there(mara):
    (tobias,) = read_paths([EXAMPLES / "tobias-renner"]).charts.values()
    found = assess(tobias, Evidence(), TODAY, KNOWLEDGE)
    assert found.findings[found.unsafe[0]].level is Level.EMERGENCY
    assert found.next_steps[0].level == "E"


def test_an_invalid_skin_test_is_open_and_gives_no_count(mara):
    panel = shipped_panel(KNOWLEDGE)
    text = (EXAMPLES / "mara-lindqvist-workup" / "skin-test.yaml").read_text(encoding="utf-8")
    session = parse_session(text.replace("wheal_mm: [6, 5]", "wheal_mm: [1, 1]"), "s.yaml", panel)
    found = assess(mara, Evidence(skin_session=session, panel=panel), TODAY, KNOWLEDGE)
    assert found.skin_test.count is None
    assert any("skin_prick_tests.validity" in name for name in found.open)
    assert not any(name.startswith("skin_prick_tests.food") for name in found.findings)


def test_two_patients_answers_or_a_test_from_the_future_are_refused(mara, work_up):
    form = shipped("phq-9")

    def answers(who):
        document = msgspec.to_builtins(empty_response(form))
        document |= {"subject": {"reference": who}, "status": "completed", "authored": "2026-11-01"}
        response = read_response(msgspec.json.encode(document))
        return form_of(response, "x"), response

    with pytest.raises(UserError, match="2 different patients"):
        assess(mara, Evidence(responses=(answers("Patient/a"), answers("Patient/b"))), TODAY, KNOWLEDGE)
    with pytest.raises(UserError, match="after the day of the assessment"):
        assess(mara, msgspec.structs.replace(work_up, celiac=None), date(2026, 11, 1), KNOWLEDGE)
