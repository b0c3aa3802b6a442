"""The gate before every page: who is asking, about whom, by which right. A view without a gate is a failing test.

    @gate(Right.SEE_RECORD)
    def chart(request: Asked, patient: Patient) -> HttpResponse: ...

A page the person may not see answers 404, as if it did not exist: whether a patient exists is itself health data.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from zonula_web.access.models import Clinic, Membership, Person
from zonula_web.access.rights import ADMINISTRATOR, BY_ROLE, PATIENT_OWN, Right, Role
from zonula_web.audit.record import record
from zonula_web.records.models import Patient


class Asked(HttpRequest):
    """A request behind a gate: signed in, with the clinic and what may be done there."""

    person: Person
    clinic: Clinic
    membership: Membership | None
    rights: frozenset[Right]


View = Callable[..., HttpResponse]
PUBLIC, SIGNED_IN = "public", "signed in"


def public(view: View) -> View:
    """A page anyone may see."""
    cast("Any", view).gate = PUBLIC
    return view


def signed_in(view: View) -> View:
    """A page about the person who is signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        asked = cast("Asked", request)
        asked.person = request.user
        return view(asked, **named)

    cast("Any", guarded).gate = SIGNED_IN
    return guarded


def gate(right: Right, *, read: str = "") -> Callable[[View], View]:
    """A page that needs `right`. With `patient_id` in its address the patient is looked up and handed over as `patient`.

    read: how the event of looking is named in the log (default: the view's name); events are written for patients' pages only.
    """

    def behind(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            asked = cast("Asked", request)
            asked.person = request.user
            if "patient_id" in named:
                named["patient"] = _patient(asked, named.pop("patient_id"), right)
                record("saw", patient=named["patient"].id, detail=read or view.__name__)
                moved = named["patient"].merged_into_id
                if moved and request.method == "GET" and request.resolver_match:
                    # The record lives on in another: every old address leads to the same page there, which asks for rights anew.
                    there = {**request.resolver_match.kwargs, "patient_id": moved}
                    return HttpResponseRedirect(reverse(request.resolver_match.view_name, kwargs=there))
            else:
                _clinic(asked, right)
            return view(asked, **named)

        cast("Any", guarded).gate = right
        return guarded

    return behind


def rights_of(membership: Membership | None) -> frozenset[Right]:
    """What a member may do in the own clinic."""
    if membership is None or membership.ended_at is not None:
        return frozenset()
    rights = BY_ROLE[Role(membership.role)]
    return rights | ADMINISTRATOR if membership.administrator else rights


def rights_over(person: Person, patient: Patient) -> tuple[Membership | None, frozenset[Right]]:
    """What this person may do with this patient's record, as a member of the patient's clinic or as the patient."""
    if not person.is_active:
        return None, frozenset()
    if patient.person_id == person.id:
        return None, PATIENT_OWN
    membership = Membership.objects.filter(person=person, clinic_id=patient.clinic_id, ended_at=None).first()
    return membership, rights_of(membership)


def _patient(asked: Asked, patient_id: UUID, right: Right) -> Patient:
    patient = Patient.objects.select_related("clinic").filter(pk=patient_id).first()
    if patient is None:
        raise Http404
    asked.membership, asked.rights = rights_over(asked.person, patient)
    if right not in asked.rights:
        record("was refused", patient=patient.id, detail=right.value)
        raise Http404
    asked.clinic = patient.clinic
    return patient


def _clinic(asked: Asked, right: Right) -> None:
    """The clinic chosen in this session, or the first where the person has the right."""
    memberships = Membership.objects.filter(person=asked.person, ended_at=None).select_related("clinic").order_by("id")
    chosen = asked.session.get("clinic")
    for membership in sorted(memberships, key=lambda one: str(one.clinic_id) != chosen):
        rights = rights_of(membership)
        if right in rights:
            asked.membership, asked.clinic, asked.rights = membership, membership.clinic, rights
            return
    raise Http404
