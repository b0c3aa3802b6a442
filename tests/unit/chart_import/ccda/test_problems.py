"""Problems, diagnoses and complaints: status, negation, wording, who said so."""

import pytest

from zonula.chart import Kind, Status, System

LYME = ("2.16.840.1.113883.6.96", "23502006", "Lyme disease")
SYMPTOM = ("2.16.840.1.113883.6.96", "418799008", "Symptom")


def test_an_active_problem_keeps_all_codings_and_the_onset_with_its_precision(write, read_section):
    fact = read_section(
        "11450-4", write.problem(LYME, "201505", translations=[(write.ICD10CM, "A69.20", "Lyme disease, unspecified")])
    ).only
    assert fact.kind is Kind.CONDITION
    assert fact.status is Status.CONFIRMED
    assert [code.key for code in fact.codes] == [(System.SNOMED, "23502006"), (System.ICD10CM, "A69.20")]
    assert (fact.when.start.text, fact.when.end) == ("201505", None)
    assert fact.detail("category") == "problem-list-item"
    assert fact.asserted


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"ended": "2019"}, Status.RESOLVED),
        ({"concern": "completed"}, Status.RESOLVED),
        ({"ended": "", "concern": "completed"}, Status.RESOLVED),
        ({"ended": "", "concern": "active"}, Status.CONFIRMED),  # many systems write high=UNK on every problem
        ({"status": "413322009"}, Status.RESOLVED),
        ({"status": "73425007"}, Status.RESOLVED),
        ({"status": "55561003", "concern": "completed"}, Status.CONFIRMED),
        ({"concern": "nullified"}, Status.ENTERED_IN_ERROR),
    ],
)
def test_where_a_problem_stands(write, read_section, words, status):
    assert read_section("11450-4", write.problem(LYME, "2015", **words)).only.status is status


def test_a_negated_problem_is_kept_and_not_asserted(write, read_section):
    fact = read_section("11450-4", write.problem(LYME, negated=True)).only
    assert fact.negated
    assert not fact.asserted
    assert fact.text == "Lyme disease"


def test_no_known_problems_is_said_in_words(write, read_section):
    fact = read_section("11450-4", write.problem(None, negated=True)).only
    assert (fact.text, fact.negated) == ("No known problems", True)


def test_a_symptom_is_a_symptom(write, read_section):
    assert read_section("11450-4", write.problem(LYME, kind=SYMPTOM)).only.kind is Kind.SYMPTOM


def test_the_writers_words_win_over_the_codes_name(example):
    fact = next(fact for fact in example("ccd.xml").facts if any(code.code == "23502006" for code in fact.codes))
    assert fact.text == "chronic Lyme"
    assert (fact.performer, fact.specialty) == ("Ines Fabre", "General Practice Physician")
    assert fact.codes[0].display == "Lyme disease"


def test_a_suspected_diagnosis_is_not_a_confirmed_one(example):
    fact = next(fact for fact in example("consultation-note.xml").facts if fact.kind is Kind.CONDITION)
    assert fact.status is Status.SUSPECTED


def test_what_the_patient_says_stays_the_patients(write, read_section):
    told = '<informant><relatedEntity classCode="PRS"><code code="SELF"/></relatedEntity></informant>'
    assert read_section("11450-4", write.problem(LYME, extra=told)).only.status is Status.PATIENT_REPORTED


def test_a_problem_of_past_history_is_over(example):
    fact = next(fact for fact in example("history-and-physical.xml").facts if fact.kind is Kind.CONDITION)
    assert fact.status is Status.RESOLVED


def test_a_problem_that_says_nothing_is_reported(write, read_section):
    read = read_section("11450-4", write.problem(None))
    assert not [fact for fact in read.facts if fact.kind is Kind.CONDITION]
    assert read.reasons == ["a problem that says neither a code nor a text (nullFlavor UNK)"]


def test_a_wrong_date_is_told_and_the_problem_kept(write, read_section):
    read = read_section("11450-4", write.problem(LYME, "20230230"))
    assert read.only.when.start is None
    assert read.only.when.text == "20230230"
    assert any("'20230230' is not a date" in warning for warning in read.report.warnings)
