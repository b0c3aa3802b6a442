"""The diary's rows as the core reads them: entries, completeness, and the arrays that the inference takes."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from zonula.diary import Diary, DiaryWriter, FoodGroup
from zonula.diary.completeness import Completeness, completeness
from zonula.diary.entry import PORTIONS, AnyEntry, Belief, ChallengeDose, Day, Meal, Symptoms, Taken, read_entry
from zonula.diet import catalogue
from zonula_web.records import read
from zonula_web.records.models import DiaryEntry, Patient


class Kept(NamedTuple):
    """One entry that stands, with its row's id and revision."""

    id: str
    revision: int
    disputes: str
    entry: AnyEntry


def entries(patient: Patient, since: date | None = None) -> list[Kept]:
    """Every entry that is not deleted, in order of day; disputed versions too, each naming what it disputes."""
    everything = read.derived.get(("diary", patient.id, version(patient)), lambda: _entries(patient))
    return [one for one in everything if since is None or one.entry.at[:10] >= since.isoformat()]


def _entries(patient: Patient) -> list[Kept]:
    rows = DiaryEntry.objects.filter(patient=patient, deleted=False)
    return [
        Kept(str(row.id), row.revision, str(row.conflict_of or ""), read_entry(row.kind, row.body))
        for row in rows.order_by("day", "recorded_at", "id")
    ]


def version(patient: Patient) -> int:
    """A number that grows with every change of the diary."""
    last = DiaryEntry.objects.filter(patient=patient).order_by("-number").values_list("number", flat=True).first()
    return last or 0


def kept_days(patient: Patient, until: date) -> Completeness:
    """How complete the diary is, day by day."""
    return completeness((one.entry for one in entries(patient)), until)


def meals_by_day(patient: Patient, first: date, last: date) -> dict[date, list[Meal]]:
    """Meals of the days from first to last that have any; disputed versions are left out."""
    found: dict[date, list[Meal]] = {}
    for one in entries(patient, first):
        day = date.fromisoformat(one.entry.at[:10])
        if isinstance(one.entry, Meal) and not one.disputes and day <= last:
            found.setdefault(day, []).append(one.entry)
    return found


def held(meals: Iterable[Meal], food: str) -> bool:
    """Whether any of the meals surely held that food or group."""
    return any(holds(item.food or item.name, food) for meal in meals for item in meal.items)


@cache
def holds(eaten: str, wanted: str) -> bool:
    """Whether a food or dish of the catalogue is, or surely contains, the wanted food or group; unknown names only when equal."""
    foods = catalogue(read.knowledge())
    if eaten not in foods.foods or wanted not in foods.foods:
        return eaten.casefold() == wanted.casefold() != ""
    return any(foods.is_below(part, wanted) for part in foods.ingredients(eaten))


@cache
def recipes() -> dict[str, list[tuple[str, float]]]:
    """Food of the catalogue -> challenge groups it surely holds, with servings in a usual portion (by weight of its parts, at least
    a tenth: a trace still counts as eaten)."""
    foods = catalogue(read.knowledge())
    found: dict[str, list[tuple[str, float]]] = {}
    for food in foods.foods.values():
        groups: dict[str, float] = {}
        for ingredient, share in foods.ingredients(food.id).items():
            group = foods.foods[ingredient].challenge_group
            if group:
                groups[group] = groups.get(group, 0.0) + share
        found[food.id] = [(group, round(max(share, 0.1), 3)) for group, share in sorted(groups.items())]
    return found


def as_diary(patient: Patient, groups: tuple[FoodGroup, ...], until: date) -> Diary:
    """The diary as arrays for these groups. Disputed versions are left out until the patient chose."""
    kept = [one for one in entries(patient) if not one.disputes]
    start = date.fromisoformat(min((one.entry.at for one in kept), default=until.isoformat())[:10])
    writer = DiaryWriter(str(patient.id), start, groups, recipes(), days=(until - start).days + 1, ratings_per_day=1.0)
    for row in rows(one.entry for one in kept):
        writer.add(*row)
    return writer.diary()


def rows(written: Iterable[AnyEntry]) -> Iterator[tuple[str, str, str, Any, Any]]:
    """Entries as the rows of the documented diary file: time, kind, item, amount, value."""
    for entry in written:
        match entry:
            case Meal():
                for eaten in entry.items:
                    yield entry.at, "food", eaten.food or eaten.name, PORTIONS[eaten.portion], None
            case Symptoms():
                for domain, felt in entry.felt.items():
                    yield entry.at, "symptom", domain, None, felt.worst
            case Day():
                yield from _of_day(entry)
            case Taken() if entry.rescue:
                yield entry.at, "med", entry.name, 1, None
            case ChallengeDose() if entry.servings:
                yield entry.at, "challenge", entry.food, entry.servings, None
            case Belief():
                yield entry.at, "belief", entry.food, None, entry.suspects
            case _:
                if entry.note:
                    yield entry.at, "note", "", None, entry.note


def _of_day(entry: Day) -> Iterator[tuple[str, str, str, Any, Any]]:
    for name in ("sleep_hours", "stress"):
        value = getattr(entry, name)
        if value is not None:
            yield entry.at, "context", name, None, value
    for name in ("menses", "ill"):
        if getattr(entry, name):
            yield entry.at, "context", name, None, 1
