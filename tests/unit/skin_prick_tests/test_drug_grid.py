"""Every drug of every class, on each side of its wash-out: no name on the card is a dead letter."""

import pytest

from zonula.knowledge import shelf
from zonula.skin_prick_tests import judge

CLASSES = shelf().card("skin_prick_tests/drug_washouts").data
GRID = [(entry, drug) for entry in CLASSES for drug in entry["drugs"]]


def _rules(findings):
    return {finding.id.rsplit(".", 1)[1] for finding in findings}


@pytest.mark.parametrize(("entry", "drug"), GRID, ids=[drug for _, drug in GRID])
def test_a_drug_inside_its_wash_out_never_gives_a_clean_session(entry, drug, make_session, knowledge):
    shortest, longest = entry["hold"]

    def validity(days):
        taken = {"name": drug.title(), "days_before": days, "at_test_site": True}
        return judge(make_session(drugs=[taken]), knowledge)

    assert "washout_too_short" in _rules(validity(shortest - 1).reasons)
    assert validity(shortest).outcome == "valid"
    assert "washout_short" in _rules(validity(shortest).cautions)
    assert "washout_short" in _rules(validity(longest - 1).cautions)
    assert not {"washout_short", "drug_not_known"} & _rules(validity(longest).cautions)
    unknown = judge(make_session(drugs=[{"name": drug, "at_test_site": True}]), knowledge)
    assert unknown.outcome == "repeat"


@pytest.mark.parametrize(
    "entry", [entry for entry in CLASSES if entry.get("prescriber_decides")], ids=lambda e: e["name"]
)
def test_a_drug_of_the_mind_is_the_prescribers_to_pause(entry, make_session, knowledge):
    taken = [{"name": entry["drugs"][0], "days_before": 0}]
    asks = [ask.what for finding in judge(make_session(drugs=taken), knowledge).reasons for ask in finding.asks]
    assert asks
    assert all("prescriber" in ask for ask in asks)


@pytest.mark.parametrize("drug", shelf().card("skin_prick_tests/drugs_that_do_not_matter").data)
def test_nobody_stops_an_asthma_drug_for_a_skin_test(drug, make_session, knowledge):
    validity = judge(make_session(drugs=[{"name": f"{drug} 50 mcg", "days_before": 0}]), knowledge)
    assert validity.outcome == "valid"
    assert validity.cautions == ()


@pytest.mark.parametrize("drug", shelf().card("skin_prick_tests/risk_modifying_drugs").data)
def test_a_drug_that_makes_rescue_harder_is_said(drug, make_session, knowledge):
    validity = judge(make_session(drugs=[{"name": drug, "days_before": 0}]), knowledge)
    assert _rules(validity.cautions) == {"risk_drug"}
