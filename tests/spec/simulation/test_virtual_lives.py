"""# Virtual lives

Virtual patients are for trying, testing and measuring. What is true of each is written down apart from the records, so that it can
be asked whether the records are read rightly. They are never evidence about people.
"""

from functools import lru_cache
from itertools import count, islice

import msgspec
import pytest

from zonula.chart import State
from zonula.chart_import import read_documents
from zonula.chart_review.review import review
from zonula.simulation import life

SEED = 6
drawn = lru_cache(maxsize=None)(lambda index: life(SEED, index))


def lives_where(holds, how_many=2):
    """The first lives of which that is true."""
    return list(islice((one for index in count() if holds((one := drawn(index)).truth)), how_many))


def review_of(one):
    charts, _ = read_documents(one.documents.items())
    return review(next(iter(charts.values())), one.today)


def flags_of(one):
    return {flag.id.rpartition(".")[2] for flag in review_of(one).red_flags if flag.state is State.YES}


def test_a_positive_celiac_antibody_that_nobody_followed_is_found_in_the_records():
    """
    | what is true | what the records hold | what the review says |
    |---|---|---|
    | celiac disease, missed | tTG-IgA above its limit, no gastroenterologist after it | celiac positive, no follow-up |
    """
    for one in lives_where(lambda truth: truth.celiac.testing == "missed", 1):
        assert "celiac" in one.truth.diseases
        assert "celiac_positive_no_followup" in flags_of(one)


@pytest.mark.parametrize(
    ("testing", "flag"),
    [
        ("never", "celiac_never_tested"),
        ("without_total_iga", "celiac_tested_without_iga"),
        ("off_gluten", "celiac_tested_off_gluten"),
        ("gluten_free_untested", "gluten_free_untested"),
    ],
)
def test_every_gap_in_celiac_testing_is_found_and_no_gap_is_invented(testing, flag):
    """
    | how testing went | red flag |
    |---|---|
    | never tested | celiac never tested |
    | without total IgA | celiac tested without IgA |
    | after gluten was left out | celiac tested off gluten |
    | gluten left out, never tested | gluten free, untested |
    | well | none of these |
    """
    for one in lives_where(lambda truth: truth.celiac.testing == testing, 1):
        assert flag in flags_of(one)
    for one in lives_where(lambda truth: truth.celiac.testing == "well" and not truth.red_flags):
        assert not flags_of(one)


@pytest.mark.parametrize(
    ("disease", "flag"),
    [("iron_deficiency", "iron_deficiency"), ("autoimmune_thyroid", "abnormal_tsh")],
)
def test_a_missed_disease_leaves_an_abnormal_result_and_a_treated_one_does_not(disease, flag):
    """A disease that is missed shows in its test and is flagged; once named and treated its test is normal again."""

    def recorded(truth):
        return truth.diseases[disease].records if disease in truth.diseases else ""

    for one in lives_where(lambda truth: recorded(truth) == "missed", 1):
        assert flag in flags_of(one)
    for one in lives_where(lambda truth: recorded(truth) == "known", 1):
        assert flag not in flags_of(one)


def test_a_label_of_the_patient_stays_the_patients_word():
    """Chronic Lyme disease that only the patient believes in stands in the ledger as reported by the patient, never as confirmed."""
    for one in lives_where(lambda truth: "chronic_lyme" in truth.labels, 1):
        ledger = {entry.id: entry for entry in review_of(one).suspicions}
        assert ledger["chronic_lyme"].status == "patient_reported"


def test_multiple_sclerosis_that_a_normal_scan_answered_is_refuted_by_the_record():
    """Suspected, then a normal MRI and the neurologist's word: the ledger keeps the suspicion and the record that refutes it."""
    for one in lives_where(lambda truth: "multiple_sclerosis" in truth.labels, 1):
        ledger = {entry.id: entry for entry in review_of(one).suspicions}
        assert ledger["multiple_sclerosis"].status == "suspected"
        assert ledger["multiple_sclerosis"].refuted_by_record


def test_skin_tests_do_not_tell_how_long_recovery_takes_in_these_lives():
    """The clinic believes that the percent of positive skin tests tells how long recovery takes. Here it is drawn without looking at
    it, so an engine that finds the link in virtual patients has found nothing."""
    assert all(life(SEED, index).truth.percent_positive_lengthens_recovery == 0 for index in range(3))


def test_a_gate_that_does_not_stand_open_keeps_the_plan_in_its_run_in():
    """
    | what is true | where the plan stands |
    |---|---|
    | celiac testing has a gap | run-in, with a note that names the gate |
    """
    for one in lives_where(lambda truth: "celiac" in truth.course.held_by and truth.course.stage == "run_in"):
        plan = msgspec.json.decode(one.plan)
        assert {event["event"] for event in plan["events"]} <= {"start", "sign_off", "exclude", "note"}
        assert any("celiac" in event.get("reason", "") for event in plan["events"])
