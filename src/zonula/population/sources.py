"""The files of an export: which there are, what each is, and their lines, read in bounded memory.

A file is read twice, once to learn who is in it and once to deal its lines out; its fingerprint must be the same both times.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import zstandard

from zonula.chart_import.recognise import Form, recognised
from zonula.errors import UserError

LONGEST_LINE = 64 << 20  # bytes; one resource this large is a picture or a mistake
LARGEST_WHOLE = 512 << 20  # bytes of a Bundle or single resource, which cannot be read in parts
PAGE = 32 << 20  # bytes of lines looked at together
_BLOCK = 4 << 20
_HEAD = 1 << 20
_LINED = (".ndjson", ".jsonl")
_BOM = b"\xef\xbb\xbf"


class Shape:
    """How a file is laid out."""

    LINES = "lines"
    WHOLE = "whole"


class Source(msgspec.Struct, frozen=True):
    """One file. name: as facts will cite it, the path below the folder without `.gz` or `.zst`. shape "" is refused, with the reason."""

    name: str
    path: str
    size: int
    shape: str = ""
    refusal: str = ""


class Line(NamedTuple):
    """number: from 1. text: None when the line is longer than `LONGEST_LINE`."""

    number: int
    text: bytes | None


class Page(NamedTuple):
    """Whole lines. first: the number of the first. content: None for one line that is longer than `LONGEST_LINE`."""

    first: int
    content: bytes | None


class DamagedError(Exception):
    """The file cannot be unpacked to its end; the message says why."""


def sources(paths: list[Path]) -> list[Source]:
    """Every file below the paths, by name. Raises UserError when a path does not exist or there is no file at all."""
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            below = (each.relative_to(path) for each in path.rglob("*") if each.is_file())
            found += [
                (each.as_posix(), path / each) for each in below if not any(p.startswith(".") for p in each.parts)
            ]
        elif path.exists():
            found.append((path.name, path))
        else:
            raise UserError(f"{path}: there is no such file or folder.")
    if not found:
        raise UserError("There is no file in the folders given.", "Give files, or folders that hold some.")
    taken: set[str] = set()
    return [_source(_unused(_unpacked_name(name), taken), path) for name, path in sorted(found)]


def _unpacked_name(name: str) -> str:
    return name.rpartition(".")[0] if name.lower().endswith((".gz", ".zst")) else name


def _unused(name: str, taken: set[str]) -> str:
    unused, number = name, 1
    while unused in taken:
        number += 1
        unused = f"{name} ({number})"
    taken.add(unused)
    return unused


def _source(name: str, path: Path) -> Source:
    size = path.stat().st_size
    try:
        head = next(_blocks(path), b"")[:_HEAD]
    except DamagedError as wrong:
        return Source(name, str(path), size, refusal=str(wrong))
    except OSError as wrong:
        raise UserError(f"{path}: cannot be read ({wrong.strerror}).") from None
    head = head.removeprefix(_BOM)
    if name.lower().endswith(_LINED) and head.lstrip()[:1] == b"{":
        return Source(name, str(path), size, Shape.LINES)
    # A piece of a text may end inside a letter; only what the text begins with matters here.
    told = recognised(name, head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1] or head)
    if told.warning.startswith("was written in"):
        return Source(name, str(path), size, refusal="is UTF-16 or UTF-32; an export in FHIR JSON is UTF-8")
    if told.form is Form.NDJSON:
        return Source(name, str(path), size, Shape.LINES)
    if told.form is Form.FHIR:
        return Source(name, str(path), size, Shape.WHOLE)
    return Source(name, str(path), size, refusal=told.reason or "is not FHIR JSON; stage reads NDJSON and Bundles")


def _blocks(path: Path) -> Iterator[bytes]:
    """The unpacked content. Raises DamagedError for an archive that is broken or ends too early."""
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(0)
        if start == b"\x28\xb5\x2f\xfd":
            yield from _unzstd(stream)
            return
        packed = gzip.GzipFile(fileobj=stream) if start.startswith(b"\x1f\x8b") else stream
        try:
            while block := packed.read(_BLOCK):
                yield block
        except (EOFError, zlib.error, gzip.BadGzipFile) as wrong:
            raise DamagedError(f"is a damaged or cut archive ({wrong})") from None


def _unzstd(stream: IO[bytes]) -> Iterator[bytes]:
    """Frame by frame; the library itself takes a cut file for a short one."""
    rest = b""
    while rest := rest or stream.read(_BLOCK):
        frame = zstandard.ZstdDecompressor().decompressobj()
        while not frame.eof:
            try:
                block = frame.decompress(rest)
            except zstandard.ZstdError as wrong:
                raise DamagedError(f"is a damaged archive ({wrong})") from None
            if block:
                yield block
            if not frame.eof and not (rest := stream.read(_BLOCK >> 2)):
                raise DamagedError("is an archive cut short")
        rest = frame.unused_data


class Reader:
    """One pass over one file. After it, `fingerprint` is the SHA-256 of the unpacked content."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    @property
    def fingerprint(self) -> str:
        """Of everything read so far, in hexadecimal."""
        return self._hash.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """The content, unpacked. Raises DamagedError, or UserError when the file cannot be opened any more."""
        try:
            first = True
            for block in _blocks(Path(self._source.path)):
                self._hash.update(block)
                yield block.removeprefix(_BOM) if first else block
                first = False
        except OSError as wrong:
            raise UserError(f"{self._source.path}: cannot be read ({wrong.strerror or wrong}).") from None

    def whole(self) -> bytes:
        """The whole content. Raises DamagedError also when it is larger than `LARGEST_WHOLE`."""
        pieces, size = [], 0
        for block in self.blocks():
            size += len(block)
            if size > LARGEST_WHOLE:
                raise DamagedError(f"is larger than {LARGEST_WHOLE >> 20} MB and not NDJSON")
            pieces.append(block)
        return b"".join(pieces)

    def pages(self) -> Iterator[Page]:
        """Whole lines, some `PAGE` of bytes at a time; of a line that is too long only its number."""
        number, waiting, size, skipping = 1, [], 0, False
        for block in self.blocks():
            cut = block.rfind(b"\n") + 1
            if skipping:
                end = block.find(b"\n") + 1
                if not end:
                    continue
                block, cut, skipping = block[end:], max(0, cut - end), False  # noqa: PLW2901
                number += 1
            waiting.append(block[:cut])
            size += cut
            if cut and size >= PAGE:
                content = b"".join(waiting)
                yield Page(number, content)
                number += content.count(b"\n")
                waiting, size = [], 0
            if cut < len(block):
                waiting.append(block[cut:])
                size += len(block) - cut
            if size > LONGEST_LINE:
                content = b"".join(waiting)
                end = content.rfind(b"\n") + 1
                if len(content) - end > LONGEST_LINE:
                    if end:
                        yield Page(number, content[:end])
                        number += content.count(b"\n")
                    yield Page(number, None)
                    waiting, size, skipping = [], 0, True
        content = b"".join(waiting)
        if content:
            yield Page(number, content)

    def lines(self) -> Iterator[Line]:
        """The lines that are not blank; of a line that is too long only its number."""
        for page in self.pages():
            if page.content is None:
                yield Line(page.first, None)
                continue
            for number, text in enumerate(page.content.split(b"\n"), page.first):
                if text and not text.isspace():
                    yield Line(number, text if len(text) <= LONGEST_LINE else None)
