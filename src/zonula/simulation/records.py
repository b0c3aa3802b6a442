"""What a life leaves in its records, before anyone writes it in a format: one struct per kind, every one with its day and provider."""

from datetime import date

import msgspec


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """One organisation. form: how it exports ("fhir", "ccda" or "csv"); number: its place in the life, from 1."""

    number: int
    name: str
    form: str
    specialties: tuple[str, ...]
    prefix: str  # short letters for ids at this provider


def prefix_of(name: str, number: int) -> str:
    """The first letters of a provider's name and its number."""
    return "".join(word[0] for word in name.split()).lower() + str(number)


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    day: date
    at: int  # the provider's number


class Visit(_Record, frozen=True, kw_only=True):
    """Someone was seen. specialty: our name of it; by: the clinician's name."""

    specialty: str
    by: str
    reason: str
    emergency: bool = False


class Problem(_Record, frozen=True, kw_only=True):
    """A diagnosis or complaint. status: confirmed, suspected, refuted, resolved or patient_reported; since: as written."""

    text: str
    code: str = ""
    display: str = ""
    status: str = "confirmed"
    since: str = ""
    note: str = ""
    by: str = ""
    specialty: str = ""


class Result(_Record, frozen=True, kw_only=True):
    """A laboratory or vital result. value: as printed, or "" when words say it; judged: HL7 interpretation code."""

    code: str
    name: str
    value: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: str = ""
    judged: str = ""
    vital: bool = False


class Drug(_Record, frozen=True, kw_only=True):
    """A prescription. until: the last day, None while it is taken."""

    name: str
    dose: str
    until: date | None = None


class Allergy(_Record, frozen=True, kw_only=True):
    """A recorded allergy. category: food, medication or environment."""

    substance: str
    reaction: str
    category: str


class Procedure(_Record, frozen=True, kw_only=True):
    """Something done, with its outcome in the wording."""

    text: str


class Vaccine(_Record, frozen=True, kw_only=True):
    """A vaccination."""

    name: str
    cvx: str


class Relative(_Record, frozen=True, kw_only=True):
    """A disease of a relative."""

    relation: str
    text: str
    code: str = ""


class Letter(_Record, frozen=True, kw_only=True):
    """A clinic letter."""

    title: str
    text: str
    by: str
    specialty: str


Record = Visit | Problem | Result | Drug | Allergy | Procedure | Vaccine | Relative | Letter
