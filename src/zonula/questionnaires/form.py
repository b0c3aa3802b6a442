"""A questionnaire made ready for checking many answers quickly, and the one walk that reads and checks them together."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from zonula.chart import Moment
from zonula.questionnaires.definition import Coding, Item, ItemType, Problem, Questionnaire
from zonula.questionnaires.options import weight
from zonula.questionnaires.response import Response, ResponseItem

_CODED = ("valueCoding",)
_KEYS: dict[ItemType, tuple[str, ...]] = {
    ItemType.GROUP: (),
    ItemType.DISPLAY: (),
    ItemType.BOOLEAN: ("valueBoolean",),
    ItemType.DECIMAL: ("valueDecimal",),
    ItemType.INTEGER: ("valueInteger",),
    ItemType.DATE: ("valueDate",),
    ItemType.DATE_TIME: ("valueDateTime",),
    ItemType.TIME: ("valueTime",),
    ItemType.STRING: ("valueString",),
    ItemType.TEXT: ("valueString",),
    ItemType.URL: ("valueUri",),
    ItemType.ATTACHMENT: ("valueAttachment",),
    ItemType.REFERENCE: ("valueReference",),
    ItemType.QUANTITY: ("valueQuantity",),
    ItemType.CHOICE: (*_CODED, "valueString", "valueInteger", "valueDate", "valueTime", "valueReference"),
    ItemType.OPEN_CHOICE: (*_CODED, "valueString", "valueInteger", "valueDate", "valueTime", "valueReference"),
}
_EXPECTED = {
    "valueBoolean": "true or false",
    "valueDecimal": "a number",
    "valueInteger": "a whole number",
    "valueDate": "a date",
    "valueDateTime": "a date and time",
    "valueTime": "a time of day",
    "valueString": "text",
    "valueUri": "an address",
    "valueCoding": "a coded option",
    "valueQuantity": "a quantity",
    "valueAttachment": "an attachment",
    "valueReference": "a reference",
}
_JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "valueBoolean": bool,
    "valueInteger": int,
    "valueDecimal": (int, float),
    "valueCoding": dict,
    "valueAttachment": dict,
    "valueReference": dict,
}
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?")


def value_key(type_: ItemType, value: Any) -> str:
    """The FHIR key under which a plain value answers an item of that type."""
    keys = _KEYS[type_]
    return next((key for key in keys if key != "valueCoding" and _well_typed(key, value)), keys[0])


class Given(msgspec.Struct, frozen=True, gc=False):
    """One answer as read. points: its worth as a number, None when it has none. code: of a coded answer."""

    value: Any
    points: float | None
    code: str = ""


class Node:
    """One item prepared for lookup. demanding: whether it or anything below it is required or conditional."""

    __slots__ = ("children", "demanding", "item", "keys", "open", "path", "points", "required", "single")

    demanding: bool

    def __init__(self, item: Item, above: str, nodes: dict[str, "Node"]) -> None:
        self.item = item
        self.path = f"{above}/{item.link_id}" if above else item.link_id
        self.keys = _KEYS[item.type]
        self.single = not item.repeats
        self.open = item.type is ItemType.OPEN_CHOICE or item.options is None
        self.points: dict[Any, float | None] = {}
        for option in item.options or ():
            key = (option.value.system, option.value.code) if isinstance(option.value, Coding) else option.value
            self.points[key] = option.ordinal
        nodes[item.link_id] = self
        self.children = {child.link_id: Node(child, self.path, nodes) for child in item.items}
        # A hidden or calculated item is the form's own business, never the patient's omission.
        self.required = item.required and not item.hidden and not item.calculated and item.type is not ItemType.DISPLAY
        self.demanding = (
            self.required or bool(item.conditions) or any(child.demanding for child in self.children.values())
        )


class Form:
    """The prepared questionnaire. nodes: every item by linkId. demanding: whether any item is required or
    conditional. decisive: the linkIds that conditions ask about."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.nodes: dict[str, Node] = {}
        self.children = {item.link_id: Node(item, "", self.nodes) for item in questionnaire.items}
        self.demanding = any(node.demanding for node in self.children.values())
        self.decisive = frozenset(
            condition.question for node in self.nodes.values() for condition in node.item.conditions
        )


@lru_cache(maxsize=64)
def prepared(questionnaire: Questionnaire) -> Form:
    """The form of a questionnaire, kept for the next response."""
    return Form(questionnaire)


