"""Archives opened with every bound checked before and while unpacking: a file may lie about its size.

Only gzip and zip, and archives inside an archive one level deep. Nothing is ever written to disk.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

_CHUNK = 1 << 20


class Limits(NamedTuple):
    """What one import may unpack. Bytes and counts; generous for one patient, small against a laptop's memory."""

    files: int = 10_000
    file_bytes: int = 512 << 20
    total_bytes: int = 2 << 30
    nesting: int = 2  # an archive in an archive; a third level is refused


LIMITS = Limits()


class Opened(NamedTuple):
    """One document out of its wrappings. refusal: why it could not be unpacked; then `data` is empty."""

    name: str
    data: bytes
    refusal: str = ""


class _RefusedError(Exception):
    pass


class Unpacker:
    """Opens documents one after the other and keeps count of everything unpacked so far."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._files = 0
        self._bytes = 0

    def open(self, name: str, data: bytes, level: int = 0) -> Iterator[Opened]:
        """The documents inside `data`, itself when it is no archive. Never raises for bad content."""
        packed = _packed(data)
        if not packed:
            yield self._counted(name, data)
            return
        if level >= self._limits.nesting:
            yield Opened(name, b"", "is an archive inside an archive inside an archive; unpack it first")
            return
        try:
            if packed == "gzip":
                inner = name[:-3] if name.lower().endswith(".gz") else name
                yield from self.open(inner, self._gunzip(data), level + 1)
            elif packed == "zip":
                yield from self._unzip(name, data, level)
            else:
                raise _RefusedError(f"is a {packed} archive; Zonula opens zip and gzip")
        except _RefusedError as refused:
            yield Opened(name, b"", str(refused))

    def _counted(self, name: str, data: bytes) -> Opened:
        self._files += 1
        if self._files > self._limits.files:
            return Opened(name, b"", f"is beyond the {self._limits.files} documents one import reads")
        if len(data) > self._limits.file_bytes:
            return Opened(name, b"", f"is larger than {_size(self._limits.file_bytes)}")
        return Opened(name, data)

    def _room(self) -> int:
        return min(self._limits.file_bytes, self._limits.total_bytes - self._bytes)

    def _gunzip(self, data: bytes) -> bytes:
        room, size = self._room(), 0
        pieces: list[bytes] = []
        rest = data
        while rest:
            unpacking = zlib.decompressobj(wbits=31)
            while True:
                try:
                    piece = unpacking.decompress(rest, min(_CHUNK, room - size + 1))
                except zlib.error as wrong:
                    if pieces and not rest.startswith(b"\x1f\x8b"):
                        rest = b""  # padding after the last member, as gzip itself ignores
                        break
                    raise _RefusedError(f"is a damaged gzip file ({wrong})") from None
                size += len(piece)
                if size > room:
                    raise _RefusedError(f"unpacks to more than {_size(room)}")
                pieces.append(piece)
                rest = unpacking.unconsumed_tail
                if unpacking.eof:
                    rest = unpacking.unused_data.lstrip(b"\0")
                    break
                if not rest and not piece:
                    raise _RefusedError("is a gzip file cut short")
        self._bytes += size
        return b"".join(pieces)

    def _unzip(self, name: str, data: bytes, level: int) -> Iterator[Opened]:
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as wrong:
            raise _RefusedError(f"is a damaged zip file ({wrong})") from None
        with archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if any(member.filename == "[Content_Types].xml" for member in members):
                raise _RefusedError("is an office document; save its content as CSV")
            if len(members) > self._limits.files - self._files:
                raise _RefusedError(f"holds {len(members)} files; one import reads at most {self._limits.files}")
            claimed = sum(member.file_size for member in members)
            if claimed > self._limits.total_bytes - self._bytes:
                raise _RefusedError(
                    f"claims to unpack to {_size(claimed)}; one import reads at most {_size(self._limits.total_bytes)}"
                )
            for member in sorted(members, key=lambda each: each.filename):
                inner = f"{name}/{member.filename}"
                if _left_by_a_system(member.filename):
                    continue
                try:
                    content = self._member(archive, member)
                except _RefusedError as refused:
                    yield Opened(inner, b"", str(refused))
                    continue
                yield from self.open(inner, content, level + 1)

    def _member(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & 1:
            raise _RefusedError("is protected by a password; unpack it first")
        room = self._room()
        if member.file_size > room:
            raise _RefusedError(f"claims to unpack to {_size(member.file_size)}; at most {_size(room)} is read")
        pieces, size = [], 0
        try:
            with archive.open(member) as stream:
                while piece := stream.read(_CHUNK):
                    size += len(piece)
                    if size > room:
                        raise _RefusedError(f"unpacks to more than {_size(room)}")
                    pieces.append(piece)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as wrong:
            raise _RefusedError(f"is damaged inside its zip file ({wrong})") from None
        self._bytes += size
        return b"".join(pieces)


def is_archive(data: bytes) -> bool:
    """Whether this is a zip, which holds a folder of its own."""
    return _packed(data) == "zip"


def _packed(data: bytes) -> str:
    if data.startswith(b"\x1f\x8b"):
        return "gzip"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if data.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    if data.startswith(b"Rar!\x1a\x07"):
        return "rar"
    return "bzip2" if data.startswith(b"BZh") else ""


def _left_by_a_system(filename: str) -> bool:
    base = filename.rsplit("/", 1)[-1]
    return filename.startswith("__MACOSX/") or base in (".DS_Store", "Thumbs.db")


def _size(number: int) -> str:
    return f"{number / (1 << 20):.0f} MB" if number >= 1 << 20 else f"{max(number, 0)} bytes"
