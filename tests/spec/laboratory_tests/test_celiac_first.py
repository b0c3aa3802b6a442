"""# Celiac disease first

Gluten is not taken away before the question is settled, and a test is read with the state the body was in.
"""

from datetime import date

from zonula.chart import State
from zonula.laboratory_tests import CeliacState, assess_celiac, meaning_of, read_typing
from zonula.laboratory_tests.celiac import evidence_of

TODAY = date(2026, 11, 24)
ASKED = {
    "known_disease": "none",
    "first_degree_relative": False,
    "weight_loss": False,
    "malabsorption": False,
    "suspected_dermatitis_herpetiformis": False,
    "immunosuppression": False,
    "pregnancy": False,
}


def assess(tests, *, meals=2, weeks=8, iga=1.9, age=34, **more):
    draw = {
        "date": "2026-02-03",
        "gluten": {"meals_a_day": meals, "weeks": weeks},
        "total_iga": {"value": iga, "unit": "g/L", "low": 0.7},
        "tests": tests,
    }
    return assess_celiac(evidence_of({"age_years": age, "draws": [draw], "history": ASKED, **more}), TODAY)


def test_a_negative_test_on_gluten_lets_the_pathway_go_on():
    """
    | gluten before the draw | tTG-IgA | total IgA | state | gluten restriction |
    |---|---|---|---|---|
    | 2 meals a day, 8 weeks | 3 (limit 10) | 1.9 (from 0.7) | C1 | may go on |
    """
    assessment = assess([{"test": "ttg_iga", "value": 3, "uln": 10}])
    assert assessment.state is CeliacState.C1
    assert not assessment.blocks_gluten_restriction


def test_the_same_negative_test_off_gluten_says_nothing():
    """
    | gluten before the draw | tTG-IgA | state | gluten restriction |
    |---|---|---|---|
    | 2 meals a day, 5 weeks | 3 (limit 10) | C0 | blocked |
    """
    assessment = assess([{"test": "ttg_iga", "value": 3, "uln": 10}], weeks=5)
    assert assessment.state is CeliacState.C0
    assert assessment.blocks_gluten_restriction


def test_the_same_child_two_guidelines_two_answers():
    """Exactly ten times the limit, EMA positive on a second sample: ESPGHAN's route without biopsy is open, ACG's is not."""
    second = {"date": "2026-03-01", "tests": [{"test": "ema_iga", "reported": "positive"}]}
    first = {"date": "2026-02-03", "tests": [{"test": "ttg_iga", "value": 100, "uln": 10}]}
    child = evidence_of({"age_years": 10, "draws": [first, second], "history": {**ASKED, "family_agrees": True}})
    opens = {answer.name: [route.open for route in answer.routes] for answer in assess_celiac(child, TODAY).guidelines}
    assert opens["ESPGHAN 2020"] == [State.YES]
    assert opens["ACG 2023"] == [State.NO]
    assert opens["NICE NG20"] == []


def test_without_the_limit_of_the_report_no_multiple_is_computed():
    assessment = assess([{"test": "ttg_iga", "value": 500, "reported": "positive"}])
    assert assessment.state is CeliacState.POSITIVE_UNSPLIT
    assert assessment.times_uln is None
    assert any("upper limit" in wanted for wanted in assessment.missing)


def test_hla_shows_susceptibility_with_a_range_and_no_personal_probability():
    meaning = meaning_of(read_typing("DQA1*05:01,01:02 DQB1*02:01,06:02"))
    assert (meaning.genotype, meaning.configuration, meaning.one_in) == ("DQ2.5 single", "cis", (19, 40))


def test_a_typing_of_one_field_rules_nothing_out():
    assert meaning_of(read_typing("DQA1*01:01,01:02 DQB1*05:01,06:02")).permissive is State.NO
    assert meaning_of(read_typing("DQA1*01,01 DQB1*05,06")).permissive is State.UNKNOWN
