"""Importing a clinic's own USDA FoodData Central CSV download: food.csv, nutrient.csv, food_nutrient.csv.

The full download holds millions of rows; only the foods that are asked for are kept. A nutrient without a row or an amount stays unknown.
"""

import csv
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from zonula.diet.composition import FoodComposition, Nutrient, in_unit, nutrients
from zonula.errors import UserError
from zonula.knowledge import Shelf

_UNITS = {"KCAL": "kcal", "G": "g", "MG": "mg", "UG": "µg"}
# Folate in dietary equivalents counts folic acid 1.7 times; vitamin amounts in IU and energy in kJ are left out.


class Imported(msgspec.Struct, frozen=True):
    """What an import gave: the foods, and one line for each kind of thing that was skipped."""

    foods: tuple[FoodComposition, ...]
    skipped: tuple[str, ...]


def import_fdc(folder: Path, wanted: dict[str, str], shelf: Shelf) -> Imported:
    """Read the foods `wanted` (FDC id -> our food id). An empty `wanted` takes every food under its FDC id.

    Raises UserError when a file or a needed column is missing.
    """
    described = {}
    for row in _rows(folder / "food.csv", ("fdc_id", "data_type", "description")):
        if not wanted or row["fdc_id"] in wanted:
            described[row["fdc_id"]] = (row["description"], row["data_type"])
    units = {row["id"]: row["unit_name"] for row in _rows(folder / "nutrient.csv", ("id", "name", "unit_name"))}
    by_id = {fdc: one for one in nutrients(shelf).values() for fdc in one.fdc_ids}
    amounts: dict[str, dict[str, tuple[int, float]]] = {fdc: {} for fdc in described}
    unread: dict[str, int] = {}
    for row in _rows(folder / "food_nutrient.csv", ("fdc_id", "nutrient_id", "amount")):
        nutrient = by_id.get(row["nutrient_id"])
        if nutrient is None or row["fdc_id"] not in amounts:
            continue
        amount, why = _amount(row["amount"], units.get(row["nutrient_id"], ""), nutrient)
        if amount is None:
            unread[why] = unread.get(why, 0) + 1
            continue
        # Several codes can stand for one nutrient (energy): the first named on the shelf wins.
        rank = nutrient.fdc_ids.index(row["nutrient_id"])
        held = amounts[row["fdc_id"]].get(nutrient.id)
        if held is None or rank < held[0]:
            amounts[row["fdc_id"]][nutrient.id] = (rank, amount)
    foods = tuple(
        FoodComposition(
            wanted.get(fdc, fdc),
            described[fdc][0],
            f"USDA FoodData Central, {described[fdc][1]}, FDC {fdc}",
            {name: amount for name, (_, amount) in held.items()},
        )
        for fdc, held in sorted(amounts.items())
    )
    lost = [f"FDC {fdc} is not in food.csv" for fdc in sorted(set(wanted) - set(described))]
    return Imported(foods, (*lost, *(f"{count} amounts left unknown: {why}" for why, count in sorted(unread.items()))))


def _amount(cell: str, unit: str, nutrient: Nutrient) -> tuple[float | None, str]:
    try:
        amount = float(cell)
    except ValueError:
        return None, "no amount"
    if not math.isfinite(amount) or amount < 0:
        return None, "an impossible amount"
    converted = in_unit(amount, _UNITS.get(unit.upper(), unit), nutrient.unit)
    return (None, f"{nutrient.name} in {unit or 'no unit'}") if converted is None else (converted, "")


def _rows(path: Path, columns: Iterable[str]) -> Iterator[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [one for one in columns if one not in (reader.fieldnames or ())]
            if missing:
                raise UserError(f"{path.name}: no column {missing[0]}.", "Use the CSV download of FoodData Central.")
            for row in reader:
                yield {column: row[column] or "" for column in columns}
    except OSError as wrong:
        raise UserError(f"{path}: {wrong.strerror}.", "Give the folder of the FoodData Central CSV download.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: not UTF-8 text.") from None
