"""Facts in columns → the staged table, column by column as `layout` says."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zonula.population.cut.facts import NONE, YEAR, Facts
from zonula.population.cut.lines import Ints
from zonula.population.layout import SCHEMAS, UNDATED, Rows

_EPOCH = 719163  # the ordinal of 1970-01-01
_VARYING = frozenset(
    ["patient", "place", "value", "reference_low", "reference_high", "day_low", "day_high", "end_day", "stretch_low", "stretch_high", "fact", "performer", "specialty", "encounter", "part_of", "sources", "details"]
) | {f"{name}_{part}" for name in ("start", "end", "recorded") for part in ("text", "precision", "earliest", "latest", "seconds")}  # fmt: skip


def table_of(facts: Facts, keys: Ints, rows: Rows) -> pa.Table:
    """keys: the integer key of each patient of `facts.gathered.ids`. rows: whose dictionaries the facts share."""
    schema, columns = SCHEMAS["facts"], facts.columns
    made = _moments(facts)
    patient = columns["patient"]
    place = np.arange(len(patient)) - np.searchsorted(patient, patient, side="left")
    known = (columns["start_known"] > NONE) | (columns["end_known"] > NONE)
    made["patient"] = pa.array(keys[patient])
    made["place"] = pa.array(np.where(known, place, place + UNDATED).astype(np.int32))
    made["value"] = _number(columns["value"], "value", facts)
    made["reference_low"] = _number(columns["low"], "low", facts)
    made["reference_high"] = _number(columns["high"], "high", facts)
    made["fact"] = _strings(facts, columns["id"])
    made["performer"] = _strings(facts, _alone(columns["performer"]))
    made["specialty"] = _strings(facts, _alone(columns["specialty"]))
    made["encounter"] = _strings(facts, columns["encounter"])
    whole = columns["id"].copy()
    whole[:, 2] = 0
    whole[~columns["inside"]] = 0
    made["part_of"] = _strings(facts, whole)
    made["sources"] = _sources(facts, schema.field("sources").type)
    made.update(_same(facts, schema, rows))
    return pa.Table.from_arrays([made[field.name] for field in schema], schema=schema)


def _moments(facts: Facts) -> dict[str, pa.Array]:
    columns = facts.columns
    made: dict[str, pa.Array] = {}
    precisions = pa.array([None, "year", "month", "day", "instant"])
    for name in ("start", "end", "recorded"):
        known = columns[f"{name}_known"]
        missing = known == NONE
        made[f"{name}_text"] = _strings(facts, _alone(columns[f"{name}_text"]), missing)
        made[f"{name}_precision"] = precisions.take(pa.array(known))
        for side, part in (("earliest", "low"), ("latest", "high")):
            made[f"{name}_{side}"] = pa.array((columns[f"{name}_{part}"] - _EPOCH).astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())  # fmt: skip
        seconds = columns[f"{name}_seconds"]
        made[f"{name}_seconds"] = pa.array(seconds, mask=np.isnan(seconds))
    start, end, recorded = (_Side(columns, name) for name in ("start", "end", "recorded"))
    begun = start.otherwise(end).otherwise(recorded)
    none = begun.known == NONE
    made["day_low"], made["day_high"] = _int(begun.low, none), _int(begun.high, none)
    made["end_day"] = _int(end.high, end.known == NONE)
    # As `reading.stretch`, in columns.
    until = end.otherwise(recorded)
    first = start.unless_coarse(until)
    last = until.unless_coarse(first)
    coarse = (first.known <= YEAR) | (last.known <= YEAR)
    made["stretch_low"] = _int(np.minimum(first.low, last.low), coarse)
    made["stretch_high"] = _int(np.maximum(first.low, last.low), coarse)
    return made


class _Side:
    """One moment of every fact."""

    def __init__(self, columns: dict[str, npt.NDArray[Any]], name: str) -> None:
        self.known, self.low, self.high = (columns[f"{name}_{part}"] for part in ("known", "low", "high"))

    def otherwise(self, other: "_Side") -> "_Side":
        """This one where it is known, else the other."""
        return self._or(other, self.known == NONE)

    def unless_coarse(self, other: "_Side") -> "_Side":
        """This one where it is known to the month, else the other."""
        return self._or(other, self.known <= YEAR)

    def _or(self, other: "_Side", where: npt.NDArray[np.bool_]) -> "_Side":
        made = _Side.__new__(_Side)
        made.known = np.where(where, other.known, self.known)
        made.low = np.where(where, other.low, self.low)
        made.high = np.where(where, other.high, self.high)
        return made


def _int(values: Ints, missing: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=missing)


def _number(values: npt.NDArray[np.float64], part: str, facts: Facts) -> pa.Array:
    has = [
        (fact.value is not None) if part == "value" else (fact.reference is not None and getattr(fact.reference, part) is not None)
        for fact in facts.same
    ]  # fmt: skip
    return pa.array(values, mask=~np.array(has, np.bool_)[facts.columns["same"]])


def _alone(text: Ints) -> Ints:
    pieces = np.zeros((len(text), 3, 2), np.int64)
    pieces[:, 0] = text
    return pieces


def _strings(facts: Facts, pieces: Ints, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    offsets, text = facts.strings(pieces)
    nulls = None
    if missing is not None and missing.any():
        nulls = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.StringArray.from_buffers(len(pieces), pa.py_buffer(offsets), pa.py_buffer(text), nulls)


def _sources(facts: Facts, kind: pa.ListType) -> pa.Array:
    columns = facts.columns
    names = pa.array([origin.name for origin in facts.gathered.origins])
    sizes = np.array([len(origin.name.encode()) + 1 for origin in facts.gathered.origins], np.int64)[columns["origin"]]
    place = columns["id"].copy()
    place[:, 0, 0] += sizes
    place[:, 0, 1] -= sizes
    parts = [
        names.take(pa.array(columns["origin"])),
        _strings(facts, place),
        _strings(facts, _alone(columns["provider"])),
    ]
    struct = pa.StructArray.from_arrays(parts, ["document", "place", "provider"])
    return pa.ListArray.from_arrays(pa.array(np.arange(len(place) + 1, dtype=np.int32)), struct)


def _same(facts: Facts, schema: pa.Schema, rows: Rows) -> dict[str, pa.Array]:
    """The columns in which all facts of one pattern are alike."""
    written = [rows.row(fact) for fact in facts.same]
    same = facts.columns["same"]
    made = {}
    for place, field in enumerate(schema):
        if field.name not in _VARYING:
            distinct: dict[Any, int] = {}
            codes = np.array([distinct.setdefault(row[place], len(distinct)) for row in written], np.int32)
            made[field.name] = pa.array(list(distinct), field.type).take(pa.array(codes[same]))
    details = pa.array(
        [[{"name": name, "value": value} for name, value in fact.details] for fact in facts.same],
        schema.field("details").type,
    )
    made["details"] = details.take(pa.array(same))
    return made
