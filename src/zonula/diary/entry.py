"""What a person writes into the diary on a phone: one small struct for each kind of entry, read strictly, never guessed.

Times are local, `YYYY-MM-DDTHH:MM`. What was not asked or not answered is left out; it is not zero.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from zonula.errors import UserError

DOMAINS = (
    "fatigue", "bloating", "pain", "rash", "chemicals", "allergies", "side-effects", "healing", "infections", "headache", "mood", "itch",
)  # fmt: skip
# What a portion word is worth in usual portions: a household measure, not a clinical figure.
PORTIONS: dict[str, float] = {"taste": 0.1, "small": 0.5, "usual": 1.0, "large": 1.5, "double": 2.0}
MOST_ITEMS = 60

Time = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Words = Annotated[str, msgspec.Meta(max_length=1000)]
Rating = Annotated[int, msgspec.Meta(ge=0, le=10)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=10_080)]
ServingsOrNone = Annotated[float, msgspec.Meta(ge=0, le=20)]
Domain = Literal[
    "fatigue", "bloating", "pain", "rash", "chemicals", "allergies", "side-effects", "healing", "infections", "headache", "mood", "itch"
]  # fmt: skip


class Entry(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind"
):
    """What every entry has. at: when it happened, local time. photo: id of a picture that belongs to it."""

    at: Time
    note: Words = ""
    photo: Annotated[str, msgspec.Meta(max_length=36)] = ""


class Eaten(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing eaten. food: id of the catalogue, or empty when only `name` is known. portion: in words."""

    name: Name
    food: str = ""
    portion: Literal["taste", "small", "usual", "large", "double"] = "usual"


class Meal(Entry, frozen=True, kw_only=True, tag="meal"):
    """Something eaten or drunk."""

    items: Annotated[tuple[Eaten, ...], msgspec.Meta(min_length=1, max_length=MOST_ITEMS)]


class Felt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One symptom. worst: 0 (none) to 10. began: hours and minutes; minutes: how long."""

    worst: Rating
    began: Annotated[str, msgspec.Meta(pattern=r"^(\d{2}:\d{2})?$")] = ""
    minutes: Minutes | None = None


class Symptoms(Entry, frozen=True, kw_only=True, tag="symptoms"):
    """How it was since the last check-in. Domains left out were not rated."""

    felt: dict[Domain, Felt]


class Stool(Entry, frozen=True, kw_only=True, tag="stool"):
    """One bowel movement; form 1 (hard lumps) to 7 (watery)."""

    form: Annotated[int, msgspec.Meta(ge=1, le=7)]
    blood: bool = False


class Day(Entry, frozen=True, kw_only=True, tag="day"):
    """What else the day was. sleep_hours: of the night before. menses, ill: yes or no; None when not said."""

    sleep_hours: Annotated[float, msgspec.Meta(ge=0, le=24)] | None = None
    stress: Rating | None = None
    menses: bool | None = None
    ill: bool | None = None
    active_minutes: Minutes | None = None


class Taken(Entry, frozen=True, kw_only=True, tag="taken"):
    """A drug or supplement. rescue: taken against a symptom."""

    name: Name
    dose: Annotated[str, msgspec.Meta(max_length=60)] = ""
    supplement: bool = False
    rescue: bool = False


class Practice(Entry, frozen=True, kw_only=True, tag="practice"):
    """Acupuncture, meditation, sport, a lesson."""

    what: Name
    minutes: Minutes | None = None


class ChallengeDose(Entry, frozen=True, kw_only=True, tag="challenge"):
    """A dose of a challenge that was really eaten. servings: of the food group. stopped: the person ends the test here; servings is
    then what was eaten of this dose, which may be nothing."""

    food: Name
    servings: ServingsOrNone
    stopped: bool = False


class Belief(Entry, frozen=True, kw_only=True, tag="belief"):
    """How strongly the person suspects a food, 0 to 10, asked before it is tested."""

    food: Name
    suspects: Rating


class Alarm(Entry, frozen=True, kw_only=True, tag="alarm"):
    """Something that cannot wait."""

    what: Literal["breathing", "throat", "fainting", "suicidal"]


class Note(Entry, frozen=True, kw_only=True, tag="note"):
    """Words only."""


AnyEntry = Meal | Symptoms | Stool | Day | Taken | Practice | ChallengeDose | Belief | Alarm | Note
KINDS: tuple[str, ...] = (
    "meal",
    "symptoms",
    "stool",
    "day",
    "taken",
    "practice",
    "challenge",
    "belief",
    "alarm",
    "note",
)


def read_entry(kind: str, body: Mapping[str, Any]) -> AnyEntry:
    """One entry from its kind and body. Raises UserError naming the field that cannot be."""
    if kind not in KINDS:
        raise UserError(f"There is no entry of kind {kind!r}.", f"Kinds: {', '.join(KINDS)}.")
    try:
        entry: AnyEntry = msgspec.convert({**body, "kind": kind}, AnyEntry)
        datetime.fromisoformat(entry.at)
    except msgspec.ValidationError as wrong:
        raise UserError(f"{kind}: {wrong}.") from None
    except ValueError:
        raise UserError(f"{kind}: {body.get('at')} is not a time.") from None
    if isinstance(entry, ChallengeDose) and not entry.servings and not entry.stopped:
        raise UserError(f"{kind}: a dose of which nothing was eaten is none - at `$.servings`.")
    return entry


def body_of(entry: AnyEntry) -> dict[str, Any]:
    """The entry as it is kept: JSON's own kinds of value, without its kind, so that equal entries are equal after keeping them."""
    written: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(entry))
    del written["kind"]
    return written
