"""Who works in the clinic, and inviting members and patients."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zonula.errors import UserError
from zonula_web.access import people as actions
from zonula_web.access.gate import Asked, gate
from zonula_web.access.invitations import GOOD_FOR, invite
from zonula_web.access.letters import hand_over
from zonula_web.access.rights import Right, Role
from zonula_web.records.models import Patient


@gate(Right.MANAGE_PEOPLE)
def people(request: Asked) -> HttpResponse:
    """The list, and the form that invites."""
    link = ""
    fields = {name: request.POST.get(name, "") for name in ("email", "name", "role")}
    if request.method == "POST":
        try:
            secret = invite(
                clinic=request.clinic,
                by=request.person,
                email=fields["email"],
                name=fields["name"],
                role=fields["role"],
                administrator=bool(request.POST.get("administrator")),
            )
        except UserError as wrong:
            messages.error(request, str(wrong))
        else:
            link = request.build_absolute_uri(reverse("join", args=[secret]))
            hand_over(request, fields["email"], link)
            fields = {}
    found = {
        "members": actions.members(request.clinic),
        "invited": actions.invited(request.clinic),
        "roles": list(Role),
        "link": link,
        "days": GOOD_FOR.days,
        "fields": fields,
    }
    return render(request, "access/people.html", found, status=422 if any(fields.values()) else 200)


@gate(Right.MANAGE_PEOPLE)
def member(request: Asked, membership_id: int) -> HttpResponse:
    """Change or end one membership (POST)."""
    if request.method == "POST":
        try:
            if request.POST.get("end"):
                actions.end_membership(clinic=request.clinic, by=request.person, membership_id=membership_id)
                messages.success(request, "Done: signed out everywhere, no access any more.")
            else:
                actions.change_membership(
                    clinic=request.clinic,
                    by=request.person,
                    membership_id=membership_id,
                    role=request.POST.get("role", ""),
                    administrator=bool(request.POST.get("administrator")),
                )
                messages.success(request, "Changed. The person signs in again.")
        except UserError as wrong:
            messages.error(request, str(wrong))
    return redirect("people")


@gate(Right.IMPORT_RECORDS)
def invite_patient(request: Asked, patient: Patient) -> HttpResponse:
    """Give a patient the way into the own record: a link, shown once, as a QR code too."""
    link, email = "", request.POST.get("email", "")
    if request.method == "POST":
        try:
            secret = invite(clinic=request.clinic, by=request.person, email=email, name=patient.name, patient=patient)
        except UserError as wrong:
            messages.error(request, str(wrong))
        else:
            link = request.build_absolute_uri(reverse("join", args=[secret]))
            hand_over(request, email, link)
    context = {
        "patient": patient,
        "link": link,
        "days": GOOD_FOR.days,
        "email": email,
        "step": "invite",
        "step_title": "Invite",
    }
    return render(request, "access/invite_patient.html", context, status=422 if email and not link else 200)
