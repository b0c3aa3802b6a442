"""The trial record: an append-only list of events, each chained to the one before by hash, replayed whenever it is read."""

import re

import msgspec

from zonula.errors import UserError
from zonula.food_triggers.blinded.conduct import Trial, step, trial_after
from zonula.food_triggers.blinded.events import Event
from zonula.food_triggers.blinded.sealing import digest

SCHEMA = "zonula.trial-record/1"
BEFORE_THE_FIRST = "0" * 64


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event. hash: digest of [hash of the entry before, event]."""

    event: Event
    hash: str


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole record, as it stands in its file."""

    schema: str = SCHEMA
    entries: tuple[Entry, ...] = ()

    @property
    def trial(self) -> Trial:
        """The state after all events."""
        return trial_after(entry.event for entry in self.entries)


def append(record: Record, *events: Event) -> Record:
    """The record with these events at its end. Raises UserError, adding nothing, when one of them is not allowed."""
    trial, entries = record.trial, list(record.entries)
    for event in events:
        trial = step(trial, event)
        entries.append(Entry(event=event, hash=_link(entries, event)))
    return msgspec.structs.replace(record, entries=tuple(entries))


def _link(before: list[Entry], event: Event) -> str:
    return digest([before[-1].hash if before else BEFORE_THE_FIRST, event])


def read_record(written: bytes) -> Record:
    """Read and check a record file. Raises UserError when it is no record, was edited, or holds an illegal event."""
    try:
        record = msgspec.json.decode(written, type=Record)
    except msgspec.DecodeError as wrong:
        raise UserError(f"this is not a trial record: {wrong}") from None
    if record.schema != SCHEMA:
        raise UserError(f"the record has schema {record.schema}; this version reads {SCHEMA}")
    past: list[Entry] = []
    for number, entry in enumerate(record.entries, 1):
        if _link(past, entry.event) != entry.hash:
            raise UserError(
                f"entry {number} of the trial record was changed after it was written.",
                "Go back to an unedited copy; a correction is a new entry.",
            )
        past.append(entry)
    _ = record.trial  # an illegal order of events raises here
    return record


def write_record(record: Record) -> bytes:
    """The record as a JSON file, indented so that a person can read it."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def read_event(written: bytes) -> Event:
    """One event from JSON; its time may leave out the seconds. Raises UserError saying what is wrong with it."""
    try:
        raw = msgspec.json.decode(written)
        if isinstance(raw, dict) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", str(raw.get("at"))):
            raw["at"] += ":00"
        event: Event = msgspec.convert(raw, type=Event)
    except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
        raise UserError(f"this is not a trial event: {wrong}") from None
    return event
