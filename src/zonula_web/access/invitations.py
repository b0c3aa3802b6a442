"""Inviting people: one link each, good once and for a few days. The secret stands in the link only; the database keeps its hash."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from zonula.errors import UserError
from zonula_web.access.models import Clinic, Invitation, Membership, Person
from zonula_web.access.passwords import checked_password
from zonula_web.access.rights import Role
from zonula_web.records.models import Patient

GOOD_FOR = timedelta(days=7)
SECRET_BYTES = 24


def hashed(secret: str) -> str:
    """What is kept of a secret. It has 192 random bits, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invite(
    *,
    clinic: Clinic,
    by: Person | None,
    email: str,
    name: str,
    role: str = "",
    administrator: bool = False,
    patient: Patient | None = None,
) -> str:
    """Invite a member (with a role) or a patient (to the own record). Returns the secret of the link; earlier links of the address end.

    Raises UserError for what cannot be right.
    """
    email, name = email.strip().lower(), " ".join(name.split())
    try:
        validate_email(email)
    except ValidationError:
        raise UserError(f"{email!r} is not an e-mail address.") from None
    if not name:
        raise UserError("Whom do you invite?", "Write a name.")
    if (patient is None) == (role not in set(Role)):
        raise UserError("Choose a role.", f"One of {', '.join(Role)}.")
    if Person.objects.filter(email=email).exists():
        raise UserError(f"{email} has an account already.", "An account belongs to one clinic or one patient.")
    if patient is not None and patient.person_id:
        raise UserError("This patient has an account already.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        Invitation.objects.filter(email=email, used_at=None).update(expires_at=timezone.now())
        Invitation.objects.create(
            clinic=clinic,
            email=email,
            name=name,
            role=role,
            administrator=administrator and patient is None,
            patient=patient,
            secret_hash=hashed(secret),
            made_by=by,
            expires_at=timezone.now() + GOOD_FOR,
        )
    return secret


def standing(secret: str) -> Invitation | None:
    """The invitation of a link that is still good, or None."""
    return (
        Invitation.objects.select_related("clinic", "patient")
        .filter(secret_hash=hashed(secret), used_at=None, expires_at__gt=timezone.now())
        .first()
    )


def accept(*, secret: str, password: str) -> Person:
    """Make the account that the invitation is for. Raises UserError when the link is no longer good or the password is too weak."""
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update()
            .filter(secret_hash=hashed(secret), used_at=None, expires_at__gt=timezone.now())
            .first()
        )
        if invitation is None:
            raise UserError("This link is no longer good.", "Ask the clinic for a new one.")
        if Person.objects.filter(email=invitation.email).exists():
            raise UserError("There is an account for this address already.", "Sign in with it.")
        checked_password(password, Person(email=invitation.email, name=invitation.name))
        person = Person.objects.create_user(invitation.email, password, name=invitation.name)
        if invitation.patient is not None:
            Patient.objects.filter(pk=invitation.patient.pk, person=None).update(person=person)
        else:
            Membership.objects.create(
                person=person, clinic=invitation.clinic, role=invitation.role, administrator=invitation.administrator
            )
        invitation.used_at = timezone.now()
        invitation.save(update_fields=["used_at"])
    return person
