"""What goes wrong, where, and what to do: every refusal names the linkId path and never quotes an answer."""

import copy
import json

import pytest

from zonula.chart import Level, State
from zonula.errors import UserError
from zonula.questionnaires import alarms, load, read_response, read_responses, score, score_many, shipped, validate
from zonula.questionnaires.many import Refused


@pytest.fixture
def phq(document_of):
    return document_of(shipped("phq-9"), {"phq9-1..9": 1})


def problems(document, name="phq-9"):
    return [str(problem) for problem in validate(shipped(name), read_response(json.dumps(document)))]


def changed(document, number, **more):
    made = copy.deepcopy(document)
    made["item"][number].update(more)
    return made


def test_a_good_response_has_no_problem(phq):
    assert problems(phq) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"linkId": "phq9-10"}, "phq9-10: the questionnaire has no such item; check the linkId and the questionnaire"),
        ({"answer": [{"valueInteger": 1}]}, "an option that is not in its list; choose one of the listed options"),
        ({"answer": [{"valueBoolean": True}]}, "phq9-1: true or false where a coded option or text is expected"),
        (
            {"answer": [{"valueCoding": {"system": "http://loinc.org", "code": "LA0-0"}}]},
            "phq9-1: an option that is not in its list",
        ),
        (
            {"answer": [{"valueCoding": {"code": "LA6568-5"}}, {"valueCoding": {"code": "LA6569-3"}}]},
            "phq9-1: 2 answers where one is asked for; keep one",
        ),
        (
            {"answer": [{"valueCoding": {"code": "LA6568-5"}, "valueInteger": 1}]},
            "phq9-1: one answer carries two values; split it",
        ),
        ({"answer": [{"valueCoding": "LA6568-5"}]}, "phq9-1: valueCoding does not hold a coded option"),
        ({"linkId": "phq9-2"}, "phq9-2: it is answered twice; keep one answer"),
    ],
)
def test_each_wrong_answer_is_named(phq, more, said):
    found = problems(changed(phq, 0, **more))
    assert any(said in problem for problem in found), found


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (
            {"status": "in-progress"},
            "status: the answers are unfinished (in-progress); finish them, then mark them completed",
        ),
        ({"status": "stopped"}, "status: the answers are unfinished (stopped)"),
        ({"status": "entered-in-error"}, "status: these answers were marked as entered in error"),
        ({"status": ""}, "status: the status is missing or unknown"),
        (
            {"questionnaire": "https://elsewhere.example/form"},
            "questionnaire: it answers https://elsewhere.example/form",
        ),
        ({"authored": "2026-02-30"}, "authored: not a date"),
    ],
)
def test_each_wrong_head_is_named(phq, head, said):
    assert any(said in problem for problem in problems({**phq, **head}))


def test_another_version_is_a_remark_and_is_scored(phq, today):
    answers = read_response(json.dumps({**phq, "questionnaire": phq["questionnaire"] + "|0.9"}))
    assert "it answers version 0.9" in str(score(shipped("phq-9"), answers, today).remarks[0])


def test_two_patients_in_one_file_are_refused_whole(phq):
    other = {**phq, "subject": {"reference": "Patient/2"}}
    for text in (json.dumps([phq, other]), f"{json.dumps(phq)}\n{json.dumps(other)}\n", bundle(phq, other)):
        with pytest.raises(UserError, match=r"the answers of 2 patients in one file\. Give one file per patient"):
            read_responses(text, "answers.json")


def test_one_patient_in_a_bundle_a_list_or_ndjson_is_read(phq):
    for text in (json.dumps([phq, phq]), f"{json.dumps(phq)}\n{json.dumps(phq)}\n", bundle(phq, phq)):
        assert len(read_responses(text)) == 2


def bundle(*resources):
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("PHQ-9: 12", "not JSON"),
        ("{}", "expected a QuestionnaireResponse, found no resourceType"),
        ('{"resourceType": "Patient"}', "expected a QuestionnaireResponse, found Patient"),
        ('{"resourceType": "QuestionnaireResponse", "item": 3}', "not a QuestionnaireResponse"),
        ('{"resourceType": "QuestionnaireResponse", "item": [{"answer": []}]}', "missing required field `linkId`"),
        ('{"resourceType": "Bundle"}', "no QuestionnaireResponse in it"),
        (b"\xff\xfe{", "not JSON"),
    ],
)
def test_what_is_no_response_is_refused_in_one_line(text, said):
    with pytest.raises(UserError) as refused:
        read_responses(text, "x.json")
    assert said in str(refused.value)
    assert "x.json" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_refused_response_is_not_scored_but_its_alarm_is_still_heard(phq, today):
    unfinished = read_response(json.dumps({**changed(phq, 1, linkId="phq9-1"), "status": "in-progress"}))
    with pytest.raises(UserError, match="unfinished"):
        score(shipped("phq-9"), unfinished, today)
    heard = alarms(shipped("phq-9"), unfinished, today)
    assert [(finding.state, finding.level) for finding in heard] == [(State.YES, Level.URGENT)]


