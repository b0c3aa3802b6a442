"""What a phone sends is read strictly, so that both databases take the same: a bounded body, no NaN, no NUL, no half of a surrogate pair,
no deep nesting."""

import re
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, JsonResponse

T = TypeVar("T")
DEEPEST = 32
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.S)
_BRACKETS = re.compile(rb"[\[\]{}]")


class NotAcceptedError(Exception):
    """A body that is not taken, with the HTTP status that says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.answer = JsonResponse({"why": why}, status=status)


def body_of(request: HttpRequest, most: int) -> bytes:
    """The body, at most that many bytes. Raises NotAcceptedError (411, 413)."""
    try:
        length = int(request.headers.get("Content-Length", ""))
    except ValueError:
        raise NotAcceptedError(411, "Say how long the body is.") from None
    if length > most:
        raise NotAcceptedError(413, f"At most {most} bytes at once.")
    return request.read(length)


def read_json(request: HttpRequest, type_: type[T], most: int) -> T:
    """The body as this struct. Raises NotAcceptedError (400 what is no JSON, 415, 422 what is no such struct)."""
    if request.content_type != "application/json":
        raise NotAcceptedError(415, "Send application/json.")
    body = body_of(request, most)
    if _depth(body) > DEEPEST:
        raise NotAcceptedError(400, f"Nested deeper than {DEEPEST}.")
    try:
        plain = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise NotAcceptedError(400, f"This is not JSON: {wrong}") from None
    _without_nul(plain)
    try:
        return msgspec.convert(plain, type_)
    except msgspec.ValidationError as wrong:
        raise NotAcceptedError(422, str(wrong)) from None


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _without_nul(value: Any) -> None:
    match value:
        case str():
            if "\x00" in value:
                raise NotAcceptedError(400, "A text holds a NUL character.")
        case dict():
            for key, inner in value.items():
                _without_nul(key)
                _without_nul(inner)
        case list():
            for inner in value:
                _without_nul(inner)
        case _:
            return
