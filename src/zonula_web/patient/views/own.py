"""The own data: take it away, remove it for good, and the passport of foods that were tested."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.audit.record import record
from zonula_web.patient import export
from zonula_web.patient.own_foods import own_foods, tested_foods
from zonula_web.patient.paper import diary_pdf
from zonula_web.records import read, suspects
from zonula_web.records.actions.diary_own import counts, erase_diary
from zonula_web.records.read import Patient

ERASE = "delete"


@gate(Right.WRITE_DIARY)
def data(request: Asked, patient: Patient) -> HttpResponse:
    """What is kept, and what can be done with it."""
    return render(request, "patient/data.html", {"patient": patient, "kept": counts(patient), "word": ERASE})


@gate(Right.EXPORT)
def as_csv(request: Asked, patient: Patient) -> HttpResponse:
    """The documented table."""
    return _file(patient, export.table(patient).encode("utf-8-sig"), "text/csv; charset=utf-8", "csv")


@gate(Right.EXPORT)
def as_json(request: Asked, patient: Patient) -> HttpResponse:
    """Everything exactly as it was written."""
    return _file(patient, export.as_written(patient), "application/json", "json")


@gate(Right.EXPORT)
def as_pdf(request: Asked, patient: Patient) -> HttpResponse:
    """The diary on paper, day by day."""
    return _file(patient, diary_pdf(patient, read.now(patient.clinic)), "application/pdf", "pdf")


@gate(Right.WRITE_DIARY)
@require_POST
def erase(request: Asked, patient: Patient) -> HttpResponse:
    """Remove the whole diary for good, here and on this phone, once the word was typed."""
    if request.POST.get("word", "").strip().lower() != ERASE:
        context = {"patient": patient, "kept": counts(patient), "word": ERASE, "wrong": f"Type {ERASE} to go on."}
        return render(request, "patient/data.html", context, status=422)
    erased = erase_diary(patient=patient)
    messages.success(
        request, f"Removed for good: {erased.entries} entries, {erased.photos} photos, {erased.meals} meals."
    )
    answer = redirect("diary_data", patient_id=patient.id)
    answer["Clear-Site-Data"] = '"storage"'
    return answer


@gate(Right.SEE_RECORD)
def passport(request: Asked, patient: Patient) -> HttpResponse:
    """Each food that was tested: result, how, when, and until when it holds."""
    context = {"patient": patient, "rows": tested_foods(patient), "day": read.today(patient.clinic)}
    return render(request, "patient/passport.html", context)


@gate(Right.SEE_DIARY)
def my_foods(request: Asked, patient: Patient) -> HttpResponse:
    """What was tested, then what the diary suggests."""
    standing = suspects.standing(patient)
    context = {
        "patient": patient,
        "rows": tested_foods(patient),
        "foods": own_foods(patient, standing) if standing else None,
    }
    return render(request, "patient/my_foods.html", context)


def _file(patient: Patient, content: bytes, content_type: str, ending: str) -> HttpResponse:
    record("exported", patient=patient.id, detail=f"diary as {ending}")
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="diary.{ending}"'
    return answer
