"""Virtual diaries as the engine's diary and as the contract's CSV files."""

import csv
from pathlib import Path

from virtual_diarist import Person

from zonula.diary import Diary, DiaryWriter, FoodGroup


def diary_of(person: Person, rows: list, days: int) -> Diary:
    """Every row must be accepted."""
    groups = tuple(
        FoodGroup(name, float(person.prior[g]), bool(person.excluded[g]), float(person.first_max[g]))
        for g, name in enumerate(person.group_names)
    )
    recipes = {
        person.item_names[i]: [(person.group_names[g], s) for g, s in recipe.items()]
        for i, recipe in enumerate(person.recipe)
    }
    writer = DiaryWriter("p", person.start.date(), groups, recipes, days, person.per_day)
    for row in rows:
        assert writer.add(*row) is None
    return writer.diary()


def write_directory(folder: Path, people: dict[str, tuple[Person, list, int]]) -> None:
    """people: patient id -> (person, diary rows, days kept)."""
    folder.mkdir(parents=True, exist_ok=True)

    def table(name: str, header: str, rows: list) -> None:
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows)

    table(
        "patients.csv",
        "patient,start,days,ratings_per_day",
        [(i, p.start.date().isoformat(), days, p.per_day) for i, (p, _, days) in people.items()],
    )
    table(
        "groups.csv",
        "patient,group,prior,excluded,first_max",
        [
            (i, name, round(float(p.prior[g]), 4), int(p.excluded[g]), p.first_max[g])
            for i, (p, _, _) in people.items()
            for g, name in enumerate(p.group_names)
        ],
    )
    table(
        "foods.csv",
        "patient,item,group,servings",
        [
            (i, p.item_names[item], p.group_names[g], servings)
            for i, (p, _, _) in people.items()
            for item, recipe in enumerate(p.recipe)
            for g, servings in recipe.items()
        ],
    )
    table(
        "diary.csv",
        "patient,time,kind,item,amount,value",
        [
            (i, time, kind, item, "" if amount is None else amount, "" if value is None else value)
            for i, (_, rows, _) in people.items()
            for time, kind, item, amount, value in rows
        ],
    )
