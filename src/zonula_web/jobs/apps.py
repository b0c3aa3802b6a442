"""Background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The table of jobs."""

    name = "zonula_web.jobs"
