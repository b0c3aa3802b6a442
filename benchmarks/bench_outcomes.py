"""A registry of 100,000 patients reported, beside what reading and one Cox fit of it cost. CPU seconds; the ratio is what counts.

Goal: the whole report within 30 s on two cores.
"""

import sys
import time
from pathlib import Path

import msgspec
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "simulators"))

from virtual_registry import registry

from zonula.knowledge import shelf
from zonula.outcomes import Band, clinic_report, declared, outcome, predictors_of, read_registry
from zonula.outcomes.recovery_time import arrays


def spent(work):
    """The result of `work` with its CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def one_cox(courses, outcomes):
    """The peer: lifelines' Cox model fitted once to the same patients."""
    from lifelines import CoxPHFitter

    table = predictors_of(courses, outcomes)
    kinds, days = arrays(outcomes)
    table["day"], table["recovered"] = days, kinds == 1
    return CoxPHFitter().fit(table.dropna(), "day", "recovered")


if __name__ == "__main__":
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rules = declared(shelf())
    courses = registry(patients, "weak", np.random.default_rng(1))
    lines = [msgspec.json.encode(course) for course in courses]
    (read, _), read_cpu, read_wall = spent(lambda: read_registry(lines, "registry"))
    bands = [Band("low", 0, 20, (4, 8)), Band("moderate", 20, 50, (8, 16)), Band("high", 50, 101, (16, 32))]
    report, report_cpu, report_wall = spent(lambda: clinic_report(read, rules, bands, np.random.default_rng(1)))
    outcomes = [outcome(course, rules) for course in read]
    _, cox_cpu, _ = spent(lambda: one_cox(read, outcomes))
    print(f"{patients} patients, {sum(map(len, lines)) / 1e6:.0f} MB")
    print(f"read      {read_cpu:6.1f} CPU s  {read_wall:6.1f} s")
    print(
        f"report    {report_cpu:6.1f} CPU s  {report_wall:6.1f} s   ({report.claim.verdict.value}, hazard ratio {report.claim.hazard_ratio})"
    )
    print(f"one Cox   {cox_cpu:6.1f} CPU s   report / one Cox = {report_cpu / cox_cpu:.1f}")
    print(f"read + report {read_wall + report_wall:.1f} s of the 30 s allowed")
