"""Where one lands after signing in: a member at the patients, a researcher at the figures, a patient at the diary."""

from django.http import HttpResponse
from django.shortcuts import redirect

from zonula_web.access.gate import Asked, rights_of, signed_in
from zonula_web.access.models import Membership
from zonula_web.access.rights import Right


@signed_in
def home(request: Asked) -> HttpResponse:
    """Redirect to the first page that this person may see."""
    for membership in Membership.objects.filter(person=request.person, ended_at=None):
        if Right.FIND_PATIENTS in rights_of(membership):
            return redirect("patients")
        if Right.SEE_DASHBOARD in rights_of(membership):
            return redirect("figures")
    return redirect("diary" if getattr(request.person, "own_record", None) else "account")
