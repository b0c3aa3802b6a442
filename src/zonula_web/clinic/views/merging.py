"""Merging two records of one person, and taking a merge back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zonula.errors import UserError
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.audit.record import record
from zonula_web.records import read
from zonula_web.records.actions import merging
from zonula_web.records.merges import merges
from zonula_web.records.patients import find_patients
from zonula_web.records.read import Patient

PAGE: dict[str, Any] = {"step": "overview", "step_title": "Merge"}


@gate(Right.MERGE)
def merge(request: Asked, patient: Patient) -> HttpResponse:
    """Find the other record, compare both, and merge it into this one."""
    wanted = " ".join(request.GET.get("q", "").split())
    other = merging.found_other(patient, request.POST.get("other") or request.GET.get("other") or "")
    context = PAGE | {"patient": patient, "wanted": wanted, "other": other, "merges": merges(patient)}
    if wanted:
        context["found"] = [one for one in find_patients(request.clinic, wanted) if one.pk != patient.pk]
    if other is not None:
        record("saw", patient=other.id, detail="merge")
        context["counts"] = [len(read.chart(one).facts) for one in (patient, other)]
    if request.method != "POST":
        return render(request, "clinic/merge.html", context)
    try:
        if other is None:
            raise UserError("Choose the other record first.")
        merging.merge(
            patient=patient,
            other=other,
            by=request.person,
            because=request.POST.get("because", ""),
            same_birth_date="although" not in request.POST,
        )
    except UserError as wrong:
        context |= {"problem": str(wrong), "because": request.POST.get("because", "")}
        return render(request, "clinic/merge.html", context, status=422)
    messages.success(
        request, "The records are one. The other's address leads here; the merge can be taken back on this page."
    )
    return redirect("merge", patient_id=patient.id)


@require_POST
@gate(Right.MERGE)
def undo(request: Asked, patient: Patient, number: int) -> HttpResponse:
    """Take a merge back."""
    try:
        other = merging.take_apart(patient=patient, number=number, because=request.POST.get("because", ""))
        messages.success(request, f"They are two records again; the other one is {other.name}.")
    except UserError as wrong:
        messages.error(request, str(wrong))
    return redirect("merge", patient_id=patient.id)
