"""Making the chart anew from its documents and entries."""

import zlib
from collections.abc import Sequence

import msgspec

from zonula.chart import Chart as CoreChart
from zonula.chart import Fact, Moment, Sex, chart_of
from zonula.chart import Patient as CorePatient
from zonula.chart_import import Imported, read_documents
from zonula_web.records.corrected import Written, corrected
from zonula_web.records.models import Chart, Document, Entry, Patient


def keep_chart(patient: Patient, read: Imported | None = None) -> CoreChart:
    """Make the chart and keep it as of the next version. Call inside `changing(chart=True)`.

    read: what `read_whole` made of exactly the documents that stand now, when it was made before the record was locked.
    """
    documents = list(standing_documents(patient))
    imported = read or read_whole(documents)
    charts = [_theirs(chart, documents) for chart in imported.charts.values()]
    charts = [chart for chart in charts if chart.facts or len(charts) == 1]
    laid = corrected((fact for chart in charts for fact in chart.facts), _written(patient))
    identifiers = {name for chart in charts for name in (chart.patient.id, *chart.patient.identifiers)}
    identifiers |= _merged_ids(patient)
    who = CorePatient(
        id=str(patient.id),
        name=patient.name,
        birth=Moment.parse(patient.born) if patient.born else None,
        sex=Sex(patient.sex),
        deceased=any(chart.patient.deceased for chart in charts),
        identifiers=tuple(sorted(identifiers)),
    )
    chart = chart_of(who, laid.facts.values())
    Chart.objects.update_or_create(
        patient=patient,
        defaults={
            "version": patient.chart_version + 1,
            "body": zlib.compress(msgspec.json.encode(chart), 1),
            "reports": zlib.compress(msgspec.json.encode(imported.documents), 1),
            "entries": {str(number): [entry.standing.value, entry.fact] for number, entry in laid.entries.items()},
        },
    )
    return chart


def standing_documents(patient: Patient) -> Sequence[Document]:
    """The documents the chart is made of, in the order they came."""
    return list(Document.objects.filter(patient=patient, removed_at=None).order_by("id"))


def read_whole(documents: Sequence[Document]) -> Imported:
    """Read all documents of a patient together."""
    if not documents:
        return Imported({}, ())
    return read_documents((document.name, zlib.decompress(document.body)) for document in documents)


def named(who: CorePatient) -> set[str]:
    """Every id by which documents name this person. `~2` is the importer's own mark for a second person of one id."""
    return {who.id.rpartition("~")[0] or who.id, *who.identifiers}


def belongs(source: str, document: str) -> bool:
    """Whether what was read as `source` was inside the document of that name: itself, a file of a zip, what a gzip held."""
    return source == document or source.startswith(f"{document}/") or f"{source}.gz" == document


def _theirs(chart: CoreChart, documents: Sequence[Document]) -> CoreChart:
    """The chart without facts of documents in which another person was chosen."""
    ids = named(chart.patient)
    closed = [document.name for document in documents if document.whose and not ids & set(document.whose)]
    if not closed:
        return chart

    def open_to(fact: Fact) -> bool:
        return any(not any(belongs(source.document, name) for name in closed) for source in fact.sources)

    return CoreChart(chart.patient, tuple(fact for fact in chart.facts if open_to(fact)))


def _merged_ids(patient: Patient) -> set[str]:
    """Ids of the records that became part of this one: their answers and skin tests name them."""
    found: set[str] = set()
    waiting = [patient.pk]
    while waiting:
        merged = list(Patient.objects.filter(merged_into__in=waiting).values_list("pk", flat=True))
        waiting = [each for each in merged if str(each) not in found]
        found.update(str(each) for each in merged)
    return found


def _written(patient: Patient) -> list[Written]:
    undone = set(Entry.objects.filter(patient=patient).exclude(undoes=None).values_list("undoes", flat=True))
    return [
        Written(
            entry.pk,
            None if entry.fact is None else msgspec.convert(entry.fact, Fact),
            None if entry.original is None else msgspec.convert(entry.original, Fact),
            entry.pk in undone,
        )
        for entry in Entry.objects.filter(patient=patient, undoes=None).order_by("id")
    ]
