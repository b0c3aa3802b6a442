"""FHIR Bundles → charts, in CPU seconds, against two peers in the same run.

    .venv/bin/python benchmarks/bench_chart_import.py

Peers: `orjson.loads` of the same bytes (parse only) and `fhir.resources` (parse and validate only). The charts are all different
and each is timed at first sight, which is what a clinic meets: no cache has seen its dates before.
Goals: at least 0.8 × orjson, at least 20 × fhir.resources.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import orjson
from fhir.resources.R4B.bundle import Bundle
from synthea_like import bundle

from zonula.chart_import import read_documents


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--charts", type=int, default=60)
    arguments = parser.parse_args()
    charts = [bundle(seed) for seed in range(arguments.charts)]
    read(bundle(10**6))
    size = statistics.mean(map(len, charts))
    print(f"{len(charts)} different Bundles, mean {size / 1e6:.3f} MB, {_facts(bundle(10**6 + 1))} facts in one")
    ours, parse = [], []
    for chart in charts:  # side by side, so that a busy machine slows both
        parse.append(_cpu(orjson.loads, chart))
        ours.append(_cpu(read, chart))
    again = [_cpu(read, chart) for chart in charts]
    some = charts[: max(2, len(charts) // 10)]
    validate = [_cpu(Bundle.model_validate_json, chart) for chart in some]
    print(f"each chart at first sight: p50 {_p(ours, 50):.2f} ms, p95 {_p(ours, 95):.2f} ms, p99 {_p(ours, 99):.2f} ms")
    print(f"each chart a second time:  p50 {_p(again, 50):.2f} ms")
    for name, seconds in (("zonula", ours), ("orjson.loads", parse), ("fhir.resources", validate)):
        print(f"{name:15} {size / statistics.median(seconds) / 1e6:7.1f} MB/cpu-s")
    print(f"zonula / orjson.loads   {_ratio(parse, ours):6.2f} (goal 0.8)")
    print(f"zonula / fhir.resources {_ratio(validate, ours[: len(some)]):6.1f} (goal 20)")


def read(chart: bytes) -> object:
    """One request: one document in, one chart out."""
    return read_documents([("chart.json", chart)])


def _facts(chart: bytes) -> int:
    return sum(len(each.facts) for each in read_documents([("chart.json", chart)]).charts.values())


def _cpu(work: Callable[[bytes], object], chart: bytes) -> float:
    start = time.process_time()
    work(chart)
    return time.process_time() - start


def _ratio(theirs: list[float], ours: list[float]) -> float:
    return statistics.median(their / our for their, our in zip(theirs, ours, strict=True))


def _p(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000


if __name__ == "__main__":
    main()
