"""Documents of a patient: import by drag and drop with progress and report, download, removal with a reason."""

import json
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from zonula.errors import UserError
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.audit.record import record
from zonula_web.records import documents, facts, uploads
from zonula_web.records.actions.documents import put_back_document, remove_document
from zonula_web.records.actions.importing import answer_import, ask_import, give_up_import
from zonula_web.records.read import Patient

PAGE = {"step": "documents", "step_title": "Documents"}


@gate(Right.SEE_RECORD)
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """The documents, the newest imports, and the place where files are dropped."""
    return _page(request, patient)


@require_POST
@gate(Right.IMPORT_RECORDS)
def upload(request: Asked, patient: Patient) -> HttpResponse:
    """Take files in and queue their import."""
    try:
        files = _files(request)
        ask_import(patient=patient, by=request.person, files=files)
    except UserError as wrong:
        return _page(request, patient, problem=str(wrong), status=422)
    return redirect(f"{reverse('documents', args=[patient.id])}#imports")


@require_GET
@gate(Right.SEE_RECORD, read="the progress of an import")
def progress(request: Asked, patient: Patient, job_id: UUID) -> HttpResponse:
    """How far an import is; asked again and again while it runs."""
    each = _import(patient, job_id)
    response = render(request, "clinic/import.html", {"patient": patient, "each": each})
    if not each.runs and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"  # the lists of the page around it changed too
    return response


@require_POST
@gate(Right.IMPORT_RECORDS)
def answer(request: Asked, patient: Patient, job_id: UUID) -> HttpResponse:
    """Answer what an import asked: whose documents these are, and why."""
    _import(patient, job_id)
    try:
        if "give_up" in request.POST:
            give_up_import(patient=patient, job_id=job_id)
        else:
            answer_import(
                patient=patient,
                by=request.person,
                job_id=job_id,
                same_person=request.POST.get("same_person", ""),
                person=request.POST.get("person", ""),
            )
    except UserError as wrong:
        return _page(request, patient, problem=str(wrong), status=422)
    return redirect(f"{reverse('documents', args=[patient.id])}#imports")


@require_GET
@gate(Right.SEE_RECORD, read="a document")
def download(request: Asked, patient: Patient, number: int) -> HttpResponse:
    """A document as it was uploaded, as a download: it is never shown as a page of this site."""
    found = documents.file_of(patient, number)
    if found is None:
        raise Http404
    record("downloaded", patient=patient.id, table="records_document", row=str(number))
    return HttpResponse(
        found.body,
        content_type="application/octet-stream",
        headers={"Content-Disposition": _attachment(found.name), "Content-Security-Policy": "sandbox"},
    )


@require_POST
@gate(Right.CORRECT_RECORD)
def remove(request: Asked, patient: Patient, number: int) -> HttpResponse:
    """Take a document out of the chart."""
    try:
        remove_document(patient=patient, number=number, because=request.POST.get("because", ""))
    except UserError as wrong:
        return _page(request, patient, problem=str(wrong), status=422)
    messages.success(request, "The document is out of the chart. It stays in the history and can be put back.")
    return redirect("documents", patient_id=patient.id)


@require_POST
@gate(Right.CORRECT_RECORD)
def put_back(request: Asked, patient: Patient, number: int) -> HttpResponse:
    """Take a removal back."""
    try:
        put_back_document(patient=patient, number=number)
    except UserError as wrong:
        return _page(request, patient, problem=str(wrong), status=422)
    messages.success(request, "The document is in the chart again.")
    return redirect("documents", patient_id=patient.id)


def _page(request: Asked, patient: Patient, *, problem: str = "", status: int = 200) -> HttpResponse:
    listed = documents.documents(patient)
    context: dict[str, Any] = PAGE | {
        "patient": patient,
        "problem": problem,
        "documents": [line for line in listed if line.removed_at is None],
        "removed": [line for line in listed if line.removed_at is not None],
        "imports": documents.imports(patient),
        "resting": facts.resting(patient),
        "most_files": uploads.MOST_FILES,
        "largest_file": uploads.LARGEST_FILE,
        "largest_upload": uploads.LARGEST_UPLOAD,
        "in_words": uploads.IN_WORDS,
        "endings": ",".join(uploads.ENDINGS),
    }
    return render(request, "clinic/documents.html", context, status=status)


def _files(request: Asked) -> list[tuple[str, bytes]]:
    """The files with their paths inside a dropped folder, which a browser tells in a field of its own."""
    chosen = [*request.FILES.getlist("files"), *request.FILES.getlist("folder")]
    if sum(file.size or 0 for file in chosen) > uploads.LARGEST_UPLOAD:
        raise UserError(
            f"Together the files are larger than {uploads.LARGEST_UPLOAD >> 20} MB.", "Upload them in parts."
        )
    try:
        paths = json.loads(request.POST.get("paths", "[]") or "[]")
    except ValueError:
        paths = []
    told = isinstance(paths, list) and len(paths) == len(chosen) and all(isinstance(path, str) for path in paths)
    names = paths if told else [file.name or "document" for file in chosen]
    return [(name, file.read()) for name, file in zip(names, chosen, strict=True)]


def _import(patient: Patient, job_id: UUID) -> documents.Import:
    found = documents.one_import(patient, job_id)
    if found is None:
        raise Http404
    return found


def _attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name.rpartition('/')[2] or 'document', safe='')}"
