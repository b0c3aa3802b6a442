"""Putting a backup in the place of the database: judged first, the old one kept aside, all or nothing."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction

from zonula.errors import UserError
from zonula_web.audit import triggers
from zonula_web.audit.chain import walk
from zonula_web.backups.making import LEFT_OUT, prove, row_counts
from zonula_web.backups.manifest import Manifest, read, unpack
from zonula_web.folder import held
from zonula_web.settings import CONFIGURATION


@contextmanager
def alone() -> Iterator[None]:
    """Nobody serves this data folder meanwhile. Raises UserError when the site runs."""
    with held(CONFIGURATION.data, "The site is running.", "Stop `zonula serve` first.", alone=True):
        yield


@contextmanager
def serving() -> Iterator[None]:
    """The site runs; several may on one folder, but no restore."""
    with held(CONFIGURATION.data, "A restore is running.", "Wait until it is done.", alone=False):
        yield


def restore(backup: Path) -> Manifest:
    """Put the backup in place. What was there stays beside it under another name.

    Raises UserError, with nothing changed, when the backup is damaged, of a newer version, or does not fit this database.
    """
    manifest = read(backup)
    _known_migrations(manifest)
    if manifest.kind == "file" and not CONFIGURATION.embedded:
        raise UserError(
            "This backup is a file of the embedded database.", "Restore it there, then `zonula backup --rows` to move."
        )
    with alone(), tempfile.TemporaryDirectory(dir=CONFIGURATION.data) as scratch:
        content = unpack(backup, manifest, Path(scratch))
        if manifest.kind == "file":
            counts, head = prove(content)
            _compare(manifest, counts, head)
            _put_file(content)
        else:
            _put_rows(content, manifest)
    return manifest


def check(backup: Path) -> Manifest:
    """Whether the backup is whole, without touching the database. Raises UserError when it is not."""
    manifest = read(backup)
    _known_migrations(manifest)
    with tempfile.TemporaryDirectory() as scratch:
        content = unpack(backup, manifest, Path(scratch))
        if manifest.kind == "file":
            _compare(manifest, *prove(content))
    return manifest


def sign_everyone_out() -> None:
    """Sessions that were ended since the backup must not come back to life with it."""
    UserSession.objects.all().delete()
    Session.objects.all().delete()


def _compare(manifest: Manifest, counts: dict[str, int], head: str) -> None:
    differing = [table for table, count in manifest.counts.items() if counts.get(table) != count]
    if differing or head != manifest.audit_head:
        raise UserError(
            f"The backup does not hold what it says it holds ({', '.join(differing) or 'the audit log'}).",
            "Nothing was changed.",
        )


def _put_file(content: Path) -> None:
    connection.close()
    place = Path(str(CONFIGURATION.database["NAME"]))
    aside = place.with_name(f"{place.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    for ending in ("", "-wal", "-shm"):
        part = place.with_name(place.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    content.replace(place)


def _put_rows(content: Path, manifest: Manifest) -> None:
    """Into an empty database of the same form as the backup's, then forward to today's form."""
    call_command("migrate", verbosity=0, interactive=False)
    if any(row_counts().values()):
        raise UserError(
            "This database is not empty.", "Restore rows into a new data folder or a new PostgreSQL database."
        )
    for application, migration in manifest.migrations.items():
        call_command("migrate", application, migration, verbosity=0, interactive=False)
    with transaction.atomic():
        triggers.lift()
        call_command("loaddata", str(content), format="jsonl", verbosity=0, exclude=list(LEFT_OUT))
        triggers.lay()
        _compare(manifest, row_counts(), walk().head)


def _known_migrations(manifest: Manifest) -> None:
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(None).disk_migrations
    strangers = [f"{app}.{name}" for app, name in manifest.migrations.items() if (app, name) not in known]
    if strangers:
        raise UserError(
            f"The backup is of a newer version ({manifest.version}; {strangers[0]}).",
            "Install that version, or a newer one.",
        )
