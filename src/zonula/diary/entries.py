"""One person's diary as arrays, and the writer that accepts rows one by one and says why it refuses one."""

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HIGHEST_RATING = 10.0
LONGEST_DIARY_DAYS = 3660  # ten years; a row further away than this from the start is a wrong date
LARGEST_AMOUNT = 1000.0  # portions or servings of one row: more is a slip of the pen
CONTEXT_HIGHEST = {"stress": 10.0, "sleep_hours": 24.0, "menses": 10.0, "ill": 10.0}
CONTEXTS = tuple(CONTEXT_HIGHEST)


@dataclass(frozen=True)
class FoodGroup:
    """A food group that a decision is wanted for.

    prior: probability (0-1) in the population that it is a trigger. excluded: safety exclusion, never to be challenged.
    first_max: servings allowed the first time it is challenged.
    """

    name: str
    prior: float = 0.05
    excluded: bool = False
    first_max: float = 1.0


@dataclass(frozen=True)
class Diary:
    """A person's diary. Hours count from midnight of `start`; all arrays are ordered by time, then by index.

    intake_*: one row per group eaten (N): hour, index into `groups`, servings, whether it was an open challenge.
    rating_*: one row per rating (M): hour, index into `symptoms`, value 0-10.
    belief: per group 0-10, NaN when never stated. context: name -> (hours, values). rescue: hours of rescue drugs.
    phases: (hour, name). last_hour: the end of what is known.
    """

    patient: str
    start: date
    days: int
    ratings_per_day: float
    groups: tuple[FoodGroup, ...]
    symptoms: tuple[str, ...]
    intake_hour: Floats
    intake_group: Ints
    intake_servings: Floats
    intake_open: npt.NDArray[np.bool_]
    rating_hour: Floats
    rating_symptom: Ints
    rating_value: Floats
    belief: Floats
    context: dict[str, tuple[Floats, Floats]]
    rescue: Floats
    phases: tuple[tuple[float, str], ...]
    last_hour: float


@dataclass
class ReadingReport:
    """What was kept and what was skipped, and why. Never holds a patient's data, only counts and reasons."""

    kept: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """One sentence per reason, most frequent first."""
        return [f"{count} rows skipped: {reason}" for reason, count in self.skipped.most_common()]


def number(text: object) -> float | None:
    """A finite number, or None for anything else."""
    if isinstance(text, bool) or text is None or text == "":
        return None
    try:
        value = float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):  # a whole number of 400 digits is no float
        return None
    return value if math.isfinite(value) else None


