"""Reading a FHIR R4 Questionnaire, ours or anyone's: everything wrong is said at once, and nothing is guessed."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from zonula.errors import UserError
from zonula.questionnaires.definition import Coding, Condition, Item, ItemType, Operator, Option, Problem, Questionnaire
from zonula.questionnaires.options import contained_options, listed, written

Json = Mapping[str, Any]
_FHIR = "http://hl7.org/fhir/StructureDefinition/"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_LIMITS = ("valueInteger", "valueDecimal", "valueDate", "valueDateTime", "valueTime", "valueQuantity")
# Expressions and references that change what is asked; they are carried and shown, not acted upon.
_NOT_ACTED_UPON = {
    _SDC + "enableWhenExpression": "its condition is an expression and is not evaluated; the question counts as asked",
    _SDC + "subQuestionnaire": "it stands for another questionnaire, which is not fetched",
    _SDC + "answerExpression": "its answers come from an expression; they are not checked against a list",
    _SDC + "initialExpression": "its first value comes from an expression and is not filled in",
    _SDC + "answerOptionsToggleExpression": "an expression hides some of its options; every listed option is accepted",
}


class _Expression(msgspec.Struct, frozen=True):
    expression: str = ""


class _Extension(msgspec.Struct, frozen=True, rename="camel"):
    url: str = ""
    extension: list["_Extension"] = []
    value_decimal: float = 0
    value_integer: int = 0
    value_boolean: bool = False
    value_code: str = ""
    value_expression: _Expression = _Expression()


class _Coding(msgspec.Struct, frozen=True):
    code: str = ""
    system: str = ""
    display: str = ""
    extension: list[_Extension] = []


class _Valued(msgspec.Struct, frozen=True, rename="camel"):
    value_coding: _Coding = _Coding()
    extension: list[_Extension] = []


class _Condition(msgspec.Struct, frozen=True, rename="camel"):
    question: str = ""
    operator: str = ""
    answer_coding: _Coding = _Coding()


class _ItemShape(msgspec.Struct, frozen=True, rename="camel"):
    link_id: str = ""
    type: str = ""
    enable_behavior: str = ""
    item: list["_ItemShape"] = []
    extension: list[_Extension] = []
    code: list[_Coding] = []
    answer_option: list[_Valued] = []
    enable_when: list[_Condition] = []
    initial: list[_Valued] = []


class _Shape(msgspec.Struct, frozen=True):
    """Where FHIR has text, numbers and lists: checked once, place by place, so that the reader may rely on it."""

    item: list[_ItemShape] = []
    code: list[_Coding] = []
    contained: list[dict[str, Any]] = []


def load(document: bytes | str | Json, name: str = "questionnaire") -> Questionnaire:
    """Read one Questionnaire from JSON text or a parsed object.

    name: what to call the document in messages. Raises UserError naming every serious problem, or the first three of many.
    """
    parsed = _parse(document, name)
    questionnaire, problems = examine(parsed)
    if problems:
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        raise UserError(f"{name}: " + "; ".join(map(str, problems[:3])) + more)
    return questionnaire


def examine(parsed: Json) -> tuple[Questionnaire, tuple[Problem, ...]]:
    """Read a parsed Questionnaire and return it with every serious problem found, instead of raising."""
    reader = _Reader(parsed)
    return reader.questionnaire(), tuple(reader.problems)


def _parse(document: bytes | str | Json, name: str) -> Json:
    parsed: Any = document
    if isinstance(document, bytes | str):
        try:
            parsed = msgspec.json.decode(document)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise UserError(f"{name}: not JSON ({wrong}).", "Give a FHIR R4 Questionnaire as JSON.") from None
    kind = parsed.get("resourceType") if isinstance(parsed, Mapping) else None
    if kind != "Questionnaire":
        found = f"a {kind}" if isinstance(kind, str) else "no resourceType"
        raise UserError(
            f"{name}: expected a FHIR Questionnaire, found {found}.", "Give a FHIR R4 Questionnaire as JSON."
        )
    try:
        msgspec.convert(parsed, _Shape)
    except msgspec.ValidationError as wrong:
        raise UserError(f"{name}: not a well-formed Questionnaire: {wrong}.", "Correct that place.") from None
    return parsed  # type: ignore[no-any-return]


class _Reader:
    def __init__(self, parsed: Json) -> None:
        self.parsed = parsed
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.contained = {str(held.get("id", "")): held for held in parsed.get("contained", ())}

    def questionnaire(self) -> Questionnaire:
        items = self._items(self.parsed, "")
        self._check_links(items)
        text = {
            key: str(self.parsed.get(key, ""))
            for key in ("url", "version", "name", "title", "status", "copyright", "language")
        }
        return Questionnaire(**text, codes=_codes(self.parsed), items=items, notes=tuple(self.notes))

    def _items(self, holder: Json, above: str) -> tuple[Item, ...]:
        return tuple(item for entry in holder.get("item", ()) if (item := self._item(entry, above)) is not None)

    def _item(self, entry: Json, above: str) -> Item | None:
        link_id = entry.get("linkId")
        if not isinstance(link_id, str) or not link_id:
            self.problems.append(Problem(above or "item", "an item has no linkId", "give every item a unique linkId"))
            return None
        path = f"{above}/{link_id}" if above else link_id
        if entry.get("type") not in set(ItemType):
            self.problems.append(
                Problem(path, "its type is missing or not one of FHIR R4", "use a type such as choice or group")
            )
            return None
        extensions = {extension.get("url"): extension for extension in entry.get("extension", ())}
        for url, remark in _NOT_ACTED_UPON.items():
            if url in extensions:
                self.notes.append(Problem(path, remark, serious=False))
        calculated = extensions.get(_SDC + "calculatedExpression", {}).get("valueExpression", {})
        return Item(
            link_id=link_id,
            type=ItemType(entry["type"]),
            text=str(entry.get("text", "")),
            prefix=str(entry.get("prefix", "")),
            codes=_codes(entry),
            required=bool(entry.get("required")),
            repeats=bool(entry.get("repeats")),
            read_only=bool(entry.get("readOnly")),
            hidden=bool(extensions.get(_FHIR + "questionnaire-hidden", {}).get("valueBoolean")),
            initial=tuple(
                value for first in entry.get("initial", ()) if (value := written(first, "value")) is not None
            ),
            options=self._options(entry, path),
            conditions=self._conditions(entry, path),
            every=entry.get("enableBehavior") == "all",
            minimum=_limit(extensions.get(_FHIR + "minValue")),
            maximum=_limit(extensions.get(_FHIR + "maxValue")),
            max_length=entry.get("maxLength") if isinstance(entry.get("maxLength"), int) else None,
            calculated=str(calculated.get("expression", "")),
            items=self._items(entry, path),
        )

    def _options(self, entry: Json, path: str) -> tuple[Option, ...] | None:
        if entry.get("answerOption"):
            return listed(entry["answerOption"])
        value_set = entry.get("answerValueSet")
        if not value_set:
            return None
        options = contained_options(str(value_set), self.contained)
        if options is None:
            self.notes.append(
                Problem(path, f"its answers are listed elsewhere ({value_set}) and are not checked", serious=False)
            )
        return options

    def _conditions(self, entry: Json, path: str) -> tuple[Condition, ...]:
        found = []
        for condition in entry.get("enableWhen", ()):
            question, operator, value = (
                condition.get("question"),
                condition.get("operator"),
                written(condition, "answer"),
            )
            if not isinstance(question, str) or operator not in set(Operator) or value is None:
                self.problems.append(
                    Problem(path, "an enableWhen lacks its question, operator or answer", "complete it")
                )
                continue
            found.append(Condition(question, Operator(operator), value))
        if len(found) > 1 and entry.get("enableBehavior") not in {"any", "all"}:
            self.notes.append(Problem(path, "several conditions without enableBehavior; read as `any`", serious=False))
        return tuple(found)

    def _check_links(self, items: tuple[Item, ...]) -> None:
        every = [item for top in items for item in top.walk()]
        count = Counter(item.link_id for item in every)
        self.problems.extend(
            Problem(link_id, f"this linkId stands {times} times", "give each item its own")
            for link_id, times in count.items()
            if times > 1
        )
        for item in every:
            for condition in item.conditions:
                if condition.question not in count:
                    self.problems.append(
                        Problem(
                            item.link_id,
                            f"its condition asks about {condition.question}, which is not here",
                            "correct it",
                        )
                    )


def _codes(entry: Json) -> tuple[Coding, ...]:
    return tuple(
        Coding(str(code.get("code", "")), str(code.get("system", "")), str(code.get("display", "")))
        for code in entry.get("code", ())
    )


def _limit(extension: Json | None) -> float | str | None:
    if extension is None:
        return None
    value = next((extension[key] for key in _LIMITS if key in extension), None)
    if isinstance(value, Mapping):
        value = value.get("value")
    return value if isinstance(value, int | float | str) else None
