"""Named documents → charts: unpack, recognise, read, tell people apart, merge. The only way into a chart.

Nothing here touches a disk except `read_paths`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from zonula.chart import Chart, Fact, Patient, chart_of
from zonula.chart_import.containers import LIMITS, Limits, Opened, Unpacker, is_archive
from zonula.chart_import.disk import contents_of, files_of
from zonula.chart_import.fhir import Resource, directory_of, is_bundle, repeated_keys
from zonula.chart_import.fhir import read as read_fhir
from zonula.chart_import.identity import Person, Record, people_of
from zonula.chart_import.merging import merged
from zonula.chart_import.recognise import Form, Recognised, recognised
from zonula.chart_import.report import DocumentReport, ReadDocument, Skipped
from zonula.errors import UserError

Progress = Callable[[str, int, int], None]
"""Called before each file with its name, how many files are done and how many there are."""


class Imported(NamedTuple):
    """charts: by patient id, in order of id. documents: one report per document, in the order they were given."""

    charts: dict[str, Chart]
    documents: tuple[DocumentReport, ...]


class _Told(NamedTuple):
    """A document whose form is known, before it is read."""

    name: str
    found: Recognised
    warnings: tuple[str, ...]


def read_paths(paths: Sequence[Path], progress: Progress | None = None) -> Imported:
    """Read files and folders (with everything below them; hidden files are left alone).

    What cannot be opened is refused in its report like a document that cannot be read. Raises UserError when a path does not exist, or
    when nothing at all could be read.
    """
    files = files_of(paths)
    if not files:
        raise UserError("There is no file in the folders given.", "Give files, or folders that hold some.")

    def contents() -> Iterator[tuple[str, bytes | str]]:
        for number, (name, path) in enumerate(files):
            if progress:
                progress(name, number, len(files))
            yield name, contents_of(path)

    return _imported(contents(), thorough=True)


def read_documents(named: Iterable[tuple[str, bytes]], *, thorough: bool = False, limits: Limits = LIMITS) -> Imported:
    """Read documents already in memory: (name, bytes), where a name may hold a folder (`export/Patient.ndjson`).

    thorough: also look for keys that stand twice in one JSON object, which takes as long again; `read_paths` always does.
    limits: how much one import may unpack.

    A document that cannot be read is refused in its report and takes nothing else with it. Raises UserError when every document
    was refused.
    """
    return _imported(named, thorough=thorough, limits=limits)


def _imported(named: Iterable[tuple[str, bytes | str]], *, thorough: bool, limits: Limits = LIMITS) -> Imported:
    """As `read_documents`; a text in the place of bytes says why the document could not be opened."""
    read = _Collected(thorough)
    unpacker = Unpacker(limits)
    archives: set[str] = set()  # two exports of one name are two folders
    for name, data in named:
        if isinstance(data, str):
            read.take(Opened(name, b"", data))
            continue
        for opened in unpacker.open(_unused(name, archives) if is_archive(data) else name, data):
            read.take(opened)
    read.finish()
    return _charts(read.documents)


class _Collected:
    """The documents read so far. NDJSON files and single resources wait for the end, because they point at each other."""

    def __init__(self, thorough: bool) -> None:
        self._thorough = thorough
        self.documents: list[ReadDocument] = []
        self._names: set[str] = set()
        self._waiting: list[tuple[int, _Told]] = []
        self._digests: dict[bytes, str] = {}
        self._first: tuple[str, bytes] | None = None

    def take(self, opened: Opened) -> None:
        """Read one document, or put it aside for `finish`."""
        name = _unused(opened.name, self._names)
        if opened.refusal:
            self.documents.append(_refused(name, opened.refusal))
            return
        twin = self._twin(name, opened.data)
        if twin:
            warning = f"is the same document as {twin}; read once"
            self.documents.append(ReadDocument(report=DocumentReport(name=name, kind="repeated", warnings=(warning,))))
            return
        found = recognised(name, opened.data)
        warnings = (found.warning,) if found.warning else ()
        if self._thorough and found.form in (Form.FHIR, Form.NDJSON):
            warnings = (*warnings, *repeated_keys(found.data))
        told = _Told(name, found, warnings)
        if found.form is Form.NDJSON or (found.form is Form.FHIR and not is_bundle(found.data)):
            self._waiting.append((len(self.documents), told))
            self.documents.append(_refused(name, ""))
        else:
            self.documents.append(_read(told, {}))

    def finish(self) -> None:
        """Read what waited, each with the practitioners, organisations and drugs of all of them at hand."""
        folders: dict[str, dict[str, Resource]] = {}
        if len(self._waiting) > 1:
            for _, told in self._waiting:
                folders.setdefault(_folder(told.name), {}).update(directory_of(told.found.data))
        for position, told in self._waiting:
            self.documents[position] = _read(told, folders.get(_folder(told.name), {}))

    def _twin(self, name: str, data: bytes) -> str:
        """The name of an earlier document with the same bytes. A single document is never hashed: it would cost a third of reading it."""
        if not self.documents:
            self._first = (name, data)
            return ""
        if self._first is not None:
            first, earlier = self._first
            self._digests[hashlib.sha256(earlier).digest()] = first
            self._first = None
        known = self._digests.setdefault(hashlib.sha256(data).digest(), name)
        return "" if known == name else known


def _unused(name: str, taken: set[str]) -> str:
    """The name, or with a number when another document already has it."""
    unused, number = name, 1
    while unused in taken:
        number += 1
        unused = f"{name} ({number})"
    taken.add(unused)
    return unused


def _read(told: _Told, elsewhere: dict[str, Resource]) -> ReadDocument:
    name, found, warnings = told
    match found.form:
        case None:
            return _refused(name, found.reason)
        case Form.CCDA:
            from zonula.chart_import.ccda import read as read_ccda

            read = read_ccda(found.data, name)
        case Form.CSV:
            from zonula.chart_import.csv_template import read as read_csv

            read = read_csv(found.data, name)
        case Form.FHIR | Form.NDJSON:
            read = read_fhir(found.data, name, ndjson=found.form is Form.NDJSON, elsewhere=elsewhere)
    if warnings:
        report = msgspec.structs.replace(read.report, warnings=(*warnings, *read.report.warnings))
        read = msgspec.structs.replace(read, report=report)
    return read


def _charts(documents: list[ReadDocument]) -> Imported:
    reports = {document.report.name: document.report for document in documents}
    if all(report.kind == "refused" for report in reports.values()):
        raise UserError(*_nothing_read(list(reports.values())))
    facts = {(document.report.name, key): made for document in documents for key, made in document.facts.items()}
    charts = {}
    for person in people_of([record for document in documents for record in _records(document)]):
        chart = _chart(person, facts, reports)
        charts[chart.patient.id] = chart
    return Imported(dict(sorted(charts.items())), tuple(reports.values()))


def _nothing_read(reports: list[DocumentReport]) -> tuple[str, str]:
    if not reports:
        return "No document was given.", ""
    first = reports[0]
    why = f"{first.name} {first.skipped[0].reason}."
    return (why, "") if len(reports) == 1 else (f"None of the {len(reports)} documents could be read.", why)


def _records(document: ReadDocument) -> Iterator[Record]:
    name = document.report.name
    loose = document.report.kind in ("fhir-ndjson", "fhir-resource")
    for patient in document.patients:
        yield Record(name, _folder(name), patient, described=True, shared=loose)
    described = {patient.id for patient in document.patients}
    for key in document.facts:
        if key not in described:
            yield Record(name, _folder(name), Patient(id=key), described=False, shared=True)


def _chart(person: Person, facts: dict[tuple[str, str], tuple[Fact, ...]], reports: dict[str, DocumentReport]) -> Chart:
    by_document: dict[str, list[Fact]] = {}
    for record in person.records:
        by_document.setdefault(record.document, []).extend(facts.get((record.document, record.patient.id), ()))
    said = list(person.notes)
    if len(by_document) == 1:
        chart = chart_of(person.patient, next(iter(by_document.values())))
    else:
        joined = merged(list(by_document.items()))
        chart = chart_of(person.patient, joined.facts)
        for name, number in joined.joined.items():
            reports[name] = msgspec.structs.replace(reports[name], merged=reports[name].merged + number)
        said.extend((name, text) for name, texts in joined.conflicts.items() for text in texts)
    for name, text in said:
        reports[name] = msgspec.structs.replace(reports[name], warnings=(*reports[name].warnings, text))
    return chart


def _refused(name: str, reason: str) -> ReadDocument:
    return ReadDocument(report=DocumentReport(name=name, kind="refused", skipped=(Skipped(name, "document", reason),)))


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
