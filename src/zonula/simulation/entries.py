"""A diary's rows kept as columns, and written at once: the bytes are those of `csv.writer`, many times faster (benchmarks/bench_simulated_diaries.py)."""

import csv
import io
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from zonula.simulation.compiled import compiled

Bytes = NDArray[np.uint8]
KINDS = ("food", "symptom", "context", "med", "belief")
FOOD, SYMPTOM, CONTEXT, MEDICINE, BELIEF = range(len(KINDS))
HEADER = ("patient", "time", "kind", "item", "amount", "value")
EMPTY = -1  # no amount, or no value
_QUARTERS = ("", ".25", ".5", ".75")


class Entries(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of equal length N. minute: since the first midnight. kind, item: places in KINDS and `names`. amount, value: in quarters, or EMPTY."""

    names: tuple[str, ...]
    minute: NDArray[np.int64]
    kind: NDArray[np.int64]
    item: NDArray[np.int64]
    amount: NDArray[np.int64]
    value: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.minute)

    def rows(self, start: date) -> tuple[tuple[str, str, str, str, str], ...]:
        """Time, kind, item, amount and value as text, for a diary that begins on `start`."""
        midnight = datetime.combine(start, datetime.min.time())
        columns = (self.minute, self.kind, self.item, self.amount, self.value)
        return tuple(
            (
                (midnight + timedelta(minutes=minute)).isoformat(timespec="minutes"),
                KINDS[kind],
                self.names[item],
                _number(amount),
                _number(value),
            )
            for minute, kind, item, amount, value in zip(*(column.tolist() for column in columns), strict=True)
        )

    def csv_bytes(self, patient: str, start: date) -> bytes:
        """The rows as lines of `diary.csv` under HEADER, without the header: RFC 4180, UTF-8."""
        if not len(self):
            return b""
        prefix = np.frombuffer(_quoted(patient), dtype=np.uint8)
        kinds, kind_ends = _table(KINDS)
        names, name_ends = _table(self.names)
        widest = len(prefix) + int(np.diff(kind_ends).max()) + int(np.diff(name_ends).max()) + 50
        out = np.empty(len(self) * widest, dtype=np.uint8)
        days = int(self.minute.max()) // 1440 + 1
        dates = np.datetime_as_string(np.datetime64(start) + np.arange(days)).astype("S10").view(np.uint8)
        end = _write(
            out, prefix, dates, self.minute, self.kind, self.item, self.amount, self.value, kinds, kind_ends, names, name_ends
        )  # fmt: skip
        return out[:end].tobytes()


# Minutes since the first midnight, kind, item, amount, value: numbers for each row, or one for all.
Part = tuple[NDArray[Any], int, NDArray[Any] | int, NDArray[Any] | int, NDArray[Any] | int]


def gathered(names: tuple[str, ...], parts: list[Part], rng: np.random.Generator) -> Entries:
    """Entries of these parts in random order: rows of a diary come in any order."""
    ends = np.cumsum([0, *(len(part[0]) for part in parts)])
    table = np.empty((5, ends[-1]), dtype=np.int64)
    for part, begin, end in zip(parts, ends[:-1], ends[1:], strict=True):
        for column, numbers in zip(table, part, strict=True):
            column[begin:end] = numbers
    minute, kind, item, amount, value = table[:, rng.permutation(int(ends[-1]))]
    return Entries(names=names, minute=minute, kind=kind, item=item, amount=amount, value=value)


def _number(quarters: int) -> str:
    return "" if quarters == EMPTY else f"{quarters // 4}{_QUARTERS[quarters % 4]}"


def _quoted(text: str) -> bytes:
    """One field as the csv module quotes it."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([text, ""])
    return line.getvalue().removesuffix(",\r\n").encode()


@lru_cache(maxsize=64)
def _table(names: tuple[str, ...]) -> tuple[Bytes, NDArray[np.int64]]:
    """All names quoted in one row of bytes, and where each begins and ends: (names + 1,)."""
    quoted = [_quoted(name) for name in names]
    return np.frombuffer(b"".join(quoted), dtype=np.uint8), np.cumsum([0, *map(len, quoted)])


@compiled
def _copy(out: Bytes, at: int, text: Bytes, begin: int, end: int) -> int:
    for place in range(begin, end):
        out[at] = text[place]
        at += 1
    return at


@compiled
def _whole(out: Bytes, at: int, number: int) -> int:
    """A whole number in decimal."""
    size = 1
    while size * 10 <= number:
        size *= 10
    while size > 0:
        out[at] = 48 + number // size % 10
        at += 1
        size //= 10
    return at


@compiled
def _quarters(out: Bytes, at: int, quarters: int) -> int:
    if quarters < 0:
        return at
    at = _whole(out, at, quarters // 4)
    rest = quarters % 4
    if rest > 0:
        out[at] = 46  # the decimal point
        if rest == 2:
            out[at + 1] = 53
            return at + 2
        out[at + 1] = 50 if rest == 1 else 55
        out[at + 2] = 53
        return at + 3
    return at


@compiled
def _write(
    out: Bytes,
    prefix: Bytes,
    dates: Bytes,
    minute: NDArray[np.int64],
    kind: NDArray[np.int64],
    item: NDArray[np.int64],
    amount: NDArray[np.int64],
    value: NDArray[np.int64],
    kinds: Bytes,
    kind_ends: NDArray[np.int64],
    names: Bytes,
    name_ends: NDArray[np.int64],
) -> int:
    """Write every row; the length written. 44 is a comma, 84 the T of a time, 58 a colon, 13 and 10 end a line."""
    at = 0
    for row in range(len(minute)):
        at = _copy(out, at, prefix, 0, len(prefix))
        out[at] = 44
        day, rest = minute[row] // 1440, minute[row] % 1440
        at = _copy(out, at + 1, dates, 10 * day, 10 * day + 10)
        out[at] = 84
        out[at + 1] = 48 + rest // 600
        out[at + 2] = 48 + rest // 60 % 10
        out[at + 3] = 58
        out[at + 4] = 48 + rest % 60 // 10
        out[at + 5] = 48 + rest % 10
        out[at + 6] = 44
        at = _copy(out, at + 7, kinds, kind_ends[kind[row]], kind_ends[kind[row] + 1])
        out[at] = 44
        at = _copy(out, at + 1, names, name_ends[item[row]], name_ends[item[row] + 1])
        out[at] = 44
        at = _quarters(out, at + 1, amount[row])
        out[at] = 44
        at = _quarters(out, at + 1, value[row])
        out[at] = 13
        out[at + 1] = 10
        at += 2
    return at
