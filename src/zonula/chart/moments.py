"""Dates and periods that know how precise they are. Unknown stays unknown.

A `Moment` keeps the text as it was written (FHIR `date`, `dateTime`, `instant` or the HL7 v3 form `YYYYMMDD…`) and the span
of calendar days that text can mean. The clinical day is the local day as written; time zones are used only to order instants.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache

import msgspec


class Precision(StrEnum):
    """How much of a date was written."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    INSTANT = "instant"


_FHIR = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII
)
_HL7 = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,9}))?)?)?([+-]\d{4})?)?)?)?", re.ASCII
)


class Moment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A point in a life, as precise as it was written.

    text: as written. earliest, latest: first and last calendar day it can mean. seconds: UTC seconds since 1970 when the
    time of day is known (local time without a zone is read as UTC, for ordering only).
    """

    text: str
    precision: Precision
    earliest: date
    latest: date
    seconds: float | None = None

    @property
    def order(self) -> tuple[int, float, str]:
        """A total order: day, then time of day (unknown time first), then the text."""
        return (self.earliest.toordinal(), self.seconds if self.seconds is not None else float("-inf"), self.text)

    @staticmethod
    def parse(text: str) -> "Moment":
        """Read a FHIR or HL7 v3 date. Raises ValueError naming what is wrong, e.g. `2023-02-30: day is out of range for month`."""
        return _parse(text.strip())

    @staticmethod
    def of(day: date) -> "Moment":
        """The moment of one known calendar day."""
        return _parse(day.isoformat())


class When(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A moment or a period. Both ends may be unknown; an unknown end is not "ongoing" unless a status says so."""

    start: Moment | None = None
    end: Moment | None = None
    text: str = ""  # free wording such as "since childhood", kept and never parsed

    @property
    def known(self) -> bool:
        """Whether anything datable was written."""
        return self.start is not None or self.end is not None

    @property
    def first_day(self) -> date | None:
        """The earliest day this can have begun, or None when unknown."""
        moment = self.start or self.end
        return moment.earliest if moment else None

    @property
    def last_day(self) -> date | None:
        """The latest day that was written, or None when unknown."""
        moment = self.end or self.start
        return moment.latest if moment else None


UNKNOWN_TIME = When()


def at(text: str) -> When:
    """The `When` of one written date."""
    return When(start=Moment.parse(text))


@lru_cache(maxsize=65536)
def _parse(text: str) -> Moment:
    usual = _usual(text)
    if usual is not None:
        return usual
    matched = _FHIR.fullmatch(text) or _HL7.fullmatch(text)
    if matched is None:
        raise ValueError(f"{text[:40]!r} is not a date: expected YYYY, YYYY-MM, YYYY-MM-DD or a full date and time")
    year, month, day, hour, minute, second, fraction, zone = matched.groups()
    try:
        if month is None:
            return Moment(text, Precision.YEAR, date(int(year), 1, 1), date(int(year), 12, 31))
        if day is None:
            first = date(int(year), int(month), 1)
            following = date(first.year + first.month // 12, first.month % 12 + 1, 1) if first.year < 9999 else date.max
            return Moment(text, Precision.MONTH, first, following - timedelta(days=1))
        calendar_day = date(int(year), int(month), int(day))
        if hour is None:
            return Moment(text, Precision.DAY, calendar_day, calendar_day)
        # A leap second (":60") is legal in FHIR; Python has none, so it is read as the second before.
        whole = min(int(second or 0), 59) if second == "60" else int(second or 0)
        local = datetime(int(year), int(month), int(day), int(hour), int(minute or 0), whole, tzinfo=_zone(zone))
        seconds = local.timestamp() + (float("0." + fraction) if fraction else 0.0)
        return Moment(text, Precision.INSTANT, calendar_day, calendar_day, seconds)
    except (ValueError, OverflowError) as wrong:
        raise ValueError(f"{text[:40]!r} is not a date: {wrong}") from None


def _usual(text: str) -> Moment | None:
    """The commonest spellings, `2020-01-31T08:30:00[.123](Z|+01:00)`, in a third of the time; None for anything else."""
    if not text.isascii():
        return None
    fraction = 0.0
    plain = text
    if text[19:20] == "." and text[20:23].isdecimal():
        plain, fraction = text[:19] + text[23:], float(text[19:23])
    length = len(plain)
    if length != 25 and (length != 20 or plain[19] != "Z"):
        return None
    if plain[4:17:3] != "--T::" or (length == 25 and plain[19:23:3] not in ("+:", "-:")):
        return None
    try:
        local = datetime.fromisoformat(plain)
    except ValueError:
        return None  # said in words by the full reading
    day = local.date()
    return Moment(text, Precision.INSTANT, day, day, local.timestamp() + fraction)


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
