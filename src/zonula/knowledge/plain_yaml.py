"""YAML as people write it, read strictly: what a lenient reader would silently change is refused, with its line.

Used for the files a clinic writes (sessions, panels, evidence). A key written twice, an impossible date, several documents in one
file, a file nested beyond reason or far too large is an error of the file and never half-read.
"""

import re
from collections.abc import Hashable
from typing import Any, TypeVar

import msgspec
import yaml
from yaml.constructor import ConstructorError

from zonula.errors import UserError

LARGEST_CHARACTERS = 300_000  # a session of 60 foods is about 6,000
_LONGEST_REASON = 160
_AT = re.compile(r" - at `\$?\.?(.*)`$")
_KINDS = {"str": "text", "float": "a number", "int": "a whole number", "bool": "true or false", "object": "a group of fields", "array": "a list", "null": "nothing", "date": "a day (YYYY-MM-DD)", "datetime": "a day with a time"}  # fmt: skip
Read = TypeVar("Read")


class _Strict(yaml.SafeLoader):
    """The safe loader, in Python: unlike the one in C it meets bottomless nesting with an error and not with a crash."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if (key.tag, key.value) in seen:
                raise ConstructorError(None, None, f"`{key.value}` is written twice", key.start_mark)
            seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep=deep)

    def construct_date(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            raise ConstructorError(None, None, f"{node.value} is not a date", node.start_mark) from None


_Strict.add_constructor("tag:yaml.org,2002:timestamp", _Strict.construct_date)


def read_yaml(text: str, name: str) -> Any:
    """Plain data from YAML (or JSON) text. Raises UserError naming the document, the line and the reason."""
    if len(text) > LARGEST_CHARACTERS:
        raise UserError(f"{name}: far too large for such a file.", "Check that it is the file you meant.")
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader, made stricter
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        if wrong.problem == "but found another document":
            raise UserError(f"{name}: several documents in one file.", "Keep one person in one file.") from None
        raise UserError(f"{name}: not readable as YAML or JSON: {line}{_short(wrong.problem or wrong)}.") from None
    except (yaml.YAMLError, ValueError) as wrong:
        raise UserError(f"{name}: not readable as YAML or JSON: {_short(wrong)}.") from None
    except RecursionError:
        raise UserError(f"{name}: not readable as YAML or JSON: nested too deeply.") from None


def fitted(written: Any, kind: type[Read], name: str, cure: str = "") -> Read:
    """Plain data as that struct. Raises UserError that names the field in words: `pricks, entry 3, wheal_mm`."""
    try:
        return msgspec.convert(written, kind)
    except msgspec.ValidationError as wrong:
        raise UserError(f"{name}: {_in_words(str(wrong))}.", cure) from None


def _in_words(said: str) -> str:
    at = _AT.search(said)
    said = _AT.sub("", said)
    if said.startswith("Expected"):
        said = re.sub(r"`([a-z]+)`", lambda kind: _KINDS.get(kind[1], kind[1]), said.replace(" | ", "` or `"))
    place = re.sub(r"\[(\d+)\]", lambda index: f", entry {int(index[1]) + 1}", at[1]) if at else ""
    place = re.sub(r"\[\.\.\.\]", "", place).replace(".", ", ").strip(", ")
    return f"{place}: {said[0].lower()}{said[1:]}" if place else said


def _short(wrong: object) -> str:
    return " ".join(str(wrong).split())[:_LONGEST_REASON].rstrip(".")
