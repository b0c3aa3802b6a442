"""What a phone shows before anything is typed: the last days, the meals and medicines that come again, the last ratings as a hint."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec

from zonula.diary.entry import AnyEntry, Meal, Practice, Symptoms, Taken
from zonula_web.records.actions.diary_own import named_meals
from zonula_web.records.diary import Kept, entries
from zonula_web.records.models import DiaryEntry, Patient

DAYS_SHOWN, DAYS_OF_HABIT = 4, 60
MOST_USUAL = 12


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """What comes again. meals: items of a whole meal; medicines, practices: without their time; most frequent first."""

    meals: tuple[list[dict[str, Any]], ...]
    medicines: tuple[dict[str, Any], ...]
    practices: tuple[dict[str, Any], ...]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """entries: rows of the last days and both sides of every dispute, as `actions.diary.changed_since` writes them.

    hints: domain to its last rating and day, never offered as today's answer. named: meals the patient named. number: of the diary.
    """

    number: int
    entries: tuple[dict[str, Any], ...]
    usual: Usual
    hints: dict[str, dict[str, Any]]
    named: tuple[dict[str, Any], ...]


def form(patient: Patient, day: date) -> Form:
    """The form of that day."""
    kept = entries(patient, since=day - timedelta(days=DAYS_OF_HABIT))
    standing = [one for one in kept if not one.disputes]
    return Form(
        number=_number(patient),
        entries=tuple(_shown(patient, day)),
        usual=usual(one.entry for one in standing),
        hints=_hints(standing),
        named=tuple(named_meals(patient)),
    )


def usual(written: Iterable[AnyEntry]) -> Usual:
    """The most frequent meals, medicines and practices; among equals the later one first."""
    counted: dict[type, Counter[bytes]] = {Meal: Counter(), Taken: Counter(), Practice: Counter()}
    for entry in reversed(list(written)):
        match entry:
            case Meal():
                counted[Meal][msgspec.json.encode(entry.items)] += 1
            case Taken():
                counted[Taken][_without_time(entry)] += 1
            case Practice():
                counted[Practice][_without_time(entry)] += 1
            case _:
                continue
    found = {
        kind: tuple(msgspec.json.decode(one) for one, _ in counts.most_common(MOST_USUAL))
        for kind, counts in counted.items()
    }
    return Usual(meals=found[Meal], medicines=found[Taken], practices=found[Practice])


def _without_time(entry: Taken | Practice) -> bytes:
    body = msgspec.to_builtins(entry)
    for name in ("at", "kind", "note", "photo"):
        body.pop(name, None)
    return msgspec.json.encode(body)


def _hints(kept: Iterable[Kept]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in kept:
        if isinstance(one.entry, Symptoms):
            for domain, felt in one.entry.felt.items():
                found[domain] = {"worst": felt.worst, "day": one.entry.at[:10]}
    return found


def _shown(patient: Patient, day: date) -> Iterable[dict[str, Any]]:
    disputes = DiaryEntry.objects.filter(patient=patient, deleted=False).exclude(conflict_of=None)
    pairs = {number for row in disputes for number in (row.id, row.conflict_of) if number is not None}
    rows = DiaryEntry.objects.filter(patient=patient, deleted=False, day__gt=day - timedelta(days=DAYS_SHOWN))
    rows = rows | DiaryEntry.objects.filter(patient=patient, pk__in=pairs)
    for row in rows.order_by("day", "recorded_at", "id"):
        yield {
            "id": str(row.id),
            "revision": row.revision,
            "kind": row.kind,
            "body": row.body,
            "deleted": row.deleted,
            "conflict_of": str(row.conflict_of) if row.conflict_of else None,
        }


def _number(patient: Patient) -> int:
    return DiaryEntry.objects.filter(patient=patient).order_by("-number").values_list("number", flat=True).first() or 0
