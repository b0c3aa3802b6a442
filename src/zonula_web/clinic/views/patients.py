"""The list of patients, a new patient, and the patient's first page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from zonula.errors import UserError
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.records import read
from zonula_web.records.actions.patients import new_patient
from zonula_web.records.patients import find_patients
from zonula_web.records.read import Patient


@gate(Right.FIND_PATIENTS)
def patient_list(request: Asked) -> HttpResponse:
    """The clinic's patients, found by name, birth date or number."""
    wanted = " ".join(request.GET.get("q", "").split())
    return render(
        request, "clinic/patients.html", {"patients": find_patients(request.clinic, wanted), "wanted": wanted}
    )


@gate(Right.IMPORT_RECORDS)
def new(request: Asked) -> HttpResponse:
    """Make a patient."""
    if request.method == "POST":
        fields = {name: request.POST.get(name, "") for name in ("name", "born", "sex", "number")}
        try:
            patient = new_patient(clinic=request.clinic, today=read.today(request.clinic), **fields)
        except UserError as wrong:
            messages.error(request, str(wrong))
            return render(request, "clinic/patient_new.html", {"fields": fields}, status=422)
        return redirect("patient", patient_id=patient.id)
    return render(request, "clinic/patient_new.html", {"fields": {"sex": "unknown"}})


@gate(Right.SEE_RECORD)
def overview(request: Asked, patient: Patient) -> HttpResponse:
    """The patient's first page: where the journey stands and what is to be done."""
    return render(request, "clinic/overview.html", {"patient": patient})
