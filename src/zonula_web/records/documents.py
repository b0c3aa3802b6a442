"""The documents of a patient and the imports that brought them, as pages show them."""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from zonula.chart_import import DocumentReport
from zonula_web.jobs.models import Job, State
from zonula_web.records import read
from zonula_web.records.actions.charts import belongs
from zonula_web.records.models import Document, Patient

LONGEST_EXCERPT = 6000
LARGEST_OPENED = 40 << 20  # bytes unpacked to look for one excerpt


class Line(NamedTuple):
    """One document. reports: of it and of everything that was inside it."""

    id: int
    name: str
    size: int
    at: datetime
    by: str
    removed_at: datetime | None
    removed_because: str
    whose: tuple[str, ...]
    reports: tuple[DocumentReport, ...]


class Import(NamedTuple):
    """One import. share: percent done while it runs; people: whom it asks about; reports: of its documents.

    because: why its documents were said to be this patient's although they name someone else.
    """

    id: UUID
    state: str
    says: str
    at: datetime
    by: str
    share: int
    question: str
    people: tuple[dict[str, Any], ...]
    because: str
    known: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    reports: tuple[DocumentReport, ...]

    @property
    def runs(self) -> bool:
        """Whether it is still being worked on."""
        return self.state in (State.QUEUED, State.RUNNING)


class File(NamedTuple):
    """A document as it was uploaded."""

    name: str
    body: bytes


def documents(patient: Patient) -> tuple[Line, ...]:
    """Every document, the removed ones last."""
    reports = read.import_reports(patient)
    rows = Document.objects.filter(patient=patient).select_related("by").defer("body").order_by("id")
    lines = [
        Line(
            row.pk,
            row.name,
            row.size,
            row.at,
            row.by.name if row.by else "the system",
            row.removed_at,
            row.removed_because,
            tuple(row.whose),
            () if row.removed_at else tuple(report for report in reports if belongs(report.name, row.name)),
        )
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: line.removed_at is not None))


def imports(patient: Patient, newest: int = 10) -> tuple[Import, ...]:
    """The newest imports, newest first."""
    jobs = Job.objects.filter(patient=patient, kind="import").select_related("by").order_by("-made_at")[:newest]
    return tuple(_import(job, patient) for job in jobs)


def one_import(patient: Patient, job_id: UUID) -> Import | None:
    """One import of this patient."""
    job = Job.objects.filter(patient=patient, kind="import", pk=job_id).select_related("by").first()
    return None if job is None else _import(job, patient)


def file_of(patient: Patient, number: int) -> File | None:
    """The bytes of a document as it was uploaded."""
    row = Document.objects.filter(patient=patient, pk=number).first()
    return None if row is None else File(row.name, zlib.decompress(row.body))


def number_of(patient: Patient, source: str) -> int | None:
    """The document in which a fact's source was read, if it still stands."""
    rows = Document.objects.filter(patient=patient, removed_at=None).values_list("id", "name")
    return next((number for number, name in rows if belongs(source, name)), None)


def excerpt(patient: Patient, source: str, place: str) -> str:
    """The lines or the resource a fact was read from, as written; empty when it cannot be cut out of its document."""
    number = number_of(patient, source)
    found = None if number is None else file_of(patient, number)
    body = None if found is None else _inside(found, source)
    if body is None:
        return ""
    text = body.decode("utf-8-sig", errors="replace")
    if place.startswith("line "):
        cut = _line(text, place)
    elif text.lstrip()[:1] in ("{", "["):
        cut = _resource(text, place)
    else:
        cut = ""
    return cut if len(cut) <= LONGEST_EXCERPT else f"{cut[:LONGEST_EXCERPT]}\n…"


def _import(job: Job, patient: Patient) -> Import:
    result = job.result or {}
    names = set(result.get("documents", ()))
    reports = tuple(report for report in read.import_reports(patient) if report.name in names) if names else ()
    return Import(
        id=job.pk,
        state=job.state,
        says=job.says,
        at=job.made_at,
        by=job.by.name if job.by else "the system",
        share=round(100 * min(job.done, job.total) / job.total) if job.total else 0,
        question=str(result.get("question", "")),
        people=tuple(result.get("people", ())),
        because=str((job.arguments or {}).get("same_person", "")),
        known=tuple(result.get("known", ())),
        left_out=tuple((name, why) for name, why in result.get("left_out", ())),
        reports=reports,
    )


def _inside(found: File, source: str) -> bytes | None:
    """The bytes of the document itself, or of the one inside an archive that is called `source`."""
    body = found.body
    try:
        if body.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                member = archive.getinfo(source.removeprefix(f"{found.name}/"))
                if member.file_size > LARGEST_OPENED:
                    return None
                with archive.open(member) as opened:
                    body = opened.read(LARGEST_OPENED)
        if body.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(body)) as opened:
                body = opened.read(LARGEST_OPENED)
    except (KeyError, OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError):
        return None  # an excerpt is a convenience; the whole document can be downloaded
    return body


def _line(text: str, place: str) -> str:
    lines, number = text.splitlines(), place.removeprefix("line ").partition(",")[0]
    if not number.isdecimal() or not 0 < int(number) <= len(lines):
        return ""
    return f"{lines[0]}\n{lines[int(number) - 1]}"


def _resource(text: str, place: str) -> str:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    for resource in _resources([whole] if whole is not None else _each(text.splitlines())):
        name = f"{resource.get('resourceType')}/{resource.get('id')}"
        if place == name or place.startswith(f"{name}."):  # a part of it, such as a component
            return json.dumps(resource, indent=1, ensure_ascii=False)
    return ""


def _each(lines: Iterable[str]) -> Iterator[Any]:
    for line in lines:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue


def _resources(found: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for one in found:
        if isinstance(one, list):
            yield from _resources(one)
        elif isinstance(one, dict):
            yield one
            entries = one.get("entry")
            if isinstance(entries, list):
                yield from _resources(entry.get("resource") for entry in entries if isinstance(entry, dict))
