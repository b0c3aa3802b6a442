"""Virtual diaries as the contract's four CSV files, with the truth in a folder of its own. Same seed, same bytes."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import numpy as np

from zonula.knowledge import Shelf
from zonula.simulation.diary import VirtualDiary, virtual_diary
from zonula.simulation.mechanism import Range
from zonula.simulation.table import Catalogue, catalogue

FIRST_DAY = date(2031, 1, 6)


def ranges(shelf: Shelf) -> dict[str, Range]:
    """The parameter ranges of the card."""
    return msgspec.convert(shelf.card("simulation/mechanism").data, dict[str, Range])


def virtual_diaries(patients: int, seed: int, shelf: Shelf) -> Iterator[tuple[Catalogue, VirtualDiary]]:
    """Diaries one after the other. Each patient has a stream of their own, so patient n is the same whatever the number of patients."""
    drawn = ranges(shelf)
    dishes = catalogue(np.random.default_rng([seed, 0]))
    for number in range(patients):
        rng = np.random.default_rng([seed, number + 1])
        yield dishes, virtual_diary(number, dishes, drawn, FIRST_DAY + timedelta(days=int(rng.integers(0, 300))), rng)


def write_diaries(patients: int, seed: int, folder: Path, shelf: Shelf) -> int:
    """Write the four files and `truth/truth.jsonl`. Returns the number of diary rows."""
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    rows = 0
    with (
        (folder / "patients.csv").open("w", newline="", encoding="utf-8") as people,
        (folder / "groups.csv").open("w", newline="", encoding="utf-8") as groups,
        (folder / "foods.csv").open("w", newline="", encoding="utf-8") as foods,
        (folder / "diary.csv").open("w", newline="", encoding="utf-8") as entries,
        (folder / "truth" / "truth.jsonl").open("wb") as truth,
    ):
        tables = {stream: csv.writer(stream) for stream in (people, groups, foods, entries)}
        tables[people].writerow(["patient", "start", "days", "ratings_per_day"])
        tables[groups].writerow(["patient", "group", "prior", "excluded", "first_max"])
        tables[foods].writerow(["patient", "item", "group", "servings"])
        tables[entries].writerow(["patient", "time", "kind", "item", "amount", "value"])
        for dishes, diary in virtual_diaries(patients, seed, shelf):
            tables[people].writerow([diary.patient, diary.start.isoformat(), diary.days, diary.ratings_per_day])
            tables[groups].writerows(
                [diary.patient, group, f"{prior:.3f}", 0, 2.0] for group, prior in diary.priors.items()
            )
            tables[foods].writerows(_contents(diary.patient, dishes))
            tables[entries].writerows([diary.patient, *row] for row in diary.rows)
            rows += len(diary.rows)
            truth.write(msgspec.json.encode({"patient": diary.patient, "groups": diary.truth}) + b"\n")
    return rows


def _contents(patient: str, dishes: Catalogue) -> Iterator[list[str]]:
    for place, item in enumerate(dishes.items):
        for group in np.flatnonzero(dishes.content[place]):
            yield [patient, item, dishes.groups[int(group)], f"{dishes.content[place, group]:g}"]
