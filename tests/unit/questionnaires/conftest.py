"""Answers written shortly: `{"phq9-1..8": 0, "phq9-9": 1}` becomes a QuestionnaireResponse."""

import json
import re
from datetime import date

import pytest

from zonula.questionnaires import ItemType, read_response

TODAY = date(2026, 11, 24)
RUN = re.compile(r"(.*?)(\d+)\.\.(\d+)")


def spelled(answers):
    for name, value in answers.items():
        run = RUN.fullmatch(name)
        for item in [f"{run[1]}{n}" for n in range(int(run[2]), int(run[3]) + 1)] if run else [name]:
            yield item, value


def answer(item, value):
    """The FHIR answer: a number chooses the option of that worth, a word the option of that code."""
    if item.type in (ItemType.CHOICE, ItemType.OPEN_CHOICE):
        option = next(o for o in item.options if value in (o.ordinal, o.value.code) and not isinstance(value, bool))
        return {"valueCoding": {"system": option.value.system, "code": option.value.code}}
    keys = {ItemType.BOOLEAN: "valueBoolean", ItemType.INTEGER: "valueInteger", ItemType.DATE: "valueDate"}
    return {keys.get(item.type, "valueDecimal" if item.type is ItemType.DECIMAL else "valueString"): value}


def document(questionnaire, answers, **head):
    """The response as a JSON object; groups appear where an answer stands in them."""
    wanted = dict(spelled(answers))

    def fill(items):
        filled = []
        for item in items:
            entry = {"linkId": item.link_id}
            if item.link_id in wanted:
                value = wanted.pop(item.link_id)
                entry["answer"] = [answer(item, one) for one in (value if isinstance(value, list) else [value])]
            below = fill(item.items)
            if below:
                entry["item"] = below
            if len(entry) > 1:
                filled.append(entry)
        return filled

    made = {
        "resourceType": "QuestionnaireResponse",
        "id": "r1",
        "questionnaire": questionnaire.url,
        "status": "completed",
        "subject": {"reference": "Patient/1"},
        "authored": "2026-11-20",
        "item": fill(questionnaire.items),
        **head,
    }
    assert not wanted, f"no such items: {sorted(wanted)}"
    return made


@pytest.fixture
def document_of():
    return document


@pytest.fixture
def answered():
    return lambda questionnaire, answers, **head: read_response(json.dumps(document(questionnaire, answers, **head)))


@pytest.fixture
def today():
    return TODAY
