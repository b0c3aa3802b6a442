"""Opening a genotype file: plain, gzip or zip, recognised by content, read in whole lines, bounded, never kept."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from zonula.errors import UserError

MOST_BYTES = 4 * 1024**3  # a whole-genome VCF unpacks to about 1 GB; beyond this it is a mistake or an attack
BLOCK = 1 << 22
LONGEST_LINE = 1 << 24  # a population VCF with thousands of samples stays below; a file without line ends does not
_DATA_NAMES = (".txt", ".csv", ".tsv", ".tab", ".vcf")


def blocks(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[bytes]:
    """The unpacked file in blocks that end with a whole line (the last one may not).

    Raises UserError when the file is missing, empty, damaged, cut short, encrypted, ambiguous or larger than `most_bytes`.
    """
    with _opened(path) as stream:
        total, rest = 0, b""
        while read := _read(path, stream):
            total += len(read)
            if total > most_bytes:
                raise UserError(
                    f"{path.name}: unpacks to more than {most_bytes} bytes.", "Give one person's genotype file."
                )
            if b"\0" in read:
                raise UserError(
                    f"{path.name}: holds binary data.", "Give the text file the company offers for download."
                )
            whole = read.rfind(b"\n") + 1
            if whole:
                yield rest + read[:whole]
                rest = read[whole:]
            else:
                rest += read
            if len(rest) > LONGEST_LINE:
                raise UserError(
                    f"{path.name}: has no line ends.", "Give the text file the company offers for download."
                )
        if rest:
            yield rest
        if not total:
            raise UserError(f"{path.name}: the file is empty.", "Download it again.")


def _read(path: Path, stream: IO[bytes]) -> bytes:
    try:
        return stream.read(BLOCK)
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile) as wrong:
        raise UserError(f"{path.name}: the file is cut short or damaged ({wrong}).", "Download it again.") from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        packed = path.open("rb")
    except OSError as wrong:
        raise UserError(f"{path.name}: cannot be read ({wrong.strerror}).", "Check the path.") from None
    with packed:
        start = packed.read(4)
        packed.seek(0)
        if start[:2] == b"\x1f\x8b":
            with gzip.open(packed) as stream:
                yield cast("IO[bytes]", stream)
        elif start in {b"PK\x03\x04", b"PK\x05\x06"}:
            with _zip_member(path, packed) as stream:
                yield stream
        else:
            yield packed


@contextmanager
def _zip_member(path: Path, packed: io.BufferedReader) -> Iterator[IO[bytes]]:
    try:
        with zipfile.ZipFile(packed) as archive:
            members = [
                member
                for member in archive.infolist()
                if member.filename.lower().endswith(_DATA_NAMES) and not member.filename.startswith("__MACOSX")
            ]
            if len(members) != 1:
                raise UserError(
                    f"{path.name}: holds {len(members)} genotype files; exactly one is needed.",
                    "Unpack it and give one person's file.",
                )
            if members[0].flag_bits & 1:
                raise UserError(f"{path.name}: the archive is encrypted.", "Unpack it first.")
            with archive.open(members[0]) as stream:
                yield stream
    except (zipfile.BadZipFile, NotImplementedError) as wrong:
        raise UserError(f"{path.name}: the archive is cut short or damaged ({wrong}).", "Download it again.") from None
