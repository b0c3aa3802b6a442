"""The embedded database: Django's own backend over `sqlcipher3`, with a fair queue for writers.

SQLite 3.7.0-3.51.2 can corrupt a WAL database when it resets the log (fixed in 3.51.3), and systems still ship those, so the driver
is ours. `synchronous=FULL`: with NORMAL a power cut loses writes that were acknowledged. Writers wait for a file lock that is
polled, because SQLite's own busy handler sleeps ever longer and makes the slowest answers slower.
"""

import fcntl
import hashlib
import os
import sys
import time
from types import ModuleType
from typing import Any

import sqlcipher3
import sqlcipher3.dbapi2

from zonula.errors import UserError

OLDEST_SAFE = (3, 51, 3)
FIRST_WAIT, LONGEST_WAIT, DEADLINE = 0.0005, 0.004, 10.0  # seconds


def _on_our_driver() -> ModuleType:
    """Django's backend, imported while `sqlite3` means our driver; `sqlite3` itself is put back."""
    names = ("sqlite3", "sqlite3.dbapi2")
    aside = {
        name: sys.modules.pop(name)
        for name in list(sys.modules)
        if name in names or name.startswith("django.db.backends.sqlite3")
    }
    sys.modules["sqlite3"], sys.modules["sqlite3.dbapi2"] = sqlcipher3, sqlcipher3.dbapi2
    try:
        from django.db.backends.sqlite3 import base
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules.update({name: module for name, module in aside.items() if name in names})
    return base


base: Any = _on_our_driver()
if sqlcipher3.sqlite_version_info < OLDEST_SAFE:
    raise UserError(
        f"This SQLite ({sqlcipher3.sqlite_version}) can corrupt its log.", "Install sqlcipher3 of the lock file."
    )


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """One connection. The writers' queue is a lock on a file beside the database, held from BEGIN to COMMIT or ROLLBACK."""

    _queue: int | None = None

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        self._key = parameters.pop("key", "")
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self._key:
            conn_params = conn_params | {"factory": _opened_with(self._key)}
        connection = super().get_new_connection(conn_params)
        from zonula_web.audit.actor import current

        connection.create_function("zonula_actor", 0, lambda: current().name)
        connection.create_function("zonula_sha256", 1, _sha256, deterministic=True)
        connection.execute("PRAGMA journal_mode=WAL").close()
        connection.execute("PRAGMA synchronous=FULL").close()
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self._enter_queue()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave_queue()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._leave_queue()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave_queue()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave_queue()

    def _enter_queue(self) -> None:
        name = str(self.settings_dict["NAME"])
        if self._queue is not None or self.is_in_memory_db() or not name:
            return
        waiting, give_up = FIRST_WAIT, time.monotonic() + DEADLINE
        descriptor = os.open(f"{name}.queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up:
                    os.close(descriptor)
                    raise base.Database.OperationalError(
                        "database is locked: the queue of writers did not move"
                    ) from None
                time.sleep(waiting)
                waiting = min(2 * waiting, LONGEST_WAIT)
        self._queue = descriptor

    def _leave_queue(self) -> None:
        if self._queue is not None:
            os.close(self._queue)  # closing gives the lock back, also when the process dies
            self._queue = None


def _opened_with(key: str) -> type:
    """A connection whose first statement gives the key, before Django asks anything of the file."""

    class Keyed(sqlcipher3.Connection):  # type: ignore[misc]
        def __init__(self, *positional: Any, **named: Any) -> None:
            super().__init__(*positional, **named)
            self.execute(f"PRAGMA key = \"x'{key}'\"").close()
            try:
                self.execute("SELECT count(*) FROM sqlite_master").close()
            except sqlcipher3.DatabaseError:
                self.close()
                raise UserError(
                    "The database does not open with this key.", "Set ZONULA_KEY_FILE to the key it was made with."
                ) from None

    return Keyed


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
