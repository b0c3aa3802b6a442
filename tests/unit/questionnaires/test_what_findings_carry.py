"""Dates, grades, states and doubts that each finding carries."""

import json

import pytest

from zonula.chart import Grade, State
from zonula.questionnaires import alarms, change, load, read_response, score, shipped, trend, validate
from zonula.questionnaires.alarms import body_mass_index


def test_an_undated_response_is_as_of_the_day_of_scoring(answered, today):
    scored = score(shipped("phq-9"), answered(shipped("phq-9"), {"phq9-1..9": 1}, authored=""), today)
    assert {finding.as_of for finding in scored.findings} == {today}
    assert (scored.as_of, scored.dated) == (today, False)
    assert "Answered on" not in scored.findings[0].says


def test_a_dated_alarm_says_when_it_was_answered(answered, today):
    found = alarms(shipped("phq-9"), answered(shipped("phq-9"), {"phq9-9": 1}, authored="2026-10-01"), today)[0]
    assert found.says.endswith("Answered on 2026-10-01.")
    assert found.as_of.isoformat() == "2026-10-01"
    assert "Answered on" not in alarms(shipped("phq-9"), answered(shipped("phq-9"), {"phq9-1": 1}), today)[0].says


def test_a_date_after_the_day_of_scoring_is_remarked_upon(answered, today):
    scored = score(shipped("gad-7"), answered(shipped("gad-7"), {"gad7-1..7": 1}, authored="2027-01-01"), today)
    assert "filled in after the day of scoring" in str(scored.remarks[0])


@pytest.mark.parametrize(
    ("name", "answers", "scale", "grade", "verified", "state"),
    [
        ("phq-9", {"phq9-1..9": 1}, "total", Grade.OBSERVATIONAL, True, State.YES),
        ("phq-9", {"phq9-1..8": 1}, "total", Grade.OBSERVATIONAL, False, State.YES),  # the rule for gaps is from memory
        (
            "gad-7",
            {"gad7-1..7": 1},
            "total",
            Grade.OBSERVATIONAL,
            False,
            State.YES,
        ),  # the bands are from a second source
        ("gad-7", {"gad7-1..4": 1}, "total", Grade.OBSERVATIONAL, False, State.UNKNOWN),
        ("symptom-domains", {"itch-severity": 3}, "itch", Grade.RECORD, True, State.YES),  # the patient's own number
        ("symptom-domains", {"rash-severity": 3}, "itch", Grade.RECORD, True, State.UNKNOWN),
    ],
)
def test_grade_doubt_and_state(name, answers, scale, grade, verified, state, answered, today):
    scored = score(shipped(name), answered(shipped(name), answers), today)
    found = next(finding for finding in scored.findings if finding.id == f"questionnaires.{name}.{scale}")
    assert (found.grade, found.verified, found.state) == (grade, verified, state)
    assert found.according_to[0] == f"questionnaires/instruments/{name}"
    assert found.because


def test_the_range_of_a_mean_is_that_of_its_answers(answered, today):
    found = score(shipped("fss"), answered(shipped("fss"), {"fss-1..9": 4}), today).scale("mean")
    assert (found.low, found.high) == (1, 7)


def course(answered, today, name, prefix, count, *totals):
    form = shipped(name)
    for month, points in enumerate(totals, 1):
        given = answered(form, {f"{prefix}-1..{count}": points}, authored=f"2026-0{month}-01", id=str(month))
        yield score(form, given, today)


def test_a_change_is_graded_by_its_card_and_a_trend_by_the_record(answered, today):
    first, second, third = course(answered, today, "phq-9", "phq9", 9, 3, 2, 1)
    found = change(first, second)[0].finding
    assert (found.grade, found.according_to[0]) == (Grade.OBSERVATIONAL, "questionnaires/change/phq-9")
    steady = trend([first, second, third])[0].finding
    assert (steady.grade, steady.unit, steady.state) == (Grade.RECORD, "points per 30 days", State.YES)
    assert trend([first]) == ()
    assert trend([first, second])[0].finding.unit == ""


