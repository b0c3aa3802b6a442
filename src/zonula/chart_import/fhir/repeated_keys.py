"""Finding keys that stand twice in one JSON object, which every fast parser passes over: the last value wins unseen.

Decoding and encoding again loses the repeated key, and with it some quotation marks; only a document that lost any is read
slowly, object by object.
"""

import json
from typing import Any

import msgspec

_SHOWN = 20


def repeated_keys(data: bytes) -> tuple[str, ...]:
    """One sentence per repeated key (at most 20), none for a document without, or one that is not JSON at all."""
    lines = data.split(b"\n") if b"\n{" in data else [data]
    said: list[str] = []
    for number, line in enumerate(lines, 1):
        if line and not line.isspace() and _lost_quotes(line):
            where = f"line {number}: " if len(lines) > 1 else ""
            said.extend(f"{where}the key {key!r} stands twice in one object; the last counts" for key in _named(line))
    return tuple(dict.fromkeys(said))[:_SHOWN]


def _lost_quotes(text: bytes) -> bool:
    try:
        again = msgspec.json.encode(msgspec.json.decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False  # said when the document is read
    return again.count(b'"') != text.count(b'"')


def _named(text: bytes) -> list[str]:
    found: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in members]
        if len(set(names)) != len(names):
            found.extend(name[:40] for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(members)

    try:
        json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return []
    return found
