"""Documents into a patient's chart: as a job, all or nothing, and never silently into the wrong patient."""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from zonula.chart import Sex
from zonula.chart_import import DocumentReport, Imported, read_documents
from zonula.errors import UserError
from zonula_web.access.models import Person
from zonula_web.audit.actor import acting
from zonula_web.jobs.models import Job, State, Upload
from zonula_web.records.actions.changing import changing
from zonula_web.records.actions.charts import belongs, keep_chart, read_whole, standing_documents
from zonula_web.records.actions.whose import whose_documents
from zonula_web.records.models import Document, Patient
from zonula_web.records.uploads import UNPACKED, checked

UNANSWERED = timedelta(days=2)


class Read(NamedTuple):
    """What was read before the record was locked. new: (free name, bytes); known: names whose bytes are in the record already.

    imported: of the new documents alone; whole: together with those of `chart_version`.
    """

    chart_version: int
    new: tuple[tuple[str, bytes], ...]
    known: tuple[str, ...]
    imported: Imported
    whole: Imported


def ask_import(*, patient: Patient, by: Person, files: Sequence[tuple[str, bytes]], same_person: str = "") -> Job:
    """Queue the import of these files. same_person: why they are this patient's although they name someone else."""
    sorted_out = checked(files)
    with transaction.atomic():
        job = Job.objects.create(
            kind="import",
            clinic=patient.clinic,
            patient=patient,
            by=by,
            total=2 * len(sorted_out.files),
            arguments={"same_person": same_person, "left_out": list(sorted_out.left_out)},
        )
        Upload.objects.bulk_create([Upload(job=job, name=name, body=body) for name, body in sorted_out.files])
    return job


def answer_import(*, patient: Patient, by: Person, job_id: UUID, same_person: str = "", person: str = "") -> None:
    """Answer the question an import stopped with. same_person: why the documents are this patient's; person: which of the people it is."""
    if not same_person.strip() and not person:
        raise UserError(
            "The import waits for an answer.", "Choose the person, or write why the documents are this patient's."
        )
    with transaction.atomic():
        job = _asking(patient, job_id)
        job.arguments |= {"same_person": same_person.strip()[:300]} | ({"person": person} if person else {})
        job.state, job.by, job.attempts, job.ended_at, job.says, job.done = State.QUEUED, by, 0, None, "", 0
        job.save()


def give_up_import(*, patient: Patient, job_id: UUID) -> None:
    """Take back an import that waits for an answer; its files are forgotten."""
    with transaction.atomic():
        _forget(_asking(patient, job_id), "Given up. Nothing was kept.")


def forget_unanswered() -> None:
    """Files nobody answered for are not kept for ever."""
    with acting("system:jobs"), transaction.atomic():
        for job in Job.objects.filter(state=State.ASKS, ended_at__lt=timezone.now() - UNANSWERED):
            _forget(job, "Nobody answered for two days. Nothing was kept.")


def read_uploads(job: Job) -> Read:
    """Read the files of an import job, before the database is locked for writing; tells how far it is."""
    if job.patient is None:
        raise UserError("The patient of this import is gone.")
    files = [(upload.name, bytes(upload.body)) for upload in job.uploads.order_by("id")]

    def told(done: int) -> None:
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(done=done, total=2 * len(files))

    return read(job.patient, files, told)


def import_uploads(job: Job, read: Read) -> str:
    """The work of an import job."""
    if job.patient is None:
        raise UserError("The patient of this import is gone.")
    reports = keep(
        patient=job.patient,
        by=job.by,
        read=read,
        same_person=str(job.arguments.get("same_person", "")),
        person=str(job.arguments.get("person", "")),
    )
    job.done = job.total
    kept, skipped = sum(report.kept for report in reports), sum(len(report.skipped) for report in reports)
    job.result = {"documents": [report.name for report in reports], "known": list(read.known)}
    job.result |= {"left_out": job.arguments.get("left_out", []), "kept": kept, "skipped": skipped}
    return f"{kept} records read from {len(reports)} documents; {skipped} places skipped, each with its reason."


