"""One patient's course, and what became of it: recovered when, between which two days; or why not.

Day 0 is the day treatment began; run-in days are negative. A recovery is interval-censored: it happened after the last
questionnaire that was not yet recovered and by the first that was.
"""

from enum import StrEnum
from itertools import pairwise

import msgspec

from zonula.outcomes.definitions import Definitions

# Days at the end of a course whose mean stands for "now".
NOW_DAYS = 28


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One weekly 12-domain total (0 to 120) on a day of the course."""

    day: int
    total: float


class AdverseEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something bad that happened, on a day of the course."""

    day: int
    what: str
    serious: bool = False


class StageStart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stage of the treatment entered on a day of the course."""

    day: int
    stage: str


class Course(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One patient in a registry. Everything but patient, clinic and readings may be unknown (None).

    domains: how many of the twelve; skin_tested, skin_positive: foods; adherence: share of days kept, 0 to 1;
    last_day: the last day anything is known; finished: the plan ended as planned.
    """

    patient: str
    clinic: str
    readings: tuple[Reading, ...]
    last_day: int
    finished: bool = False
    age: float | None = None
    female: bool | None = None
    domains: int | None = None
    skin_tested: int | None = None
    skin_positive: int | None = None
    adherence: float | None = None
    foods_restricted: int | None = None
    foods_given_back: int | None = None
    days_restricted: int | None = None
    adverse_events: tuple[AdverseEvent, ...] = ()
    stages: tuple[StageStart, ...] = ()

    @property
    def percent_positive(self) -> float | None:
        """Percent of skin-tested foods that were positive; None when unknown."""
        if not self.skin_tested or self.skin_positive is None:
            return None
        return 100 * self.skin_positive / self.skin_tested


class Standing(StrEnum):
    """How the patient is now against the baseline. UNKNOWN when there is no baseline or nothing recent."""

    RECOVERED = "recovered"
    PARTIAL = "partial_response"
    UNCHANGED = "unchanged"
    WORSE = "worse"
    RELAPSED = "relapsed"
    UNKNOWN = "unknown"


class End(StrEnum):
    """How the wait for recovery ended."""

    RECOVERED = "recovered"
    DROPPED_OUT = "dropped_out"
    CENSORED = "censored"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one course.

    baseline: mean run-in total, None without a run-in. end, day: the event and its day; for a recovery `after` is the last day it
    had not happened yet. relapsed_on: after a recovery. change_percent: now against baseline, negative is better.
    """

    patient: str
    baseline: float | None
    end: End
    day: int
    after: int
    standing: Standing
    change_percent: float | None
    relapsed_on: int | None = None


def outcome(course: Course, rules: Definitions) -> Outcome:
    """Judge one course. A course without a run-in has no baseline, so it is censored at day 0 and its standing is unknown."""
    readings = sorted(course.readings, key=lambda one: one.day)
    baseline = _baseline(readings, rules)
    after_start = [one for one in readings if one.day > 0]
    left = _left_on(course, after_start, rules)
    if baseline is None:
        return Outcome(
            patient=course.patient,
            baseline=None,
            end=End.CENSORED,
            day=0,
            after=0,
            standing=Standing.UNKNOWN,
            change_percent=None,
        )
    recovery = _kept(
        after_start, baseline * (1 - rules.recovery_percent / 100), rules.recovery_kept_days, rules, below=True
    )
    relapse = None
    if recovery is not None:
        later = [one for one in after_start if one.day > recovery]
        relapse = _kept(later, baseline * rules.relapse_percent / 100, rules.relapse_kept_days, rules, below=False)
        end, day = End.RECOVERED, recovery
        after = max((one.day for one in after_start if one.day < recovery), default=0)
    elif left is not None:
        end, day, after = End.DROPPED_OUT, left, left
    else:
        end, day, after = End.CENSORED, _last_seen(after_start), _last_seen(after_start)
    change = _change(after_start, baseline, course.last_day)
    return Outcome(
        patient=course.patient,
        baseline=baseline,
        end=end,
        day=day,
        after=after,
        standing=_standing(change, recovery, relapse, rules),
        change_percent=change,
        relapsed_on=relapse,
    )


def _baseline(readings: list[Reading], rules: Definitions) -> float | None:
    """The mean of the run-in, when it reaches back far enough: a reading at least `run_in_days` before the start."""
    run_in = [one.total for one in readings if one.day <= 0]
    reaches = any(one.day <= -rules.run_in_days for one in readings)
    if not run_in or not reaches or not sum(run_in):
        return None
    return sum(run_in) / len(run_in)


def _last_seen(after_start: list[Reading]) -> int:
    return after_start[-1].day if after_start else 0


def _left_on(course: Course, after_start: list[Reading], rules: Definitions) -> int | None:
    """The day of the last questionnaire before a silence as long as the definition, or None."""
    if course.finished:
        days = [0, *(one.day for one in after_start)]
    else:
        days = [0, *(one.day for one in after_start), course.last_day]
    return next((before for before, following in pairwise(days) if following - before >= rules.drop_out_days), None)


def _kept(readings: list[Reading], limit: float, days: int, rules: Definitions, *, below: bool) -> int | None:
    """The first day from which every reading stays on that side of the limit for at least `days`, proven by a reading at or after the end.

    A silence as long as a drop-out proves nothing: the count starts again after it.
    """
    start: int | None = None
    before: int | None = None
    for one in readings:
        if before is not None and one.day - before >= rules.drop_out_days:
            start = None
        before = one.day
        if (one.total <= limit) if below else (one.total > limit):
            start = one.day if start is None else start
            if one.day - start >= days:
                return start
        else:
            start = None
    return None


def _change(after_start: list[Reading], baseline: float, last_day: int) -> float | None:
    recent = [one.total for one in after_start if last_day - NOW_DAYS < one.day <= last_day]
    # Rounded so that 72 against 60 is 20 % and not a hair less.
    return round(100 * (sum(recent) / len(recent) / baseline - 1), 9) if recent else None


def _standing(change: float | None, recovery: int | None, relapse: int | None, rules: Definitions) -> Standing:
    if relapse is not None:
        return Standing.RELAPSED
    if recovery is not None:
        return Standing.RECOVERED
    if change is None:
        return Standing.UNKNOWN
    if change >= rules.worsening_percent:
        return Standing.WORSE
    return Standing.PARTIAL if change <= -rules.partial_percent else Standing.UNCHANGED
