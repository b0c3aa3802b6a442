"""A staged folder, opened: its manifest, its parts, and the distinct contents the vocabulary must be asked about."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from pyarrow import parquet

from zonula.chart import Chart
from zonula.errors import UserError
from zonula.population.engines import Engine
from zonula.population.layout import DICTIONARIES, SCHEMAS, charts_of, codes_of, reading_version
from zonula.population.queries.dictionaries import Distinct
from zonula.population.stage import Manifest


class Part(NamedTuple):
    """One part of the population. facts: how many rows its facts table has."""

    number: int
    facts: int


class Staged:
    """A folder that `stage` has finished. Raises UserError for anything else, and for one staged by another version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
        except FileNotFoundError:
            cure = f"Run `zonula population stage INPUT --out {folder}` first, to its end."
            raise UserError(f"{folder}: no staged tables.", cure) from None
        except (msgspec.DecodeError, OSError) as wrong:
            raise UserError(f"{folder / 'manifest.json'}: cannot be read ({wrong}).") from None
        if self.manifest.reading != reading_version():
            raise UserError(f"{folder} was staged by another version of Zonula.", "Stage the export again.")
        try:
            self.parts = [
                Part(number, parquet.read_metadata(self.file("facts", number)).num_rows)
                for number in range(self.manifest.parts)
            ]
        except OSError as wrong:
            raise UserError(f"{folder}: a table is missing or damaged ({wrong}).", "Stage the export again.") from None

    def file(self, table: str, part: int) -> Path:
        """The file of one table and part."""
        return self.folder / table / f"part-{part:05}.parquet"

    def batches(self, most_facts: int) -> Iterator[list[int]]:
        """The parts in groups of at most so many facts (or one part), so that memory stays bounded."""
        batch: list[int] = []
        size = 0
        for part in self.parts:
            if batch and size + part.facts > most_facts:
                yield batch
                batch, size = [], 0
            batch.append(part.number)
            size += part.facts
        yield batch

    def open(self, engine: Engine, parts: Sequence[int]) -> Distinct:
        """Name the tables of these parts in an engine, and read their distinct contents."""
        for table in SCHEMAS:
            engine.read(table, [self.file(table, part) for part in parts])
        concepts, answers, wordings = (
            {row["key"]: row for part in parts for row in parquet.read_table(self.file(table, part)).to_pylist()}
            for table in DICTIONARIES
        )
        specialties = engine.rows("SELECT DISTINCT specialty FROM facts WHERE specialty <> ''").column(0).to_pylist()
        units = engine.rows("SELECT DISTINCT unit FROM facts WHERE unit IS NOT NULL").column(0).to_pylist()
        bounds = engine.rows("SELECT DISTINCT value, unit, comparator FROM facts WHERE comparator <> ''").to_pylist()
        return Distinct(
            {key: codes_of(row["codes"]) for key, row in concepts.items()},
            {key: (row["text"], codes_of(row["codes"])) for key, row in answers.items()},
            {key: row["text"] for key, row in wordings.items()},
            sorted(units),
            sorted((row["value"], row["unit"], row["comparator"]) for row in bounds),
            sorted(specialties),
        )

    def charts(self, part: int) -> Iterator[Chart]:
        """The charts of one part, as they were imported."""
        return charts_of({table: parquet.read_table(self.file(table, part)) for table in SCHEMAS})
