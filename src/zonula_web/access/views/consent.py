"""What the patient agreed to, by kind of data. Only the patient gives or takes back consent; the clinic sees it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from zonula.errors import UserError
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.records.actions.consent import KINDS, state_consent
from zonula_web.records.consent import consents
from zonula_web.records.models import Patient


@gate(Right.SEE_RECORD)
def consent(request: Asked, patient: Patient) -> HttpResponse:
    """The kinds of data with what each means, and where consent stands."""
    may_give = Right.GIVE_CONSENT in request.rights or Right.CORRECT_RECORD in request.rights
    if request.method == "POST" and may_give:
        try:
            state_consent(
                patient=patient,
                by=request.person,
                data=request.POST.get("data", ""),
                given=request.POST.get("given") == "yes",
                on_paper=Right.GIVE_CONSENT not in request.rights,
                note=request.POST.get("note", ""),
            )
            messages.success(request, "Written down.")
        except UserError as wrong:
            messages.error(request, str(wrong))
        return redirect("consent", patient_id=patient.id)
    standing = consents(patient)
    rows = [
        {"kind": kind, "title": title, "means": means, "last": standing.get(kind)}
        for kind, (title, means) in KINDS.items()
    ]
    context = {
        "patient": patient,
        "rows": rows,
        "may_give": may_give,
        "by_paper": Right.GIVE_CONSENT not in request.rights,
    }
    return render(request, "access/consent.html", context | {"step": "consent", "step_title": "Consent"})
