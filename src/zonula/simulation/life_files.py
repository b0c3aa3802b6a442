"""Virtual lives as files: a folder per patient, an index, the truth apart. One life is in memory at a time, however many are written."""

import csv
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import IO

import msgspec

from zonula.simulation.files import DiaryFiles
from zonula.simulation.lives import LAST_DAY, Life, life

README = b"""# Virtual patients

Nobody in this folder exists. The files were drawn by `zonula simulate` for trying, testing and measuring; they are never evidence about people.
What is true of each stands in `truth/`; keep it away from whoever is to be tested. See docs/virtual-lives.md of Zonula.
"""
INDEX = ("patient", "name", "born", "sex", "stage", "folder")


class Part(StrEnum):
    """What can be written of a life. BULK is the charts again, of everyone together, as NDJSON."""

    CHARTS = "charts"
    QUESTIONNAIRES = "questionnaires"
    LABORATORY = "laboratory"
    GENOTYPE = "genotype"
    SKIN = "skin"
    PLAN = "plan"
    DIARY = "diary"
    OUTCOMES = "outcomes"
    BULK = "bulk"


EVERY_FILE = frozenset(Part) - {Part.BULK}


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What was written. rows: of the diary; resources: of the bulk export."""

    patients: int
    files: int
    rows: int = 0
    resources: int = 0


def case_files(one: Life, parts: frozenset[Part] = EVERY_FILE) -> dict[str, bytes]:
    """The folder of one patient: relative path to bytes. `case/` is what `zonula assess` reads."""
    found: dict[str, bytes] = {}
    if Part.CHARTS in parts:
        found |= {f"case/records/{name}": content for name, content in one.documents.items()}
    if Part.QUESTIONNAIRES in parts:
        found |= {f"case/questionnaires/{name}": content for name, content in one.responses.items()}
    if Part.LABORATORY in parts:
        found["case/celiac.yaml"] = one.celiac
        found["case/hla.txt"] = f"{one.hla}\n".encode() if one.hla else b""
    if Part.GENOTYPE in parts:
        found["case/genotype.txt"] = one.genotype
    if Part.SKIN in parts:
        found["case/skin-test.yaml"] = one.skin_session
    if Part.PLAN in parts:
        found["situation.yaml"] = one.situation
        found["plan.json"] = one.plan
    return {path: content for path, content in found.items() if content}


def write_lives(
    patients: int,
    seed: int,
    folder: Path,
    parts: frozenset[Part] = EVERY_FILE,
    today: date = LAST_DAY,
    progress: Callable[[int], None] | None = None,
) -> Written:
    """Write lives 0 to `patients` - 1 into a new or empty folder; see `docs/simulation.md` for what stands where.

    Patient i is the same whatever the number of patients and the parts. progress: told the number of patients done.
    """
    files = resources = 0
    whole = bool(parts - {Part.DIARY})
    with ExitStack() as stack:
        diaries = stack.enter_context(DiaryFiles(folder / "diary", folder / "truth")) if Part.DIARY in parts else None
        bulk = stack.enter_context(_Bulk(folder / "bulk")) if Part.BULK in parts else None
        index = csv.writer(stack.enter_context(_new(folder / "index.csv")), lineterminator="\n")
        index.writerow(INDEX)
        (folder / "README.md").write_bytes(README)
        registry = stack.enter_context((folder / "outcomes.jsonl").open("wb")) if Part.OUTCOMES in parts else None
        for number in range(patients):
            one = life(seed, number, today)
            written = case_files(one, parts)
            for path, content in written.items():
                (folder / "patients" / one.patient / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / "patients" / one.patient / path).write_bytes(content)
            files += len(written)
            if diaries is not None:
                diaries.add(one.catalogue, one.diary)
            if bulk is not None:
                resources += bulk.add(one)
            if registry is not None:
                registry.write(one.course)
            sex = "female" if one.female else "male"
            # Where the plan stands is known only once its gates were asked, which needs the records.
            stage = one.truth.course.stage if whole else ""
            place = f"patients/{one.patient}" if written else ""
            index.writerow([one.patient, one.name, one.born, sex, stage, place])
            if whole:
                (folder / "truth").mkdir(exist_ok=True)
                (folder / "truth" / f"{one.patient}.json").write_bytes(
                    msgspec.json.format(msgspec.json.encode(one.truth), indent=1) + b"\n"
                )
            if progress is not None:
                progress(number + 1)
    return Written(patients=patients, files=files, rows=diaries.rows if diaries else 0, resources=resources)


def _new(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w", newline="", encoding="utf-8")


class _Bulk:
    """A FHIR bulk export: one NDJSON file per resource type."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._open: dict[str, IO[bytes]] = {}

    def __enter__(self) -> "_Bulk":
        return self

    def __exit__(self, *_: object) -> None:
        for stream in self._open.values():
            stream.close()

    def add(self, one: Life) -> int:
        """Write every resource of a life; returns how many."""
        count = 0
        for resource in one.bulk_resources():
            name = resource["resourceType"]
            if name not in self._open:
                self._open[name] = (self._folder / f"{name}.ndjson").open("wb")
            self._open[name].write(msgspec.json.encode(resource) + b"\n")
            count += 1
        return count
