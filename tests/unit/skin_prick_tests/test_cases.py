"""Every clinician-readable case, and a case for every card."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from zonula.chart import State
from zonula.skin_prick_tests import Asthma, Eating, Prick, judge, read

CASES = Path(__file__).parents[2] / "cases" / "skin_prick_tests"
VALIDITY = yaml.safe_load((CASES / "validity.yaml").read_text(encoding="utf-8"))
READING = yaml.safe_load((CASES / "reading.yaml").read_text(encoding="utf-8"))
DAY = date(2026, 11, 2)
# Cards whose content is tested elsewhere in this folder, or that only carry words.
TESTED_ELSEWHERE = {"cross_reactive_groups", "severity_hypothesis", "panel_common_foods", "no_intradermal"}


@pytest.mark.parametrize("case", VALIDITY, ids=[case["case"] for case in VALIDITY])
def test_validity(case, make_session, knowledge):
    change = dict(case["change"])
    for name, kind in (
        ("asthma", Asthma),
        ("pregnant", State),
        ("physician_on_site", State),
        ("adrenaline_ready", State),
        ("skin_disease_at_site", State),
    ):
        if name in change:
            change[name] = kind(change[name])
    validity = judge(make_session(**change), knowledge)
    reasons = [finding.id.rsplit(".", 1)[1] for finding in validity.reasons]
    cautions = [finding.id.rsplit(".", 1)[1] for finding in validity.cautions]
    assert validity.outcome == case["outcome"], reasons
    if "because" in case:
        assert case["because"] in reasons
    if "caution" in case:
        assert case["caution"] in cautions
    assert case.get("no_caution") not in cautions
    if "asks" in case:
        assert any(case["asks"] in ask.what for finding in validity.reasons for ask in finding.asks)


@pytest.mark.parametrize("case", READING, ids=[case["case"] for case in READING])
def test_reading(case, make_session, knowledge, panel):
    written = {"read_after_min": 15, **case["food"]}
    if "wheal_mm" in written:
        written["wheal_mm"] = tuple(written["wheal_mm"])
    prick = Prick(**written)
    eating = {}
    if "eating" in case:
        last = DAY - timedelta(case["eating"]["days_since"])
        eating = {prick.food: Eating(tolerated=State(case["eating"]["tolerated"]), last_eaten=last)}
    born = {}
    if "age" in case:
        born = {"birth": None if case["age"] is None else date(DAY.year - case["age"], 1, 1)}
    negative = {"wheal_mm": tuple(case.get("negative", (0, 0)))}
    result = read(make_session(foods=[prick], negative=negative, eating=eating, **born), knowledge, panel)
    assert result.readings[0].verdict == case["verdict"]
    if "says" in case:
        assert any(
            case["says"].lower() in (finding.says + " ".join(ask.what for ask in finding.asks)).lower()
            for finding in result.findings
        )


def test_each_card_has_a_case(knowledge):
    named = {case["card"] for case in VALIDITY + READING if "card" in case}
    cards = {card.id.split("/", 1)[1] for card in knowledge.cards("skin_prick_tests")}
    assert cards - TESTED_ELSEWHERE == named


def test_each_drug_on_the_card_silences_the_skin(make_session, knowledge):
    for washout in knowledge.card("skin_prick_tests/drug_washouts").data:
        for drug in washout["drugs"]:
            shortest, longest = washout["hold"]
            for days, outcome in ((shortest - 1, "invalid"), (shortest, "valid"), (longest, "valid")):
                session = make_session(drugs=[{"name": drug.title(), "days_before": days, "at_test_site": True}])
                assert judge(session, knowledge).outcome == outcome, (drug, days)
