"""Every fact of a chart with its source; facts entered, corrected and withdrawn by hand, with their history."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zonula.chart import Kind
from zonula.errors import UserError
from zonula.reports import wording
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic import fact_form
from zonula_web.records import documents, facts
from zonula_web.records.actions.corrections import correct_fact, enter_fact, take_back, withdraw_fact
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "facts", "step_title": "Facts"}
ON_A_PAGE = 100
LONGEST_QUESTION = 100


@gate(Right.SEE_RECORD)
def browse(request: Asked, patient: Patient) -> HttpResponse:
    """All facts, searched and filtered."""
    every = facts.rows(patient)
    chosen = {name: request.GET.get(name, "")[:LONGEST_QUESTION] for name in ("q", "kind", "origin", "document")}
    listed = documents.documents(patient)
    found = [row for row in every if _fits(row, chosen, listed)]
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    pages = max(1, -(-len(found) // ON_A_PAGE))
    page = max(1, min(page, pages))
    query = request.GET.copy()
    query.pop("page", None)
    context = PAGE | {
        "patient": patient,
        "rows": found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        "found": len(found),
        "total": len(every),
        "chosen": chosen,
        "kinds": [(kind.value, wording.KINDS[kind]) for kind in Kind],
        "origins": facts.ORIGINS,
        "documents": [(str(line.id), line.name) for line in listed if line.removed_at is None],
        "page": page,
        "pages": pages,
        "page_numbers": range(1, pages + 1),
        "query": query.urlencode(),
    }
    return render(request, "clinic/facts.html", context)


@gate(Right.SEE_RECORD)
def fact(request: Asked, patient: Patient, token: str) -> HttpResponse:
    """One fact: where it was read, in the words of its document, and what was done to it by hand."""
    found = _found(patient, token)
    sources = [
        {
            "document": source.document,
            "place": source.place,
            "provider": source.provider,
            "number": documents.number_of(patient, source.document),
            "excerpt": documents.excerpt(patient, source.document, source.place),
        }
        for source in found.fact.sources
    ]
    context = PAGE | {"patient": patient, "found": found, "sources": sources, "codes": found.fact.codes}
    context |= {"withdrawn": found.row.origin == facts.WITHDRAWN, "details": found.fact.details}
    whole = request.headers.get("X-Fragment") != "fact"
    return render(request, "clinic/fact.html" if whole else "clinic/fact_body.html", context)


@gate(Right.CORRECT_RECORD)
def new(request: Asked, patient: Patient) -> HttpResponse:
    """Enter a fact by hand."""
    fields = dict.fromkeys(fact_form.FIELDS, "") | {"kind": "condition", "status": "confirmed"}
    if request.method != "POST":
        return _form(request, patient, fields)
    fields = _fields(request)
    try:
        reason = request.POST.get("reason", "")
        token = enter_fact(patient=patient, by=request.person, fact=fact_form.to_fact(fields), reason=reason)
    except UserError as wrong:
        return _form(request, patient, fields, problem=str(wrong))
    messages.success(request, "The fact stands in the chart.")
    return redirect("fact", patient_id=patient.id, token=token)


@gate(Right.CORRECT_RECORD)
def correct(request: Asked, patient: Patient, token: str) -> HttpResponse:
    """Correct a fact; what was there stays visible."""
    found = _found(patient, token)
    if found.row.origin == facts.WITHDRAWN:
        raise Http404
    if request.method != "POST":
        return _form(request, patient, fact_form.from_fact(found.fact), found=found)
    fields = _fields(request) | {"kind": found.fact.kind.value}
    try:
        corrected = fact_form.to_fact(fields, found.fact)
        correct_fact(
            patient=patient, by=request.person, token=token, fact=corrected, reason=request.POST.get("reason", "")
        )
    except UserError as wrong:
        return _form(request, patient, fields, found=found, problem=str(wrong))
    messages.success(request, "Corrected. What was there before stands below.")
    return redirect("fact", patient_id=patient.id, token=token)


@require_POST
@gate(Right.CORRECT_RECORD)
def withdraw(request: Asked, patient: Patient, token: str) -> HttpResponse:
    """Take a fact out of the chart."""
    try:
        withdraw_fact(patient=patient, by=request.person, token=token, reason=request.POST.get("reason", ""))
        messages.success(request, "The fact is out of the chart. It stays visible here and can be taken back in.")
    except UserError as wrong:
        messages.error(request, str(wrong))
    return redirect("fact", patient_id=patient.id, token=token)


@require_POST
@gate(Right.CORRECT_RECORD)
def undo(request: Asked, patient: Patient, token: str, number: int) -> HttpResponse:
    """Take back an entry of a fact's history."""
    try:
        take_back(patient=patient, by=request.person, number=number, reason=request.POST.get("reason", ""))
        messages.success(request, "Taken back.")
    except UserError as wrong:
        messages.error(request, str(wrong))
    if facts.page(patient, token) is None:  # a fact that was only entered by hand is gone with its entry
        return redirect("facts", patient_id=patient.id)
    return redirect("fact", patient_id=patient.id, token=token)


def _fits(row: facts.Row, chosen: dict[str, str], listed: tuple[documents.Line, ...]) -> bool:
    if chosen["kind"] and row.kind != chosen["kind"]:
        return False
    if chosen["origin"] and row.origin != chosen["origin"]:
        return False
    if chosen["document"]:
        line = next((line for line in listed if str(line.id) == chosen["document"]), None)
        names = {report.name for report in line.reports} | {line.name} if line else set()
        if not names.intersection(row.documents):
            return False
    line_of = row.line
    searched = f"{line_of.when} {line_of.text} {line_of.result} {line_of.standing} {line_of.provider} {line_of.note}".casefold()
    return all(word in searched for word in chosen["q"].casefold().split())


def _found(patient: Patient, token: str) -> facts.Page:
    found = facts.page(patient, token)
    if found is None:
        raise Http404
    return found


def _fields(request: Asked) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in fact_form.FIELDS}


def _form(
    request: Asked, patient: Patient, fields: dict[str, str], *, found: facts.Page | None = None, problem: str = ""
) -> HttpResponse:
    context = PAGE | {
        "patient": patient,
        "fields": fields,
        "found": found,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "kinds": [(kind.value, wording.KINDS[kind]) for kind in fact_form.KINDS],
        "statuses": [(status.value, words) for status, words in fact_form.STATUSES.items()],
        "result": found is None or found.fact.kind is Kind.OBSERVATION,
    }
    return render(request, "clinic/fact_form.html", context, status=422 if problem else 200)
