"""What every page's template may use."""

from typing import Any

from django.http import HttpRequest

from zonula import __version__
from zonula_web.access.gate import rights_of
from zonula_web.access.models import Membership, Person


def page(request: HttpRequest) -> dict[str, Any]:
    """version: of Zonula. clinic, membership, rights: as the gate looked them up, or of the person's first membership where no gate asks."""
    clinic, membership, rights = (getattr(request, name, None) for name in ("clinic", "membership", "rights"))
    person = getattr(request, "user", None)
    if rights is None and isinstance(person, Person):
        membership = (
            Membership.objects.filter(person=person, ended_at=None).select_related("clinic").order_by("id").first()
        )
        clinic, rights = membership.clinic if membership else None, rights_of(membership)
    return {
        "version": __version__,
        "clinic": clinic,
        "membership": membership,
        "rights": {right.name for right in rights or ()},
    }
