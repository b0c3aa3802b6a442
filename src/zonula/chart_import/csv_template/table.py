"""Bytes to lines of cells: encoding, separator and quoting of spreadsheets. A broken line never swallows the ones after it."""

import codecs
import csv
from collections.abc import Iterator
from typing import NamedTuple

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_LONGEST_CELL = 60  # physical lines one quoted cell may span; more means that a quotation mark was never closed


class NotATableError(Exception):
    """The bytes are no text table; the message is the reason and the cure."""


class Row(NamedTuple):
    """One record. line: where it begins, from 1. wrong: why its cells could not be read (then there are none)."""

    line: int
    cells: tuple[str, ...]
    wrong: str = ""


def text_of(data: bytes) -> tuple[str, str]:
    """The text and a warning about its encoding. Raises NotATableError for bytes that are no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), ""
        except UnicodeDecodeError:
            raise NotATableError("begins like UTF-16 text but is damaged; save it again as CSV UTF-8") from None
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotATableError("is a spreadsheet file, not CSV; save it as CSV UTF-8 first")
    if b"\x00" in data:
        raise NotATableError("contains zero bytes, so it is not text; save it as CSV UTF-8")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace"), (
            "the file is not UTF-8; read as Windows-1252, so check accented letters and units such as µg"
        )


def separator_of(header: str) -> str:
    """The separator that cuts the header into most cells; a comma when there is only one cell."""
    return max(_SEPARATORS, key=lambda mark: (header.count(mark), mark == ","))


def rows(text: str, separator: str) -> Iterator[Row]:
    """Every record that is not blank, with the line it begins on."""
    lines = text.splitlines(keepends=True)
    at = 0
    while at < len(lines):
        start = at
        record = lines[at]
        at += 1
        quotes = record.count('"')
        while quotes % 2 and at < len(lines) and at - start < _LONGEST_CELL:
            record += lines[at]
            quotes += lines[at].count('"')
            at += 1
        if quotes % 2:
            at = start + 1
            yield Row(start + 1, (), "a quotation mark is opened and never closed")
            continue
        try:
            cells = next(csv.reader([record], delimiter=separator, strict=True), [])
        except csv.Error as wrong:
            yield Row(start + 1, (), f"not a CSV line: {wrong}")
            continue
        trimmed = tuple(cell.strip() for cell in cells)
        if any(trimmed):
            yield Row(start + 1, trimmed)
