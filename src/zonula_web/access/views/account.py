"""The own account."""

from django.http import HttpResponse
from django.shortcuts import render

from zonula_web.access.gate import Asked, signed_in
from zonula_web.access.models import Membership
from zonula_web.access.second_factor import factors


@signed_in
def account(request: Asked) -> HttpResponse:
    """Who one is here, in which clinics, and how the account is secured."""
    memberships = (
        Membership.objects.filter(person=request.person, ended_at=None).select_related("clinic").order_by("id")
    )
    return render(
        request,
        "access/account.html",
        {
            "memberships": memberships,
            "factors": factors(request.person),
            "own": getattr(request.person, "own_record", None),
        },
    )
