"""Whether a person has a second factor."""

from allauth.mfa.models import Authenticator

from zonula_web.access.models import Membership, Person

STRONG = {Authenticator.Type.TOTP: "authenticator app", Authenticator.Type.WEBAUTHN: "passkey"}


def factors(person: Person) -> list[str]:
    """The factors beside the password, in words."""
    kinds = Authenticator.objects.filter(user=person, type__in=STRONG).values_list("type", flat=True)
    return [STRONG[kind] for kind in kinds]


def needs_second_factor(person: Person) -> bool:
    """A member without one. A demonstration clinic, whose patients are virtual, does without; so do patients, who see only themselves."""
    real = Membership.objects.filter(person=person, ended_at=None, clinic__demonstration=False).exists()
    return real and not factors(person)
