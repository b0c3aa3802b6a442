"""The patient's pages."""

from django.apps import AppConfig


class PatientConfig(AppConfig):
    """Pages for patients."""

    name = "zonula_web.patient"
