"""Whole virtual lives: what one costs, part by part, beside what others and we ourselves spend on the same content in the same run.

Peers: `fhir.resources` (pydantic) making the same Bundles from the same content and writing them; our own importer reading what was
written; the standard library writing the same JSON. CPU seconds; start-up is not counted. Memory at two sizes, in processes of their own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from zonula.chart_import import read_documents
from zonula.simulation import Life, Part, life, write_lives

LIVES = 60
_PEER_LIVES = 6


def cost(work: Callable[[Life], Any], lives: list[Life]) -> float:
    """CPU milliseconds a life."""
    begun = time.process_time()
    for one in lives:
        work(one)
    return 1000 * (time.process_time() - begun) / len(lives)


def peak_megabytes(patients: int) -> float:
    """Peak memory of a fresh process that writes the charts of that many, as folders and as a bulk export."""
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, __file__, "--peak", str(patients), folder]
        return float(subprocess.run(run, capture_output=True, text=True, check=True).stdout)


def whole(one: Life) -> None:
    """Every file of a life."""
    _ = one.documents, one.responses, one.celiac, one.genotype, one.skin_session, one.situation, one.plan, one.course
    _ = one.diary.csv_bytes(), one.truth


def main() -> None:
    if "--peak" in sys.argv:
        write_lives(int(sys.argv[2]), 1, Path(sys.argv[3]), frozenset({Part.CHARTS, Part.BULK}))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    whole(life(0, 0))
    everything = cost(whole, [life(1, index) for index in range(LIVES)])
    charts = cost(lambda one: one.documents, [life(1, index) for index in range(LIVES)])
    bulk = cost(lambda one: list(one.bulk_resources()), [life(1, index) for index in range(LIVES)])
    made = [life(1, index) for index in range(LIVES)]
    records = sum(len(one.records) for one in made) / LIVES
    size = sum(len(content) for one in made for content in one.documents.values()) / LIVES
    reading = cost(lambda one: read_documents(one.documents.items()), made)
    print(f"{LIVES} lives of {records:.0f} records and {size / 1000:.0f} kB of charts each, CPU a life")
    print(f"  every file          {everything:6.1f} ms: 1,000 lives in {everything:.0f} s")
    print(f"  charts only         {charts:6.1f} ms: FHIR, C-CDA and CSV of all providers")
    print(f"  bulk resources only {bulk:6.1f} ms")
    print(f"  our importer reads  {reading:6.1f} ms: writing costs {charts / reading:.2f} of reading")
    few = made[:_PEER_LIVES]
    bundles = {
        one.patient: [content for name, content in one.documents.items() if name.endswith(".json")] for one in few
    }
    written = {patient: [json.loads(content) for content in contents] for patient, contents in bundles.items()}
    theirs = cost(lambda one: [Bundle.model_validate(each).model_dump_json() for each in written[one.patient]], few)
    standard = cost(lambda one: [json.dumps(each) for each in written[one.patient]], few)
    ours = cost(lambda one: one.documents, [life(1, index) for index in range(_PEER_LIVES)])
    print(
        f"  the same Bundles made and written by fhir.resources {theirs:6.1f} ms, ours with everything before it {ours:.1f} ms"
    )
    print(f"    ratio {theirs / ours:.0f}")
    print(f"  the standard library only writing the finished JSON {standard:6.1f} ms: ratio {standard / ours:.2f}")
    small, large = peak_megabytes(20), peak_megabytes(200)
    print(f"  peak memory of 20 lives {small:.0f} MB, of 200 lives {large:.0f} MB")


if __name__ == "__main__":
    main()
