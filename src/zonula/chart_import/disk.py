"""Files on a disk: which there are, and their bytes or why they cannot be had. Nothing is passed over in silence, and nothing waits."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from zonula.chart_import.containers import LIMITS, is_archive
from zonula.errors import UserError

_HEAD = 64  # bytes that tell an archive from a document


def files_of(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """(name, path) of every file. The name is the path below the folder that was given, which stays the same on another machine.

    A folder that cannot be entered and a link to a folder stand in the list too, so that `contents_of` can say so. Raises UserError
    for a path that does not exist.
    """
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            found.extend((each.relative_to(path).as_posix() or path.name, each) for each in sorted(_below(path)))
        elif path.exists() or path.is_symlink():
            found.append((path.name, path))
        else:
            raise UserError(f"{path}: there is no such file or folder.")
    return found


def _below(folder: Path) -> list[Path]:
    unopened: list[Path] = []
    found: list[Path] = []
    for here, folders, files in os.walk(folder, onerror=lambda wrong: unopened.append(Path(wrong.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(here, name) for name in files if not name.startswith("."))
        found.extend(linked for name in folders if (linked := Path(here, name)).is_symlink())
    return found + unopened


def contents_of(path: Path) -> bytes | str:
    """The bytes of a file, or in words why there are none."""
    try:
        known = path.stat()
        if stat.S_ISDIR(known.st_mode):
            return (
                "is a link to a folder; give that folder itself"
                if path.is_symlink()
                else "is a folder that cannot be opened"
            )
        if not stat.S_ISREG(known.st_mode):
            return "is not a file that holds a document (a pipe, a socket or a device)"
        with path.open("rb") as file:
            head = file.read(_HEAD)
            most = LIMITS.total_bytes if is_archive(head) else LIMITS.file_bytes
            if known.st_size > most:
                return f"has {-(-known.st_size >> 20)} MB; at most {most >> 20} MB is read"
            return head + file.read()
    except FileNotFoundError:
        return "is a link that points nowhere" if path.is_symlink() else "is no longer there"
    except OSError as wrong:
        return f"cannot be opened ({wrong.strerror})"
