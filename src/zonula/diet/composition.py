"""What is in 100 g of a food. What was not measured is absent, never zero."""

import csv
import math
from collections.abc import Iterable
from functools import cache

import msgspec

from zonula.diet.catalogue import ROOM
from zonula.errors import UserError
from zonula.knowledge import Shelf

FORMAT_COLUMNS = ("code", "display", "source")
_GRAMS = {"g": 1.0, "mg": 1e-3, "µg": 1e-6, "ug": 1e-6, "mcg": 1e-6}


class Nutrient(msgspec.Struct, frozen=True):
    """A nutrient and the unit all its amounts are in. fdc_ids, ciqual_name: what the food tables call it."""

    id: str
    name: str
    unit: str
    fdc_ids: tuple[str, ...]
    ciqual_name: str


class FoodComposition(msgspec.Struct, frozen=True):
    """Amounts per 100 g by nutrient id, in the nutrient's unit; a nutrient that is not there is unknown."""

    food: str
    description: str
    source: str
    per_100g: dict[str, float]


@cache
def nutrients(shelf: Shelf) -> dict[str, Nutrient]:
    """Every nutrient by id, in the order of the shelf."""
    return {
        row.code: Nutrient(
            row.code,
            row.display,
            row.more["unit"],
            tuple(one for one in row.more["fdc_ids"].split("|") if one),
            row.more["ciqual_name"],
        )
        for row in shelf.code_list(f"{ROOM}/nutrients")
    }


@cache
def composition(shelf: Shelf) -> dict[str, FoodComposition]:
    """The table that ships, by food id."""
    found = {}
    for row in shelf.code_list(f"{ROOM}/composition"):
        amounts = {
            column.split(" ")[0]: float(cell) for column, cell in row.more.items() if " " in column and cell.strip()
        }
        source = f"{row.more['release']}, FDC {row.more['fdc_id']}"
        found[row.code] = FoodComposition(row.code, row.display, source, amounts)
    return found


def in_unit(amount: float, unit: str, wanted: str) -> float | None:
    """An amount in another unit of mass (g, mg, µg); None when the units cannot be compared (IU, kJ)."""
    if unit == wanted:
        return amount
    if unit in _GRAMS and wanted in _GRAMS:
        return amount * _GRAMS[unit] / _GRAMS[wanted]
    return None


def write_table(rows: Iterable[FoodComposition], shelf: Shelf) -> str:
    """A clinic's table as CSV text, in the form `read_table` reads."""
    columns = [f"{one.id} {one.unit}" for one in nutrients(shelf).values()]
    lines: list[str] = []

    class _Lines:
        def write(self, line: str) -> None:
            lines.append(line)

    writer = csv.writer(_Lines(), lineterminator="\n")
    writer.writerow([*FORMAT_COLUMNS, *columns])
    for row in rows:
        cells = [_cell(row.per_100g.get(column.split(" ")[0])) for column in columns]
        writer.writerow([row.food, row.description, row.source, *cells])
    return "".join(lines)


def read_table(text: str, name: str, shelf: Shelf) -> dict[str, FoodComposition]:
    """A clinic's own table (`zonula diet import`). Raises UserError naming the line; an empty cell is unknown."""
    reader = csv.DictReader(text.splitlines())
    known = {f"{one.id} {one.unit}": one.id for one in nutrients(shelf).values()}
    header = reader.fieldnames or []
    missing = [column for column in FORMAT_COLUMNS if column not in header]
    strange = [column for column in header if column not in known and column not in FORMAT_COLUMNS]
    if missing or strange:
        what = f"lacks the column {missing[0]}" if missing else f"has an unknown column {strange[0]!r}"
        raise UserError(f"{name}: {what}.", "Write it with `zonula diet import`.")
    found = {}
    for row in reader:
        amounts = {}
        for column, nutrient in known.items():
            cell = (row.get(column) or "").strip()
            if cell:
                amounts[nutrient] = _amount(cell, f"{name}: line {reader.line_num}, {column}")
        found[row["code"]] = FoodComposition(row["code"], row["display"] or "", row["source"] or "", amounts)
    return found


def _amount(cell: str, where: str) -> float:
    try:
        amount = float(cell)
    except ValueError:
        raise UserError(f"{where}: {cell!r} is not a number.", "Leave it empty when it is not known.") from None
    if not math.isfinite(amount) or amount < 0:
        raise UserError(f"{where}: an amount cannot be {cell}.")
    return amount


def _cell(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.6g}"
