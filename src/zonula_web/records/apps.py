"""Patients' records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Patients and what is known of them."""

    name = "zonula_web.records"
