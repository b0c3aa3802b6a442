"""Alarms: one answer is enough.

| the question                        | the finding                                         |
|-------------------------------------|-----------------------------------------------------|
| answered so that it alarms          | yes, with its level and what to do by when          |
| answered otherwise                  | none                                                |
| not answered, or unreadable         | unknown: ask                                        |
| left out of an edition of the form  | unknown: ask                                        |

Neither the total, nor a gap elsewhere, nor an unfinished or faulty response takes an alarm away. The question is known by our
linkId, by its LOINC code or by its wording, so another clinic's form raises it as well.
"""

import json
from datetime import date

import pytest

from zonula.chart import Level, State
from zonula.questionnaires import alarms, load, read_response, shipped

TODAY = date(2026, 11, 24)
DAYS = [("not-at-all", 0), ("several-days", 1), ("nearly-every-day", 3)]


def theirs(**question):
    """A form of another clinic with one coded question; its points stand in `ordinalValue`."""
    ordinal = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    options = [
        {"valueCoding": {"code": code, "extension": [{"url": ordinal, "valueDecimal": points}]}}
        for code, points in DAYS
    ]
    return load(
        {
            "resourceType": "Questionnaire",
            "item": [{"linkId": "x", "type": "choice", "answerOption": options, **question}],
        }
    )


def answer(code, status="completed"):
    given = [] if code is None else [{"linkId": "x", "answer": [{"valueCoding": {"code": code}}]}]
    return read_response(json.dumps({"resourceType": "QuestionnaireResponse", "status": status, "item": given}))


LOINC = {"code": [{"system": "http://loinc.org", "code": "44260-8"}], "text": "Question 9"}
WORDS = {"text": "Thoughts that you would be better off dead?"}


@pytest.mark.parametrize("question", [LOINC, WORDS])
@pytest.mark.parametrize(
    ("code", "state", "level"),
    [
        ("several-days", State.YES, Level.URGENT),
        ("nearly-every-day", State.YES, Level.URGENT),
        (None, State.UNKNOWN, Level.CLINICIAN),
    ],
)
def test_question_9_of_another_clinic(question, code, state, level):
    found = alarms(theirs(**question), answer(code), TODAY)
    assert [(finding.state, finding.level) for finding in found] == [(state, level)]


@pytest.mark.parametrize("question", [LOINC, WORDS])
def test_not_at_all_is_silent(question):
    assert alarms(theirs(**question), answer("not-at-all"), TODAY) == ()


def test_an_answer_without_known_points_is_unknown_not_silent():
    form = theirs(**LOINC, answerOption=[{"valueCoding": {"code": "sometimes"}}])
    assert [finding.state for finding in alarms(form, answer("sometimes"), TODAY)] == [State.UNKNOWN]


def test_an_unfinished_response_alarms():
    assert alarms(theirs(**LOINC), answer("several-days", "in-progress"), TODAY)[0].level is Level.URGENT


def test_the_same_day_is_asked_for(answered):
    found = alarms(shipped("phq-9"), answered(shipped("phq-9"), {"phq9-9": 1}), TODAY)[0]
    assert {ask.who: ask.by for ask in found.asks} == {"clinician": TODAY, "patient": TODAY}
    assert found.because == ("QuestionnaireResponse/r1#phq9-9",)
    assert found.according_to == ("questionnaires/alarms/thoughts_of_death",)


def test_an_emergency_stands_before_everything_else(answered):
    """Breathing trouble now, pregnancy, and a height without a weight: emergency, hold, then what is unknown."""
    answers = {"safety-breathing-now": "yes", "safety-pregnant": "yes", "safety-height": 170}
    found = alarms(shipped("safety-screen"), answered(shipped("safety-screen"), answers), TODAY)
    assert [finding.level for finding in found[:2]] == [Level.EMERGENCY, Level.HOLD]
    assert {finding.state for finding in found[2:]} == {State.UNKNOWN}


def test_a_height_in_metres_leaves_the_weight_unjudged(answered):
    """1.70 in a question that asks for centimetres is a slip, not a body mass index of 200,000."""
    answers = {"safety-weight": 45, "safety-height": 1.7}
    found = alarms(shipped("safety-screen"), answered(shipped("safety-screen"), answers), TODAY)
    low_weight = next(finding for finding in found if finding.id.endswith("low_weight"))
    assert (low_weight.state, low_weight.value) == (State.UNKNOWN, None)
