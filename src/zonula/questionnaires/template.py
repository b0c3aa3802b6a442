"""An empty response to fill in: every question that takes an answer, in order, with its first values and nothing else."""

from collections.abc import Iterable
from typing import Any

from zonula.questionnaires.definition import Coding, Item, ItemType, Questionnaire, Written
from zonula.questionnaires.form import value_key


def empty_response(questionnaire: Questionnaire) -> dict[str, Any]:
    """A QuestionnaireResponse as a JSON object, in progress, with an `answer` list at each question.

    The lists are empty except for the first values the form itself gives (`initial`, `initialSelected`).
    """
    canonical = f"{questionnaire.url}|{questionnaire.version}" if questionnaire.version else questionnaire.url
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical,
        "status": "in-progress",
        "subject": {"reference": ""},
        "authored": "",
        "item": list(_places(questionnaire.items)),
    }


def _places(items: Iterable[Item]) -> Iterable[dict[str, Any]]:
    for item in items:
        first = [*item.initial, *(option.value for option in item.options or () if option.initial)]
        if item.type is ItemType.DISPLAY or item.hidden or item.calculated or (item.read_only and not first):
            continue
        place: dict[str, Any] = {"linkId": item.link_id}
        if item.text:
            place["text"] = item.text
        if item.type is not ItemType.GROUP:
            place["answer"] = [_answer(item, value) for value in first]
        below = list(_places(item.items))
        if below:
            place["item"] = below
        yield place


def _answer(item: Item, value: Written) -> dict[str, Any]:
    if isinstance(value, Coding):
        written = {"system": value.system, "code": value.code, "display": value.display}
        return {"valueCoding": {key: text for key, text in written.items() if text}}
    if item.type is ItemType.QUANTITY:
        return {"valueQuantity": {"value": value}}
    if item.type is ItemType.REFERENCE:
        return {"valueReference": {"reference": value}}
    return {value_key(item.type, value): value}
