"""The questionnaire against the chart, both ways, with unknown kept apart from no."""

import pytest

from zonula.chart import UNKNOWN_TIME, Code, Fact, Kind, Moment, Patient, Source, State, Status, System, at, chart_of
from zonula.errors import UserError
from zonula.knowledge import Shelf, shelf
from zonula.questionnaires import compare, shipped

FORM = shipped("symptom-domains")
BORN = Patient(id="p", birth=Moment.parse("1980-05-01"))


def fact(number, kind, text="", *, code=None, when=UNKNOWN_TIME, **more):
    codes = (Code(System.ICD10CM, code),) if code else ()
    return Fact(
        id=f"f{number}", kind=kind, sources=(Source("d", str(number)),), text=text, codes=codes, when=when, **more
    )


@pytest.fixture
def told(answered, today):
    def compared(answers, *facts, knowledge=None):
        findings = compare(answered(FORM, answers), chart_of(BORN, facts), today, knowledge)
        return {finding.id.removeprefix("questionnaires.compare."): finding for finding in findings}

    return compared


def test_reported_and_nowhere_recorded(told):
    found = told({"itch-severity": 6})
    assert found["reported_not_recorded.itch"].because == ("QuestionnaireResponse/r1#itch-severity",)


def test_recorded_and_denied(told):
    found = told(
        {"headache-severity": 0, "headache-ever": False}, fact(1, Kind.CONDITION, code="G43.909", when=at("2015"))
    )
    assert found["recorded_not_reported.headache"].because[-1] == "f1"


def test_recorded_and_not_answered_is_unknown_not_denied(told):
    found = told({"headache-severity": 0}, fact(1, Kind.CONDITION, code="G43.909"))
    assert found["recorded_not_answered.headache"].state is State.UNKNOWN
    assert "recorded_not_reported.headache" not in found


def test_reported_and_recorded_agree_in_silence(told):
    assert told({"headache-severity": 4}, fact(1, Kind.CONDITION, code="G43.909")) == {}


def test_an_uncoded_label_counts_by_its_wording(told):
    assert told({"headache-severity": 4}, fact(1, Kind.CONDITION, "Chronic migraine")) == {}


@pytest.mark.parametrize("more", [{"negated": True}, {"status": Status.REFUTED}, {"status": Status.ENTERED_IN_ERROR}])
def test_a_denied_record_shows_nothing(told, more):
    assert "reported_not_recorded.headache" in told(
        {"headache-severity": 4}, fact(1, Kind.CONDITION, code="G43.909", **more)
    )


@pytest.mark.parametrize(
    ("onset", "differs"),
    [
        ({"headache-onset": "2010"}, "at least 4 years after"),
        ({"headache-onset": "2014"}, None),
        ({"headache-onset-age": 30}, "at least 4 years after"),
        ({"headache-onset": "2020-06"}, "at least 4 years before"),
        ({}, None),
    ],
)
def test_onset_is_compared_with_the_first_record(told, onset, differs):
    found = told({"headache-severity": 4, **onset}, fact(1, Kind.CONDITION, code="G43.909", when=at("2015-07-01")))
    assert (differs in found["onset_differs.headache"].says) if differs else "onset_differs.headache" not in found


def test_labels_reactions_specialists_and_tests_that_no_record_shows(told):
    answers = {
        "label-name": "Chronic Lyme disease",
        "label-status": "confirmed",
        "reaction-to": "ibuprofen",
        "reaction-severe": "yes",
        "specialist-kind": "Neurologist",
        "test-name": "gastroscopy",
    }
    found = told(answers)
    assert "kept as patient-reported" in found["label_without_record"].says
    assert found["label_without_record"].asks
    assert found["reaction_without_record"].level == "H"
    assert found["specialist_without_record"].asks[0].what == "Ask the patient to request these records."
    assert "before repeating" in found["test_without_record"].asks[0].what


def test_what_the_records_show_is_not_asked_for_again(told):
    answers = {
        "label-name": "hypothyroidism",
        "reaction-to": "ibuprofen",
        "specialist-kind": "Neurologist",
        "test-name": "gastroscopy",
    }
    found = told(
        answers,
        fact(1, Kind.CONDITION, "Hypothyroidism, unspecified", status=Status.CONFIRMED),
        fact(2, Kind.ALLERGY, "Ibuprofen allergy"),
        fact(3, Kind.ENCOUNTER, "visit", specialty="Neurology"),
        fact(4, Kind.PROCEDURE, "Diagnostic gastroscopy"),
    )
    assert found == {}


def test_a_label_ruled_out_in_the_records_is_said_to_be(told):
    found = told({"label-name": "Lyme disease"}, fact(1, Kind.CONDITION, "Lyme disease", status=Status.REFUTED))
    assert found["label_not_confirmed"].because[-1] == "f1"


