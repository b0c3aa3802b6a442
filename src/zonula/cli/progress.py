"""Progress for whoever waits longer than a second: one line on the error stream, only on a terminal, gone when done."""

import sys
import threading
from types import TracebackType

PATIENCE = 1.0  # seconds before anything is shown


class Progress:
    """Called with a name, how many are done and how many there are; shows the newest once `patience` seconds have passed."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._timer = threading.Timer(patience, self._show)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._said = ""
        self._due = self._shown = self._over = False

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __call__(self, name: str, done: int, total: int) -> None:
        with self._lock:
            self._said = f"zonula: reading {done + 1} of {total}: {name}"
            if self._due:
                self._write()

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._due, self._over = False, True
            if self._shown:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()

    def _show(self) -> None:
        with self._lock:
            if not self._over:
                self._due = True
                self._write()

    def _write(self) -> None:
        self._shown = True
        said = "".join(letter if letter.isprintable() else "?" for letter in self._said or "zonula: reading")
        sys.stderr.write(f"\r\x1b[K{said[:78]}")
        sys.stderr.flush()
