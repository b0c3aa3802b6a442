"""What belongs to the patient alone: meals with a name, pictures, and the end of the whole diary."""

from typing import Any
from uuid import UUID

import msgspec

from zonula.diary.entry import MOST_ITEMS, Eaten
from zonula.errors import UserError
from zonula_web.audit.record import record
from zonula_web.records.actions.changing import changing
from zonula_web.records.consent import agreed
from zonula_web.records.models import DiaryEntry, DiaryMeal, DiaryPhoto, Patient

MOST_NAMED, LONGEST_NAME = 200, 120
MOST_PHOTOS = 2000


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A meal with a name, as a phone sends it. deleted: it is no longer wanted."""

    id: UUID
    name: str = ""
    items: tuple[Eaten, ...] = ()
    deleted: bool = False


class Erased(msgspec.Struct, frozen=True):
    """How much there was."""

    entries: int
    photos: int
    meals: int


def keep_meals(*, patient: Patient, meals: tuple[Named, ...]) -> None:
    """Keep or drop meals with a name; sending again changes nothing. Raises UserError when one cannot be kept; then none is."""
    with changing(patient) as locked:
        for one in meals:
            there = DiaryMeal.objects.filter(pk=one.id).first()
            if there is not None and there.patient_id != locked.id:
                raise UserError("This id is taken.", "Give the meal another id.")
            if one.deleted:
                DiaryMeal.objects.filter(pk=one.id, patient=locked).delete()
                continue
            name = " ".join(one.name.split())
            if not 0 < len(name) <= LONGEST_NAME or not 0 < len(one.items) <= MOST_ITEMS:
                raise UserError("A meal needs a name and something in it.", f"Up to {LONGEST_NAME} letters.")
            items: list[Any] = msgspec.json.decode(msgspec.json.encode(one.items))
            DiaryMeal.objects.update_or_create(pk=one.id, defaults={"patient": locked, "name": name, "items": items})
        if DiaryMeal.objects.filter(patient=locked).count() > MOST_NAMED:
            raise UserError(f"At most {MOST_NAMED} meals can have a name.", "Remove some that you no longer eat.")


def keep_photo(*, patient: Patient, photo: UUID, jpeg: bytes) -> None:
    """Keep a picture once. Raises UserError without consent to photos, when there are too many, or when the id is another's."""
    if not agreed(patient, "photos"):
        raise UserError("Photos are kept only when you agreed to it.", "Agree to photos first.")
    with changing(patient) as locked:
        there = DiaryPhoto.objects.filter(pk=photo).first()
        if there is not None and there.patient_id != locked.id:
            raise UserError("This id is taken.", "Give the photo another id.")
        if there is None:
            if DiaryPhoto.objects.filter(patient=locked).count() >= MOST_PHOTOS:
                raise UserError(f"At most {MOST_PHOTOS} photos are kept.", "Remove some first.")
            DiaryPhoto.objects.create(id=photo, patient=locked, body=jpeg)


def drop_photo(*, patient: Patient, photo: UUID) -> None:
    """Remove a picture for good; nothing happens when it is not there."""
    with changing(patient) as locked:
        DiaryPhoto.objects.filter(pk=photo, patient=locked).delete()


def photo_of(patient: Patient, photo: UUID) -> bytes | None:
    """The picture, or None."""
    body = DiaryPhoto.objects.filter(pk=photo, patient=patient).values_list("body", flat=True).first()
    return None if body is None else bytes(body)


def named_meals(patient: Patient) -> list[dict[str, Any]]:
    """The meals with a name."""
    return [
        {"id": str(row.id), "name": row.name, "items": row.items} for row in DiaryMeal.objects.filter(patient=patient)
    ]


def counts(patient: Patient) -> Erased:
    """How much there is, removed entries included."""
    return Erased(*(model.objects.filter(patient=patient).count() for model in (DiaryEntry, DiaryPhoto, DiaryMeal)))


def erase_diary(*, patient: Patient) -> Erased:
    """Remove every entry, picture and named meal for good, earlier versions and removed entries too. The log keeps their ids only."""
    with changing(patient) as locked:
        erased = counts(locked)
        for model in (DiaryEntry, DiaryPhoto, DiaryMeal):
            model.objects.filter(patient=locked).delete()
        record("erased the diary", patient=locked.id, detail=f"{erased.entries} entries")
    return erased
