"""Forms of others: a licensee's own wording scored by our adapter, first values, contained lists, points in every spelling."""

import json

import pytest

from zonula.knowledge import shelf
from zonula.questionnaires import empty_response, instrument_named, load, read_response, score, shipped, validate

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def answers(items, **head):
    document = {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-11-20", "item": items}
    return read_response(json.dumps({**document, **head}))


def test_a_licensee_loads_their_own_wording_and_our_scoring_fits(today):
    """Their form names itself by the address on our card and keeps our places; it may code its answers."""
    options = [
        {"valueCoding": {"code": f"c{n}", "extension": [{"url": ORDINAL, "valueDecimal": n}]}} for n in range(11)
    ]
    questions = [
        {"linkId": f"chemical-{n}", "text": "their wording", "type": "choice", "answerOption": options}
        for n in range(1, 11)
    ]
    form = load({"resourceType": "Questionnaire", "url": instrument_named("qeesi").url, "item": questions})
    given = [{"linkId": f"chemical-{n}", "answer": [{"valueCoding": {"code": "c4"}}]} for n in range(1, 11)]
    scored = score(form, answers(given), today)
    assert (scored.instrument, scored.scale("chemical").value) == ("qeesi", 40)
    assert scored.scale("life").value is None
    assert any("lacks impact-1" in remark.what for remark in scored.remarks)


def test_without_their_form_points_are_entered_at_numbered_places(today):
    given = [{"linkId": f"ibssss-{n}", "answer": [{"valueDecimal": 60}]} for n in range(1, 6)]
    assert score(shipped("ibs-sss"), answers(given), today).scale("total").value == 300


def contained(*, expanded=False, system=False):
    concept = {"code": "a", "display": "A"}
    if not expanded:
        concept = {**concept, "extension": [{"url": ORDINAL, "valueDecimal": 2}]}
    include = {"system": "s"} if system else {"system": "s", "concept": [concept]}
    value_set = {"resourceType": "ValueSet", "id": "v", "compose": {"include": [include]}}
    if expanded:
        weight = [{"url": "code", "valueCode": "itemWeight"}, {"url": "value[x]", "valueDecimal": 2}]
        url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.contains.property"
        value_set["expansion"] = {
            "contains": [{**concept, "system": "s", "extension": [{"url": url, "extension": weight}]}]
        }
    held = [value_set]
    if system:
        held.append({"resourceType": "CodeSystem", "id": "c", "url": "s", "concept": [concept]})
    return {"contained": held, "item": [{"linkId": "q", "type": "choice", "answerValueSet": "#v"}]}


def direct(where):
    extension = [{"url": ORDINAL.replace("ordinalValue", "itemWeight"), "valueDecimal": 2}]
    option = {"valueCoding": {"system": "s", "code": "a"}}
    if where == "option":
        option["extension"] = extension
    else:
        option["valueCoding"]["extension"] = extension
    return {"item": [{"linkId": "q", "type": "choice", "answerOption": [option]}]}


@pytest.mark.parametrize(
    "form",
    [contained(), contained(expanded=True), contained(system=True), direct("option"), direct("coding")],
    ids=["concept", "expansion", "code system", "option", "coding"],
)
def test_points_are_found_wherever_they_stand(form):
    questionnaire = load({"resourceType": "Questionnaire", **form})
    assert [(option.value.code, option.ordinal) for option in questionnaire.items[0].options] == [("a", 2)]
    wrong = answers([{"linkId": "q", "answer": [{"valueCoding": {"system": "s", "code": "z"}}]}])
    assert [problem.what for problem in validate(questionnaire, wrong)] == ["an option that is not in its list"]


@pytest.mark.parametrize(
    ("coding", "points"),
    [
        ({"system": "s", "code": "a"}, 2),
        ({"code": "a"}, 2),  # without a system it is matched by its code
        ({"system": "t", "code": "a"}, None),  # another system's a is another answer
        ({"display": "a"}, 2),  # some senders write the wording only
        ({"code": 1}, None),
        ({"code": "a", "system": 1}, None),
    ],
)
def test_how_a_coded_answer_finds_its_option(coding, points):
    from zonula.questionnaires.form import Answers, prepared

    form = prepared(load({"resourceType": "Questionnaire", **direct("option")}))
    read = Answers(form, answers([{"linkId": "q", "answer": [{"valueCoding": coding}]}]))
    assert read.points("q") == points
    assert bool(read.problems) is (points is None)


def test_an_open_question_takes_what_is_not_listed():
    form = load(
        {
            "resourceType": "Questionnaire",
            "item": [{"linkId": "q", "type": "open-choice", "answerOption": [{"valueString": "x"}]}],
        }
    )
    for value in ({"valueString": "y"}, {"valueCoding": {"code": "z"}}):
        assert validate(form, answers([{"linkId": "q", "answer": [value]}])) == ()


def test_a_date_on_its_limit_is_within_it():
    limit = [{"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueDate": "2000-01-01"}]
    form = load({"resourceType": "Questionnaire", "item": [{"linkId": "q", "type": "date", "extension": limit}]})
    assert validate(form, answers([{"linkId": "q", "answer": [{"valueDate": "2000-01-01"}]}])) == ()


def test_first_values_stand_in_the_template_and_read_only_questions_without_one_do_not():
    form = load(
        {
            "resourceType": "Questionnaire",
            "item": [
                {"linkId": "a", "type": "integer", "initial": [{"valueInteger": 3}]},
                {"linkId": "b", "type": "choice", "answerOption": [{"valueString": "x"}, {"valueString": "y", "initialSelected": True}]},
                {"linkId": "c", "type": "string", "readOnly": True},
                {"linkId": "d", "type": "quantity", "initial": [{"valueQuantity": {"value": 1.5}}]},
                {"linkId": "e", "type": "choice", "initial": [{"valueCoding": {"system": "s", "code": "k"}}]},
                {"linkId": "f", "type": "decimal", "initial": [{"valueDecimal": 2}]},
                {"linkId": "g", "type": "reference", "initial": [{"valueReference": {"reference": "Patient/1"}}]},
            ],
        }
    )  # fmt: skip
    template = empty_response(form)
    assert {item["linkId"]: item["answer"] for item in template["item"]} == {
        "a": [{"valueInteger": 3}],
        "b": [{"valueString": "y"}],
        "d": [{"valueQuantity": {"value": 1.5}}],
        "e": [{"valueCoding": {"system": "s", "code": "k"}}],
        "f": [{"valueDecimal": 2}],
        "g": [{"valueReference": {"reference": "Patient/1"}}],
    }
    assert validate(form, answers(template["item"])) == ()


def test_every_source_of_the_shelf_is_named_with_a_place_to_look():
    for card in shelf().cards("questionnaires"):
        assert all(source.link.startswith(("https://", "http://", "docs/")) for source in card.sources), card.id
