"""From what was eaten to nutrients per day, as intervals: least counts unknown as nothing, most counts it as anything possible."""

from collections.abc import Iterable
from datetime import date

import msgspec
import numpy as np
import numpy.typing as npt

from zonula.diet.catalogue import ROOM, catalogue
from zonula.diet.composition import FoodComposition, composition, nutrients
from zonula.diet.eating import Eaten
from zonula.knowledge import Shelf

Floats = npt.NDArray[np.float64]


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """Mean intake per day of one nutrient, from food. most None: there is no upper bound, something eaten was never measured.

    unknown_foods: the foods or texts without a figure.
    """

    nutrient: str
    name: str
    unit: str
    least: float
    most: float | None
    unknown_foods: tuple[str, ...]


class DailyTotals(msgspec.Struct, frozen=True):
    """Per day (D) and nutrient (N): least and most, both D×N; most is infinite where there is no bound. unknown: N sets of texts."""

    days: tuple[date, ...]
    nutrients: tuple[str, ...]
    least: Floats
    most: Floats
    unknown: tuple[tuple[str, ...], ...]


class _Table:
    """The composition as matrices over foods (F×N, per gram): usual is what a food holds, most what it can hold at most.

    A recipe of ours is a guess, so at most a dish is all of its richest ingredient. unknown: the share of a gram without a figure.
    """

    def __init__(self, foods: Iterable[str], table: dict[str, FoodComposition], shelf: Shelf) -> None:
        every = nutrients(shelf)
        self.ids = tuple(every)
        at = {nutrient: place for place, nutrient in enumerate(self.ids)}
        limits = shelf.card(f"{ROOM}/food_composition").data["most_per_100g"]
        # Most a gram of an unmeasured food can hold; infinite for what is counted in mg and µg.
        bound = np.array([limits.get(one.unit, np.inf) for one in every.values()]) / 100
        self.rows = {food: row for row, food in enumerate(foods)}
        self.known = np.zeros((len(self.rows), len(self.ids)))
        self.unknown = np.zeros_like(self.known)
        self.most = np.zeros_like(self.known)
        for food, row in self.rows.items():
            for part, share in _parts(food, table, shelf):
                figures = np.full(len(self.ids), np.nan)
                for nutrient, amount in (table[part].per_100g if part in table else {}).items():
                    figures[at[nutrient]] = amount / 100
                missing = np.isnan(figures)
                self.known[row] += share * np.where(missing, 0.0, figures)
                self.unknown[row] += share * missing
                self.most[row] = np.maximum(self.most[row], np.where(missing, bound, figures))


def _parts(food: str, table: dict[str, FoodComposition], shelf: Shelf) -> Iterable[tuple[str, float]]:
    if food in table:
        return ((food, 1.0),)
    shares = catalogue(shelf).ingredients(food)
    total = sum(shares.values())
    return tuple((part, share / total) for part, share in shares.items())


def per_gram(
    foods: Iterable[str], shelf: Shelf, own: dict[str, FoodComposition] | None = None
) -> tuple[tuple[str, ...], Floats, Floats]:
    """(nutrient ids N, known amount per gram F×N, share of the gram that is unknown F×N) for the foods in the order given."""
    table = _Table(foods, {**composition(shelf), **(own or {})}, shelf)
    return table.ids, table.known, table.unknown


def daily_totals(rows: Iterable[Eaten], shelf: Shelf, own: dict[str, FoodComposition] | None = None) -> DailyTotals:
    """Totals of each day that has rows. own: a clinic's figures, which come before those that ship."""
    rows = tuple(rows)
    days = tuple(sorted({row.day for row in rows}))
    place = {day: number for number, day in enumerate(days)}
    table = _Table(dict.fromkeys(row.food for row in rows if row.food), {**composition(shelf), **(own or {})}, shelf)
    grams = np.zeros((len(days), len(table.rows)))
    never = np.zeros(len(days), dtype=bool)
    texts: dict[str, None] = {}
    for row in rows:
        if row.food and row.grams is not None:
            grams[place[row.day], table.rows[row.food]] += row.grams
        else:
            never[place[row.day]] = True
            texts[row.said] = None
    least = grams @ table.known
    # A food without an upper bound takes the bound away from the days on which it was eaten, and from no other.
    bounded = np.isfinite(table.most)
    most = grams @ np.where(bounded, table.most, 0.0)
    most[(grams > 0).astype(float) @ ~bounded > 0] = np.inf
    most[never] = np.inf
    eaten = grams.sum(axis=0) > 0
    named = catalogue(shelf).foods
    unknown = tuple(
        (
            *(named[food].name for food, row in table.rows.items() if eaten[row] and table.unknown[row, column] > 0),
            *texts,
        )
        for column in range(len(table.ids))
    )
    return DailyTotals(days, table.ids, least, most, unknown)


def mean_intake(totals: DailyTotals, shelf: Shelf) -> tuple[Amount, ...]:
    """The mean per day over the days of the totals."""
    every = nutrients(shelf)
    least, most = totals.least.mean(axis=0), totals.most.mean(axis=0)
    return tuple(
        Amount(
            nutrient=nutrient,
            name=every[nutrient].name,
            unit=every[nutrient].unit,
            least=round(float(least[column]), 6),
            most=None if np.isinf(most[column]) else round(float(most[column]), 6),
            unknown_foods=totals.unknown[column],
        )
        for column, nutrient in enumerate(totals.nutrients)
    )
