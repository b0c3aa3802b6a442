"""Reading and writing the files a command names: `-` is the terminal, and what goes wrong is said in one line."""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from zonula.errors import UserError


def read_text(name: str | None) -> str:
    """The text of a UTF-8 file. Raises UserError when it is not named, not there, or not text."""
    if not name:
        raise UserError("No file was named.", "Name one, or write an example with --template.")
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{name}: not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as wrong:
        raise UserError(f"{name}: {wrong.strerror or wrong}.") from None


def write_text(name: str, text: str) -> int:
    """Write text to a file or, for `-`, to the terminal. Returns 0; raises UserError when the file cannot be written."""
    if name == "-":
        sys.stdout.write(text)
        return 0
    return _to_disk(name, lambda path: path.write_text(text, encoding="utf-8"))


def write_bytes(name: str, content: bytes) -> int:
    """Write bytes to a file. Returns 0; raises UserError when it cannot be written."""
    return _to_disk(name, lambda path: path.write_bytes(content))


def write_json(name: str, content: object) -> int:
    """Write JSON, keys in the order given: equal results are equal bytes. Raises ValueError on NaN, which would be a bug of ours."""
    return write_text(name, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def day(text: str) -> date:
    """An argparse type for YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{text!r} is not a date.", "Write it as YYYY-MM-DD.") from None


def _to_disk(name: str, write: Callable[[Path], int]) -> int:
    try:
        write(Path(name))
    except OSError as wrong:
        raise UserError(f"{name}: {wrong.strerror or wrong}.") from None
    return 0
