"""Reading a resource whose JSON is not quite right, keeping everything that is still unambiguous.

Typed decoding refuses a whole resource for one field of the wrong type. Here the resource is read as plain JSON and walked
beside its shape: each field of the wrong type is mended when only one reading is possible (a number written as a string, one
object where FHIR has a list) and otherwise left out; either way a sentence says so. Field values are never quoted.
"""

import json
import math
import re
import types
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Raw

from zonula.chart_import.fhir.concepts import scrubbed

_Shape = TypeVar("_Shape", bound=msgspec.Struct)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LEFT_OUT = object()


class UnreadableError(ValueError):
    """The resource is not JSON at all; the message says why."""


def mend(written: bytes, shape: type[_Shape], problems: list[str]) -> _Shape:
    """Read one resource loosely; what was mended or left out is added to `problems`. Raises UnreadableError."""
    loose = loosely(written, problems)
    if not isinstance(loose, dict):
        raise UnreadableError("is not a JSON object")
    try:
        return msgspec.json.decode(msgspec.json.encode(_walk(loose, shape, "", problems)), type=shape)
    except RecursionError:
        raise UnreadableError("is nested too deeply") from None


def loosely(written: bytes, problems: list[str]) -> Any:
    """Plain JSON values; NaN and Infinity become None, a repeated key keeps its last value, each with a sentence."""
    try:
        text = written.decode("utf-8")
    except UnicodeDecodeError:
        problems.append("text is not UTF-8; unreadable characters were replaced")
        text = written.decode("utf-8", "replace")

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(members)
        if len(made) != len(members):
            names = [name for name, _ in members]
            problems.append(
                f"repeated key {next(name for name in names if names.count(name) > 1)[:40]!r}; the last counts"
            )
        return made

    def constant(word: str) -> None:
        problems.append(f"{word} is not a JSON number; left out")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except RecursionError:
        raise UnreadableError("is nested too deeply") from None
    except json.JSONDecodeError as wrong:
        raise UnreadableError(f"is not valid JSON: {wrong.msg} (character {wrong.pos} of it)") from None
    except ValueError:
        raise UnreadableError("holds a number too long to read") from None


def _walk(value: Any, expected: Any, path: str, problems: list[str]) -> Any:
    options = get_args(expected) if get_origin(expected) in (Union, types.UnionType) else (expected,)
    wanted = next(option for option in options if option is not types.NoneType)
    if wanted is Raw:
        return Raw(json.dumps(_no_surrogates(value)).encode())
    if get_origin(wanted) is list:
        (inner,) = get_args(wanted)
        if not isinstance(value, list):
            if not isinstance(value, dict) and inner is not str:
                return _wrong(path, "a list", problems)
            problems.append(f"{path}: one value where FHIR has a list; read as a list of one")
            value = [value]
        walked = (
            _walk(each, inner, f"{path}[{index}]", problems) for index, each in enumerate(value) if each is not None
        )
        return [each for each in walked if each is not _LEFT_OUT]
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            problems.append(f"{path}: a list of one where FHIR has a single value")
            value = value[0]
        return (
            _object(value, wanted, path, problems) if isinstance(value, dict) else _wrong(path, "an object", problems)
        )
    return _scalar(value, wanted, path, problems)


def _object(value: dict[str, Any], shape: type[msgspec.Struct], path: str, problems: list[str]) -> dict[str, Any]:
    hints = get_type_hints(shape)
    mended = {}
    for field in msgspec.structs.fields(shape):
        given = value.get(field.encode_name)
        if given is None:
            continue
        place = f"{path}.{field.encode_name}" if path else field.encode_name
        walked = _walk(given, hints[field.name], place, problems)
        if walked is not _LEFT_OUT:
            mended[field.encode_name] = walked
    return mended


def _scalar(value: Any, wanted: type, path: str, problems: list[str]) -> Any:
    if wanted is str:
        return _text(value, path, problems)
    if wanted is bool:
        if isinstance(value, str) and value in ("true", "false"):
            problems.append(f"{path}: true or false written as text; read as {value}")
            return value == "true"
        return value if isinstance(value, bool) else _wrong(path, "true or false", problems)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        problems.append(f"{path}: a number written as text; read as a number")
        value = float(value)
    number = _finite(value)
    if number is None or (wanted is int and not number.is_integer()):
        return _wrong(path, "a number", problems)
    return int(number) if wanted is int else number


def _text(value: Any, path: str, problems: list[str]) -> Any:
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, int) and not isinstance(value, bool):
        problems.append(f"{path}: a number where FHIR has text; read as text")
        return str(value)
    return _wrong(path, "text", problems)


def _finite(value: Any) -> float | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _wrong(path: str, expected: str, problems: list[str]) -> object:
    problems.append(f"{path}: left out, it is not {expected}")
    return _LEFT_OUT


def _no_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, list):
        return [_no_surrogates(each) for each in value]
    if isinstance(value, dict):
        return {scrubbed(key): _no_surrogates(each) for key, each in value.items()}
    return value
