"""The list of patients and who they are."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zonula.errors import UserError
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.discretion import may_see
from zonula_web.records import read
from zonula_web.records.actions.patients import change_identity, new_patient
from zonula_web.records.attention import ON_A_PAGE, Line, worklist
from zonula_web.records.matters import KINDS
from zonula_web.records.patients import MOST_FOUND, count_patients, find_patients, twins
from zonula_web.records.read import Patient

IDENTITY = ("name", "born", "sex", "number")
KEPT_BACK = "An answer about mental health needs a clinician."


@gate(Right.FIND_PATIENTS)
def patient_list(request: Asked) -> HttpResponse:
    """Who needs attention today; or the clinic's patients, found by name, birth date or number."""
    wanted = " ".join(request.GET.get("q", "").split())
    everyone = "all" in request.GET
    context: dict[str, Any] = {"wanted": wanted, "everyone": everyone, "total": count_patients(request.clinic)}
    if wanted or everyone:
        context |= {"patients": find_patients(request.clinic, wanted), "most": MOST_FOUND}
    else:
        kind = request.GET.get("kind", "")
        page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
        work = worklist(request.clinic, kind=kind if kind in KINDS else "", page=max(1, min(page, 1000)))
        work = work._replace(lines=tuple(_discreet(line, request) for line in work.lines))
        pages = -(-work.found // ON_A_PAGE)
        context |= {"work": work, "kind": kind, "page": page, "pages": pages, "page_numbers": range(1, pages + 1)}
    return render(request, "clinic/patients.html", context)


@gate(Right.IMPORT_RECORDS)
def new(request: Asked) -> HttpResponse:
    """Make a patient."""
    context: dict[str, Any] = {"heading": "New patient", "does": "Make the patient", "back": reverse("patients")}
    if request.method == "POST":
        fields = {name: request.POST.get(name, "") for name in IDENTITY}
        there = () if "anyway" in request.POST else twins(request.clinic, fields["name"], fields["born"].strip())
        if there:
            return render(request, "clinic/patient_new.html", context | {"fields": fields, "twins": there}, status=422)
        try:
            patient = new_patient(clinic=request.clinic, today=read.today(request.clinic), **fields)
        except UserError as wrong:
            return render(
                request, "clinic/patient_new.html", context | {"fields": fields, "problem": wrong}, status=422
            )
        messages.success(request, "The patient is made. Import the records next.")
        return redirect("documents", patient_id=patient.id)
    return render(request, "clinic/patient_new.html", context | {"fields": {"sex": "unknown"}})


@gate(Right.CORRECT_RECORD)
def identity(request: Asked, patient: Patient) -> HttpResponse:
    """Correct who the patient is."""
    back = reverse("patient", args=[patient.id])
    context = {"heading": f"Correct who {patient.name} is", "does": "Correct", "back": back, "patient": patient}
    fields = {name: getattr(patient, name) for name in IDENTITY}
    if request.method == "POST":
        fields = {name: request.POST.get(name, "") for name in IDENTITY}
        try:
            change_identity(patient=patient, today=read.today(request.clinic), **fields)
        except UserError as wrong:
            return render(
                request, "clinic/patient_new.html", context | {"fields": fields, "problem": wrong}, status=422
            )
        messages.success(request, "Corrected.")
        return redirect("patient", patient_id=patient.id)
    return render(request, "clinic/patient_new.html", context | {"fields": fields})


def _discreet(line: Line, request: Asked) -> Line:
    """The urgency of a reason is shown to everyone, its words to those who may see them."""
    reasons = tuple(
        reason if may_see(reason.key, request.rights) else reason._replace(why=KEPT_BACK, what="")
        for reason in line.reasons
    )
    return line._replace(reasons=reasons)
