"""Reads a directory of `patients.csv`, `groups.csv`, `foods.csv` and `diary.csv` (docs/food-triggers/contract.md)."""

import csv
from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from pathlib import Path

from zonula.diary.entries import LARGEST_AMOUNT, Diary, DiaryWriter, FoodGroup, ReadingReport, number
from zonula.errors import UserError

PRIOR_WHEN_UNKNOWN = 0.05


def read_directory(folder: Path) -> tuple[list[Diary], ReadingReport]:
    """All diaries of a directory, ordered as in patients.csv, and a report of skipped rows.

    Raises UserError when a file or a needed column is missing or a file is not UTF-8 text.
    """
    report = ReadingReport()
    patients = list(_rows(folder / "patients.csv", ("patient", "start", "days", "ratings_per_day")))
    groups: dict[str, dict[str, FoodGroup]] = {}
    for patient, name, prior, excluded, first_max in _rows(
        folder / "groups.csv", ("patient", "group", "prior", "excluded", "first_max")
    ):
        groups.setdefault(patient, {})[name] = _group(name, prior, excluded, first_max)
    recipes: dict[str, dict[str, list[tuple[str, float]]]] = {}
    for patient, item, group, text in _rows(folder / "foods.csv", ("patient", "item", "group", "servings")):
        servings = number(text)
        if not group:
            continue
        if servings is None or not 0 <= servings <= LARGEST_AMOUNT:
            report.skipped["foods.csv: servings is not a number"] += 1
            continue
        recipes.setdefault(patient, {}).setdefault(item, []).append((group, servings))
    writers: dict[str, DiaryWriter] = {}
    for patient, start_text, days, per_day in patients:
        start = _date(start_text)
        if start is None:
            report.skipped["patients.csv: start is not a date (YYYY-MM-DD)"] += 1
            continue
        writers[patient] = DiaryWriter(
            patient,
            start,
            tuple(groups.get(patient, {}).values()),
            recipes.get(patient, {}),
            days=max(0, int(number(days) or 0)),
            ratings_per_day=max(0.0, number(per_day) or 0.0),
        )
    for patient, time, kind, item, amount, value in _rows(
        folder / "diary.csv", ("patient", "time", "kind", "item", "amount", "value")
    ):
        writer = writers.get(patient)
        refused = (
            "diary.csv: the patient is not in patients.csv"
            if writer is None
            else writer.add(time, kind, item, amount, value)
        )
        if refused is None:
            report.kept += 1
        else:
            report.skipped[refused] += 1
    return [writer.diary() for writer in writers.values()], report


def _group(name: str, prior: str, excluded: str, first_max: str) -> FoodGroup:
    chance, largest = number(prior), number(first_max)
    return FoodGroup(
        name,
        prior=chance if chance is not None and 0.0 <= chance <= 1.0 else PRIOR_WHEN_UNKNOWN,
        excluded=excluded.strip().lower() not in ("", "0", "0.0", "false", "no"),
        first_max=largest if largest is not None and largest >= 0.0 else 0.0,
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The named columns of each row; rows too short are padded with empty text, blank rows dropped."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            missing = [name for name in columns if name not in header]
            if missing:
                raise UserError(f"{path.name} has no column {', '.join(missing)}.", f"It needs {','.join(columns)}.")
            places = [header.index(name) for name in columns]
            width, pick = max(places) + 1, itemgetter(*places)
            for row in reader:
                if len(row) >= width:
                    yield pick(row)
                elif row:
                    yield pick(row + [""] * (width - len(row)))
    except FileNotFoundError:
        raise UserError(
            f"{path.name} is missing in the input directory.", "See docs/food-triggers/contract.md."
        ) from None
    except csv.Error as wrong:
        raise UserError(f"{path.name}, line {reader.line_num}: {wrong}.", "It must be CSV.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path.name} is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as wrong:
        raise UserError(f"{path.name} cannot be read: {wrong.strerror}.") from None
