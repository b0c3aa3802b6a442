"""Everything the clinic holds of a patient, to take away: FHIR, tables, the documents as they came."""

import csv
import io
import json
import tempfile
import zipfile
import zlib
from typing import IO, Any

import msgspec
from django.db.models import Sum

from zonula import __version__
from zonula.chart import Chart
from zonula.chart_export import Resource, bundle, facts_csv, reference_of
from zonula.chart_export.flat import safe_cell
from zonula.errors import UserError
from zonula.reports.plan_fhir import plan_resources, verdict_resources
from zonula.treatment_protocols import limits, state_on
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.models import (
    Answers,
    Consent,
    DiaryEntry,
    DiaryMeal,
    DiaryPhoto,
    Document,
    Entry,
    Evidence,
    Patient,
    PlanEvent,
    SkinSession,
    Task,
)
from zonula_web.records.models import Plan as PlanRow
from zonula_web.records.passport import passport

IN_MEMORY = (
    32 << 20
)  # bytes of documents up to which the export is kept in memory; beyond that it goes to a temporary file
_README = """Everything that is kept about one person, written by Zonula {version} on {day}.

record.fhir.json   the record as a FHIR R4 Bundle: problems, results, medicines, visits, answers to questionnaires, the plan
facts.csv          the facts of the record as a table, one line each
diary.csv          the diary as a table
clinic.json        what the clinic wrote: plans with every event, tests, tasks, statements, consents, corrections with their reasons
photos/            the pictures of the diary
documents/         the documents as they were brought in, byte for byte

A text in a table that a spreadsheet would run as a formula begins with an apostrophe.
"""


def fhir_bundle(patient: Patient) -> bytes:
    """The record as a FHIR R4 collection Bundle, UTF-8 JSON."""
    written = bundle(_chart(patient), read.knowledge(), (*_answers(patient), *_plan(patient)))
    return json.dumps(written, ensure_ascii=False, indent=1).encode()


def csv_table(patient: Patient) -> bytes:
    """The facts as a table; the byte order mark lets spreadsheets read the letters."""
    return facts_csv(_chart(patient)).encode("utf-8-sig")


def everything(patient: Patient) -> IO[bytes]:
    """One zip of all of it, at its beginning."""
    size = Document.objects.filter(patient=patient).aggregate(all=Sum("size"))["all"] or 0
    packed: IO[bytes] = io.BytesIO() if size < IN_MEMORY else tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README.format(version=__version__, day=read.today(patient.clinic)))
        archive.writestr("record.fhir.json", fhir_bundle(patient))
        archive.writestr("facts.csv", csv_table(patient))
        archive.writestr("diary.csv", _diary(patient))
        archive.writestr("clinic.json", _clinic(patient))
        for row in Document.objects.filter(patient=patient).order_by("id").iterator(chunk_size=1):
            archive.writestr(f"documents/{row.pk}-{_flat(row.name)}", zlib.decompress(bytes(row.body)))
        for photo in DiaryPhoto.objects.filter(patient=patient).order_by("id").iterator(chunk_size=1):
            archive.writestr(f"photos/{photo.pk}.jpg", bytes(photo.body))
    packed.seek(0)
    return packed


def _chart(patient: Patient) -> Chart:
    """The chart under the clinic's own id and name of the patient."""
    chart = read.chart(patient)
    who = msgspec.structs.replace(chart.patient, id=str(patient.id), name=patient.name or chart.patient.name)
    return msgspec.structs.replace(chart, patient=who)


def _answers(patient: Patient) -> list[Resource]:
    who = _chart(patient).patient
    _, subject = reference_of(who, read.knowledge())
    found = []
    for row in Answers.objects.filter(patient=patient, withdrawn_because="").order_by("day", "id"):
        response_id, _ = reference_of(who, read.knowledge(), f"answers {row.pk}")
        found.append({**row.response, "id": response_id, "subject": {"reference": subject}})
    return found


def _plan(patient: Patient) -> list[Resource]:
    who, shelf = _chart(patient).patient, read.knowledge()
    _, subject = reference_of(who, shelf)
    day = read.today(patient.clinic)
    found: list[Resource] = list(
        verdict_resources(passport(patient).tests, day, subject, lambda name: reference_of(who, shelf, name))
    )
    for row in PlanRow.objects.filter(patient=patient).order_by("id"):
        try:
            plan = read.plan(row)
            state = state_on(plan.protocol, plan.events, day, limits(shelf))
        except UserError:
            continue  # its rows stand in clinic.json all the same
        out = plans.not_eaten(patient) if row.closed_at is None else ()
        at = read.now(patient.clinic).isoformat(timespec="seconds")
        found += plan_resources(plan, state, out, subject, at, _of_plan(who, row.pk))
    return found


def _of_plan(who: Any, number: int) -> Any:
    return lambda name: reference_of(who, read.knowledge(), f"plan {number} {name}")


def _diary(patient: Patient) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("id", "kind", "day", "recorded_at", "revision", "deleted", "disputes", "entry"))
    for row in DiaryEntry.objects.filter(patient=patient):
        cells = (
            row.id, row.kind, row.day, row.recorded_at.isoformat(), row.revision, "yes" if row.deleted else "no",
            row.conflict_of or "", json.dumps(row.body, ensure_ascii=False),
        )  # fmt: skip
        writer.writerow([safe_cell(str(cell)) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _clinic(patient: Patient) -> bytes:
    """What was written at the clinic, row by row; who wrote it by name."""
    plans_of = [
        _row(row, "protocol", "protocol_fingerprint", "protocol_body", "closed_at")
        | {
            "events": [
                _row(event, "number", "event") for event in PlanEvent.objects.filter(plan=row).select_related("by")
            ]
        }
        for row in PlanRow.objects.filter(patient=patient).select_related("by").order_by("id")
    ]
    tables: dict[str, Any] = {
        "format": "zonula.clinic-export/1",
        "patient": {
            "id": str(patient.id), "name": patient.name, "born": patient.born, "sex": patient.sex, "number": patient.number,
        },
        "plans": plans_of,
        "meals_with_a_name": list(DiaryMeal.objects.filter(patient=patient).values("id", "name", "items")),
        "statements": _rows(Evidence, patient, "kind", "body"),
        "skin_tests": _rows(SkinSession, patient, "day", "body", "finished", "withdrawn_because"),
        "answers": _rows(Answers, patient, "form", "day", "response", "withdrawn_because"),
        "corrections": _rows(Entry, patient, "fact_id", "replaces", "fact", "original", "reason"),
        "tasks": _rows(Task, patient, "key", "kind", "level", "what", "why", "who", "due", "done_at", "done_note"),
        "consents": _rows(Consent, patient, "data", "given", "words"),
        "documents": _rows(Document, patient, "name", "sha256", "size", "removed_at", "removed_because"),
    }  # fmt: skip
    return json.dumps(tables, ensure_ascii=False, indent=1, default=str).encode()


def _rows(model: Any, patient: Patient, *names: str) -> list[dict[str, Any]]:
    rows = model.objects.filter(patient=patient).select_related("by").order_by("id")
    if model is Document:
        rows = rows.defer("body")
    return [_row(row, *names) for row in rows]


def _row(row: Any, *names: str) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "by": row.by.name if row.by else "",
        **{name: getattr(row, name) for name in names},
    }


def _flat(name: str) -> str:
    """A document's name inside the zip: no folders, nothing that leads out of it."""
    kept = "".join(
        letter if letter.isalnum() or letter in "._- " else "_" for letter in name.replace("\\", "/").rpartition("/")[2]
    )
    return kept.strip(". ")[:120] or "document"
