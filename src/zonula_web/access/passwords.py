"""What a password must be (NIST SP 800-63B-4): long, not known to be common, nothing about its composition."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from zonula.errors import UserError
from zonula_web.access.models import Person

LONGEST = 1000  # hashing time must not be the sender's choice


def checked_password(password: str, person: Person) -> None:
    """Raises UserError saying what is wrong with it."""
    if len(password) > LONGEST:
        raise UserError(f"At most {LONGEST} characters.")
    try:
        validate_password(password, person)
    except ValidationError as wrong:
        raise UserError(" ".join(wrong.messages)) from None
