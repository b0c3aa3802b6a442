"""The state of one person's re-introduction: what is known, what was really eaten, and the limits no plan may break."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from zonula.diary.entries import LARGEST_AMOUNT, Diary, DiaryWriter, FoodGroup, number
from zonula.errors import UserError

SMALLEST_DOSE = 0.05


@dataclass(frozen=True)
class Limits:
    """Limits of a day: groups, servings of each; and of the whole."""

    max_groups_per_day: int = 4
    max_servings: float = 2.0
    max_days: int = 150


@dataclass(frozen=True)
class Dose:
    """One group and the servings of it."""

    group: str
    amount: float


@dataclass(frozen=True)
class Plan:
    """Tomorrow's challenges (none: a rest day) and one sentence that says why."""

    doses: tuple[Dose, ...]
    why: str


@dataclass(frozen=True)
class Decision:
    """A final word on one group: trigger, safe or undecided."""

    probability: float
    decision: str


@dataclass(frozen=True)
class Stop:
    """The end of re-introduction, with a decision on every group that may be judged."""

    decisions: dict[str, Decision]
    why: str


@dataclass
class Reintroduction:
    """One person between the first challenge and the last decision."""

    writer: DiaryWriter
    groups: tuple[FoodGroup, ...]
    limits: Limits
    never: frozenset[str] = frozenset()  # foods that may never be challenged at home
    day: int = 0  # days of re-introduction that have passed
    refused: int = 0
    today: float = 0.0  # hour (since the start of the diary) at which today ends
    eaten: dict[str, list[tuple[float, float]]] = field(default_factory=dict)  # group -> (hour, servings) of challenges
    unread: Counter[str] = field(default_factory=Counter)  # why parts of the messages were left out
    _diary: Diary | None = None

    @classmethod
    def begin(cls, message: dict[str, Any], never: frozenset[str] = frozenset()) -> "Reintroduction":
        """From a `start` message. Raises UserError when it holds no start date or no list of groups.

        Of a group that is listed twice the more careful reading holds: excluded if one says so, the smaller first dose.
        """
        try:
            start = date.fromisoformat(str(message["start"])[:10])
            listed = message["groups"]
        except (KeyError, ValueError):
            listed = None
        if not isinstance(listed, list):
            raise UserError("the start message needs start (YYYY-MM-DD) and a list of groups.")
        unread: Counter[str] = Counter()
        groups: dict[str, FoodGroup] = {}
        for said in listed:
            name = said.get("group") if isinstance(said, dict) else None
            if not isinstance(name, str) or not name:
                unread["a group without a name"] += 1
                continue
            if name in groups:
                unread["a group listed twice: the more careful limits hold"] += 1
            groups[name] = _stricter(groups.get(name), _group(said))
        given = message.get("limits")
        limits = given if isinstance(given, dict) else {}
        writer = DiaryWriter(
            str(message.get("patient", "")),
            start,
            tuple(groups.values()),
            _recipes(message.get("foods"), unread),
            ratings_per_day=max(0.0, number(message.get("ratings_per_day")) or 0.0),
        )
        state = cls(
            writer,
            tuple(groups.values()),
            Limits(
                max(0, int(_or(limits.get("max_groups_per_day"), 4))),
                max(0.0, _or(limits.get("max_servings"), 2.0)),
                max(0, int(_or(limits.get("max_days"), 150))),
            ),
            never,
            unread=unread,
        )
        state.write(message.get("history") or [])
        today = writer.hour(str(message.get("today", "")))
        state.today = today if today is not None else state.diary.last_hour
        return state

    @property
    def diary(self) -> Diary:
        """The diary so far."""
        if self._diary is None:
            self._diary = self.writer.diary()
        return self._diary

    def write(self, events: object) -> None:
        """Take rows of the diary; what cannot be read is left out and counted."""
        if not isinstance(events, list):
            self.unread["events that are not a list"] += 1
            events = []
        for event in events:
            if not isinstance(event, dict):
                self.unread["an event that is not an object"] += 1
                continue
            time, kind, item = (str(event.get(key, "")) for key in ("time", "kind", "item"))
            amount = event.get("amount")
            refused = self.writer.add(time, kind, item, amount, event.get("value"))
            if refused is not None:
                self.unread[refused] += 1
            elif kind == "challenge":
                hour = self.writer.hour(time)
                served = 1.0 if amount in (None, "") else number(amount)
                if hour is not None and served is not None and served > 0:
                    self.eaten.setdefault(item, []).append((hour, served))
        for given in self.eaten.values():
            given.sort()
        self._diary = None

    def live(self, message: dict[str, Any]) -> None:
        """Take a `day` message. A date before an earlier one adds its events and never turns time back."""
        self.day += 1
        self.refused += message.get("accepted") is False
        hour = self.writer.hour(str(message.get("date", "")))
        if hour is None:
            self.unread["a day without a usable date"] += 1
        self.today = max(self.today, hour + 24.0) if hour is not None else self.today + 24.0
        self.write(message.get("events") or [])

    def notes(self) -> list[str]:
        """What was left out since the last call, as one sentence a reason."""
        said = [f"{count} left out: {why}." for why, count in self.unread.most_common()]
        self.unread.clear()
        return said

    def may_challenge(self, group: FoodGroup) -> bool:
        """Whether the group may be given at all."""
        return not group.excluded and group.name not in self.never and self.largest(group) >= SMALLEST_DOSE

    def largest(self, group: FoodGroup) -> float:
        """Servings allowed tomorrow: `first_max` until a challenge was really eaten."""
        first = group.name not in self.eaten
        return min(self.limits.max_servings, group.first_max) if first else self.limits.max_servings

    def days_since(self, group: str) -> float:
        """Days between the last challenge with the group and tomorrow; infinite when never."""
        given = self.eaten.get(group)
        return (self.today - given[-1][0]) / 24.0 if given else np.inf

    def episodes(self, group: str) -> int:
        """Times the group was tried: runs of challenge days with at least two days without it between them."""
        days = self._days(group)
        return sum(last is None or day - last > 2 for last, day in zip([None, *days], days, strict=False))

    def challenge_days(self, group: str) -> int:
        """Different days on which the group was really eaten as a challenge."""
        return len(self._days(group))

    def days_in_a_row(self, group: str) -> int:
        """Challenge days with the group in a row, up to and with today."""
        days, today = set(self._days(group)), int((self.today - 1e-6) // 24)
        length = 0
        while today - length in days:
            length += 1
        return length

    def given_together(self) -> Counter[tuple[str, str]]:
        """For each ordered pair of groups, the challenge days they shared."""
        by_day: dict[int, list[str]] = {}
        for group in self.eaten:
            for day in self._days(group):
                by_day.setdefault(day, []).append(group)
        return Counter((a, b) for groups in by_day.values() for a in groups for b in groups if a != b)

    def _days(self, group: str) -> list[int]:
        return sorted({int(hour // 24) for hour, _ in self.eaten.get(group, [])})

    def full_days(self, group: str) -> int:
        """Of these, the days with at least one serving: a first taste clears nobody."""
        daily: dict[int, float] = {}
        for hour, servings in self.eaten.get(group, []):
            daily[int(hour // 24)] = daily.get(int(hour // 24), 0.0) + servings
        enough = 0.95 * min(1.0, self.limits.max_servings)
        return sum(servings >= enough for servings in daily.values())

    def within_limits(self, doses: list[Dose]) -> tuple[Dose, ...]:
        """The doses that may be given, cut to what is allowed: the last gate before a plan leaves."""
        by_name = {group.name: group for group in self.groups}
        allowed: dict[str, Dose] = {}
        for dose in doses:
            group = by_name.get(dose.group)
            if group is None or dose.group in allowed or not self.may_challenge(group):
                continue
            amount = np.floor(min(dose.amount, self.largest(group)) * 1000.0) / 1000.0
            if amount >= SMALLEST_DOSE and len(allowed) < self.limits.max_groups_per_day:
                allowed[dose.group] = Dose(dose.group, float(amount))
        return tuple(allowed.values())


def _group(said: dict[str, Any]) -> FoodGroup:
    prior = number(said.get("prior"))
    return FoodGroup(
        str(said.get("group", "")),
        prior=prior if prior is not None and 0 <= prior <= 1 else 0.05,
        excluded=bool(said.get("excluded", False)) and str(said.get("excluded")).lower() not in ("0", "false"),
        first_max=max(0.0, _or(said.get("first_max"), 0.0)),
    )


def _stricter(known: FoodGroup | None, said: FoodGroup) -> FoodGroup:
    if known is None:
        return said
    return FoodGroup(
        known.name, known.prior, known.excluded or said.excluded, first_max=min(known.first_max, said.first_max)
    )


def _recipes(foods: object, unread: Counter[str]) -> dict[str, list[tuple[str, float]]]:
    recipes: dict[str, list[tuple[str, float]]] = {}
    for food in foods if isinstance(foods, list) else []:
        servings = number(food.get("servings")) if isinstance(food, dict) else None
        if servings is None or not 0 <= servings <= LARGEST_AMOUNT:
            unread["a food without a number of servings"] += 1
        else:
            recipes.setdefault(str(food.get("item")), []).append((str(food.get("group")), servings))
    return recipes


def _or(value: object, otherwise: float) -> float:
    read = number(value)
    return otherwise if read is None else read
