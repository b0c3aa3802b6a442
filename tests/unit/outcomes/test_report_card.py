"""The claim's report card says what is true of virtual registries, and nothing when there is too little."""

from collections import Counter

import msgspec
import numpy as np
import pytest

from zonula.outcomes import Verdict, clinic_report, outcome, patients_like, predict, predictors_of, report_card


def verdicts(registry, rules, truth, patients, repetitions, seed=5):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(repetitions):
        courses = registry(patients, truth, rng)
        found.append(report_card(courses, [outcome(one, rules) for one in courses], rules, rng))
    return found


def test_fifty_patients_are_not_enough_and_no_figure_is_shown(registry, rules):
    for card in verdicts(registry, rules, "true", 50, 3):
        assert card.verdict is Verdict.NOT_ENOUGH
        assert (card.hazard_ratio, card.interval, card.p_value, card.validated) == (None, None, None, None)


def test_a_true_claim_is_found(registry, rules):
    assert {card.verdict for card in verdicts(registry, rules, "true", 200, 2)} == {Verdict.PREDICTS}


def test_a_false_or_confounded_claim_is_not_believed(registry, rules):
    for truth in ("false", "confounded"):
        count = Counter(card.verdict for card in verdicts(registry, rules, truth, 200, 4))
        assert count[Verdict.PREDICTS] <= 1, (truth, count)
    assert {card.verdict for card in verdicts(registry, rules, "false", 1000, 1)} == {Verdict.DOES_NOT}


def test_what_cannot_be_told_says_how_many_more(registry, rules):
    for card in verdicts(registry, rules, "confounded", 200, 4):
        if card.verdict is Verdict.CANNOT_TELL:
            assert card.patients_still_needed > 0
            return
    pytest.fail("none of four confounded registries was undecided")


def test_the_same_registry_and_seed_give_the_same_card(registry, rules):
    courses = registry(150, "weak", np.random.default_rng(1))
    outcomes = [outcome(one, rules) for one in courses]
    assert report_card(courses, outcomes, rules, np.random.default_rng(2)) == report_card(
        courses, outcomes, rules, np.random.default_rng(2)
    )


def test_prediction_for_a_new_patient_covers(registry, rules):
    rng = np.random.default_rng(7)
    courses = registry(400, "true", rng)
    outcomes = [outcome(one, rules) for one in courses]
    table = predictors_of(courses, outcomes)[["baseline", "percent_positive"]]
    assert predict(outcomes[:30], table[:30], table[:1], rules.least_recoveries + 100) is None
    inside = []
    for i in range(300, 400):
        if outcomes[i].end.value == "recovered":
            made = (
                predict(outcomes[:300], table[:300], table.iloc[[i]], rules.least_recoveries)
                if len(inside) < 25
                else None
            )
            if made:
                inside.append(made.low_day <= outcomes[i].day <= made.high_day)
                assert made.low_day < made.median_day < made.high_day
    assert 0.5 <= np.mean(inside) <= 1.0


def test_patients_like_you_need_enough_of_them(registry, rules):
    courses = registry(300, "false", np.random.default_rng(8))
    outcomes = [outcome(one, rules) for one in courses]
    typical = msgspec.structs.replace(courses[0], age=45.0, domains=8)
    assert patients_like(typical, 60.0, courses, outcomes, rules).patients >= rules.least_alike
    assert patients_like(typical, 60.0, courses[:25], outcomes[:25], rules) is None
    assert patients_like(typical, 1000.0, courses, outcomes, rules) is None


def test_all_censored_or_all_alike_is_a_clear_answer(registry, rules):
    courses = registry(100, "false", np.random.default_rng(9), follow_up=20)
    report = clinic_report(courses, rules, (), np.random.default_rng(1))
    assert report.recovery is None
    assert report.claim.verdict is Verdict.NOT_ENOUGH
    one = clinic_report(courses[:1], rules, (), np.random.default_rng(1))
    assert one.patients == 1