def test_no_message_quotes_an_answer(phq):
    secret = changed(phq, 0, answer=[{"valueString": "I take my neighbour's tablets"}])
    assert not any("neighbour" in problem for problem in problems(secret))


def test_many_go_on_after_a_bad_one(phq, today):
    good, bad, worse = json.dumps(phq).encode(), json.dumps({**phq, "status": "stopped"}).encode(), b"{"
    results = list(score_many(shipped("phq-9"), [good, bad, worse, good], today))
    assert [type(result) is Refused for result in results] == [False, True, True, False]
    assert results[1].number == 2
    assert results[1].alarms[0].level is Level.URGENT
    assert results[0] == results[3] == score(shipped("phq-9"), read_response(good), today)


def form(*items):
    return {"resourceType": "Questionnaire", "item": list(items)}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "not JSON"),
        ({"resourceType": "Patient"}, "expected a FHIR Questionnaire, found a Patient"),
        (form({"type": "string"}), "an item has no linkId; give every item a unique linkId"),
        (form({"linkId": "a"}), "a: its type is missing or not one of FHIR R4"),
        (form({"linkId": "a", "type": "string"}, {"linkId": "a", "type": "string"}), "a: this linkId stands 2 times"),
        (
            form(
                {
                    "linkId": "a",
                    "type": "string",
                    "enableWhen": [{"question": "b", "operator": "exists", "answerBoolean": True}],
                }
            ),
            "a: its condition asks about b, which is not here",
        ),
        (
            form(
                {
                    "linkId": "a",
                    "type": "string",
                    "enableWhen": [{"question": "a", "operator": "~", "answerBoolean": True}],
                }
            ),
            "a: an enableWhen lacks its question, operator or answer",
        ),
        (
            {"resourceType": "Questionnaire", "item": {"linkId": "a"}},
            "not a well-formed Questionnaire: Expected `array`",
        ),
    ],
)
def test_a_broken_questionnaire_is_refused_with_the_place(document, said):
    with pytest.raises(UserError) as refused:
        load(document, "form.json")
    assert said in str(refused.value)


def test_many_faults_are_counted_not_poured_out():
    with pytest.raises(UserError, match=r"\(and 7 more\)"):
        load(form(*({"linkId": f"q{n}", "type": "poem"} for n in range(10))))


@pytest.mark.parametrize(
    ("item", "answer", "said"),
    [
        ({"type": "integer"}, {"valueInteger": 3.5}, "valueInteger does not hold a whole number"),
        ({"type": "integer"}, {"valueInteger": True}, "valueInteger does not hold a whole number"),
        ({"type": "integer"}, {"valueString": "3"}, "text where a whole number is expected"),
        ({"type": "decimal"}, {"valueInteger": 3}, "a whole number where a number is expected"),
        ({"type": "date"}, {"valueDate": "2026-02-30"}, "not a date that exists"),
        ({"type": "date"}, {"valueDate": "last year"}, "not a date that exists"),
        ({"type": "time"}, {"valueTime": "25:00:00"}, "valueTime does not hold a time of day"),
        ({"type": "string", "maxLength": 3}, {"valueString": "long"}, "longer than 3 characters"),
        ({"type": "group"}, {"valueString": "x"}, "a group takes no answer"),
        ({"type": "display"}, {"valueString": "x"}, "a display takes no answer"),
        ({"type": "quantity"}, {"valueQuantity": {"value": "3"}}, "valueQuantity does not hold a quantity"),
        (
            {
                "type": "integer",
                "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 10}],
            },
            {"valueInteger": 11},
            "above the largest permitted, 10",
        ),
        (
            {
                "type": "integer",
                "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 0}],
            },
            {"valueInteger": -1},
            "below the smallest permitted, 0",
        ),
        (
            {
                "type": "date",
                "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueDate": "2000-01-01"}],
            },
            {"valueDate": "1999-12-31"},
            "below the smallest permitted, 2000-01-01",
        ),
    ],
)
def test_types_and_limits(item, answer, said):
    questionnaire = load(form({"linkId": "a", **item}))
    response = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "item": [{"linkId": "a", "answer": [answer]}],
    }
    found = [str(problem) for problem in validate(questionnaire, read_response(json.dumps(response)))]
    assert any(said in problem for problem in found), found


@pytest.mark.parametrize(
    "deep", ["[" * 100_000, '{"item":' * 100_000, '{"resourceType":"QuestionnaireResponse","item":[' + "[" * 100_000]
)
def test_bottomless_nesting_is_refused(deep):
    for read in (read_responses, load):
        with pytest.raises(UserError):
            read(deep)


def test_of_two_answers_in_one_place_none_is_chosen(document_of):
    """A reader that keeps the last of two equal keys would drop the first answer, which may be the alarm."""
    text = json.dumps(document_of(shipped("phq-9"), {"phq9-9": 3}))
    place = text.index('"answer"', text.index('"phq9-9"'))
    doubled = text[:place] + '"answer": [], ' + text[place:]
    assert read_responses(text)
    for document in (doubled, f"{text}\n{doubled}\n"):
        with pytest.raises(UserError, match="`answer` is written twice"):
            read_responses(document)
