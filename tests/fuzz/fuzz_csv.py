"""Fuzz the CSV reader: `python tests/fuzz/fuzz_csv.py [SECONDS]`. Random cells, separators and damage; any exception is a bug."""

import random
import sys
import time

from zonula.chart_import.csv_template import COLUMNS, read

CELLS = [
    "",
    "P1",
    "observation",
    "symptom",
    "2020-01-01",
    "1/2/20",
    "<0,5",
    "1.234",
    "1,234.5",
    "loinc",
    "2093-3",
    "snomed",
    "=A1",
    "#REF!",
    '"',
    "x\ny",
    "µg",
    "yes",
    "²",
    "١٢",
    "1e999",
    "-",
    "≤",
]


def sheet(dice: random.Random) -> bytes:
    """A random file."""
    separator = dice.choice([",", ";", "\t"])
    columns = dice.sample(COLUMNS, dice.randint(1, len(COLUMNS)))
    columns = ["patient", "kind", "text", *(name for name in columns if name not in {"patient", "kind", "text"})]
    lines = [columns] + [[dice.choice(CELLS) for _ in range(len(columns) + dice.randint(-1, 1))] for _ in range(5)]
    text = "\r\n".join(separator.join(line) for line in lines)
    data = bytearray(text.encode(dice.choice(["utf-8", "utf-8-sig", "utf-16", "utf-8"])))
    for _ in range(dice.randint(0, 3)):
        at = dice.randrange(len(data))
        data[at : at + 1] = bytes([dice.randrange(256)])
    return bytes(data)


def main(seconds: float) -> None:
    """Run until the time is up; print the seed of the first failure."""
    deadline, seed = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        data = sheet(random.Random(seed))
        try:
            read(data, "fuzz.csv")
        except Exception:
            print(f"seed {seed}")
            raise
        seed += 1
    print(f"{seed} files, no failure")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30)