def test_without_a_card_a_change_is_only_a_record(answered, today):
    first, second = course(answered, today, "fss", "fss", 9, 5, 3)
    found = change(first, second)[0]
    assert (found.finding.grade, found.finding.according_to, found.important) == (Grade.RECORD, (), State.UNKNOWN)


def test_no_change_is_neither_better_nor_worse(answered, today):
    first, second = course(answered, today, "phq-9", "phq9", 9, 2, 2)
    says = change(first, second)[0].finding.says
    assert says.startswith("PHQ-9 total unchanged: 18 to 18")
    assert "better" not in says
    assert "worse" not in says


@pytest.mark.parametrize("measures", [(None, 170), (70, None), (0, 170), (70, 0), (-1, 170)])
def test_no_index_from_an_impossible_measure(measures):
    assert body_mass_index(*measures) is None


@pytest.mark.parametrize(("weight", "height"), [(20, 250), (400, 100)])
def test_the_ends_of_the_limits_are_within_them(weight, height, answered, today):
    given = answered(shipped("safety-screen"), {"safety-weight": weight, "safety-height": height})
    low = [found for found in alarms(shipped("safety-screen"), given, today) if found.id.endswith("low_weight")]
    assert all(found.state is State.YES for found in low)
    assert bool(low) is (weight == 20)


def test_an_unknown_index_points_at_the_measure_that_is_missing(answered, today):
    found = alarms(shipped("safety-screen"), answered(shipped("safety-screen"), {"safety-weight": 60}), today)
    low = next(finding for finding in found if finding.id.endswith("low_weight"))
    assert low.because == ("QuestionnaireResponse/r1#safety-height",)


def nested(**group):
    inner = [{"linkId": "a", "type": "string", "required": True}, {"linkId": "b", "type": "string"}]
    return load({"resourceType": "Questionnaire", "item": [{"linkId": "g", "type": "group", "item": inner, **group}]})


def problems(form, items):
    document = {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026", "item": items}
    return [str(problem) for problem in validate(form, read_response(json.dumps(document)))]


A = {"linkId": "a", "answer": [{"valueString": "x"}]}
B = {"linkId": "b", "answer": [{"valueString": "x"}]}
LACKS_A = "g/a: a required answer is missing; answer it"


@pytest.mark.parametrize(
    ("group", "items", "expected"),
    [
        ({}, [], [LACKS_A]),
        ({}, [{"linkId": "g", "item": [B]}], [LACKS_A]),
        ({}, [{"linkId": "g", "item": [A]}], []),
        ({"repeats": True}, [], []),  # an optional repetition that was left out asks nothing
        ({"repeats": True}, [{"linkId": "g", "item": [A]}, {"linkId": "g", "item": [B]}], [LACKS_A]),
        ({"required": True}, [{"linkId": "g", "item": [A]}], []),
        ({"required": True}, [{"linkId": "g", "item": [B, A]}], []),
        ({"required": True}, [], ["g: a required answer is missing; answer it", LACKS_A]),
    ],
)
def test_what_is_required_in_groups(group, items, expected):
    assert problems(nested(**group), items) == expected


@pytest.mark.parametrize(
    ("condition", "given"),
    [
        ({"answerInteger": 1}, {"valueBoolean": True}),
        ({"answerBoolean": True}, {"valueInteger": 1}),
        ({"answerInteger": 1}, {"valueString": "1"}),
    ],
)
def test_values_of_different_types_are_never_equal(condition, given):
    kind = {"valueBoolean": "boolean", "valueInteger": "integer", "valueString": "string"}[next(iter(given))]
    when = [{"question": "q", "operator": "=", **condition}]
    form = load(
        {
            "resourceType": "Questionnaire",
            "item": [
                {"linkId": "q", "type": kind},
                {"linkId": "r", "type": "string", "required": True, "enableWhen": when},
            ],
        }
    )
    assert problems(form, [{"linkId": "q", "answer": [given]}]) == []
