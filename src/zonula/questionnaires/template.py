"""An empty response to fill in: every question that takes an answer, in order, with nothing answered."""

from collections.abc import Iterable
from typing import Any

from zonula.questionnaires.definition import Item, ItemType, Questionnaire


def empty_response(questionnaire: Questionnaire) -> dict[str, Any]:
    """A QuestionnaireResponse as a JSON object, in progress, with an empty `answer` list at each question."""
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
        if item.type is ItemType.DISPLAY or item.hidden or item.calculated:
            continue
        place: dict[str, Any] = {"linkId": item.link_id}
        if item.text:
            place["text"] = item.text
        if item.type is not ItemType.GROUP:
            place["answer"] = []
        below = list(_places(item.items))
        if below:
            place["item"] = below
        yield place
