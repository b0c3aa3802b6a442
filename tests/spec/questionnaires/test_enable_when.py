"""When a question applies (`enableWhen`).

| operator | holds when                                            | unanswered |
|----------|-------------------------------------------------------|------------|
| exists   | there is an answer (or, with false, there is none)    | as asked   |
| =        | any answer equals the value                           | no         |
| !=       | no answer equals the value                            | yes        |
| > < >= <=| any answer is so compared with the value              | no         |

A question that does not apply must not be answered; one that applies and is required must be.
"""

import json

import pytest

from zonula.questionnaires import load, read_response, validate

IDLE = "it is answered although its condition does not hold"
MISSING = "a required answer is missing"


def form(type_, conditions, behavior=None, **dependent):
    asked = {"linkId": "asked", "type": "string", "enableWhen": conditions, **dependent}
    if behavior:
        asked["enableBehavior"] = behavior
    questions = [{"linkId": name, "type": type_, "repeats": True} for name in ("a", "b")]
    return load({"resourceType": "Questionnaire", "item": [*questions, asked]})


def problems(questionnaire, answers):
    items = [{"linkId": link, "answer": given} for link, given in answers.items()]
    document = {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-11-20", "item": items}
    return [problem.what for problem in validate(questionnaire, read_response(json.dumps(document)))]


def applies(questionnaire, answers):
    return problems(questionnaire, {**answers, "asked": [{"valueString": "x"}]}) == []


def when(question, operator, **answer):
    return {"question": question, "operator": operator, **answer}


@pytest.mark.parametrize(
    ("type_", "condition", "given", "expected"),
    [
        ("integer", when("a", "exists", answerBoolean=True), [{"valueInteger": 0}], True),
        ("integer", when("a", "exists", answerBoolean=True), [], False),
        ("integer", when("a", "exists", answerBoolean=False), [], True),
        ("integer", when("a", "=", answerInteger=3), [{"valueInteger": 3}], True),
        ("integer", when("a", "=", answerInteger=3), [{"valueInteger": 2}, {"valueInteger": 3}], True),
        ("integer", when("a", "=", answerInteger=3), [], False),
        ("integer", when("a", "!=", answerInteger=3), [{"valueInteger": 2}], True),
        ("integer", when("a", "!=", answerInteger=3), [{"valueInteger": 2}, {"valueInteger": 3}], False),
        ("integer", when("a", "!=", answerInteger=3), [], True),
        ("integer", when("a", ">", answerInteger=3), [{"valueInteger": 3}], False),
        ("integer", when("a", ">", answerInteger=3), [{"valueInteger": 4}], True),
        ("integer", when("a", ">=", answerInteger=3), [{"valueInteger": 3}], True),
        ("integer", when("a", "<", answerInteger=3), [{"valueInteger": 3}], False),
        ("integer", when("a", "<=", answerInteger=3), [{"valueInteger": 3}], True),
        ("decimal", when("a", ">", answerDecimal=1.5), [{"valueDecimal": 2}], True),
        ("boolean", when("a", "=", answerBoolean=True), [{"valueBoolean": False}], False),
        ("date", when("a", ">", answerDate="2026-01-01"), [{"valueDate": "2026-01-02"}], True),
        ("time", when("a", "<=", answerTime="12:00:00"), [{"valueTime": "11:59:59"}], True),
        ("string", when("a", "=", answerString="yes"), [{"valueString": "yes"}], True),
        ("choice", when("a", "=", answerCoding={"code": "y"}), [{"valueCoding": {"system": "s", "code": "y"}}], True),
        (
            "choice",
            when("a", "=", answerCoding={"system": "t", "code": "y"}),
            [{"valueCoding": {"system": "s", "code": "y"}}],
            False,
        ),
        ("choice", when("a", "!=", answerCoding={"code": "y"}), [{"valueCoding": {"code": "n"}}], True),
        ("quantity", when("a", ">=", answerQuantity={"value": 5}), [{"valueQuantity": {"value": 5}}], True),
    ],
)
def test_each_operator(type_, condition, given, expected):
    assert applies(form(type_, [condition]), {"a": given} if given else {}) is expected


@pytest.mark.parametrize(
    ("behavior", "a", "b", "expected"),
    [("any", 1, 0, True), ("any", 0, 0, False), ("all", 1, 0, False), ("all", 1, 1, True)],
)
def test_any_and_all(behavior, a, b, expected):
    both = [when("a", "=", answerInteger=1), when("b", "=", answerInteger=1)]
    answers = {"a": [{"valueInteger": a}], "b": [{"valueInteger": b}]}
    assert applies(form("integer", both, behavior), answers) is expected


def test_answered_without_applying_and_required_without_answer():
    questionnaire = form("boolean", [when("a", "=", answerBoolean=True)], required=True)
    assert problems(questionnaire, {"a": [{"valueBoolean": False}], "asked": [{"valueString": "x"}]}) == [IDLE]
    assert problems(questionnaire, {"a": [{"valueBoolean": True}]}) == [MISSING]
    assert problems(questionnaire, {"a": [{"valueBoolean": False}]}) == []


def test_below_an_item_that_does_not_apply_nothing_applies():
    document = {
        "resourceType": "Questionnaire",
        "item": [
            {"linkId": "a", "type": "boolean"},
            {
                "linkId": "group",
                "type": "group",
                "enableWhen": [when("a", "=", answerBoolean=True)],
                "item": [{"linkId": "inner", "type": "string", "required": True}],
            },
        ],
    }
    assert problems(load(document), {"a": [{"valueBoolean": False}]}) == []
    assert problems(load(document), {"a": [{"valueBoolean": True}]}) == [MISSING]


def test_each_repetition_looks_at_itself():
    """The second reaction was severe, so only there the follow-up applies."""
    questionnaire = load(
        {
            "resourceType": "Questionnaire",
            "item": [
                {
                    "linkId": "reaction",
                    "type": "group",
                    "repeats": True,
                    "item": [
                        {"linkId": "severe", "type": "boolean"},
                        {"linkId": "how", "type": "string", "enableWhen": [when("severe", "=", answerBoolean=True)]},
                    ],
                }
            ],
        }
    )

    def told(*repetitions):
        entries = [
            {
                "linkId": "reaction",
                "item": [
                    {"linkId": "severe", "answer": [{"valueBoolean": severe}]},
                    *([{"linkId": "how", "answer": [{"valueString": "x"}]}] if how else []),
                ],
            }
            for severe, how in repetitions
        ]
        document = {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026", "item": entries}
        return [problem.what for problem in validate(questionnaire, read_response(json.dumps(document)))]

    assert told((False, False), (True, True)) == []
    assert told((False, True), (True, False)) == [IDLE]
