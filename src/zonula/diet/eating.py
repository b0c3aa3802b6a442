"""What was eaten or is planned: rows of day, food, amount and unit. Nothing is dropped: what is not understood counts as unknown."""

import csv
import math
import re
from datetime import date

import msgspec

from zonula.diet.catalogue import ROOM, Food
from zonula.diet.search import food_called, near
from zonula.diet.words import singular
from zonula.errors import UserError
from zonula.knowledge import Shelf

_COLUMNS = ("day", "food", "amount", "unit")
_AMOUNT = re.compile(r"^\s*([-+]?\d+(?:[.,]\d+)?)\s*([a-zµ ]*)\s*$", re.I)
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "1/2": "0.5", "1/4": "0.25", "3/4": "0.75"}


class Eaten(msgspec.Struct, frozen=True, kw_only=True):
    """One row. food: an id of the catalogue or empty when the text is not known. grams: None when the weight is not known."""

    day: date
    said: str
    food: str
    grams: float | None


class Eating(msgspec.Struct, frozen=True, kw_only=True):
    """All rows, and what had to be asked back, one line each."""

    rows: tuple[Eaten, ...]
    asked_back: tuple[str, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The days that have rows, in order."""
        return tuple(sorted({row.day for row in self.rows}))


def read_eating(text: str, name: str, shelf: Shelf) -> Eating:
    """Read a diary or a menu from CSV text. Raises UserError when a column is missing or no row can be placed on a day."""
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.replace("\0", "").splitlines(), delimiter=max(",;\t", key=first.count))
    header = [column.strip().lower() for column in reader.fieldnames or ()]
    missing = [column for column in _COLUMNS if column not in header]
    if missing:
        raise UserError(f"{name}: no column {missing[0]}.", f"It needs {','.join(_COLUMNS)}.")
    reader.fieldnames = header
    measures = msgspec.convert(shelf.card(f"{ROOM}/household_measures").data, Measures)
    rows: list[Eaten] = []
    asked: dict[str, None] = {}
    for row in reader:
        where = f"line {reader.line_num}"
        said = (row["food"] or "").strip()
        try:
            day = date.fromisoformat((row["day"] or "").strip())
        except ValueError:
            raise UserError(f"{name}: {where}: {row['day']!r} is not a day.", "Write it as YYYY-MM-DD.") from None
        food = food_called(said, shelf) if said else None
        if food is None:
            nearest = ", ".join(near(said, shelf))
            asked[
                f"{where}: {said!r} is not a food we know and is kept as text"
                + (f"; did you mean {nearest}?" if nearest else ".")
            ] = None
        grams, doubt = weigh(row["amount"] or "", row["unit"] or "", food, measures)
        if doubt:
            asked[f"{where}: {said}: {doubt}; the row counts as unknown."] = None
        rows.append(Eaten(day=day, said=said, food=food.id if food else "", grams=grams))
    if not rows:
        raise UserError(f"{name}: no rows.")
    return Eating(rows=tuple(rows), asked_back=tuple(asked))


class Measures(msgspec.Struct, frozen=True):
    """Household measures: grams per mass word, millilitres per volume word, grams per millilitre by food group."""

    mass: dict[str, float]
    volume: dict[str, float]
    density: dict[str, float]
    portions: tuple[str, ...]
    largest_g: float


def weigh(amount: str, unit: str, food: Food | None, measures: Measures) -> tuple[float | None, str]:
    """Grams of an amount in any unit, or None and why not."""
    for sign, decimal in _FRACTIONS.items():
        amount = amount.replace(sign, decimal)
    written = _AMOUNT.match(amount)
    if not written:
        return None, f"{amount!r} is not an amount"
    number = float(written[1].replace(",", "."))
    inside, given = written[2].strip().lower(), unit.strip().lower()
    if inside and given and singular(inside) != singular(given):
        return None, f"two units, {inside} and {given}"
    if number < 0 or not math.isfinite(number):
        return None, "an amount cannot be negative"
    grams, doubt = _grams(number, given or inside, food, measures)
    if grams is not None and grams > measures.largest_g:
        return None, f"{grams:g} g at once is taken for a slip of the unit"
    return grams, doubt


def _grams(number: float, unit: str, food: Food | None, measures: Measures) -> tuple[float | None, str]:
    for word in (unit, singular(unit)):
        if word in measures.mass:
            return number * measures.mass[word], ""
        if word in measures.volume:
            density = 1.0 if food and food.is_drink else measures.density.get(food.parent) if food else None
            if density is None:
                return None, f"a {word} of it has no known weight"
            return number * measures.volume[word] * density, ""
        if word in measures.portions:
            if food is None or food.portion_g is None:
                return None, "its usual portion is not known"
            return number * food.portion_g, ""
    return None, f"the unit {unit!r} is not known"
