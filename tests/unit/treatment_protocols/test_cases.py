"""Every clinician-readable case of the gates and of the challenge risk."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from zonula.chart import State
from zonula.treatment_protocols import GATES, ask, challenge_risk
from zonula.treatment_protocols.challenge_risk import _CONDITIONS

CASES = Path(__file__).parents[2] / "cases" / "treatment_protocols"
GATE_CASES = yaml.safe_load((CASES / "gates.yaml").read_text(encoding="utf-8"))
RISK_CASES = yaml.safe_load((CASES / "challenge_risk.yaml").read_text(encoding="utf-8"))
DAY = date(2026, 3, 2)


@pytest.mark.parametrize("case", GATE_CASES, ids=[f"{case['gate']}: {case['case']}" for case in GATE_CASES])
def test_gate(case, clear, knowledge):
    finding = ask(case["gate"], clear(**case["know"]), DAY, knowledge)
    assert finding.state is State(case["state"]), finding.says
    assert finding.value == ("open" if finding.state is State.YES else "holds")
    assert finding.according_to == (f"treatment_protocols/gate_{case['gate']}",)


def test_each_gate_has_a_case_in_which_it_opens_holds_and_does_not_know():
    for gate in GATES:
        assert {case["state"] for case in GATE_CASES if case["gate"] == gate} == {"yes", "no", "unknown"}, gate


@pytest.mark.parametrize("case", RISK_CASES, ids=[case["case"] for case in RISK_CASES])
def test_challenge_risk(case, clear, history, knowledge):
    known = clear(**case.get("know", {}), foods={"milk": history(**case.get("food", {}))})
    finding = challenge_risk("milk", gluten=case.get("gluten", False), situation=known, day=DAY, shelf=knowledge)
    assert finding.value == case["setting"], finding.says
    assert case.get("says", "") in finding.says
    assert (finding.state is State.YES) == (finding.value == "home")


def test_every_condition_on_the_card_is_a_function_and_every_function_is_on_the_card(knowledge):
    data = knowledge.card("treatment_protocols/challenge_risk").data
    assert {condition["if"] for conditions in data.values() for condition in conditions} == set(_CONDITIONS)


def test_a_food_nobody_asked_about_is_not_challenged_at_home(clear, knowledge):
    finding = challenge_risk("corn", gluten=False, situation=clear(), day=DAY, shelf=knowledge)
    assert finding.value == "supervised"
    assert finding.state is State.UNKNOWN
