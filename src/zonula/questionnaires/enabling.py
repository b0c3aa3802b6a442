"""Which questions apply: `enableWhen`, read as FHIR R4 words it.

Our readings of the ambiguous places (see docs/questionnaires.md):
- `!=` holds when no answer equals the value, so it also holds when the question is unanswered (R4: "at least no answer").
- the comparisons `=`, `>`, `<`, `>=`, `<=` hold when any one answer satisfies them, and never when there is none;
- an item below an item that does not apply does not apply either;
- inside a repeating group a condition looks at the same repetition first, then at the whole response.
"""

from collections.abc import Callable
from operator import eq, ge, gt, le, lt
from typing import Any

import msgspec

from zonula.questionnaires.definition import Coding, Condition, Item, ItemType, Operator, Problem
from zonula.questionnaires.form import Form, Node
from zonula.questionnaires.response import Response, ResponseItem

_COMPARE: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQUAL: eq,
    Operator.GREATER: gt,
    Operator.LESS: lt,
    Operator.AT_LEAST: ge,
    Operator.AT_MOST: le,
}


class Scope:
    """The answers visible from one place: this repetition's own, then those of the scope outside it."""

    def __init__(self, entries: list[ResponseItem], decisive: frozenset[str], outside: "Scope | None" = None) -> None:
        self.decisive = decisive
        self.outside = outside
        self.answers: dict[str, list[Any]] = {}
        self._gather(entries)

    def _gather(self, entries: list[ResponseItem]) -> None:
        for entry in entries:
            if entry.link_id in self.decisive:
                values = self.answers.setdefault(entry.link_id, [])
                values += (value for answer in entry.answer for key, value in answer.items() if key.startswith("value"))
            self._gather(entry.item)
            self._gather(_nested(entry))

    def of(self, link_id: str) -> list[Any]:
        """The raw FHIR values answered to a question, nearest repetition first."""
        if link_id in self.answers or self.outside is None:
            return self.answers.get(link_id, [])
        return self.outside.of(link_id)


def applies(item: Item, scope: Scope) -> bool:
    """Whether the item's own conditions hold in this scope; True when it has none."""
    if not item.conditions:
        return True
    held = (_holds(condition, scope.of(condition.question)) for condition in item.conditions)
    return all(held) if item.every else any(held)


def unmet(form: Form, response: Response) -> tuple[set[str], list[Problem]]:
    """The linkIds that do not apply anywhere in this response, and what is answered or missing in spite of that.

    Items missing though required are found here too, because only a question that applies can be missing.
    """
    walk = _Walk()
    scope = Scope(response.item, form.decisive)
    walk.level(form.children, response.item, scope, True)
    return walk.idle - walk.live, walk.problems


class _Walk:
    def __init__(self) -> None:
        self.live: set[str] = set()
        self.idle: set[str] = set()
        self.problems: list[Problem] = []

    def level(self, children: dict[str, Node], entries: list[ResponseItem], scope: Scope, shown: bool) -> None:
        own: dict[str, list[ResponseItem]] = {}
        for entry in entries:
            own.setdefault(entry.link_id, []).append(entry)
        for link_id, node in children.items():
            if shown and not node.demanding:
                continue
            for repetition in own.get(link_id, (None,)):
                alone = repetition is not None and node.item.repeats and bool(node.children)
                inner = Scope([repetition], scope.decisive, scope) if alone and repetition is not None else scope
                self.enter(node, repetition, inner, shown)

    def enter(self, node: Node, entry: ResponseItem | None, scope: Scope, shown: bool) -> None:
        shown = shown and applies(node.item, scope)
        (self.live if shown else self.idle).add(node.item.link_id)
        if not shown and entry is not None and entry.answer:
            self.problems.append(
                Problem(
                    node.path,
                    "it is answered although its condition does not hold",
                    "correct the question it depends on",
                )
            )
        if node.required and shown and (entry is None or not _answered(entry)):
            self.problems.append(Problem(node.path, "a required answer is missing", "answer it"))
        if node.children and (entry is not None or (node.item.type is ItemType.GROUP and not node.item.repeats)):
            below = [] if entry is None else [*entry.item, *_nested(entry)]
            self.level(node.children, below, scope, shown)


def _answered(entry: ResponseItem) -> bool:
    """Whether anything is answered here or below."""
    return bool(entry.answer) or any(_answered(below) for below in entry.item)


def _holds(condition: Condition, answers: list[Any]) -> bool:
    if condition.operator is Operator.EXISTS:
        return bool(answers) == bool(condition.value)
    if condition.operator is Operator.NOT_EQUAL:
        return not any(_satisfies(eq, answer, condition.value) for answer in answers)
    return any(_satisfies(_COMPARE[condition.operator], answer, condition.value) for answer in answers)


def _satisfies(compare: Callable[[Any, Any], Any], answer: Any, value: Any) -> bool:
    if isinstance(value, Coding):
        if not isinstance(answer, dict) or compare is not eq:
            return False
        same_system = not value.system or not answer.get("system") or answer["system"] == value.system
        return same_system and (answer.get("code") or answer.get("display")) == value.code
    if isinstance(answer, dict):
        answer = answer.get("value", answer.get("reference"))
    if isinstance(answer, bool) or isinstance(value, bool):
        return isinstance(answer, bool) and isinstance(value, bool) and bool(compare(answer, value))
    if isinstance(answer, int | float) and isinstance(value, int | float):
        return bool(compare(answer, value))
    return isinstance(answer, str) and isinstance(value, str) and bool(compare(answer, value))


def _nested(entry: ResponseItem) -> list[ResponseItem]:
    """The items below the answers of a question; unreadable ones are reported by the walk that reads answers."""
    found: list[ResponseItem] = []
    for answer in entry.answer:
        if "item" not in answer:
            continue
        try:
            found.extend(msgspec.convert(answer["item"], list[ResponseItem]))
        except msgspec.ValidationError:
            continue
    return found
