"""The look of the site."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates and static files that every page shares."""

    name = "zonula_web.design"
