"""The engines that run the queries: DuckDB on one machine, Spark on a cluster. Nothing outside this folder imports either."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from zonula.population.queries.program import Query


class Engine(Protocol):
    """One open engine. Use as a context manager; tables live until it closes or `forget` is called."""

    def __enter__(self) -> "Engine":
        """Start."""

    def __exit__(self, kind: object, raised: object, trace: object) -> None:
        """Stop, and give back memory and files."""

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Name Parquet files as one table."""

    def register(self, table: str, content: pa.Table) -> None:
        """Name a small table."""

    def make(self, query: Query) -> None:
        """Run a query in DuckDB's dialect and keep its result under its name."""

    def rows(self, sql: str) -> pa.Table:
        """The result of a query in DuckDB's dialect."""

    def forget(self, tables: Sequence[str]) -> None:
        """Drop tables that are no longer needed."""
