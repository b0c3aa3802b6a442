"""Virtual diaries as the contract's four CSV files, with the truth in a folder of its own. Same seed, same bytes."""

from collections.abc import Iterator
from contextlib import ExitStack
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
    with DiaryFiles(folder, folder / "truth") as files:
        for dishes, diary in virtual_diaries(patients, seed, shelf):
            files.add(dishes, diary)
    return files.rows


class DiaryFiles:
    """The contract's four files in `folder` and `truth.jsonl` in `truth`, open while diaries are added. rows: of diaries so far."""

    def __init__(self, folder: Path, truth: Path) -> None:
        self.rows = 0
        self._contents: dict[int, list[str]] = {}
        self._stack = ExitStack()
        for each in (folder, truth):
            each.mkdir(parents=True, exist_ok=True)
        self._people, self._groups, self._foods, self._entries = (
            self._stack.enter_context((folder / f"{name}.csv").open("wb"))
            for name in ("patients", "groups", "foods", "diary")
        )
        self._truth = self._stack.enter_context((truth / "truth.jsonl").open("wb"))
        self._people.write(b"patient,start,days,ratings_per_day\r\n")
        self._groups.write(b"patient,group,prior,excluded,first_max\r\n")
        self._foods.write(b"patient,item,group,servings\r\n")
        self._entries.write((",".join(HEADER) + "\r\n").encode())

    def __enter__(self) -> "DiaryFiles":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, dishes: Catalogue, diary: VirtualDiary) -> None:
        """Write one diary."""
        who = diary.patient
        if id(dishes) not in self._contents:
            self._contents = {id(dishes): list(_contents(dishes))}
        about = f"{who},{diary.start.isoformat()},{diary.days},{diary.ratings_per_day}\r\n"
        self._people.write(about.encode())
        groups = (f"{who},{group},{prior:.3f},0,2.0\r\n" for group, prior in diary.priors.items())
        self._groups.write("".join(groups).encode())
        self._foods.write("".join(f"{who},{line}" for line in self._contents[id(dishes)]).encode())
        self._entries.write(diary.csv_bytes())
        self.rows += len(diary.entries)
        self._truth.write(msgspec.json.encode({"patient": who, "groups": diary.truth}) + b"\n")


def _contents(dishes: Catalogue) -> Iterator[str]:
    """Lines of `foods.csv` without the patient. Names of the catalogue need no quotes: letters, digits, blanks and underscores."""
    for place, item in enumerate(dishes.items):
        for group in np.flatnonzero(dishes.content[place]):
            yield f"{item},{dishes.groups[int(group)]},{dishes.content[place, group]:g}\r\n"