def test_a_recorded_allergy_the_patient_did_not_name(told):
    found = told({"fatigue-severity": 0}, fact(1, Kind.ALLERGY, "Penicillin"))
    assert "do not drop it" in found["allergy_not_reported"].asks[0].what


def test_recorded_allergies_the_patient_is_silent_about_are_one_question(told):
    found = told({"fatigue-severity": 0}, fact(1, Kind.ALLERGY, "Penicillin"), fact(2, Kind.ALLERGY, "Milk"))
    assert found["allergy_not_reported"].because == ("f1", "f2")
    assert "“Penicillin”, “Milk”" in found["allergy_not_reported"].says


def test_an_allergy_that_another_record_rules_out_is_to_be_settled(told):
    found = told(
        {"fatigue-severity": 0},
        fact(1, Kind.ALLERGY, "Penicillin"),
        fact(2, Kind.ALLERGY, "Penicillin", status=Status.REFUTED),
        fact(3, Kind.ALLERGY, "Milk"),
    )
    assert found["allergy_ruled_out_elsewhere"].because == ("f1", "f2")
    assert "correct the allergy list" in found["allergy_ruled_out_elsewhere"].asks[0].what
    assert found["allergy_not_reported"].because == ("f3",)


def test_a_metal_reaction_is_looked_for_among_allergies_and_conditions(told):
    assert "patch testing" in told({"metals": "yes", "metals-which": "nickel"})["metal_without_record"].asks[0].what
    contact = fact(1, Kind.CONDITION, "Allergic contact dermatitis due to nickel")
    assert "metal_without_record" not in told({"metals": "yes", "metals-which": "nickel"}, contact)
    assert told({"metals": "yes", "metals-which": ["nickel"]}, fact(1, Kind.ALLERGY, "Nickel")) == {}


def test_without_code_lists_the_records_are_not_said_to_be_silent(told, tmp_path):
    found = told({"itch-severity": 6}, knowledge=Shelf(tmp_path))
    assert found["not_searchable.itch"].state is State.UNKNOWN
    assert "reported_not_recorded.itch" not in found


@pytest.mark.parametrize(
    ("label", "recorded", "same"),
    [
        ("MS", "Multiple sclerosis", False),
        ("MS", "MS, relapsing", True),
        ("rheumatoid arthritis", "Arthritis of the knee", False),  # every word of the label must be there
        ("allergic rhinitis", "Allergy rhinitis", True),  # forms of one word share five letters
        ("gout", "Gouty nephropathy", False),  # short words must be equal
    ],
)
def test_wordings_are_matched_word_by_word(told, label, recorded, same):
    found = told({"label-name": label}, fact(1, Kind.CONDITION, recorded, status=Status.CONFIRMED))
    assert ("label_without_record" not in found) is same


def test_a_label_is_also_found_in_the_display_of_a_code(told):
    coded = Fact(
        id="f1",
        kind=Kind.CONDITION,
        sources=(Source("d", "1"),),
        text="see code",
        codes=(Code(System.ICD10CM, "E06.3", "Autoimmune thyroiditis"),),
        status=Status.CONFIRMED,
    )
    assert "label_without_record" not in told({"label-name": "autoimmune thyroiditis"}, coded)


@pytest.mark.parametrize(
    ("kind", "text", "recorded"),
    [
        (Kind.CONDITION, "Migraine", True),
        (Kind.DOCUMENT, "Migraine", False),  # only labels of conditions and symptoms are read as wordings
        (Kind.CONDITION, "Seen today for a rash and no migraine was reported this time", False),  # a narrative
    ],
)
def test_only_short_labels_count_by_their_wording(told, kind, text, recorded):
    found = told({"headache-severity": 4}, fact(1, kind, text))
    assert ("reported_not_recorded.headache" not in found) is recorded


def test_an_undated_response_is_compared_as_of_today(answered, today):
    found = compare(answered(FORM, {"itch-severity": 6}, authored=""), chart_of(BORN, ()), today)
    assert {finding.as_of for finding in found} == {today}
    assert {finding.state for finding in found} == {State.YES}


def test_answers_to_another_questionnaire_are_not_compared(answered, today):
    with pytest.raises(UserError, match="only answers to symptom-domains"):
        compare(answered(shipped("phq-9"), {"phq9-1": 1}), chart_of(BORN, ()), today)


def test_every_area_has_lists_on_the_shelf(told, tmp_path):
    areas = shelf().card("questionnaires/areas").data["areas"]
    reported = {f"{area}-severity": 5 for area in areas}
    assert len(areas) == 12
    assert set(told(reported)) == {f"reported_not_recorded.{area}" for area in areas}
