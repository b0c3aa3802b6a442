"""Getting the site ready in this process: settings checked, database made and migrated."""

import os

import django
from django.core.management import call_command

from zonula.errors import UserError


def ready(*, migrate: bool = True) -> None:
    """Set up Django with the settings of the environment, and bring the database to this version's form.

    Raises UserError when a setting is wrong or the database cannot be reached.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zonula_web.settings")
    django.setup()
    if migrate:
        from django.db.utils import DatabaseError

        from zonula_web.audit.actor import acting

        try:
            with acting("system:migrate"):
                _copy_before_upgrade()
                call_command("migrate", verbosity=0, interactive=False)
                call_command("createcachetable", verbosity=0)
        except DatabaseError as wrong:
            raise UserError(
                f"The database cannot be opened: {wrong}",
                "Look at ZONULA_DATA, ZONULA_DATABASE and, when it is encrypted, ZONULA_KEY_FILE.",
            ) from None


def _copy_before_upgrade() -> None:
    """An embedded database of an older version is copied before its form changes, so that there is a way back."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from zonula_web.backups.making import make
    from zonula_web.settings import CONFIGURATION

    executor = MigrationExecutor(connection)
    if (
        CONFIGURATION.embedded
        and executor.loader.applied_migrations
        and executor.migration_plan(executor.loader.graph.leaf_nodes())
    ):
        copy = make(CONFIGURATION.data / "backups")
        print(f"This version changes the form of the database. The copy from before: {copy}", flush=True)
