"""Which foods the diary suspects, clears, or cannot tell of: the stored answer of the inference, with names a person reads."""

import re
from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from zonula.diet import catalogue
from zonula.food_triggers.separation import Separation
from zonula.food_triggers.verdict import DiaryVerdict, GroupVerdict
from zonula_web.jobs.models import Job, State
from zonula_web.records import diary, read
from zonula_web.records.models import Patient, Suspects


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """On the symptom it acts on most: rating points x days after one serving, with a central 90 % interval."""

    symptom: str
    mean: float
    low: float
    high: float


class FoodSuspected(msgspec.Struct, frozen=True, kw_only=True):
    """One food group. verdict: trigger, none, cannot_tell or excluded. lag_hours: mean, low, high. days_needed: until it could tell."""

    group: str
    name: str
    verdict: str
    probability: float
    exposures: int
    exposure_days: int
    effect: Effect | None = None
    lag_hours: tuple[float, float, float] | None = None
    reasons: tuple[str, ...] = ()
    days_needed: int | None = None


class Inseparable(msgspec.Struct, frozen=True, kw_only=True):
    """Two foods that this diary cannot tell apart, and the smallest change of the menu that would."""

    first: str
    second: str
    change: str


class Suspected(msgspec.Struct, frozen=True, kw_only=True):
    """The answer as of one day. refusal: why no answer is given, else empty."""

    days: int
    ratings: int
    refusal: str = ""
    foods: tuple[FoodSuspected, ...] = ()
    inseparable: tuple[Inseparable, ...] = ()

    def of(self, *verdicts: str) -> tuple[FoodSuspected, ...]:
        """The foods of these verdicts, most probable first."""
        return tuple(sorted((one for one in self.foods if one.verdict in verdicts), key=lambda one: -one.probability))


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The stored answer. as_of: its day. behind: entries were written since."""

    as_of: date
    behind: bool
    suspected: Suspected


def standing(patient: Patient) -> Standing | None:
    """What is stored, or None when the diary was never asked."""
    row = Suspects.objects.filter(patient=patient).first()
    if row is None:
        return None
    return Standing(
        as_of=row.day,
        behind=row.diary_version != diary.version(patient),
        suspected=msgspec.convert(row.body, Suspected),
    )


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Where the newest question stands. state: queued, running, done or failed."""

    state: str
    says: str
    at: datetime

    @property
    def runs(self) -> bool:
        """Whether the answer is still to come."""
        return self.state in (State.QUEUED, State.RUNNING)


def last_question(patient: Patient) -> Question | None:
    """The newest question to the diary, or None."""
    job = Job.objects.filter(patient=patient, kind="suspects").order_by("-made_at").first()
    return None if job is None else Question(state=job.state, says=job.says, at=job.ended_at or job.made_at)


def food_name(group: str) -> str:
    """The catalogue's name of a group, or the group's own word."""
    food = catalogue(read.knowledge()).foods.get(group)
    return food.name if food else group.replace("_", " ")


def suspected(verdict: DiaryVerdict) -> Suspected:
    """The inference's answer with names."""
    return Suspected(
        days=verdict.days,
        ratings=verdict.ratings,
        refusal=verdict.refusal,
        foods=tuple(_food(group) for group in _eaten_or_excluded(verdict.groups)),
        inseparable=tuple(
            Inseparable(first=food_name(pair.first), second=food_name(pair.second), change=_named(pair))
            for pair in verdict.separations
        ),
    )


def _named(pair: Separation) -> str:
    """The advice with the foods' names in the place of their ids."""
    said = pair.change
    for group in sorted((pair.first, pair.second), key=len, reverse=True):
        said = re.sub(rf"\b{re.escape(group)}\b", food_name(group).lower(), said)
    return said


def _eaten_or_excluded(groups: Iterable[GroupVerdict]) -> Iterable[GroupVerdict]:
    """Foods that never stood in the diary are not a long list of question marks."""
    return (group for group in groups if group.exposures or group.verdict == "excluded")


def _food(group: GroupVerdict) -> FoodSuspected:
    main = group.main
    return FoodSuspected(
        group=group.group,
        name=food_name(group.group),
        verdict=group.verdict,
        probability=round(float(group.probability), 4),
        exposures=int(group.exposures),
        exposure_days=int(group.exposure_days),
        effect=None
        if main is None
        else Effect(symptom=main.symptom, mean=float(main.mean), low=float(main.low), high=float(main.high)),
        lag_hours=None
        if group.lag_hours is None
        else (float(group.lag_hours[0]), float(group.lag_hours[1]), float(group.lag_hours[2])),
        reasons=tuple(group.reasons),
        days_needed=None if group.days_needed is None else int(group.days_needed),
    )
