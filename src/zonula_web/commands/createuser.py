"""`zonula createuser`: the first person of a clinic, or one more when no mail can be sent."""

import argparse
import getpass
import sys

from zonula.errors import UserError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("email")
    parser.add_argument("--name", required=True)
    parser.add_argument("--clinic", required=True, help="name of the clinic; made when there is none of that name")
    parser.add_argument("--role", default="clinician", choices=["clinician", "dietitian", "staff", "researcher"])
    parser.add_argument("--administrator", action="store_true", help="may manage people and the clinic")
    parser.add_argument("--time-zone", help="time zone of a new clinic (default: ZONULA_TIME_ZONE)")


def run(arguments: argparse.Namespace) -> int:
    """Ask for a password (or read it from standard input) and make the person."""
    from zonula_web.commands.site import ready

    ready()
    from zonula_web.access.actions import new_member
    from zonula_web.audit.actor import acting

    password = (
        getpass.getpass("Password (at least 15 characters): ")
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )
    if not password:
        raise UserError("A password is needed.", "Type it, or send it as one line on standard input.")
    with acting("system:createuser"):
        new_member(
            email=arguments.email,
            name=arguments.name,
            password=password,
            clinic_name=arguments.clinic,
            role=arguments.role,
            administrator=arguments.administrator,
            time_zone=arguments.time_zone or "",
        )
    print(
        f"{arguments.email} can sign in. A second factor (passkey or authenticator app) is set up at the first sign-in."
    )
    return 0
