"""The own diary to take away: a table in the documented long form, and everything exactly as it was written."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from zonula import __version__
from zonula.diary.entry import Alarm, AnyEntry, ChallengeDose, Practice, Stool, Symptoms, Taken, body_of
from zonula.diary.long_csv import OUR_COLUMNS
from zonula_web.records.actions.diary_own import named_meals
from zonula_web.records.diary import Kept, entries, rows
from zonula_web.records.read import Patient

FORMAT = "zonula.diary-export/1"
# A spreadsheet would run a text that begins so; an apostrophe keeps it a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(patient: Patient) -> str:
    """The diary as CSV: time, kind, item, amount, value, as `zonula triggers` reads it. Kinds it does not know are reported there and skipped."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(OUR_COLUMNS)
    for one in entries(patient):
        for row in (*rows([one.entry]), *_beside(one.entry)):
            writer.writerow([_as_text(cell) for cell in row])
    return out.getvalue()


def as_written(patient: Patient) -> bytes:
    """Every entry with its id and revision, versions in dispute too, and the meals with a name; JSON."""
    return msgspec.json.format(
        msgspec.json.encode(
            {
                "format": FORMAT,
                "written_by": f"Zonula {__version__}",
                "patient": {"id": str(patient.id), "name": patient.name},
                "entries": [_whole(one) for one in entries(patient)],
                "meals_with_a_name": named_meals(patient),
            }
        ),
        indent=1,
    )


def _whole(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.id,
        "revision": kept.revision,
        "disputes": kept.disputes,
        "kind": type(kept.entry).__struct_config__.tag,
        **body_of(kept.entry),
    }


def _beside(entry: AnyEntry) -> Iterator[tuple[Any, ...]]:
    """What the inference does not read and the person still wrote."""
    match entry:
        case Stool():
            yield entry.at, "stool", "form", None, entry.form
            if entry.blood:
                yield entry.at, "stool", "blood", None, 1
        case Taken():
            yield entry.at, "supplement" if entry.supplement else "drug", entry.name, None, entry.dose
        case Practice():
            yield entry.at, "practice", entry.what, entry.minutes, None
        case ChallengeDose() if entry.stopped:
            yield entry.at, "challenge stopped", entry.food, None, 1
        case Alarm():
            yield entry.at, "alarm", entry.what, None, 1
        case Symptoms():
            for domain, felt in entry.felt.items():
                if felt.began or felt.minutes is not None:
                    yield entry.at, "course", domain, felt.minutes, felt.began
        case _:
            pass
    yield from _note(entry)


def _note(entry: AnyEntry) -> Iterable[tuple[Any, ...]]:
    # `rows` tells the note of entries that say nothing else.
    told = not any(True for _ in rows([entry])) or all(row[1] != "note" for row in rows([entry]))
    return [(entry.at, "note", "", None, entry.note)] if entry.note and told else []


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else str(cell)
