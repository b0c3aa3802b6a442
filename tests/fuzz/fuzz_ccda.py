"""Fuzz the C-CDA reader: `python tests/fuzz/fuzz_ccda.py [SECONDS]`. Damages the example documents at random; any exception is a bug."""

import random
import sys
import time
from pathlib import Path

from zonula.chart_import.ccda import read

SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "documents" / "ccda").glob("*.xml"))]
PIECES = [
    b"",
    b"<",
    b">",
    b"&",
    b'"',
    b"\x00",
    b"\xff",
    b'nullFlavor="UNK"',
    b"<value/>",
    b'xsi:type="ST"',
    b"<!--",
    b"]]>",
    b"<entry/>",
]


def damaged(dice: random.Random) -> bytes:
    """One example document after a few random cuts, copies and insertions."""
    data = bytearray(dice.choice(SEEDS))
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(4):
            case 0:
                data[at : at + dice.randint(1, 60)] = b""
            case 1:
                data[at:at] = dice.choice(PIECES)
            case 2:
                start = dice.randrange(len(data) + 1)
                data[at:at] = data[start : start + dice.randint(1, 400)]
            case _:
                tags = [place for place in range(at, min(at + 300, len(data))) if data[place : place + 1] == b'"']
                if len(tags) > 1:  # empty or replace one attribute value: the document stays well-formed
                    data[tags[0] + 1 : tags[1]] = dice.choice([b"", b"x", b"99999999", b"2.16.840.1.113883.6.96"])
    return bytes(data)


def main(seconds: float) -> None:
    """Run until the time is up; print the seed of the first failure."""
    deadline, seed = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        data = damaged(random.Random(seed))
        try:
            document = read(data, "fuzz.xml")
            assert document.report.kept == sum(map(len, document.facts.values()))
        except Exception:
            print(f"seed {seed}")
            raise
        seed += 1
    print(f"{seed} documents, no failure")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30)
