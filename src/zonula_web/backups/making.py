"""Making a backup while the clinic works, and proving it by opening it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlcipher3
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from zonula import __version__
from zonula.errors import UserError
from zonula_web.audit.chain import COLUMNS, walk, walk_rows
from zonula_web.backups.manifest import FORMAT, Manifest, digest, write
from zonula_web.settings import CONFIGURATION

# Rows that mean nothing elsewhere: who is signed in now, and what Django makes anew.
LEFT_OUT = ("sessions", "contenttypes", "auth.Permission", "usersessions")
PAGES_AT_ONCE = 2000  # the copy lets writers through between two pieces


def make(folder: Path, *, rows: bool = False) -> Path:
    """Write a backup into `folder` and return its path. rows: JSON lines instead of the file, to move between databases.

    Raises UserError when the copy could not be proved; then no backup is left behind.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise UserError(f"{folder}: {wrong.strerror}.", "Name a folder that can be written.") from None
    now = datetime.now(UTC)
    as_file = CONFIGURATION.embedded and not rows
    target = folder / f"zonula-{now:%Y%m%d-%H%M%S}.{'zbackup' if as_file else 'zrows'}"
    if target.exists():
        raise UserError(f"{target.name} is there already.", "Wait a second.")
    try:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            content = Path(scratch) / ("zonula.db" if as_file else "rows.jsonl")
            if as_file:
                copy_file(content)
                counts, head = prove(content)
            else:
                with _one_moment():
                    _copy_rows(content)
                    counts, head = row_counts(), walk().head
            manifest = Manifest(
                format=FORMAT,
                kind="file" if as_file else "rows",
                made_at=now,
                version=__version__,
                encrypted=as_file and bool(CONFIGURATION.key),
                content=content.name,
                sha256=digest(content),
                migrations=newest_migrations(),
                counts=counts,
                audit_head=head,
            )
            write(target, manifest, content)
    except OSError as wrong:
        raise UserError(f"The backup could not be written: {wrong.strerror}.", "Is the disk full?") from None
    return target


def copy_file(target: Path) -> None:
    """A consistent copy of the embedded database by SQLite's own backup, under the same key."""
    with _opened(Path(str(CONFIGURATION.database["NAME"]))) as source, _opened(target) as copy:
        source.backup(copy, pages=PAGES_AT_ONCE, sleep=0.01)
    target.chmod(0o600)


def prove(database: Path) -> tuple[dict[str, int], str]:
    """Open a copy and check it from end to end. Returns rows by table and the head of its audit log. Raises UserError."""
    try:
        with _opened(database) as copy:
            said = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
            loose = copy.execute("PRAGMA foreign_key_check").fetchone()
            if said != ["ok"] or loose is not None:
                raise UserError(
                    f"The copy does not hold together: {said[0]}.", "Look at the disk; do not trust this database."
                )
            tables = [
                row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            ]
            counts = {table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608
            columns = ", ".join(f'"{column}"' for column in COLUMNS)
            log = walk_rows(copy.execute(f"SELECT {columns} FROM audit_event ORDER BY id"))  # noqa: S608 - our own names
    except sqlcipher3.DatabaseError:
        raise UserError(
            "The copy cannot be opened as a database.", "Is ZONULA_KEY_FILE the key it was made with?"
        ) from None
    if log.broken:
        raise UserError(
            f"The audit log of the copy is not whole: {log.broken.what}.",
            "Keep the database as it is and look into it.",
        )
    return {table: counts[table] for table in sorted(counts) if table in _our_tables()}, log.head


def row_counts() -> dict[str, int]:
    """Rows by table of the database in use."""
    return {model._meta.db_table: model._default_manager.count() for model in _models()}


def newest_migrations() -> dict[str, str]:
    """The last migration applied of each application."""
    return {row.app: row.name for row in MigrationRecorder.Migration.objects.order_by("id")}


@contextmanager
def _opened(path: Path) -> Iterator[sqlcipher3.Connection]:
    database = sqlcipher3.connect(str(path))
    try:
        if CONFIGURATION.key:
            database.execute(f"PRAGMA key = \"x'{CONFIGURATION.key}'\"").close()
        yield database
    finally:
        database.close()


@contextmanager
def _one_moment() -> Iterator[None]:
    """Everything read inside is of one moment: a snapshot in PostgreSQL, the writers' queue in the embedded database."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _copy_rows(target: Path) -> None:
    call_command("dumpdata", format="jsonl", exclude=list(LEFT_OUT), output=str(target), verbosity=0)


def _models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in LEFT_OUT and model._meta.label not in LEFT_OUT
    ]


def _our_tables() -> set[str]:
    return {model._meta.db_table for model in _models()}
