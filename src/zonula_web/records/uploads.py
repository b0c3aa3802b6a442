"""What may be uploaded: how many, how large, of which kind. Said in words before anything is read."""

from collections.abc import Sequence
from typing import NamedTuple

from zonula.chart_import import Limits
from zonula.errors import UserError
from zonula_web.settings import CONFIGURATION

MOST_FILES = 200
LARGEST_UPLOAD = CONFIGURATION.upload_bytes
LARGEST_FILE = min(60 << 20, LARGEST_UPLOAD)
LONGEST_NAME = 255
# What the files of one upload may unpack to. Reading a document takes several times its size in memory, and the site has other work.
UNPACKED = Limits(files=2000, file_bytes=LARGEST_FILE, total_bytes=400 << 20)
ENDINGS = (".json", ".ndjson", ".xml", ".ccda", ".cda", ".csv", ".zip", ".gz")
IN_WORDS = "FHIR (.json, .ndjson), C-CDA (.xml), the CSV template (.csv), or these in a .zip or .gz"


class SortedOut(NamedTuple):
    """files: what will be read. left_out: (name, why) of what will not."""

    files: tuple[tuple[str, bytes], ...]
    left_out: tuple[tuple[str, str], ...]


def checked(files: Sequence[tuple[str, bytes]]) -> SortedOut:
    """Sort files into those that may be a record and those that cannot. Raises UserError when too much came, or nothing of use."""
    if not files:
        raise UserError("No file was chosen.", "Choose one or more files, a folder, or a zip archive.")
    if len(files) > MOST_FILES:
        raise UserError(
            f"{len(files)} files are more than the {MOST_FILES} one upload takes.", "Put them into one zip archive."
        )
    if sum(len(body) for _, body in files) > LARGEST_UPLOAD:
        raise UserError(
            f"Together the files are larger than {LARGEST_UPLOAD >> 20} MB.",
            "Upload them in parts, or as a zip archive.",
        )
    kept: list[tuple[str, bytes]] = []
    left_out: list[tuple[str, str]] = []
    for written, body in files:
        name = clean_name(written)
        why = _why_not(name, body)
        if why:
            left_out.append((name, why))
        else:
            kept.append((name, body))
    if not kept:
        name, why = left_out[0]
        raise UserError(f"{name}: {why}.", f"Zonula reads {IN_WORDS}.")
    return SortedOut(tuple(kept), tuple(left_out))


def clean_name(name: str) -> str:
    """A name that leads nowhere: no drive, no parent folder, nothing unprintable; the folders below the one chosen stay."""
    parts = name.replace("\\", "/").split("/")
    shown = ("".join(letter for letter in part if letter.isprintable()).strip() for part in parts)
    return (
        "/".join(part for part in shown if part and part not in (".", "..") and not part.endswith(":"))[-LONGEST_NAME:]
        or "document"
    )


def _why_not(name: str, body: bytes) -> str:
    if not body:
        return "the file is empty"
    if len(body) > LARGEST_FILE:
        return f"larger than the {LARGEST_FILE >> 20} MB one file may have"
    last = name.rpartition("/")[2].lower()
    if last.endswith(ENDINGS):
        return ""
    begins = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if "." not in last and begins in (b"{", b"<", b"["):
        return ""
    return "not a kind of file that Zonula reads"
