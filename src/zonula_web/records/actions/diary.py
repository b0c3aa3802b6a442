"""Taking in what phones send. Whatever the order, however often it is sent: nothing is lost, nothing is doubled.

The rules, for an entry whose id the phone made:
- an id never seen is a new entry;
- the same content again is the same entry;
- an edit made from the newest version replaces it;
- an edit made from an older version is kept beside it, as an entry of its own that names the one it disputes, until the patient
  chooses. Its id is derived from both, so that sending it again finds it again.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from django.db.models import Max
from django.utils import timezone

from zonula.diary.entry import Alarm, AnyEntry, ChallengeDose, Stool, body_of, read_entry
from zonula.errors import UserError
from zonula_web.records.actions.asking import Wanted, ask_of
from zonula_web.records.actions.changing import changing
from zonula_web.records.matters import ANSWERS
from zonula_web.records.models import DiaryEntry, Patient
from zonula_web.records.suspects import food_name

MOST_AT_ONCE = 500
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_DISPUTED = uuid.UUID("7b0c6d5e-3f0a-4a43-9a0e-1d6f3f1f7a11")


class Sent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry as a phone sends it. base: the revision that the phone had edited, 0 for a new entry."""

    id: uuid.UUID
    base: Annotated[int, msgspec.Meta(ge=0)]
    kind: Annotated[str, msgspec.Meta(max_length=20)]
    body: dict[str, Any]
    recorded_at: datetime
    deleted: bool = False


class Refused(msgspec.Struct, frozen=True):
    """An entry that could not be taken, and why; the phone keeps it and shows why."""

    id: uuid.UUID
    why: str


class Synced(msgspec.Struct, frozen=True, kw_only=True):
    """number: where the diary stands now. accepted: safe on the server. disputed: kept beside another version. refused: not taken."""

    number: int
    accepted: tuple[uuid.UUID, ...]
    disputed: tuple[uuid.UUID, ...]
    refused: tuple[Refused, ...]


def take(*, patient: Patient, sent: Sequence[Sent]) -> Synced:
    """Take in what a phone sends, in one transaction. Raises UserError when it is too much at once."""
    if len(sent) > MOST_AT_ONCE:
        raise UserError(f"At most {MOST_AT_ONCE} entries at once.", "Send them in parts.")
    accepted: list[uuid.UUID] = []
    disputed: list[uuid.UUID] = []
    refused: list[Refused] = []
    with changing(patient) as locked:
        number = DiaryEntry.objects.filter(patient=locked).aggregate(last=Max("number"))["last"] or 0
        rows = {row.id: row for row in DiaryEntry.objects.filter(pk__in=_wanted(sent))}
        for one in sent:
            try:
                entry = read_entry(one.kind, one.body)
                number, side = _take_one(locked, one, entry, rows, number)
            except UserError as wrong:
                refused.append(Refused(one.id, wrong.what))
                continue
            (disputed if side else accepted).append(one.id)
    return Synced(number=number, accepted=tuple(accepted), disputed=tuple(disputed), refused=tuple(refused))


def changed_since(patient: Patient, number: int, most: int = MOST_AT_ONCE) -> list[dict[str, Any]]:
    """What other phones wrote: entries changed after that number, oldest change first."""
    rows = DiaryEntry.objects.filter(patient=patient, number__gt=number).order_by("number")[:most]
    return [
        {
            "id": str(row.id),
            "revision": row.revision,
            "kind": row.kind,
            "body": row.body,
            "deleted": row.deleted,
            "conflict_of": str(row.conflict_of) if row.conflict_of else None,
            "recorded_at": row.recorded_at.isoformat(),
            "number": row.number,
        }
        for row in rows
    ]


