"""A FHIR questionnaire as a form that works without JavaScript, and the posted form as a FHIR response.

The response is the form's only state: what cannot be read stays in it as text, so that a page shown again with its errors has lost
nothing. Names of inputs: the item's linkId, and `~0`, `~1` ... for each repetition of a repeating group around it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from django.http import QueryDict

from zonula.questionnaires import Coding, Item, ItemType, Problem, Questionnaire, Response, empty_response
from zonula.questionnaires.checking import check
from zonula.questionnaires.form import prepared

Json = dict[str, Any]
MOST_REPETITIONS = 40
LONGEST_SCALE = 11  # a number from 0 to 10 is asked as a row of buttons
_NUMBERS = {ItemType.INTEGER, ItemType.DECIMAL, ItemType.QUANTITY}
_WORDS = {True: "yes", False: "no"}


class Choice(NamedTuple):
    """One option. id: of its input."""

    id: str
    key: str
    label: str
    chosen: bool


class Field(NamedTuple):
    """One line of the form. kind: group, text, choices, many, scale, number, day, line, lines.

    applies: whether it is asked at present. another: name of the button that adds a repetition, on the last one only.
    """

    name: str
    link: str
    kind: str
    text: str
    help: str = ""
    required: bool = False
    applies: bool = True
    conditional: bool = False
    value: str = ""
    choices: tuple[Choice, ...] = ()
    error: str = ""
    fields: tuple["Field", ...] = ()
    another: str = ""
    number: int = 0


class Filled(NamedTuple):
    """A form with what was filled in. idle: linkIds that do not apply. wrong: how many questions must be corrected."""

    fields: tuple[Field, ...]
    idle: tuple[str, ...]
    wrong: int
    problems: tuple[Problem, ...]


def fields_of(questionnaire: Questionnaire, response: Json | None = None, *, judged: bool = False) -> Filled:
    """The form to show. response: what was filled in, None for an empty one. judged: whether to say what is wrong."""
    state = empty_response(questionnaire) if response is None else response
    read = msgspec.convert({**state, "status": "completed"}, Response)
    checked = check(prepared(questionnaire), read)
    problems = tuple(problem for problem in checked.problems if problem.serious)
    wrong = {problem.path.rpartition("/")[2]: problem for problem in problems} if judged else {}
    page = _Page(wrong, checked.idle)
    fields = tuple(page.level(questionnaire.items, state.get("item", []), "", applies=True))
    return Filled(fields, tuple(sorted(checked.idle)), len(wrong), problems)


def response_from(questionnaire: Questionnaire, posted: QueryDict, *, subject: str, authored: str, id_: str) -> Json:
    """The posted form as a completed QuestionnaireResponse. Unanswered questions are left out, never written as zero."""
    canonical = f"{questionnaire.url}|{questionnaire.version}" if questionnaire.version else questionnaire.url
    return {
        "resourceType": "QuestionnaireResponse",
        "id": id_,
        "questionnaire": canonical,
        "status": "completed",
        "subject": {"reference": subject},
        "authored": authored,
        "item": list(_posted(questionnaire.items, posted, "")),
    }


def with_another(response: Json, name: str) -> Json:
    """The response with one more, empty repetition of the group that the button `name` stands for."""
    link = name.partition("~")[0]
    return {**response, "item": [*response["item"], {"linkId": link, "item": []}]}


class _Page:
    def __init__(self, wrong: Mapping[str, Problem], idle: Iterable[str]) -> None:
        self.wrong = wrong
        self.idle = frozenset(idle)

    def level(self, items: Iterable[Item], entries: Sequence[Json], suffix: str, *, applies: bool) -> Iterator[Field]:
        for item in items:
            if item.hidden or item.calculated:
                continue
            own = [entry for entry in entries if entry.get("linkId") == item.link_id]
            shown = applies and item.link_id not in self.idle
            if item.type is ItemType.GROUP and item.repeats:
                repetitions = own or [{}]
                for number, entry in enumerate(repetitions):
                    last = number == len(repetitions) - 1 < MOST_REPETITIONS - 1
                    name = f"{item.link_id}{suffix}"
                    group = self._group(item, entry, f"{suffix}~{number}", applies=shown)
                    yield group._replace(another=name if last else "", number=number + 1)
            elif item.type is ItemType.GROUP:
                yield self._group(item, own[0] if own else {}, suffix, applies=shown)
            elif item.type is ItemType.DISPLAY:
                yield Field("", item.link_id, "text", item.text, applies=shown, conditional=bool(item.conditions))
            else:
                yield self._question(item, own[0] if own else {}, suffix, applies=shown)

    def _group(self, item: Item, entry: Json, suffix: str, *, applies: bool) -> Field:
        return Field(
            f"{item.link_id}{suffix}",
            item.link_id,
            "group",
            item.text,
            applies=applies,
            conditional=bool(item.conditions),
            fields=tuple(self.level(item.items, entry.get("item", []), suffix, applies=applies)),
        )

    def _question(self, item: Item, entry: Json, suffix: str, *, applies: bool) -> Field:
        values = [value for answer in entry.get("answer", []) for key, value in answer.items() if key[:5] == "value"]
        name = f"{item.link_id}{suffix}"
        kind, options = _kind(item)
        given = [_key(value) for value in values]
        problem = self.wrong.get(item.link_id)
        below = entry.get("item", [])
        error = (
            f"{problem.what[:1].upper()}{problem.what[1:]}: {problem.cure}."
            if problem and (given or item.required)
            else ""
        )
        return Field(
            name,
            item.link_id,
            kind,
            f"{item.prefix} {item.text}".strip() or item.link_id,
            help=_help(item, kind),
            required=item.required,
            applies=applies or bool(error),
            conditional=bool(item.conditions),
            value="\n".join(given) if kind == "lines" else next(iter(given), ""),
            choices=tuple(
                Choice(f"{name}-{number}", key, label, key in given) for number, (key, label) in enumerate(options)
            ),
            error=error,
            fields=tuple(self.level(item.items, below, suffix, applies=applies)),
        )  # fmt: skip


def _kind(item: Item) -> tuple[str, tuple[tuple[str, str], ...]]:
    if item.type is ItemType.BOOLEAN:
        return "choices", (("yes", "Yes"), ("no", "No"))
    if item.options:
        options = tuple((_key_of(option.value), _label(option.value)) for option in item.options)
        return ("many" if item.repeats else "choices"), options
    if item.type in _NUMBERS:
        low, high = item.minimum, item.maximum
        if item.type is ItemType.INTEGER and low is not None and isinstance(high, int | float):
            steps = range(int(low), int(high) + 1)
            if 1 < len(steps) <= LONGEST_SCALE:
                return "scale", tuple((str(step), str(step)) for step in steps)
        return "number", ()
    if item.type in (ItemType.DATE, ItemType.DATE_TIME):
        return "day", ()
    return ("lines" if item.repeats or item.type is ItemType.TEXT else "line"), ()


def _help(item: Item, kind: str) -> str:
    if kind == "number" and item.minimum is not None and item.maximum is not None:
        return f"{_short(item.minimum)} to {_short(item.maximum)}"
    if kind == "day":
        return "YYYY-MM-DD, or only the month (YYYY-MM) or the year"
    if kind == "many":
        return "Choose all that apply"
    return "One on each line" if item.repeats else ""


def _short(number: float | str) -> str:
    return f"{number:.15g}" if isinstance(number, int | float) else number


def _label(value: bool | int | float | str | Coding) -> str:
    return value.display or value.code if isinstance(value, Coding) else str(value)


def _key_of(value: bool | int | float | str | Coding) -> str:
    return f"{value.system}|{value.code}" if isinstance(value, Coding) else str(value)


def _key(value: Any) -> str:
    """The key of an answer as FHIR writes it."""
    if isinstance(value, dict):
        if "code" in value or "display" in value:
            return f"{value.get('system', '')}|{value.get('code', '')}"
        return _key(value.get("value", ""))
    if isinstance(value, bool):
        return _WORDS[value]
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _posted(items: Iterable[Item], posted: QueryDict, suffix: str) -> Iterator[Json]:
    for item in items:
        if item.type is ItemType.GROUP and item.repeats:
            for number in range(MOST_REPETITIONS):
                below = list(_posted(item.items, posted, f"{suffix}~{number}"))
                if below:
                    yield {"linkId": item.link_id, "item": below}
            continue
        below = list(_posted(item.items, posted, suffix))
        answers = [] if item.type is ItemType.GROUP else _answers(item, posted.getlist(f"{item.link_id}{suffix}"))
        if answers or below:
            entry: Json = {"linkId": item.link_id}
            if answers:
                entry["answer"] = answers
            if below:
                entry["item"] = below
            yield entry


def _answers(item: Item, written: Iterable[str]) -> list[Json]:
    kind, _ = _kind(item)
    if kind == "lines" and item.repeats:
        written = [line for text in written for line in text.splitlines()]
    plain = (text.replace("\0", "").strip() for text in written)  # no database keeps a NUL
    return [_answer(item, text) for text in plain if text]


def _answer(item: Item, text: str) -> Json:
    """One answer. Text that does not fit stays text: the check then says so beside the question."""
    if item.type is ItemType.BOOLEAN and text in ("yes", "no"):
        return {"valueBoolean": text == "yes"}
    for option in item.options or ():
        if _key_of(option.value) == text:
            return _of_option(option.value)
    if item.type in _NUMBERS:
        return _number(item, text)
    if item.type in (ItemType.DATE, ItemType.DATE_TIME):
        return {"valueDate" if item.type is ItemType.DATE else "valueDateTime": text}
    return {"valueUri" if item.type is ItemType.URL else "valueString": text}


def _of_option(value: bool | int | float | str | Coding) -> Json:
    if isinstance(value, Coding):
        return {"valueCoding": {key: part for key, part in msgspec.to_builtins(value).items() if part}}
    return {"valueInteger" if isinstance(value, int) else "valueString": value}


def _number(item: Item, text: str) -> Json:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return {"valueString": text}
    if item.type is ItemType.QUANTITY:
        return {"valueQuantity": {"value": number}}
    whole = item.type is ItemType.INTEGER and number.is_integer()
    if item.type is ItemType.INTEGER and not whole:
        return {"valueString": text}
    return {"valueInteger": int(number)} if whole else {"valueDecimal": number}
