"""What a phone asks and sends. Answers are JSON; every address needs the session, the right over this one record, and for writing the
token against forged requests."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zonula.errors import UserError
from zonula_web.access.gate import Asked, gate, signed_in
from zonula_web.access.rights import Right
from zonula_web.patient.jpeg import LARGEST, plain_jpeg
from zonula_web.patient.limits import limited_by_person
from zonula_web.patient.plan_of_day import day_plan
from zonula_web.patient.strict_json import NotAcceptedError, body_of, read_json
from zonula_web.records import read
from zonula_web.records.actions.consent import KINDS
from zonula_web.records.actions.diary import Sent, take
from zonula_web.records.actions.diary_own import Named, drop_photo, keep_meals, keep_photo, photo_of
from zonula_web.records.consent import agreed, consents
from zonula_web.records.diary_form import form as form_of
from zonula_web.records.read import Patient

MOST_BYTES = 1_000_000
ASKED = ("diary", "photos")


class Posted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a phone sends at once: entries, and meals with a name."""

    entries: tuple[Sent, ...] = ()
    meals: tuple[Named, ...] = ()


@signed_in
@require_GET
def me(request: Asked) -> HttpResponse:
    """Whose diary this is, what was agreed to, and the token for writing. patient: None when this person keeps no diary."""
    own: Patient | None = getattr(request.person, "own_record", None)
    return JsonResponse(
        {"patient": str(own.id) if own else None, "csrf": get_token(request), "consents": _consents(own) if own else {}}
    )


@gate(Right.WRITE_DIARY)
@require_GET
@limited_by_person(tries=240, seconds=60)
def form(request: Asked, patient: Patient) -> HttpResponse:
    """Everything that today's page shows."""
    return _json(
        {
            "now": timezone.now(),
            "day": read.today(patient.clinic),
            "clinic": patient.clinic.name,
            "consents": _consents(patient),
            "plan": day_plan(patient),
            **msgspec.structs.asdict(form_of(patient, read.today(patient.clinic))),
        }
    )


@gate(Right.WRITE_DIARY)
@require_POST
@limited_by_person(tries=120, seconds=60)
def sync(request: Asked, patient: Patient) -> HttpResponse:
    """Take in what a phone wrote. Nothing is taken without consent to the diary: the phone keeps it."""
    try:
        posted = read_json(request, Posted, MOST_BYTES)
        if not agreed(patient, "diary"):
            return JsonResponse({"why": "The diary waits for your consent.", "consent": "diary"}, status=403)
        synced = take(patient=patient, sent=posted.entries)
        if posted.meals:
            keep_meals(patient=patient, meals=posted.meals)
    except NotAcceptedError as refused:
        return refused.answer
    except UserError as wrong:
        return JsonResponse({"why": str(wrong)}, status=422)
    return _json(synced)


@gate(Right.SEE_DIARY)
@require_http_methods(["GET", "PUT", "DELETE"])
@limited_by_person(tries=120, seconds=60)
def photo(request: Asked, patient: Patient, photo_id: UUID) -> HttpResponse:
    """One picture: look at it, or as the patient send it or remove it for good."""
    if request.method == "GET":
        jpeg = photo_of(patient, photo_id)
        if jpeg is None:
            return HttpResponse(status=404)
        answer = HttpResponse(jpeg, content_type="image/jpeg")
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer
    if Right.WRITE_DIARY not in request.rights:
        return HttpResponse(status=404)
    try:
        if request.method == "DELETE":
            drop_photo(patient=patient, photo=photo_id)
        else:
            keep_photo(patient=patient, photo=photo_id, jpeg=plain_jpeg(body_of(request, LARGEST)))
    except NotAcceptedError as refused:
        return refused.answer
    except UserError as wrong:
        return JsonResponse({"why": str(wrong)}, status=422)
    return HttpResponse(status=204)


def _consents(patient: Patient) -> dict[str, dict[str, Any]]:
    """given: None when it was not asked yet."""
    stands = consents(patient)
    return {kind: {"words": KINDS[kind][1], "given": stands[kind].given if kind in stands else None} for kind in ASKED}


def _json(content: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(content), content_type="application/json")
