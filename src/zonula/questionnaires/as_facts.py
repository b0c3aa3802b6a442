"""Answers as facts of the patient's own telling, so that a finding about an answer can be opened to the question and the answer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from zonula.chart import Fact, Kind, Source, Status, at
from zonula.chart.moments import UNKNOWN_TIME
from zonula.questionnaires.definition import Coding, Item, ItemType, Questionnaire
from zonula.questionnaires.response import Response, ResponseItem

NOT_ANSWERED = "not answered"


def answers_as_facts(form: Questionnaire, response: Response) -> tuple[Fact, ...]:
    """One fact per question of the form, in its order; `id` is what findings cite. An unanswered question says so."""
    given: dict[str, list[str]] = defaultdict(list)
    _collect(response.item, given)
    when = at(response.authored) if response.day else UNKNOWN_TIME
    title = form.title or response.url
    return tuple(
        Fact(
            id=response.place(item.link_id),
            kind=Kind.OBSERVATION,
            sources=(Source(title, item.link_id, "patient's own answer"),),
            text=f"{under}: {item.text or item.link_id}" if under else item.text or item.link_id,
            when=when,
            status=Status.PATIENT_REPORTED,
            value_text="; ".join(_displayed(item, said) for said in given.get(item.link_id, ())) or NOT_ANSWERED,
        )
        for under, item in _questions(form.items)
    )


def _questions(items: Iterable[Item], under: str = "") -> Iterator[tuple[str, Item]]:
    """Every question with the words of the group it stands in, without which `How bad is it?` says nothing."""
    for item in items:
        if item.type not in (ItemType.GROUP, ItemType.DISPLAY):
            yield under, item
        yield from _questions(item.items, item.text if item.type is ItemType.GROUP else under)


def _displayed(item: Item, said: str) -> str:
    """The words of the option whose bare code was sent."""
    options = (option.value for option in item.options or ())
    return next(
        (value.display for value in options if isinstance(value, Coding) and value.code == said and value.display), said
    )


def _collect(items: Iterable[ResponseItem], given: dict[str, list[str]]) -> None:
    for item in items:
        for answer in item.answer:
            said = next((_words(value) for key, value in answer.items() if key.startswith("value")), "")
            if said:
                given[item.link_id].append(said)
            _collect(_nested(answer), given)
        _collect(item.item, given)


def _nested(answer: dict[str, Any]) -> list[ResponseItem]:
    return msgspec.convert(answer.get("item", []), list[ResponseItem])


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        shown = value.get("display") or value.get("code") or value.get("reference") or value.get("value")
        return f"{shown} {value.get('unit', '')}".strip() if shown is not None else ""
    return str(value)
