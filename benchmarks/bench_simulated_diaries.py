"""Virtual diaries within a minute for 10,000 patients on one core: the whole, and its two quick parts beside plain Python in the same run.

Writing is set beside the csv module writing the same rows (the bytes are compared), the equations beside the same function not compiled.
CPU seconds; start-up is not counted. Memory is measured at two sizes in processes of their own.
"""

import csv
import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from zonula.knowledge import shelf
from zonula.simulation import draw_body, mechanism, ranges, react, virtual_diaries, write_diaries
from zonula.simulation.entries import HEADER

PATIENTS = 1_000


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def peak_megabytes(patients: int) -> float:
    """Peak memory of a fresh process that writes that many."""
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, __file__, "--peak", str(patients), folder]
        return float(subprocess.run(run, capture_output=True, text=True, check=True).stdout)


def equations() -> tuple[float, float]:
    """Seconds for sixty days of one body with three trigger foods: compiled, and interpreted."""
    body = draw_body(ranges(shelf()), np.ones(3, dtype=bool), 12, np.random.default_rng(1))
    eaten = np.random.default_rng(2).random((60 * 48, 3)) * (np.random.default_rng(3).random((60 * 48, 3)) < 0.05)
    ours = mechanism._live
    costs = []
    for function, times in ((ours, 50), (ours.py_func, 2)):
        mechanism._live = function
        react(body, eaten)
        begun = time.process_time()
        for _ in range(times):
            react(body, eaten)
        costs.append((time.process_time() - begun) / times)
    mechanism._live = ours
    return costs[0], costs[1]


def main() -> None:
    if "--peak" in sys.argv:
        write_diaries(int(sys.argv[2]), 1, Path(sys.argv[3]) / "out", shelf())
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_diaries(5, 1, folder / "warm", shelf())  # compiled or read from the cache: start-up is not counted
        begun = time.process_time()
        rows = write_diaries(PATIENTS, 1, folder / "ours", shelf())
        whole = time.process_time() - begun
        quick = plain = 0.0
        with (folder / "plain.csv").open("w", newline="", encoding="utf-8") as lines:
            table = csv.writer(lines)
            table.writerow(HEADER)
            for _, diary in virtual_diaries(PATIENTS, 1, shelf()):
                begun = time.process_time()
                diary.csv_bytes()
                between = time.process_time()
                table.writerows([diary.patient, *row] for row in diary.rows)
                plain += time.process_time() - between
                quick += between - begun
        same = fingerprint(folder / "plain.csv") == fingerprint(folder / "ours" / "diary.csv")
    print(f"{PATIENTS} diaries, {rows:,} rows, all files: {1000 * whole / PATIENTS:.2f} ms CPU a patient")
    print(f"  10,000 patients at this rate: {10_000 * whole / PATIENTS:.1f} s")
    print(
        f"  rows as text through the csv module {1000 * plain / PATIENTS:6.2f} ms a patient, ours {1000 * quick / PATIENTS:.2f} ms"
    )
    print(f"    ratio {plain / quick:.0f}, same bytes: {same}")
    compiled, interpreted = equations()
    print(
        f"  the equations over 60 days, plain   {1000 * interpreted:6.2f} ms a patient, ours {1000 * compiled:.2f} ms"
    )
    print(f"    ratio {interpreted / compiled:.0f}")
    small, large = peak_megabytes(100), peak_megabytes(2_000)
    print(f"  peak memory of 100 patients {small:.0f} MB, of 2,000 patients {large:.0f} MB")
    if not same:
        sys.exit("the two wrote different bytes")


if __name__ == "__main__":
    main()
