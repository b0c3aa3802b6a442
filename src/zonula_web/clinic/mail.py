"""Sending a link by e-mail, when the clinic has set up mail. No word of health stands in it."""

from smtplib import SMTPException

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email

from zonula.errors import UserError
from zonula_web.settings import CONFIGURATION

LONGEST_WAIT = 8  # seconds; a mail server that does not answer must not hold the page
_TEXT = "{clinic} asks you to answer some questions:\n\n{address}\n\nThe link works once and for {days} days. Do not pass it on.\n"


def can_mail() -> bool:
    """Whether mail is set up."""
    return bool(CONFIGURATION.mail)


def check_address(to: str) -> None:
    """Raise UserError when mail is not set up or this cannot be an address."""
    if not can_mail():
        raise UserError("Mail is not set up.", "Hand the link over yourself, or set ZONULA_MAIL.")
    try:
        validate_email(to)
    except ValidationError:
        raise UserError("This is not an e-mail address.", "Correct it, or leave it empty.") from None


def send_link(to: str, address: str, clinic: str, days: int) -> bool:
    """Send the link to a checked address. Returns whether the mail server took it."""
    text = _TEXT.format(clinic=clinic, address=address, days=days)
    connection = get_connection(timeout=LONGEST_WAIT)
    try:
        return EmailMessage("Questions from your clinic", text, to=[to], connection=connection).send() == 1
    except (OSError, SMTPException):
        return False
