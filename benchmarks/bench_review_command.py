"""`zonula review` on a chart of 5 MB, start-up included, as a person waits for it: goal, within a second on a quiet machine.

Each run is a fresh process. Printed: wall seconds and CPU seconds (best and median of the runs), and CPU as a ratio to a fresh Python that
only parses the same file with the standard `json`, in the same run.
"""

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from zonula.cli.review import EXAMPLE

RUNS = 7
SIZE = 5_000_000
PEOPLE = ("Patient", "Organization", "Practitioner", "PractitionerRole")


def chart(path: Path) -> None:
    """The family practice's Bundle of the example patient, its clinical entries repeated with other ids and days up to 5 MB."""
    bundle = json.loads((EXAMPLE / "1-harbour-family-practice.fhir.json").read_text(encoding="utf-8"))
    clinical = [entry for entry in bundle["entry"] if entry["resource"]["resourceType"] not in PEOPLE]
    entries = [entry for entry in bundle["entry"] if entry["resource"]["resourceType"] in PEOPLE]
    size = copy = 0
    while size < SIZE:
        for entry in clinical:
            text = re.sub(r"hfp-([a-z]+-\d+)", rf"copy{copy}-\1", json.dumps(entry))
            text = re.sub(r"(\d{4}-\d{2})-(\d{2})", lambda day: f"{day[1]}-{(int(day[2]) + copy) % 28 + 1:02d}", text)  # noqa: B023
            entries.append(json.loads(text))
            size += len(text)
        copy += 1
    path.write_text(json.dumps({**bundle, "entry": entries}), encoding="utf-8")


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one fresh process."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=ENVIRONMENT)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# An installed program has its bytecode; a folder of its own keeps the checkout clean.
CACHE = tempfile.TemporaryDirectory()
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPYCACHEPREFIX"] = CACHE.name

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chart.json"
        chart(path)
        commands = {
            "json.load, nothing else": [sys.executable, "-c", f"import json; json.load(open({str(path)!r}, encoding='utf-8'))"],
            "zonula review, text": [sys.executable, "-m", "zonula", "review", str(path), "--today", "2026-11-24"],
            "zonula review, text + page + PDF + JSON": [
                sys.executable, "-m", "zonula", "review", str(path), "--today", "2026-11-24", "--html", f"{folder}/x.html",
                "--pdf", f"{folder}/x.pdf", "--json", f"{folder}/x.json",
            ],
        }  # fmt: skip
        print(f"chart: {path.stat().st_size / 1e6:.1f} MB")
        peer = 0.0
        for name, command in commands.items():
            timed(command)  # writes the bytecode, fills the disk cache
            walls, cpus = zip(*(timed(command) for _ in range(RUNS)), strict=True)
            peer = peer or statistics.median(cpus)
            print(
                f"{name:<42} wall best {min(walls):.2f} s, median {statistics.median(walls):.2f} s; "
                f"CPU median {statistics.median(cpus):.2f} s = {statistics.median(cpus) / peer:.1f} x json.load"
            )