def import_documents(
    *, patient: Patient, by: Person | None, files: Sequence[tuple[str, bytes]], same_person: str = "", person: str = ""
) -> tuple[DocumentReport, ...]:
    """Add documents to the patient's chart and make the chart anew. Returns the reports of the new documents.

    Raises UserError when nothing could be read, when the documents are there already, or (as QuestionError) when they name another
    person and no reason was given why they are this patient's, or several people and none was chosen.
    """
    return keep(patient=patient, by=by, read=read(patient, files), same_person=same_person, person=person)


def read(patient: Patient, files: Sequence[tuple[str, bytes]], told: Any = lambda done: None) -> Read:
    """Read new files and, together with them, the whole record. told: called with the number of documents read so far."""
    patient.refresh_from_db(fields=["chart_version"])
    documents = standing_documents(patient)
    digests = {document.sha256 for document in documents}
    taken = {document.name for document in documents}
    new: list[tuple[str, bytes]] = []
    known: list[str] = []
    for name, body in files:
        digest = hashlib.sha256(body).hexdigest()
        if digest in digests:
            known.append(name)
        else:
            digests.add(digest)
            new.append((_unused(name, taken), body))
    if not new:
        raise UserError("These documents are in the record already.", "Nothing needs to be imported.")

    def counted(from_: int) -> Iterator[tuple[str, bytes]]:
        for number, document in enumerate(new, from_):
            told(number)
            yield document

    imported = read_documents(counted(0), thorough=True, limits=UNPACKED)
    if not imported.charts:
        refused = "; ".join(warning for report in imported.documents for warning in report.warnings)
        raise UserError("Nothing in these files could be read as a record.", refused[:300])
    new = [each for each in new if _gave_something(each[0], imported.documents)]
    everything = [*((document.name, zlib.decompress(document.body)) for document in documents), *counted(len(files))]
    return Read(patient.chart_version, tuple(new), tuple(known), imported, read_documents(everything))


def keep(
    *, patient: Patient, by: Person | None, read: Read, same_person: str = "", person: str = ""
) -> tuple[DocumentReport, ...]:
    """Write what was read: all of it, or nothing."""
    with changing(patient, chart=True) as locked:
        theirs = whose_documents(locked, read.imported, same_person, person)
        fresh = locked.chart_version == read.chart_version
        standing = standing_documents(locked)
        taken, digests = {document.name for document in standing}, {document.sha256 for document in standing}
        kept = []
        for name, body in read.new:
            digest = hashlib.sha256(body).hexdigest()
            if name in theirs.left_out or digest in digests:
                continue
            kept.append(name if fresh else _unused(name, taken))
            Document.objects.create(
                patient=locked,
                by=by,
                name=kept[-1],
                sha256=digest,
                body=zlib.compress(body),
                size=len(body),
                whose=theirs.whose.get(name, []),
            )
        _complete_identity(locked, theirs.imported)
        whole = read.whole if fresh and not theirs.left_out else read_whole(standing_documents(locked))
        keep_chart(locked, whole)
    patient.refresh_from_db(fields=["born", "sex"])
    return tuple(report for report in whole.documents if any(belongs(report.name, name) for name in kept))


def _asking(patient: Patient, job_id: UUID) -> Job:
    job = Job.objects.select_for_update().filter(pk=job_id, patient=patient, kind="import", state=State.ASKS).first()
    if job is None:
        raise UserError("This import waits for no answer any more.", "Look at the list of documents.")
    return job


def _forget(job: Job, says: str) -> None:
    job.state, job.says, job.result, job.ended_at = State.FAILED, says, {}, timezone.now()
    job.save()
    job.uploads.all().delete()


def _gave_something(name: str, reports: Sequence[DocumentReport]) -> bool:
    """Whether any part of an uploaded file could be read. What was refused stands in the job's report, not in the record."""
    return any(belongs(report.name, name) and report.kind != "refused" for report in reports)


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
