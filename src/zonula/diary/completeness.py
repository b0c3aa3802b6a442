"""How complete a diary is. Gaps are counted for the reader of the diary, never held against the person who keeps it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from zonula.diary.entry import AnyEntry, Day, Meal, Symptoms


class DayKept(msgspec.Struct, frozen=True, kw_only=True):
    """One day. worst: highest rating of any domain, None when nothing was rated. total: sum of the rated domains."""

    day: date
    meals: int = 0
    ratings: int = 0
    worst: int | None = None
    total: int | None = None
    rated: tuple[str, ...] = ()
    said_how_the_day_was: bool = False

    @property
    def complete(self) -> bool:
        """Whether the day has food and a rating: what an analysis needs."""
        return self.meals > 0 and self.ratings > 0


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """days: every day from the first entry to the last day asked for, kept or not."""

    days: tuple[DayKept, ...] = ()

    @property
    def kept(self) -> int:
        """Days with any entry that counts."""
        return sum(day.meals > 0 or day.ratings > 0 for day in self.days)

    @property
    def complete(self) -> int:
        """Days with food and a rating."""
        return sum(day.complete for day in self.days)

    @property
    def longest_gap(self) -> int:
        """The most days in a row without any entry that counts."""
        longest = run = 0
        for day in self.days:
            run = 0 if day.meals or day.ratings else run + 1
            longest = max(longest, run)
        return longest


def completeness(entries: Iterable[AnyEntry], until: date) -> Completeness:
    """Every day of the diary up to `until`. Entries of later days are left out."""
    by_day: dict[date, list[AnyEntry]] = defaultdict(list)
    for entry in entries:
        day = date.fromisoformat(entry.at[:10])
        if day <= until:
            by_day[day].append(entry)
    if not by_day:
        return Completeness()
    first = min(by_day)
    return Completeness(days=tuple(_kept(first + timedelta(n), by_day) for n in range((until - first).days + 1)))


def _kept(day: date, by_day: dict[date, list[AnyEntry]]) -> DayKept:
    written: Sequence[AnyEntry] = by_day.get(day, [])
    worst: dict[str, int] = {}
    for entry in written:
        if isinstance(entry, Symptoms):
            for domain, felt in entry.felt.items():
                worst[domain] = max(worst.get(domain, 0), felt.worst)
    return DayKept(
        day=day,
        meals=sum(isinstance(entry, Meal) for entry in written),
        ratings=sum(isinstance(entry, Symptoms) and bool(entry.felt) for entry in written),
        worst=max(worst.values(), default=None),
        total=sum(worst.values()) if worst else None,
        rated=tuple(sorted(worst)),
        said_how_the_day_was=any(isinstance(entry, Day) for entry in written),
    )