class Answers:
    """Every answer that could be read, by linkId, and everything wrong with the response. Order of items does not matter."""

    __slots__ = ("form", "given", "problems")

    def __init__(self, form: Form, response: Response) -> None:
        self.form = form
        self.given: dict[str, list[Given]] = {}
        self.problems: list[Problem] = []
        self._read(response.item, form.children, "")

    def points(self, link_id: str) -> float | None:
        """The worth of the one answer to a question; None when unanswered, answered twice, or worth nothing known."""
        given = self.given.get(link_id)
        return given[0].points if given is not None and len(given) == 1 else None

    def value(self, link_id: str) -> Any:
        """The first answer to a question as written, or None."""
        given = self.given.get(link_id)
        return given[0].value if given else None

    def _read(self, entries: list[ResponseItem], children: Mapping[str, Node], above: str) -> None:
        seen: set[str] = set()
        for entry in entries:
            node = children.get(entry.link_id)
            if node is None:
                node = self._misplaced(entry.link_id, above)
                if node is None:
                    continue
            if entry.link_id in seen and node.single:
                self._wrong(node, "it is answered twice", "keep one answer")
            seen.add(entry.link_id)
            if entry.answer:
                self._read_answers(entry, node)
            if entry.item:
                self._read(entry.item, node.children, node.path)

    def _misplaced(self, link_id: str, above: str) -> Node | None:
        path = f"{above}/{link_id}" if above else link_id
        known = self.form.nodes.get(link_id)
        if known is None:
            self.problems.append(
                Problem(path, "the questionnaire has no such item", "check the linkId and the questionnaire")
            )
        else:
            self.problems.append(Problem(path, f"it belongs at {known.path}", "move it there"))
        return known

    def _read_answers(self, entry: ResponseItem, node: Node) -> None:
        if not node.keys:
            self._wrong(node, f"a {node.item.type} takes no answer", "remove it")
        if len(entry.answer) > 1 and node.single:
            self._wrong(node, f"{len(entry.answer)} answers where one is asked for", "keep one")
        for answer in entry.answer:
            read = self._read_answer(answer, node)
            if read is not None:
                self.given.setdefault(entry.link_id, []).append(read)
            below = answer.get("item")
            if below:
                try:
                    self._read(msgspec.convert(below, list[ResponseItem]), node.children, node.path)
                except msgspec.ValidationError:
                    self._wrong(node, "what stands below its answer is not a list of items", "correct it")

    def _read_answer(self, answer: dict[str, Any], node: Node) -> Given | None:
        found = None
        for key in answer:
            if key.startswith("value"):
                if found is not None:
                    self._wrong(node, "one answer carries two values", "split it")
                    return None
                found = key
        if found is None:
            # FHIR allows an answer that holds only an extension, such as the reason for its absence.
            return None
        value = answer[found]
        if found not in node.keys:
            expected = " or ".join(_EXPECTED[key] for key in node.keys[:2]) or "no answer"
            kind = _EXPECTED.get(found, "something else")
            self._wrong(node, f"{kind} where {expected} is expected", "answer with the right type")
            return None
        if not _well_typed(found, value):
            self._wrong(node, f"{found} does not hold {_EXPECTED[found]}", "correct it")
            return None
        if found == "valueCoding":
            return self._coded(value, node)
        return self._plain(found, value, node)

    def _coded(self, value: dict[str, Any], node: Node) -> Given:
        code, system = value.get("code") or value.get("display") or "", value.get("system", "")
        if not (isinstance(code, str) and isinstance(system, str)):
            self._wrong(node, "its code or system is not text", "write them as text")
            return Given(None, None)
        points, listed = None, node.points
        if listed:
            key: Any = (system, code)
            if key not in listed and not system:
                key = next((other for other in listed if isinstance(other, tuple) and other[1] == code), key)
            if key in listed:
                points = listed[key]
            elif not node.open:
                self._wrong(node, "an option that is not in its list", "choose one of the listed options")
        if points is None and "extension" in value:
            points = weight(value["extension"])
        return Given(value.get("display") or code, points, code)

    def _plain(self, key: str, value: Any, node: Node) -> Given | None:
        item = node.item
        number = value.get("value") if key == "valueQuantity" else value
        points: float | None = None
        if isinstance(number, int | float):
            points = float(number)
        if node.points and not isinstance(value, dict):
            if value in node.points:
                points = node.points[value] if node.points[value] is not None else points
            elif not node.open:
                self._wrong(node, "an option that is not in its list", "choose one of the listed options")
        if item.minimum is not None and _below(number, item.minimum):
            self._wrong(node, f"below the smallest permitted, {item.minimum}", "correct it")
        if item.maximum is not None and _below(item.maximum, number):
            self._wrong(node, f"above the largest permitted, {item.maximum}", "correct it")
        if item.max_length is not None and isinstance(value, str) and len(value) > item.max_length:
            self._wrong(node, f"longer than {item.max_length} characters", "shorten it")
        if key in {"valueDate", "valueDateTime"} and not _is_date(value):
            self._wrong(node, "not a date that exists", "write YYYY-MM-DD, YYYY-MM or YYYY")
            return None
        return Given(value, points)

    def _wrong(self, node: Node, what: str, cure: str) -> None:
        self.problems.append(Problem(node.path, what, cure))


def _well_typed(key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return key == "valueBoolean"
    if key == "valueTime":
        return isinstance(value, str) and _TIME.fullmatch(value) is not None
    if key == "valueQuantity":
        return isinstance(value, dict) and isinstance(value.get("value", 0), int | float)
    return isinstance(value, _JSON_TYPES.get(key, str))


def _below(left: Any, right: Any) -> bool:
    """Whether left < right, for numbers and for ISO dates; values that cannot be compared are not out of limits."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left < right
    return isinstance(left, str) and isinstance(right, str) and left < right


def _is_date(value: str) -> bool:
    try:
        Moment.parse(value)
    except ValueError:
        return False
    return True
