"""Third-party exports: one long CSV of one person, with a mapping file that names its columns and kinds.

The mapping is YAML (or JSON)::

    columns: {time: Timestamp, kind: Category, item: Name, amount: Qty, value: Score}
    kinds: {Meal: food, Feeling: symptom}      # their word -> ours; a word not listed is kept as it is
    scale: {symptom: 0.1}                      # optional factor, e.g. 0-100 sliders -> 0-10
    recipes: {Latte: {milk: 0.8}}              # item -> group -> servings; an item without recipe is its own group
    groups: {milk: {prior: 0.1}}               # optional

Items without a recipe become a group of their own, so that an export without ingredients can still be read.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from zonula.diary.contract_files import PRIOR_WHEN_UNKNOWN, _rows
from zonula.diary.entries import Diary, DiaryWriter, FoodGroup, ReadingReport, number
from zonula.errors import UserError

OUR_COLUMNS = ("time", "kind", "item", "amount", "value")


def read_long_csv(path: Path, mapping_path: Path | None = None) -> tuple[Diary, ReadingReport]:
    """One person's diary from a long CSV. Raises UserError when the file or the mapping cannot be used."""
    mapping = _mapping(mapping_path)
    names = {**dict.fromkeys(OUR_COLUMNS, ""), **{c: c for c in OUR_COLUMNS}, **mapping.get("columns", {})}
    kinds: Mapping[str, str] = mapping.get("kinds", {})
    scale: Mapping[str, float] = mapping.get("scale", {})
    recipes: dict[str, list[tuple[str, float]]] = {
        str(item): [(str(group), float(servings)) for group, servings in parts.items()]
        for item, parts in mapping.get("recipes", {}).items()
    }
    rows = []
    for time, kind, item, amount, value in _rows(path, tuple(str(names[c]) for c in OUR_COLUMNS)):
        ours = str(kinds.get(kind, kind))
        reading = number(value)
        rows.append((time, ours, item, amount, reading * scale.get(ours, 1.0) if reading is not None else value))
    eaten = sorted({row[2] for row in rows if row[1] == "food"})
    for item in eaten:
        recipes.setdefault(item, [(item, 1.0)])
    wanted: Mapping[str, Mapping[str, Any]] = mapping.get("groups", {})
    listed = dict.fromkeys([*wanted, *(group for parts in recipes.values() for group, _ in parts)])
    groups = tuple(
        FoodGroup(
            name,
            prior=float(wanted.get(name, {}).get("prior", PRIOR_WHEN_UNKNOWN)),
            excluded=bool(wanted.get(name, {}).get("excluded", False)),
        )
        for name in listed
    )
    days = sorted(day for day in (_day(row[0]) for row in rows) if day is not None)
    if not days:
        raise UserError(f"{path.name} has no row with a time (YYYY-MM-DDTHH:MM).", "Map its time column.")
    writer = DiaryWriter(path.stem, days[0], groups, recipes, days=(days[-1] - days[0]).days + 1)
    report = ReadingReport()
    for row in rows:
        refused = writer.add(*row)
        if refused is None:
            report.kept += 1
        else:
            report.skipped[refused] += 1
    return writer.diary(), report


def _mapping(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        raise UserError(f"the mapping {path.name} cannot be read: {type(wrong).__name__}.") from None
    if not isinstance(read, dict):
        raise UserError(f"the mapping {path.name} is not a table of columns.", "See docs/food-triggers/contract.md.")
    return read


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
