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
        from django.db.utils import OperationalError

        from zonula_web.audit.actor import acting

        try:
            with acting("system:migrate"):
                call_command("migrate", verbosity=0, interactive=False)
                call_command("createcachetable", verbosity=0)
        except OperationalError as wrong:
            raise UserError(
                f"The database cannot be opened: {wrong}".strip(), "Look at ZONULA_DATA and ZONULA_DATABASE."
            ) from None
