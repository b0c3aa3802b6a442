"""The audit application: its triggers are laid again after every migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Lays the triggers once the tables exist."""

    name = "zonula_web.audit"

    def ready(self) -> None:
        """Triggers follow the tables."""
        from zonula_web.audit.triggers import lay

        def after(**_: Any) -> None:
            lay()

        post_migrate.connect(after, sender=self, weak=False)
