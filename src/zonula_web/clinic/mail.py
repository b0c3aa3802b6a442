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


def send_link(to: str, address: str, clinic: str, days: int) -> None:
    """Send the link. Raises UserError for an address that cannot be right, or when the mail server refuses."""
    if not can_mail():
        raise UserError("Mail is not set up.", "Hand the link over yourself, or set ZONULA_MAIL.")
    try:
        validate_email(to)
        connection = get_connection(timeout=LONGEST_WAIT)
        EmailMessage(
            "Questions from your clinic",
            _TEXT.format(clinic=clinic, address=address, days=days),
            to=[to],
            connection=connection,
        ).send()
    except ValidationError:
        raise UserError("This is not an e-mail address.") from None
    except (OSError, SMTPException):
        raise UserError("The e-mail could not be sent.", "Hand the link over yourself.") from None
