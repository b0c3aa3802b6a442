"""Who looked, and what they did: in each record for those it is about, and for the whole clinic."""

from django.http import HttpResponse
from django.shortcuts import render

from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.audit.chain import walk
from zonula_web.audit.reading import MOST_SHOWN, lines_of, lines_of_clinic
from zonula_web.records.models import Patient


@gate(Right.SEE_AUDIT)
def of_patient(request: Asked, patient: Patient) -> HttpResponse:
    """The log of one record."""
    context = {
        "patient": patient,
        "lines": lines_of(patient.id),
        "most": MOST_SHOWN,
        "step": "log",
        "step_title": "Who looked",
    }
    return render(request, "access/log_of_patient.html", context)


@gate(Right.MANAGE_PEOPLE)
def of_clinic(request: Asked) -> HttpResponse:
    """The log of everyone who works here; on request the whole chain is checked."""
    walked = walk(request.POST.get("head", "").strip()) if request.method == "POST" else None
    context = {"lines": lines_of_clinic(request.clinic), "most": MOST_SHOWN, "walked": walked}
    return render(request, "access/log_of_clinic.html", context)
