"""The work-up rules on Spark, in CPU seconds of its Java process: our queries against hand-written Spark SQL, warm, in the same session.

    .venv/bin/python benchmarks/bench_population_spark.py [--copies 10] [--master "local[2]"]

Needs PySpark and a Java. The hand-written statement knows codes only and gives no reasons; it is what someone in a hurry would write.
Goal (issue 8, G5): at most 1.1 × the CPU of hand-written Spark SQL.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench_population import TODAY, _copied, _export
from pyarrow import parquet

from zonula.chart_review.library import rules
from zonula.chart_review.vocabulary import vocabulary
from zonula.population.engines.spark import SparkEngine
from zonula.population.queries.program import program
from zonula.population.screen import answered
from zonula.population.stage import stage
from zonula.population.staged import Staged


def main() -> None:
    """Print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--master", default="local[2]")
    arguments = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="zonula-bench-"))
    try:
        _export(100, work)
        stage([work / "export"], work / "staged")
        large = _copied(work / "staged", work / "large", arguments.copies)
        workup = {rule.id: rule.when for rule in rules() if rule.chapter == "workup"}
        written = program(workup, vocabulary(), TODAY)
        hand = _by_hand(large, list(workup))
        with SparkEngine(arguments.master, {"spark.driver.memory": "2g"}) as engine:
            ours, theirs = [], []
            for _ in range(2):
                ours.append(_cpu(lambda: answered(engine, large, [0], written)))
                theirs.append(_cpu(lambda: engine.rows(hand)))
        patients = large.manifest.patients
        print(f"{patients:,} patients, {len(workup)} work-up rules, Spark {arguments.master}, CPU seconds of Java")
        print(
            f"  first run {ours[0]:.1f} against {theirs[0]:.1f} by hand; warm {min(ours):.1f} against {min(theirs):.1f}"
        )
        print(f"  zonula / hand-written, warm: {min(ours) / min(theirs):.1f} (goal 1.1)")
    finally:
        shutil.rmtree(work)


def _by_hand(staged: Staged, names: list[str]) -> str:
    words = vocabulary()
    concepts = {}
    for row in parquet.read_table(staged.file("concepts", 0)).to_pylist():
        concepts[row["key"]] = {
            name for code in row["codes"] for name in words.lists_of_code(code["system"], code["code"])
        }
    asked = []
    for place, name in enumerate(names):
        keys = [str(key) for key, lists in concepts.items() if f"test/{name.split('.', 1)[1]}" in lists]
        if keys:
            asked.append(f"bool_or(concept IN ({', '.join(keys)})) AS r{place}")
    return (
        f"SELECT patient, {', '.join(asked)} FROM facts WHERE kind IN ('observation', 'procedure', 'document', 'immunisation')"
        " AND status NOT IN ('planned', 'not_done', 'entered_in_error') GROUP BY patient"
    )


def _cpu(work: Callable[[], object]) -> float:
    before = _java()
    work()
    return _java() - before


def _java() -> float:
    """User and system seconds of the Java processes below this one."""
    parents, spent, java = {}, {}, set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        process, after = int(stat.parent.name), rest.split()
        parents[process], spent[process] = int(after[1]), int(after[11]) + int(after[12])
        if "(java" in name:
            java.add(process)
    ticks = 0
    for process in java:
        above = process
        while above and above != os.getpid():
            above = parents.get(above, 0)
        ticks += spent[process] if above else 0
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
