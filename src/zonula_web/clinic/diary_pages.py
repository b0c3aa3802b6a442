"""What the pages on a diary show: a calendar of weeks, trends of the areas, exclusions that were eaten, and the days before a bad day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from statistics import fmean
from typing import Any, NamedTuple

from zonula.diary.completeness import Completeness, DayKept
from zonula.diary.entry import (
    Alarm,
    AnyEntry,
    Belief,
    ChallengeDose,
    Day,
    Meal,
    Practice,
    Stool,
    Symptoms,
    Taken,
)
from zonula.treatment_protocols import Exclusion
from zonula_web.clinic.plan_foods import food_name
from zonula_web.records import diary
from zonula_web.records.diary import Kept
from zonula_web.records.read import Patient

LOOK_BACK = timedelta(days=3)
TREND_WEEKS = 26
MOST_BAD_DAYS = 8
WIDTH, HEIGHT = 220, 56
AREAS = {
    "fatigue": "fatigue", "bloating": "bloating", "pain": "pain", "rash": "rash", "chemicals": "chemical sensitivity", "allergies": "allergies",
    "side-effects": "side effects", "healing": "slow healing", "infections": "infections", "headache": "headache", "mood": "mood", "itch": "itch",
}  # fmt: skip
PORTION = {"taste": "a taste of", "small": "a little", "usual": "", "large": "much", "double": "a double portion of"}


class Cell(NamedTuple):
    """One day of the calendar. level: 0 to 4 for the worst rating, empty when nothing was rated; words: read aloud."""

    day: date | None
    number: str
    level: str
    words: str


class Week(NamedTuple):
    """A week from Monday. empty: how many weeks in a row without an entry this line stands for, 0 for a week with one."""

    first: str
    cells: tuple[Cell, ...]
    empty: int


class Trend(NamedTuple):
    """One area by weeks. path: points of a line in a WIDTH x HEIGHT picture; words: the same said."""

    title: str
    path: str
    dots: tuple[tuple[float, float], ...]
    words: str
    last: str


class Eaten(NamedTuple):
    """An excluded food that was eaten while it was excluded."""

    food: str
    since: date
    days: int
    of_days: int
    last: date | None


class Line(NamedTuple):
    """One entry in words. mark: of an alarm or a rating."""

    time: str
    what: str
    says: str
    note: str
    mark: str


class OneDay(NamedTuple):
    """One day in the order of its hours."""

    day: date
    lines: tuple[Line, ...]


def calendar(kept: Completeness) -> list[Week]:
    """Weeks from Monday, newest first; weeks without any entry become one line that counts them."""
    weeks: list[Week] = []
    for week in _weeks(kept):
        empty = not any(cell.number for cell in week.cells)
        if empty and weeks and weeks[-1].empty:
            weeks[-1] = Week(week.first, (), weeks[-1].empty + 1)
        else:
            weeks.append(Week(week.first, (), 1) if empty else week)
    return weeks


def _weeks(kept: Completeness) -> list[Week]:
    if not kept.days:
        return []
    by_day = {day.day: day for day in kept.days}
    first = kept.days[0].day - timedelta(days=kept.days[0].day.weekday())
    weeks: list[Week] = []
    while first <= kept.days[-1].day:
        weeks.append(Week(first.isoformat(), tuple(_cell(first + timedelta(days=n), by_day) for n in range(7)), 0))
        first += timedelta(days=7)
    return weeks[::-1]


def _cell(day: date, by_day: dict[date, DayKept]) -> Cell:
    kept = by_day.get(day)
    if kept is None:
        return Cell(None, "", "", "")
    if kept.worst is None:
        food = f", {kept.meals} meals" if kept.meals else ""
        return Cell(day, "·" if kept.meals else "", "", f"{day.isoformat()}: nothing rated{food}")
    level = str(min(4, (kept.worst + 1) * 4 // 10))
    return Cell(day, str(kept.worst), level, f"{day.isoformat()}: worst rating {kept.worst} of 10, {kept.meals} meals")


def trends(kept: Sequence[Kept], today: date) -> list[Trend]:
    """The areas that were rated above 0 in the last half year, by weekly mean, the most troublesome first."""
    first = today - timedelta(weeks=TREND_WEEKS)
    weekly: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in kept:
        if isinstance(one.entry, Symptoms) and not one.disputes:
            day = date.fromisoformat(one.entry.at[:10])
            if first <= day <= today:
                for area, felt in one.entry.felt.items():
                    weekly[area][(day - first).days // 7].append(felt.worst)
    found = [(fmean(value for week in weeks.values() for value in week), area, weeks) for area, weeks in weekly.items()]
    return [_trend(area, weeks) for mean, area, weeks in sorted(found, key=lambda one: -one[0]) if mean > 0]


def _trend(area: str, weeks: dict[int, list[int]]) -> Trend:
    means = {week: fmean(values) for week, values in sorted(weeks.items())}
    first, last = min(means), max(means)
    span = max(last - first, 1)
    dots = tuple(
        (round(4 + (WIDTH - 8) * (week - first) / span, 1), round(4 + (HEIGHT - 8) * (1 - mean / 10), 1))
        for week, mean in means.items()
    )
    words = f"{AREAS[area]}: mean {means[first]:.1f} in the first week, {means[last]:.1f} in the last, of 10, over {len(means)} weeks"
    return Trend(AREAS[area], " ".join(f"{x},{y}" for x, y in dots), dots, words, f"{means[last]:.1f}")


def adherence(patient: Patient, exclusions: Iterable[Exclusion], today: date) -> list[Eaten]:
    """For each food that is out: on how many days with meals written down it was eaten nonetheless."""
    found = []
    for out in exclusions:
        meals = diary.meals_by_day(patient, out.since, today)
        with_it = sorted(day for day, some in meals.items() if diary.held(some, out.food))
        found.append(Eaten(food_name(out.food), out.since, len(with_it), len(meals), with_it[-1] if with_it else None))
    return found


def worst_days(kept: Completeness) -> list[DayKept]:
    """The days with the highest sums of ratings, newest first among equals."""
    rated = [day for day in kept.days if day.total]
    return sorted(rated, key=lambda day: (-(day.total or 0), -day.day.toordinal()))[:MOST_BAD_DAYS]


def before(kept: Sequence[Kept], day: date) -> list[OneDay]:
    """That day and the three before it, newest first, each with what was written."""
    first = day - LOOK_BACK
    chosen = [one for one in kept if first.isoformat() <= one.entry.at[:10] <= day.isoformat()]
    chosen.sort(key=lambda one: one.entry.at)
    by_day = {
        name: tuple(line(one) for one in some) for name, some in groupby(chosen, key=lambda one: one.entry.at[:10])
    }
    days = [day - timedelta(days=n) for n in range(LOOK_BACK.days + 1)]
    return [OneDay(one, by_day.get(one.isoformat(), ())) for one in days]


def neighbours(day: date) -> dict[str, Any]:
    """Links to the day before and the day after."""
    return {"earlier": (day - timedelta(days=1)).isoformat(), "later": (day + timedelta(days=1)).isoformat()}


def line(kept: Kept) -> Line:
    """One entry in words."""
    what, says, mark = _said(kept.entry)
    return Line(kept.entry.at[11:], what, says, kept.entry.note, mark)


def _said(entry: AnyEntry) -> tuple[str, str, str]:  # noqa: PLR0911 - one case for each kind
    match entry:
        case Meal():
            return "ate", ", ".join(f"{PORTION[one.portion]} {one.name}".strip() for one in entry.items), ""
        case Symptoms():
            felt = sorted(entry.felt.items(), key=lambda pair: -pair[1].worst)
            worst = felt[0][1].worst if felt else 0
            return "felt", ", ".join(f"{AREAS[area]} {one.worst}" for area, one in felt), "warn" if worst > 6 else ""
        case Stool():
            return (
                "stool",
                f"form {entry.form} of 7{', with blood' if entry.blood else ''}",
                "alarm" if entry.blood else "",
            )
        case Day():
            said = [
                f"slept {entry.sleep_hours:g} h" if entry.sleep_hours is not None else "",
                f"stress {entry.stress} of 10" if entry.stress is not None else "",
                "bleeding" if entry.menses else "",
                "felt ill" if entry.ill else "",
                f"active {entry.active_minutes} min" if entry.active_minutes is not None else "",
            ]
            return "day", ", ".join(part for part in said if part), ""
        case Taken():
            return (
                "took",
                " ".join((entry.name, entry.dose)).strip() + (" (against symptoms)" if entry.rescue else ""),
                "",
            )
        case Practice():
            return "did", entry.what + (f", {entry.minutes} min" if entry.minutes is not None else ""), ""
        case ChallengeDose():
            dose = f"{entry.servings:g} servings of {food_name(entry.food)}"
            if not entry.stopped:
                return "challenge", dose, "calm"
            return (
                "challenge",
                f"stopped the test{f' after {dose}' if entry.servings else f' of {food_name(entry.food)}'}",
                "alarm",
            )
        case Belief():
            return "believes", f"{food_name(entry.food)}: suspected {entry.suspects} of 10", ""
        case Alarm():
            return "alarm", entry.what, "alarm"
        case _:
            return "note", "", ""
