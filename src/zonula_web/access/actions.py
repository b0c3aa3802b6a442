"""Making people and members."""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from zonula.errors import UserError
from zonula_web.access.models import Clinic, Membership, Person
from zonula_web.access.rights import Role


def new_member(
    *,
    email: str,
    name: str,
    password: str | None,
    clinic_name: str,
    role: str,
    administrator: bool = False,
    time_zone: str = "",
    demonstration: bool = False,
) -> Membership:
    """A person with a role in a clinic; the clinic is made when there is none of that name. Raises UserError naming what is wrong."""
    name, email = " ".join(name.split()), email.strip().lower()
    try:
        validate_email(email)
        if password is not None:
            validate_password(password, Person(email=email, name=name))
    except ValidationError as wrong:
        raise UserError(" ".join(wrong.messages)) from None
    if not name or not clinic_name.strip():
        raise UserError("A person and a clinic need names.")
    with transaction.atomic():
        if Person.objects.filter(email=email).exists():
            raise UserError(f"{email} has an account already.")
        clinic, _ = Clinic.objects.get_or_create(
            name=clinic_name.strip(),
            defaults={"time_zone": time_zone or settings.TIME_ZONE, "demonstration": demonstration},
        )
        person = Person.objects.create_user(email, password, name=name)
        return Membership.objects.create(
            person=person, clinic=clinic, role=Role(role).value, administrator=administrator
        )
