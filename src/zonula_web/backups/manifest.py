"""What stands at the head of a backup, so that it can be judged before anything is touched."""

import hashlib
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import msgspec

from zonula.errors import UserError

FORMAT = "zonula.backup/1"
MANIFEST = "manifest.json"
CHUNK = 1 << 20
LARGEST_MANIFEST = 1_000_000


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """kind: `file` (the embedded database itself) or `rows` (JSON lines, for either database). encrypted: with the clinic's own key.

    content, sha256: the file inside and its digest. migrations: the newest of each application. counts: rows of each table.
    audit_head: the last seal of the audit log, so that a log that lost its end is found.
    """

    format: str
    kind: str
    made_at: datetime
    version: str
    encrypted: bool
    content: str
    sha256: str
    migrations: dict[str, str]
    counts: dict[str, int]
    audit_head: str


def digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(target: Path, manifest: Manifest, content: Path) -> None:
    """Put both into one archive; it gets its name only when it is complete."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    compression = zipfile.ZIP_STORED if manifest.encrypted else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(unfinished, "w", compression, compresslevel=3) as archive:
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        archive.write(content, manifest.content)
    unfinished.chmod(0o600)
    unfinished.replace(target)


def read(backup: Path) -> Manifest:
    """The manifest of a backup. Raises UserError when the file is not one."""
    try:
        with zipfile.ZipFile(backup) as archive:
            if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise UserError(f"{backup.name} is not a backup of Zonula.")
            manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
            names = set(archive.namelist())
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.MsgspecError, zlib.error, NotImplementedError, RuntimeError):
        raise UserError(f"{backup.name} is not a backup of Zonula, or it is damaged.", "Take another backup.") from None
    if manifest.format != FORMAT or names != {MANIFEST, manifest.content} or "/" in manifest.content:
        raise UserError(f"{backup.name} is not a backup that this version reads.", "Use the version that made it.")
    return manifest


def unpack(backup: Path, manifest: Manifest, into: Path) -> Path:
    """Take the content out and compare its digest. Raises UserError when a single bit differs."""
    target = into / manifest.content
    try:
        with zipfile.ZipFile(backup) as archive, archive.open(manifest.content) as source, target.open("wb") as out:
            while piece := source.read(CHUNK):
                out.write(piece)
    except (OSError, zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError):
        raise UserError(f"{backup.name} is damaged.", "Nothing was changed. Take another backup.") from None
    if digest(target) != manifest.sha256:
        raise UserError(
            f"{backup.name} is damaged: its content does not match its seal.",
            "Nothing was changed. Take another backup.",
        )
    return target
