"""Virtual diaries as the contract's four CSV files, with the truth in a folder of its own. Same seed, same bytes."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import numpy as np

from zonula.knowledge import Shelf
from zonula.simulation.diary import VirtualDiary, virtual_diary
from zonula.simulation.entries import HEADER
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
        (folder / "diary.csv").open("wb") as entries,
        (folder / "truth" / "truth.jsonl").open("wb") as truth,
    ):
        people.write("patient,start,days,ratings_per_day\r\n")
        groups.write("patient,group,prior,excluded,first_max\r\n")
        foods.write("patient,item,group,servings\r\n")
        entries.write((",".join(HEADER) + "\r\n").encode())
        contents: list[str] = []
        for dishes, diary in virtual_diaries(patients, seed, shelf):
            contents = contents or list(_contents(dishes))
            who = diary.patient
            people.write(f"{who},{diary.start.isoformat()},{diary.days},{diary.ratings_per_day}\r\n")
            groups.write("".join(f"{who},{group},{prior:.3f},0,2.0\r\n" for group, prior in diary.priors.items()))
            foods.write("".join(f"{who},{line}" for line in contents))
            entries.write(diary.csv_bytes())
            rows += len(diary.entries)
            truth.write(msgspec.json.encode({"patient": who, "groups": diary.truth}) + b"\n")
    return rows


def _contents(dishes: Catalogue) -> Iterator[str]:
    """Lines of `foods.csv` without the patient. Names of the catalogue need no quotes: letters, digits, blanks and underscores."""
    for place, item in enumerate(dishes.items):
        for group in np.flatnonzero(dishes.content[place]):
            yield f"{item},{dishes.groups[int(group)]},{dishes.content[place, group]:g}\r\n"