class DiaryWriter:
    """Collects rows of one person's diary in any order."""

    def __init__(
        self,
        patient: str,
        start: date,
        groups: tuple[FoodGroup, ...],
        recipes: dict[str, list[tuple[str, float]]],
        days: int = 0,
        ratings_per_day: float = 0.0,
    ) -> None:
        """recipes: item -> (group name, servings per portion). days and ratings_per_day: 0 when unknown."""
        self.patient, self.start, self.groups = patient, start, groups
        self.days, self.ratings_per_day = days, ratings_per_day
        self._index = {group.name: i for i, group in enumerate(groups)}
        self._recipes: dict[str, list[tuple[int, float]]] = {}
        for item, parts in recipes.items():
            self._recipes[item] = [
                (self._index[g], s) for g, s in parts if g in self._index and 0 < s <= LARGEST_AMOUNT
            ]
        self._midnight: dict[str, float] = {}
        self._hours: dict[str, float | None] = {}
        self._symptoms: dict[str, int] = {}
        self._intake: list[tuple[float, int, float, bool]] = []
        self._ratings: list[tuple[float, int, float]] = []
        self._belief = np.full(len(groups), np.nan)
        self._context: dict[str, list[tuple[float, float]]] = {name: [] for name in CONTEXTS}
        self._rescue: list[float] = []
        self._phases: list[tuple[float, str]] = []

    def hour(self, time: str) -> float | None:
        """Hours since midnight of the first day, None when the text is no local time near the diary."""
        known = self._hours.get(time)
        if known is not None or time in self._hours:
            return known
        try:
            moment = datetime.fromisoformat(time).replace(tzinfo=None)
            since = moment - datetime(self.start.year, self.start.month, self.start.day)
            hour: float | None = since.total_seconds() / 3600.0
        except (ValueError, TypeError, OverflowError):
            hour = None
        if hour is not None and not -24.0 * 31 <= hour <= 24.0 * LONGEST_DIARY_DAYS:
            hour = None
        self._hours[time] = hour
        return hour

    def add(self, time: str, kind: str, item: str, amount: object, value: object) -> str | None:
        """Take one row. Returns None when it was used or may be ignored by the contract, else why it was refused."""
        take = _KINDS.get(kind)
        if take is None:
            return None
        hour = self.hour(time)
        if hour is None:
            return f"{kind}: no usable local time"
        return take(self, hour, item, amount, value)

    def _food(self, hour: float, item: str, amount: object, value: object) -> str | None:
        portions = number(amount) if amount not in (None, "") else 1.0
        if portions is None or not 0 <= portions <= LARGEST_AMOUNT:
            return "food: the amount is not a number of portions"
        for group, servings in self._recipes.get(item, ()):
            if portions > 0:
                self._intake.append((hour, group, portions * servings, False))
        return None

    def _challenge(self, hour: float, item: str, amount: object, value: object) -> str | None:
        group = self._index.get(item)
        if group is None:
            return "challenge: the group is not in the list of groups"
        servings = number(amount) if amount not in (None, "") else 1.0
        if servings is None or not 0 <= servings <= LARGEST_AMOUNT:
            return "challenge: the amount is not a number of servings"
        if servings > 0:
            self._intake.append((hour, group, servings, True))
        return None

    def _symptom(self, hour: float, item: str, amount: object, value: object) -> str | None:
        rating = number(value)
        if rating is None:
            return None if value in (None, "") else "symptom: the rating is not a number"
        if not 0.0 <= rating <= HIGHEST_RATING:
            return "symptom: the rating is outside 0-10"
        self._ratings.append((hour, self._symptoms.setdefault(item, len(self._symptoms)), rating))
        return None

    def _take_context(self, hour: float, item: str, amount: object, value: object) -> str | None:
        if item not in self._context:
            return None
        reading = number(value)
        if reading is None:
            return None if value in (None, "") else "context: the value is not a number"
        if not 0.0 <= reading <= CONTEXT_HIGHEST[item]:
            return "context: the value is outside its range"
        self._context[item].append((hour, reading))
        return None

    def _take_belief(self, hour: float, item: str, amount: object, value: object) -> str | None:
        strength = number(value)
        if item not in self._index or strength is None:
            return "belief: unknown group or no number"
        self._belief[self._index[item]] = min(max(strength, 0.0), HIGHEST_RATING)
        return None

    def _med(self, hour: float, item: str, amount: object, value: object) -> str | None:
        self._rescue.append(hour)
        return None

    def _phase(self, hour: float, item: str, amount: object, value: object) -> str | None:
        self._phases.append((hour, item))
        return None

    def diary(self) -> Diary:
        """The diary so far; rows added later do not change it."""
        intake, ratings = sorted(self._intake), sorted(self._ratings)
        last = max([r[0] for r in ratings[-1:]] + [r[0] for r in intake[-1:]] + [24.0 * self.days])
        return Diary(
            patient=self.patient,
            start=self.start,
            days=self.days,
            ratings_per_day=self.ratings_per_day,
            groups=self.groups,
            symptoms=tuple(self._symptoms),
            intake_hour=np.array([row[0] for row in intake], dtype=np.float64),
            intake_group=np.array([row[1] for row in intake], dtype=np.int64),
            intake_servings=np.array([row[2] for row in intake], dtype=np.float64),
            intake_open=np.array([row[3] for row in intake], dtype=np.bool_),
            rating_hour=np.array([row[0] for row in ratings], dtype=np.float64),
            rating_symptom=np.array([row[1] for row in ratings], dtype=np.int64),
            rating_value=np.array([row[2] for row in ratings], dtype=np.float64),
            belief=self._belief.copy(),
            context={
                name: (np.array([r[0] for r in sorted(rows)]), np.array([r[1] for r in sorted(rows)]))
                for name, rows in self._context.items()
            },
            rescue=np.array(sorted(self._rescue), dtype=np.float64),
            phases=tuple(sorted(self._phases)),
            last_hour=last,
        )


_KINDS = {
    "food": DiaryWriter._food,
    "challenge": DiaryWriter._challenge,
    "symptom": DiaryWriter._symptom,
    "context": DiaryWriter._take_context,
    "belief": DiaryWriter._take_belief,
    "med": DiaryWriter._med,
    "phase": DiaryWriter._phase,
}
