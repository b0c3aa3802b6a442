"""Everything dealt to one home → charts, by the functions that read a single patient's records."""

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from zonula.chart import Chart, Fact, Kind, Patient, chart_of
from zonula.chart_import.fhir import Resource, is_bundle, read
from zonula.chart_import.identity import Person, Record, people_of
from zonula.chart_import.merging import Merged, merged, pointing_across
from zonula.chart_import.report import ReadDocument
from zonula.population.dealing import DealtLine, Skip
from zonula.population.subjects import stand_in

_NO_FACT = "adds no fact to a chart"  # claims, provenance and the like: counted in `read`, and not missed
_EXPECTED = "it points at that patient's id in the same folder"
MOST_WARNINGS = 20  # of one document that are kept in words; all are counted


class Document(NamedTuple):
    """A document as the workers know it. directory: who, where and what drug, its own first, then its folder's."""

    name: str
    lines: bool
    directory: Mapping[str, Resource]


class Tally(msgspec.Struct):
    """What became of one document. read: the resources of a Bundle by type; those of NDJSON were counted when it was dealt."""

    read: dict[str, int] = {}
    kept: int = 0
    merged: int = 0
    warned: int = 0
    warnings: list[str] = []


class Told(msgspec.Struct):
    """What is said about many homes, by document name. other_version: documents with a sign of another FHIR version, and where."""

    tallies: dict[str, Tally] = {}
    skipped: list[Skip] = []
    other_version: dict[str, str] = {}

    def of(self, document: str) -> Tally:
        """The tally of one document."""
        return self.tallies.setdefault(document, Tally())

    def warn(self, document: str, warnings: Iterable[str]) -> None:
        """Count warnings and keep the first of them in the order of their wording, whatever the order they come in."""
        tally = self.of(document)
        for warning in warnings:
            tally.warned += 1
            tally.warnings.append(warning)
        if len(tally.warnings) > 2 * MOST_WARNINGS:
            tally.warnings = sorted(tally.warnings)[:MOST_WARNINGS]


def charts_of_home(dealt: Sequence[tuple[Document, Sequence[DealtLine]]], told: Told) -> list[Chart]:
    """The charts of one home, by patient id. A document with a sign of another FHIR version is left out and named in `told`."""
    documents: list[ReadDocument] = []
    for document, rows in dealt:
        if document.lines:
            data = b"\n".join(row.text for row in rows) if len(rows) > 1 else rows[0].text
            documents += _read(document, data, True, rows, told)
        else:
            for row in rows:
                documents += _read(document, row.text, False, rows, told)
    records = [record for document in documents for record in _records(document)]
    facts: dict[tuple[str, str], tuple[Fact, ...]] = {}
    for one in documents:
        for key, made in one.facts.items():
            facts[one.report.name, key] = facts.get((one.report.name, key), ()) + made
    people = people_of(records) if len(records) > 1 else [Person(each.patient, (each,)) for each in records]
    return sorted((_chart(person, facts, told) for person in people), key=lambda chart: chart.patient.id)


def patient_of_line(document: Document, line: DealtLine, told: Told) -> Patient | None:
    """The patient one line of NDJSON describes; None, and said, when it cannot be understood."""
    patients = [each for made in _read(document, line.text, True, [line], told) for each in made.patients]
    return patients[0] if patients else None


def _read(
    document: Document, data: bytes, lined: bool, rows: Sequence[DealtLine], told: Told
) -> tuple[ReadDocument, ...]:
    directory = document.directory if lined or not is_bundle(data) else {}
    made = read(data, document.name, ndjson=lined, elsewhere=directory)
    report = made.report
    if report.kind == "refused":
        skipped = report.skipped[0]
        if lined:
            told.other_version[document.name] = f"{skipped.place} {skipped.reason}"
        else:
            told.skipped.append(Skip(document.name, 0, skipped.place, skipped.reason))
        return ()
    tally = told.of(document.name)
    tally.kept += report.kept
    if not lined:
        tally.read = report.read
    told.warn(document.name, report.warnings)
    told.skipped += [
        Skip(document.name, _line(each.place, rows), each.place, each.reason)
        for each in report.skipped
        if not each.reason.endswith(_NO_FACT)
    ]
    return (made,)


def _line(place: str, rows: Sequence[DealtLine]) -> int:
    """The line a place of a document stands on; 0 for a Bundle or when several could be meant."""
    kind, _, resource_id = place.partition("#")[0].partition("/")
    if resource_id.startswith("~"):
        found = [row.number for row in rows if stand_in(row.text) == resource_id]
        return found[0] if found else 0
    while True:  # an id may hold dots, and so may what follows it: `Observation/a.b.component[0]`
        wanted = f'"{resource_id}"'.encode()
        found = [row.number for row in rows if kind.encode() in row.text and (wanted in row.text or not resource_id)]
        if found or not resource_id:
            return found[0] if found else 0
        resource_id = resource_id.rpartition(".")[0]
        if not resource_id:
            return 0


def _records(document: ReadDocument) -> Iterable[Record]:
    name = document.report.name
    folder = name.rpartition("/")[0]
    loose = document.report.kind in ("fhir-ndjson", "fhir-resource")
    for patient in document.patients:
        yield Record(name, folder, patient, described=True, shared=loose)
    described = {patient.id for patient in document.patients}
    for key in document.facts:
        if key not in described:
            yield Record(name, folder, Patient(id=key), described=False, shared=True)


def _chart(person: Person, facts: Mapping[tuple[str, str], tuple[Fact, ...]], told: Told) -> Chart:
    by_document: dict[str, list[Fact]] = defaultdict(list)
    for record in person.records:
        by_document[record.document].extend(facts.get((record.document, record.patient.id), ()))
    for name, text in person.notes:
        if not text.endswith(_EXPECTED):  # every file of an export points at Patient.ndjson
            told.warn(name, (text,))
    if len(by_document) == 1:
        return chart_of(person.patient, next(iter(by_document.values())))
    joined = _joined(by_document)
    for name, number in joined.joined.items():
        told.of(name).merged += number
    for name, texts in joined.conflicts.items():
        told.warn(name, texts)
    return chart_of(person.patient, joined.facts)


def _joined(by_document: Mapping[str, Sequence[Fact]]) -> Merged:
    """As `merged`, at a fraction of its cost for an export with one file per resource type: facts are joined only with facts of their
    kind in other documents, so kinds that stand in one document alone need no comparison.
    """
    standing: dict[Kind, set[str]] = defaultdict(set)
    for name, facts in by_document.items():
        for kind in {fact.kind for fact in facts}:
            standing[kind].add(name)
    several = {kind for kind, names in standing.items() if len(names) > 1}
    compared = {name: [fact for fact in facts if fact.kind in several] for name, facts in by_document.items()}
    some = merged([pair for pair in compared.items() if pair[1]])
    if some.joined:
        return merged(list(by_document.items()))
    facts = [fact for theirs in by_document.values() for fact in theirs]
    return Merged(pointing_across(facts), {}, some.conflicts)


def directory_for(own: Mapping[str, Resource], folder: Mapping[str, Resource]) -> Mapping[str, Resource]:
    """The directory a document reads with: its own entries hide its folder's."""
    return ChainMap(dict(own), dict(folder)) if own else folder
