"""Documents into a patient's chart: as a job, all or nothing, and never silently into the wrong patient."""

import hashlib
import zlib
from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.utils import timezone

from zonula.chart import Chart as CoreChart
from zonula.chart import Fact, Moment, Sex, chart_of
from zonula.chart import Patient as CorePatient
from zonula.chart_import import DocumentReport, Imported, read_documents
from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.jobs.models import Job, Upload
from zonula_web.records.actions.changing import changing
from zonula_web.records.models import Chart, Document, Entry, Patient


def ask_import(*, patient: Patient, by: Person, files: Sequence[tuple[str, bytes]], same_person: str = "") -> Job:
    """Queue the import of these files. same_person: why they are this patient's although they name someone else."""
    if not files:
        raise UserError("No file was chosen.", "Choose one or more files, or a zip archive.")
    with transaction.atomic():
        job = Job.objects.create(
            kind="import",
            clinic=patient.clinic,
            patient=patient,
            by=by,
            total=len(files),
            arguments={"same_person": same_person},
        )
        Upload.objects.bulk_create([Upload(job=job, name=name[-255:], body=body) for name, body in files])
    return job


def import_uploads(job: Job) -> str:
    """The work of an import job."""
    if job.patient is None:
        raise UserError("The patient of this import is gone.")
    files = [(upload.name, bytes(upload.body)) for upload in job.uploads.order_by("id")]
    reports = import_documents(
        patient=job.patient, by=job.by, files=files, same_person=str(job.arguments.get("same_person", ""))
    )
    job.done = len(files)
    kept = sum(report.kept for report in reports)
    skipped = sum(len(report.skipped) for report in reports)
    job.result = {"kept": kept, "skipped": skipped, "documents": [report.name for report in reports]}
    return f"{kept} facts kept from {len(reports)} documents; {skipped} entries skipped, each with its reason in the report."


def import_documents(
    *, patient: Patient, by: Person | None, files: Sequence[tuple[str, bytes]], same_person: str = ""
) -> tuple[DocumentReport, ...]:
    """Add documents to the patient's chart and make the chart anew. Returns the reports of the new documents.

    Raises UserError when nothing could be read, when the documents are there already, or when they name another person and no
    reason was given why they are this patient's.
    """
    with changing(patient, chart=True) as locked:
        present = set(Document.objects.filter(patient=locked, removed_at=None).values_list("sha256", "name"))
        known = {digest for digest, _ in present}
        new = [(name, body) for name, body in files if hashlib.sha256(body).hexdigest() not in known]
        if not new:
            raise UserError("These documents are in the record already.", "Nothing needs to be imported.")
        imported = read_documents(new, thorough=True)
        if not imported.charts:
            refused = "; ".join(warning for report in imported.documents for warning in report.warnings)
            raise UserError("Nothing in these files could be read as a record.", refused[:300])
        _same_person(locked, imported, same_person)
        names = {name for _, name in present}
        for name, body in new:
            unused = _unused(name, names)
            Document.objects.create(
                patient=locked,
                by=by,
                name=unused,
                sha256=hashlib.sha256(body).hexdigest(),
                body=zlib.compress(body),
                size=len(body),
            )
        _complete_identity(locked, imported)
        make_chart(locked)
    return imported.documents


def remove_document(*, patient: Patient, document: Document, because: str) -> None:
    """Withdraw a document from the chart; it stays in the history with the reason."""
    if not because.strip():
        raise UserError("Why is the document removed?", "Write a short reason; it stays in the history.")
    with changing(patient, chart=True) as locked:
        document.removed_at, document.removed_because = timezone.now(), because.strip()[:300]
        document.save(update_fields=["removed_at", "removed_because"])
        make_chart(locked)


def make_chart(patient: Patient) -> CoreChart:
    """Make the chart from its documents and entries and keep it as of the next version. Call inside `changing(chart=True)`."""
    documents = Document.objects.filter(patient=patient, removed_at=None).order_by("id")
    files = [(document.name, zlib.decompress(document.body)) for document in documents]
    imported = read_documents(files) if files else Imported({}, ())
    facts = {fact.id: fact for chart in imported.charts.values() for fact in chart.facts}
    for entry in Entry.objects.filter(patient=patient).order_by("id"):
        facts.pop(entry.replaces, None)
        if entry.fact is not None:
            fact = msgspec.convert(entry.fact, Fact)
            facts[fact.id] = fact
    identifiers = {
        name for chart in imported.charts.values() for name in (chart.patient.id, *chart.patient.identifiers)
    }
    who = CorePatient(
        id=str(patient.id),
        name=patient.name,
        birth=Moment.parse(patient.born) if patient.born else None,
        sex=Sex(patient.sex),
        deceased=any(chart.patient.deceased for chart in imported.charts.values()),
        identifiers=tuple(sorted(identifiers)),
    )
    chart = chart_of(who, facts.values())
    Chart.objects.update_or_create(
        patient=patient,
        defaults={
            "version": patient.chart_version + 1,
            "body": zlib.compress(msgspec.json.encode(chart), 1),
            "reports": zlib.compress(msgspec.json.encode(imported.documents), 1),
        },
    )
    return chart


def _same_person(patient: Patient, imported: Imported, reason: str) -> None:
    """Documents of someone else must not slip into this record."""
    if reason.strip():
        return
    if len(imported.charts) > 1:
        names = ", ".join(sorted(chart.patient.name or chart.patient.id for chart in imported.charts.values()))
        raise UserError(
            f"These documents are about {len(imported.charts)} people: {names}.",
            "Import each person's documents alone, or say why they are one person.",
        )
    who = next(iter(imported.charts.values())).patient
    if who.birth and patient.born and who.birth.text[: len(patient.born)] != patient.born[: len(who.birth.text)]:
        raise UserError(
            f"The documents are of someone born {who.birth.text}; this patient was born {patient.born}.",
            "Choose the right patient, or say why these documents are this patient's.",
        )
    if who.name and not _alike(who.name, patient.name):
        raise UserError(
            f"The documents name {who.name}; this patient is {patient.name}.",
            "Choose the right patient, or say why these documents are this patient's (a changed name, for example).",
        )


def _alike(one: str, other: str) -> bool:
    """Whether two names share a part of at least three letters; a missing name contradicts nothing."""
    first, second = (
        {part for part in name.casefold().replace(",", " ").split() if len(part) > 2} for name in (one, other)
    )
    return not first or not second or bool(first & second)


def _complete_identity(patient: Patient, imported: Imported) -> None:
    """What the clinic did not know yet is taken from the documents; what it knew stays."""
    for chart in imported.charts.values():
        if not patient.born and chart.patient.birth:
            patient.born = chart.patient.birth.text[:10]
        if patient.sex == Sex.UNKNOWN and chart.patient.sex is not Sex.UNKNOWN:
            patient.sex = chart.patient.sex.value
    patient.save(update_fields=["born", "sex"])


def _unused(name: str, names: set[str]) -> str:
    """A name no other document of the patient has: places of facts begin with it."""
    number, free = 1, name[-250:]
    while free in names:
        number += 1
        free = f"{number}-{name[-240:]}"
    names.add(free)
    return free