def _take_one(
    patient: Patient, sent: Sent, entry: AnyEntry, rows: dict[uuid.UUID, DiaryEntry], number: int
) -> tuple[int, bool]:
    """Returns the diary's number and whether the entry was kept beside another version."""
    body, row = body_of(entry), rows.get(sent.id)
    if row is None:
        rows[sent.id] = _new(patient, sent, body, number + 1)
        _tell(patient, sent, entry)
        return number + 1, False
    if row.patient_id != patient.id:
        raise UserError("This id is taken.", "Give the entry another id.")
    if (row.kind, row.body, row.deleted) == (sent.kind, body, sent.deleted):
        return number, False
    if sent.base == row.revision:
        row.kind, row.body, row.deleted = sent.kind, body, sent.deleted
        row.day, row.recorded_at = _day(body), _aware(sent.recorded_at)
        row.revision, row.number = row.revision + 1, number + 1
        row.save(update_fields=["kind", "body", "deleted", "day", "recorded_at", "revision", "number", "changed_at"])
        _tell(patient, sent, entry)
        return number + 1, False
    beside = _beside(sent, body)
    if beside in rows:
        return number, True
    rows[beside] = _new(patient, msgspec.structs.replace(sent, id=beside), body, number + 1, conflict_of=sent.id)
    _tell(patient, sent, entry)
    return number + 1, True


def _new(
    patient: Patient, sent: Sent, body: dict[str, Any], number: int, conflict_of: uuid.UUID | None = None
) -> DiaryEntry:
    return DiaryEntry.objects.create(
        id=sent.id,
        patient=patient,
        kind=sent.kind,
        day=_day(body),
        body=body,
        deleted=sent.deleted,
        conflict_of=conflict_of,
        recorded_at=_aware(sent.recorded_at),
        number=number,
    )


def _wanted(sent: Sequence[Sent]) -> list[uuid.UUID]:
    """Ids that may be there already: of the entries, and of versions kept beside them."""
    found = [one.id for one in sent]
    for one in sent:
        try:
            found.append(_beside(one, body_of(read_entry(one.kind, one.body))))
        except UserError:
            continue
    return found


def _beside(sent: Sent, body: dict[str, Any]) -> uuid.UUID:
    """The id of a version that disputes another: made of what it says, so that the same version is the same entry."""
    content = json.dumps([sent.kind, body, sent.deleted], sort_keys=True, ensure_ascii=False).encode()
    return uuid.uuid5(_DISPUTED, f"{sent.id}:{hashlib.sha256(content).hexdigest()}")


def _day(body: dict[str, Any]) -> str:
    return str(body["at"])[:10]


def _aware(moment: datetime) -> datetime:
    """By the phone's clock, which may be wrong by years; a database must still be able to hold it."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_current_timezone())
    return min(max(moment, _EARLIEST), _LATEST)


_ALARMS: dict[str, tuple[str, str]] = {
    "breathing": ("E", "Trouble breathing, written in the diary"),
    "throat": ("E", "A tight or swelling throat, written in the diary"),
    "fainting": ("E", "Fainting, written in the diary"),
    "suicidal": ("U", "Thoughts of suicide, written in the diary"),
}


def _tell(patient: Patient, sent: Sent, entry: AnyEntry) -> None:
    """What cannot wait becomes a task of the clinic in the same transaction."""
    if sent.deleted:
        return
    if isinstance(entry, Alarm):
        level, says = _ALARMS[entry.what]
        ask_of(
            patient,
            Wanted(
                key=f"diary.alarm.{sent.id}",
                kind=ANSWERS,
                level=level,
                what=f"{says} ({entry.at.replace('T', ' ')}). Call the patient now.",
            ),
        )
    elif isinstance(entry, Stool) and entry.blood:
        ask_of(
            patient,
            Wanted(
                key="diary.blood",
                kind=ANSWERS,
                level="P",
                what=f"Blood in the stool, written in the diary ({entry.at[:10]}). Look into it.",
            ),
        )
    elif isinstance(entry, ChallengeDose) and entry.stopped:
        ask_of(
            patient,
            Wanted(
                key=f"diary.stopped.{sent.id}",
                kind=ANSWERS,
                level="P",
                what=f"The patient stopped the test of {food_name(entry.food)} ({entry.at.replace('T', ' ')}). "
                "Ask why, and write into the plan how it goes on.",
            ),
        )
