"""Every clinician's case says what it must."""

from datetime import date

from zonula.laboratory_tests.celiac import CeliacState, assess_celiac, evidence_of

TODAY = date(2026, 11, 24)


def test_the_state_reason_and_routes_of_a_case(celiac_case):
    assessment = assess_celiac(evidence_of(celiac_case["evidence"]), TODAY)
    assert assessment.state == celiac_case["state"], assessment.because
    assert celiac_case.get("because", "") in assessment.because
    assert assessment.blocks_gluten_restriction == (assessment.state not in {"C1", "C2 resolved", "C5", "C7"})
    by_card = {answer.card.rsplit("/", 1)[-1]: answer for answer in assessment.guidelines}
    for guideline, expected in celiac_case.get("routes", {}).items():
        opens = {route.open.value for route in by_card[guideline].routes}
        assert opens == (set() if expected == "none" else {expected}), guideline


def test_every_state_and_every_guideline_route_outcome_has_a_case(all_celiac_cases):
    assert {case["state"] for case in all_celiac_cases} == {state.value for state in CeliacState}
    outcomes = {(card, answer) for case in all_celiac_cases for card, answer in case.get("routes", {}).items()}
    for card in ("acg_2023", "espghan_2020", "esscd_2025"):
        assert {(card, "yes"), (card, "no"), (card, "unknown")} <= outcomes
    assert ("nice_ng20", "none") in outcomes


def test_the_case_file_covers_each_name_once(all_celiac_cases):
    names = [case["name"] for case in all_celiac_cases]
    assert len(names) == len(set(names))
