"""Reading and writing the files a command names: `-` is the terminal, and what goes wrong is said in one line."""

import json
import sys
from collections.abc import Callable, Mapping
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
    return write_text(name, as_json(content))


def day(text: str) -> date:
    """An argparse type for YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{text!r} is not a date.", "Write it as YYYY-MM-DD.") from None


def write_texts(texts: Mapping[str, str]) -> None:
    """Write several files, all or none; `-` prints. Raises UserError before anything is printed or put in place."""
    staged: list[tuple[Path, Path]] = []
    try:
        for name, text in texts.items():
            if name != "-":
                staged.append((Path(name), _stage(Path(name), text.encode())))
        for path, part in staged:
            if part != path:
                part.replace(path)
    finally:
        for path, part in staged:
            if part != path:
                part.unlink(missing_ok=True)
    if "-" in texts:
        sys.stdout.write(texts["-"])


def as_json(content: object) -> str:
    """The text `write_json` writes."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _stage(path: Path, content: bytes) -> Path:
    """Write the content beside its place and return where; into a terminal, pipe or other special file it is written at once."""
    if path.is_dir():
        raise UserError(f"{path}: Is a directory.")
    special = path.exists() and not path.is_file()
    part = path if special else path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
    except OSError as wrong:
        raise UserError(f"{path}: {wrong.strerror or wrong}.") from None
    return part


def _to_disk(name: str, write: Callable[[Path], int]) -> int:
    try:
        write(Path(name))
    except OSError as wrong:
        raise UserError(f"{name}: {wrong.strerror or wrong}.") from None
    return 0
