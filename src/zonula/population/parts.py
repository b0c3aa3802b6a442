"""One part of the population → its tables: charts made by the importer, and cut lines made into columns."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

from zonula.chart import Patient
from zonula.chart_import.fhir import Resource, directory_of
from zonula.chart_import.fhir.envelope import type_of
from zonula.population.cut.facts import Facts
from zonula.population.cut.gathered import Gathered, Origin
from zonula.population.cut.kernels import ID
from zonula.population.cut.tables import table_of
from zonula.population.dealing import Dealt, DealtLine, Skip, cut_lines_of, lines_of
from zonula.population.layout import DICTIONARIES, SCHEMAS, Rows
from zonula.population.persons import Document, Told, charts_of_home, directory_for, patient_of_line
from zonula.population.sources import Shape

_FLUSH = 40_000  # facts per row group
_LARGEST_ARENA = 256 << 20  # bytes of words; Arrow counts the bytes of a column in 31 bits, and a column repeats words
# Columns in which a dictionary is worth its price; ids, values and times hardly repeat.
_REPEATING = {
    "facts": [
        *(name for name in SCHEMAS["facts"].names if name not in {"fact", "value", "start_text", "end_text", "recorded_text", "encounter", "part_of", "sources", "details"}),
        *(f"sources.list.element.{part}" for part in ("document", "provider")),
        *(f"details.list.element.{part}" for part in ("name", "value")),
    ]
}  # fmt: skip


class Made(msgspec.Struct):
    """One part. at_once: facts made in columns, of `facts`."""

    patients: int
    facts: int
    told: Told
    at_once: int = 0


class Make(NamedTuple):
    """What to make: a part, from which spills, without which documents."""

    part: int
    spills: tuple[Path, ...]
    left_out: frozenset[str]
    out: Path
    work: Path


_Homes = dict[str, dict[int, list[DealtLine]]]


def charts_of_part(job: Make) -> Made:
    """Make and write the tables of one part."""
    told, rows = Told(), Rows()
    made = Made(0, 0, told)
    homes, gathered, documents = _dealt_to(job)
    facts = Facts(gathered, _entangled(gathered, homes, documents))
    places = {each: place for place, each in enumerate(gathered.ids) if not facts.left[place]}
    _give_back(gathered, facts.left, homes, job)
    keys = np.zeros(len(gathered.ids), np.int64)
    counts = np.bincount(facts.columns["patient"], minlength=len(gathered.ids))
    slow: list[dict[str, pa.Table]] = []
    at_once = len(facts.columns["patient"])
    with _Tables(job.out, job.part) as tables:
        for home in sorted(homes.keys() | places.keys()):
            theirs = homes.pop(home, {})
            place = places.get(home)
            if place is not None:
                patient = None
                for where, lines in theirs.items():
                    patient = patient_of_line(documents[where][1], lines[0], told)
                if patient or counts[place]:
                    keys[place] = key = (job.part << 32) + made.patients
                    rows.add_patient(key, patient or Patient(id=home))
                    made.patients += 1
                continue
            for chart in charts_of_home(
                [(documents[where][1], lines) for where, lines in sorted(theirs.items())], told
            ):
                rows.add((job.part << 32) + made.patients, chart)
                made.patients += 1
                made.facts += len(chart.facts)
            if len(rows) >= _FLUSH:
                slow.append(rows.take())
                if not at_once:
                    tables.write(slow.pop())
        slow.append(rows.take())
        _tell(facts, told)
        if at_once:
            made.at_once = at_once
            made.facts += at_once
            both = pa.concat_tables([table_of(facts, keys, rows), *(each.pop("facts") for each in slow)])
            tables.write(
                {
                    "facts": both
                    if len(both) == at_once
                    else both.sort_by([("patient", "ascending"), ("place", "ascending")])
                }
            )
        for each in slow:
            tables.write(each)
        tables.write(rows.dictionaries())
    return made


def _tell(facts: Facts, told: Told) -> None:
    """Count the facts made in columns, and say of their lines what the importer said of the pattern."""
    gathered = facts.gathered
    counts = np.bincount(facts.columns["origin"], minlength=len(gathered.origins))
    for origin, count in zip(gathered.origins, counts.tolist(), strict=True):
        if count:
            told.of(origin.name).kept += count
    for pattern, rows, learned in facts.said:
        own = pattern.kinds.index(ID)
        for row in rows[~facts.left[gathered.patient[rows]]].tolist():
            name, place = (
                gathered.origins[gathered.origin[row]].name,
                f"{pattern.kind}/{gathered.word_of(row, own).decode()}",
            )
            told.skipped += [
                Skip(name, int(gathered.line[row]), place + rest, reason) for rest, reason in learned.skipped
            ]
            told.warn(name, [place + rest for rest in learned.warnings])


def _entangled(gathered: Gathered, homes: _Homes, documents: "list[tuple[Dealt, Document]]") -> npt.NDArray[np.bool_]:
    """The patients with other lines than their own plain Patient, which only the importer can put together."""
    out = np.full(len(gathered.ids), len(gathered.arena) > _LARGEST_ARENA, np.bool_)
    folders = [origin.name.rpartition("/")[0] for origin in gathered.origins]
    folder = np.zeros(len(gathered.ids), np.int64)
    folder[gathered.patient] = gathered.origin
    with_facts = {origin.name for origin in gathered.origins if origin.patterns}
    for place, patient_id in enumerate(gathered.ids):
        theirs = homes.get(patient_id)
        if theirs is None:
            continue
        lines = [(where, line) for where, each in theirs.items() for line in each]
        where, line = lines[0]
        document = documents[where][1]
        out[place] |= (
            len(lines) > 1
            or not document.lines
            or type_of(line.text) != "Patient"
            or document.name.rpartition("/")[0] != folders[folder[place]]
            or (b"managingOrganization" in line.text and document.name in with_facts)
        )
    return out


def _give_back(gathered: Gathered, left: npt.NDArray[np.bool_], homes: _Homes, job: Make) -> None:
    """The lines of patients that the importer must read, as lines again, in the order of their file."""
    for row in np.flatnonzero(left[gathered.patient]).tolist():
        home = gathered.ids[gathered.patient[row]]
        line = DealtLine(home, int(gathered.line[row]), gathered.text_of(row))
        homes[home].setdefault(gathered.places[gathered.origin[row]], []).append(line)
    for home in {gathered.ids[place] for place in np.flatnonzero(left)}:
        for lines in homes[home].values():
            lines.sort(key=lambda line: line.number)


def _dealt_to(job: Make) -> "tuple[_Homes, Gathered, list[tuple[Dealt, Document]]]":
    homes: _Homes = defaultdict(dict)
    files = []
    documents = _known(job.spills)
    for place, (spill, (dealt, document)) in enumerate(zip(job.spills, documents, strict=True)):
        if document.name in job.left_out:
            continue
        lines = spill.with_suffix(".lines")
        for row in lines_of(lines, dealt.pieces, job.part):
            homes[row.home].setdefault(place, []).append(row)
        cut = list(cut_lines_of(lines, dealt.cuts, job.part)) if dealt.cuts else []
        if cut:
            files.append((Origin(document.name, dealt.patterns, document.directory, place), cut))
    return homes, Gathered(files), documents


@lru_cache(maxsize=1)
def _known(spills: tuple[Path, ...]) -> list[tuple[Dealt, Document]]:
    """The dealt documents, with the people, places and drugs each can point at. Once per process."""
    dealt = [msgspec.msgpack.decode(spill.with_suffix(".dealt").read_bytes(), type=Dealt) for spill in spills]
    folders: dict[str, dict[str, Resource]] = defaultdict(dict)
    own: list[dict[str, Resource]] = []
    for each in dealt:
        listed = directory_of(b"\n".join(each.directory)) if each.directory else {}
        own.append(listed)
        folders[each.document.rpartition("/")[0]].update(listed)
    return [
        (each, Document(each.document, each.shape == Shape.LINES, directory_for(mine, folders[each.document.rpartition("/")[0]])))
        for each, mine in zip(dealt, own, strict=True)
    ]  # fmt: skip


class _Tables:
    """The Parquet files of one part; they appear under their names only when all of them are complete."""

    def __init__(self, out: Path, part: int) -> None:
        self._files = {name: out / name / f"part-{part:05}.parquet" for name in SCHEMAS}
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> "_Tables":
        for name, file in self._files.items():
            file.parent.mkdir(exist_ok=True)
            keyed = name in DICTIONARIES
            self._writers[name] = parquet.ParquetWriter(
                file.with_suffix(".partial"),
                SCHEMAS[name],
                compression="zstd",
                compression_level=1,
                use_dictionary=_REPEATING.get(name, True),
                write_statistics=["patient", "place", "day_low"] if name == "facts" else True,
                sorting_columns=[parquet.SortingColumn(0)] if keyed or name == "patients" else [parquet.SortingColumn(0), parquet.SortingColumn(1)],
            )  # fmt: skip
        return self

    def write(self, tables: Mapping[str, pa.Table]) -> None:
        for name, table in tables.items():
            if len(table):
                self._writers[name].write_table(table, row_group_size=_FLUSH)

    def __exit__(self, kind: object, raised: object, trace: object) -> None:
        for name, writer in self._writers.items():
            try:
                writer.close()
            except OSError:
                if kind is None:
                    raise
            partial = self._files[name].with_suffix(".partial")
            if kind is None:
                partial.replace(self._files[name])
            else:
                partial.unlink(missing_ok=True)
