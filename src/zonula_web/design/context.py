"""What every page's template may use."""

from typing import Any

from django.http import HttpRequest

from zonula import __version__


def page(request: HttpRequest) -> dict[str, Any]:
    """version: of Zonula. rights, clinic, membership: of the person asking, when a gate has looked them up."""
    return {
        "version": __version__,
        "clinic": getattr(request, "clinic", None),
        "membership": getattr(request, "membership", None),
        "rights": {right.name for right in getattr(request, "rights", ())},
    }
