"""Whether a person has a second factor."""

from allauth.mfa.models import Authenticator

from zonula_web.access.models import Membership, Person


def has_second_factor(person: Person) -> bool:
    """A passkey or an authenticator app. A demonstration clinic, whose patients are virtual, does without."""
    if Membership.objects.filter(person=person, ended_at=None, clinic__demonstration=False).exists():
        found: bool = (
            Authenticator.objects.filter(user=person)
            .filter(type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
            .exists()
        )
        return found
    return True
