"""Who uses a data folder now: the site (several may), a restore or a demonstration (alone). A lock of the system, gone with whoever held it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zonula.errors import UserError

SERVING = "serving"  # name of the file that is locked


@contextmanager
def held(folder: Path, what: str, cure: str, *, alone: bool) -> Iterator[None]:
    """Use the folder inside the block. Raises UserError(what, cure) when another use of it stands against that, or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / SERVING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as wrong:
        raise UserError(f"{folder}: {wrong.strerror}.", "Name a folder that can be written.") from None
    try:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(what, cure) from None
        yield
    finally:
        os.close(descriptor)
