# ruff: noqa: S608 - the queries are made of our own names and numbers; text goes through `sets.text`
"""DuckDB, in this process: the default."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from zonula.errors import UserError
from zonula.population.queries.program import Query


class DuckEngine:
    """threads, memory (such as "1GB"): bounds; what does not fit goes to temporary files in `spill`."""

    def __init__(self, *, threads: int = 1, memory: str = "1500MB", spill: Path | None = None) -> None:
        self._settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": str(threads),
            "memory_limit": memory,
        }
        self._spill = spill

    def __enter__(self) -> "DuckEngine":
        try:
            self._open = duckdb.connect(config=self._settings)
        except (duckdb.Error, ValueError) as wrong:
            raise UserError(f"DuckDB did not start ({wrong}).", "Write memory as in --memory 2GB.") from None
        if self._spill is not None:
            self._open.execute("SET temp_directory = ?", [str(self._spill)])
        self._open.execute("SET preserve_insertion_order = false")
        return self

    def __exit__(self, kind: object, raised: object, trace: object) -> None:
        self._open.close()

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Name Parquet files as one table."""
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        self._open.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM read_parquet([{listed}])")

    def register(self, table: str, content: pa.Table) -> None:
        """Name a small table."""
        self._open.register("given", content)
        self._open.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM given")
        self._open.unregister("given")

    def make(self, query: Query) -> None:
        """Run a query and keep its result."""
        try:
            self._open.execute(f"CREATE OR REPLACE TEMP TABLE {query.table} AS {query.sql}")
        except duckdb.OutOfMemoryException:
            raise UserError("The memory set for the screening is too small.", "Give more with --memory.") from None

    def rows(self, sql: str) -> pa.Table:
        """The result of a query."""
        return self._open.sql(sql).to_arrow_table()

    def forget(self, tables: Sequence[str]) -> None:
        """Drop tables."""
        for table in tables:
            self._open.execute(f"DROP TABLE IF EXISTS {table}")


def parquet_checksums(files: Sequence[Path]) -> dict[int, tuple[int, str]]:
    """Per rule of an answers table: how many rows, and a fingerprint that does not depend on their order."""
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    with duckdb.connect() as opened:
        found = opened.execute(
            f"""SELECT rule, COUNT(*), BIT_XOR(CAST(md5_number(concat_ws('|', patient, COALESCE(CAST(holds AS TEXT), '?'),
 COALESCE(CAST(value AS TEXT), '?'), CAST(because AS TEXT))) AS UHUGEINT)) FROM read_parquet([{listed}]) GROUP BY rule"""
        ).fetchall()
    return {rule: (count, f"{number:032x}") for rule, count, number in found}
