"""Fuzz everything that enters through FHIR and archives: `python tests/fuzz/fuzz_fhir.py [SECONDS]`.

Damages small documents at random; any exception but a UserError is a bug, and so is an import that differs when repeated. With
atheris installed, `python tests/fuzz/fuzz_fhir.py --atheris [LIBFUZZER OPTIONS]` lets coverage guide the damage instead.
"""

import gzip
import io
import json
import random
import sys
import time
import zipfile

from zonula.chart_import import read_documents
from zonula.errors import UserError

WHO = {"reference": "Patient/p"}
CODE = {"coding": [{"system": "http://loinc.org", "code": "2345-7"}], "text": "Glucose"}
RESOURCES = [
    {"resourceType": "Patient", "id": "p", "name": [{"text": "A B"}], "birthDate": "1980-01-01", "gender": "female"},
    {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "subject": WHO,
        "code": CODE,
        "effectiveDateTime": "2020-01-01T10:00:00Z",
        "valueQuantity": {"value": 5.4, "unit": "mmol/L"},
        "component": [{"code": CODE, "valueString": "é"}],
        "hasMember": [{"reference": "Observation/o"}],
    },
    {"resourceType": "Condition", "id": "c", "subject": WHO, "code": CODE, "onsetAge": {"value": 30, "unit": "a"}},
    {"resourceType": "Encounter", "id": "e", "subject": WHO, "period": {"start": "2020", "end": "2021"}},
    {"resourceType": "AllergyIntolerance", "id": "a", "patient": WHO, "code": CODE, "reaction": [{"severity": "mild"}]},
]
BUNDLE = json.dumps(
    {"resourceType": "Bundle", "type": "history", "entry": [{"resource": each} for each in RESOURCES]}
).encode()
NDJSON = "\n".join(map(json.dumps, RESOURCES)).encode()
PIECES = [
    b"",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"null",
    b"NaN",
    b"\\ud800",
    b"\xff",
    b"\x00",
    b"1e999",
    b"-",
    b"#",
    b"\n{",
    b"[" * 3000,
]


def zipped(data: bytes) -> bytes:
    """The document as the only member of a zip archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.json", data)
    return written.getvalue()


SEEDS = [BUNDLE, NDJSON, *(json.dumps(each).encode() for each in RESOURCES)]
SEEDS += [gzip.compress(BUNDLE, mtime=0), zipped(BUNDLE), BUNDLE.decode().encode("utf-16")]


def damaged(dice: random.Random) -> bytes:
    """One document after a few random cuts, copies, insertions and exchanges of whole values."""
    data = bytearray(dice.choice(SEEDS))
    for _ in range(dice.randint(1, 5)):
        at, far = sorted(dice.randrange(len(data) + 1) for _ in range(2))
        match dice.randrange(5):
            case 0:
                data[at : at + dice.randint(1, 40)] = b""
            case 1:
                data[at:at] = dice.choice(PIECES)
            case 2:
                data[at:at] = data[far : far + dice.randint(1, 300)]
            case 3:
                data[at : at + 1] = bytes([dice.randrange(256)])
            case _:
                data = data[:far] if dice.random() < 0.3 else data
    return bytes(data)


def check(data: bytes) -> None:
    """Read one document; raises for anything that is a bug of ours."""
    try:
        once = read_documents([("fuzz", data)])
    except UserError:
        return
    assert once == read_documents([("fuzz", data)]), "the same bytes gave two different imports"
    assert sum(len(chart.facts) for chart in once.charts.values()) == sum(report.kept for report in once.documents)


def main(seconds: float) -> None:
    """Run until the time is up; print the seed of the first failure."""
    deadline, seed = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        try:
            check(damaged(random.Random(seed)))
        except Exception:
            print(f"seed {seed}")
            raise
        seed += 1
    print(f"{seed} documents, no failure")


if __name__ == "__main__":
    if "--atheris" in sys.argv:
        import atheris

        sys.argv.remove("--atheris")
        atheris.instrument_all()
        atheris.Setup(sys.argv, check)
        atheris.Fuzz()
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
