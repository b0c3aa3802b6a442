"""The clinic's pages."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """Pages for clinicians, staff, dietitians and researchers."""

    name = "zonula_web.clinic"
