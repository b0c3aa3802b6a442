"""People and rights."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Accounts, roles and rights."""

    name = "zonula_web.access"
