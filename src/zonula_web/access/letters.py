"""Handing over a link: by mail when the clinic has set one up, otherwise by hand. A mail names no patient and no illness."""

import logging

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest

log = logging.getLogger("zonula.mail")
SUBJECT = "Your link"
TEXT = "Here is the link you were promised:\n\n{link}\n\nIt works once and for a few days. If you do not expect it, ignore it."


def hand_over(request: HttpRequest, email: str, link: str) -> None:
    """Send the link if mail is set up; say what happened."""
    if not settings.CONFIGURATION.mail:
        messages.info(request, "Mail is not set up: hand the link over yourself.")
        return
    try:
        send_mail(SUBJECT, TEXT.format(link=link), None, [email])
    except OSError:
        log.exception("a mail could not be sent")
        messages.error(request, "The mail could not be sent: hand the link over yourself.")
    else:
        messages.success(request, f"The link was sent to {email}.")
