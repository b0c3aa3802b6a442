"""Who works in a clinic: what an administrator may change."""

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from zonula.errors import UserError
from zonula_web.access.models import Clinic, Invitation, Membership, Person
from zonula_web.access.rights import Role


def members(clinic: Clinic) -> list[Membership]:
    """Everyone who works here now, by name."""
    return list(
        Membership.objects.filter(clinic=clinic, ended_at=None).select_related("person").order_by("person__name")
    )


def invited(clinic: Clinic) -> list[Invitation]:
    """Invitations that wait for an answer."""
    return list(
        Invitation.objects.filter(clinic=clinic, used_at=None, expires_at__gt=timezone.now())
        .select_related("patient")
        .order_by("expires_at")
    )


def change_membership(*, clinic: Clinic, by: Person, membership_id: int, role: str, administrator: bool) -> None:
    """Give a member another role. Raises UserError when the clinic would be left without an administrator."""
    with transaction.atomic():
        membership = _locked(clinic, membership_id)
        if role not in set(Role):
            raise UserError(f"{role!r} is not a role.", f"One of {', '.join(Role)}.")
        if membership.administrator and not administrator:
            _another_administrator(clinic, membership)
        membership.role, membership.administrator = role, administrator
        membership.save(update_fields=["role", "administrator"])
        _sign_out(membership.person)


def end_membership(*, clinic: Clinic, by: Person, membership_id: int) -> None:
    """Someone no longer works here: signed out everywhere at once, may not sign in to this clinic again."""
    with transaction.atomic():
        membership = _locked(clinic, membership_id)
        if membership.administrator:
            _another_administrator(clinic, membership)
        membership.ended_at = timezone.now()
        membership.save(update_fields=["ended_at"])
        if not Membership.objects.filter(person=membership.person, ended_at=None).exists():
            Person.objects.filter(pk=membership.person_id).update(is_active=False)
        _sign_out(membership.person)


def _locked(clinic: Clinic, membership_id: int) -> Membership:
    found = (
        Membership.objects.select_for_update()
        .filter(clinic=clinic, pk=membership_id, ended_at=None)
        .select_related("person")
        .first()
    )
    if found is None:
        raise UserError("This person does not work here.", "Look at the list of people again.")
    return found


def _another_administrator(clinic: Clinic, membership: Membership) -> None:
    others = Membership.objects.filter(clinic=clinic, administrator=True, ended_at=None).exclude(pk=membership.pk)
    if not others.exists():
        raise UserError("The clinic would be without an administrator.", "Make someone else one first.")


def _sign_out(person: Person) -> None:
    """Rights changed: whoever is signed in must sign in again, so that no old session keeps old rights."""
    for session in UserSession.objects.filter(user=person):
        session.end()
