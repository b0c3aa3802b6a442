"""Cutting lines: one pass over the bytes, compiled. Nothing here knows what a resource means.

A member of the resource that the importer's shape does not name is left out after its syntax was checked. In the others these
words are cut out as slots: the id, ids that references point at, the display beside a reference, version ids, full dates and
times, and numbers called `value`. A line that is not strictly valid JSON, or strange in any way, is `ODD` and left to the importer.
"""

# ruff: noqa: PLR0911, PLR0912, PLR0915, PLR1714 - one state machine, kept in one piece for speed

import numpy as np

from zonula.population.cut.bytewise import (
    blank,
    compiled,
    hash_of,
    moment,
    number,
    plain_word,
    pointed,
    signed,
    string,
)

CUT, ODD, OTHER = 0, 1, 2  # what became of a line; OTHER: a type that has no pattern
# work: bytes of patterns, slots, place up to which was copied; then per depth {} or [], whether a reference was seen, the key
_OUT, _SLOT, _COPIED, _STACK = 0, 1, 2, 3
ID, REFERENCE, TEXT, MOMENT, NUMBER = 1, 2, 3, 4, 5  # slots; also the byte that marks one in a pattern
DEEPEST = 24
_REFERENCE, _DISPLAY, _VALUE, _VERSION, _ID, _TYPE = (
    signed(name) for name in (b"reference", b"display", b"value", b"versionId", b"id", b"resourceType")
)


@compiled
def _walk(data, at, end, cutting, key, out, slots, numbers, work):  # type: ignore[no-untyped-def]
    """Check one value and, when cutting, write it into the pattern without its slots.

    Returns the end, -1 when it is strange.
    """
    depth, state = 0, 0  # 0 value, 1 key or }, 2 key, 3 after a value, 4 value or ]
    work[_STACK], work[_STACK + 1], work[_STACK + 2] = 0, 0, key
    while True:
        at = blank(data, at, end)
        if at >= end:
            return -1
        byte = data[at]
        if state == 3:
            if byte == 44:
                state = 2 if work[_STACK + 3 * depth] == 1 else 0
                at += 1
                continue
            if (byte == 125 and work[_STACK + 3 * depth] == 1) or (byte == 93 and work[_STACK + 3 * depth] == 2):
                depth -= 1
                at += 1
                if depth == 0:
                    return at
                continue
            return -1
        if state == 1 or state == 2:
            if byte == 125 and state == 1:
                depth -= 1
                at += 1
                if depth == 0:
                    return at
                state = 3
                continue
            if byte != 34:
                return -1
            close, escaped = string(data, at + 1, end, True)
            if close < 0 or escaped:
                return -1
            work[_STACK + 3 * depth + 2] = hash_of(data, at + 1, close)
            at = blank(data, close + 1, end)
            if at >= end or data[at] != 58:
                return -1
            at += 1
            state = 0
            continue
        if state == 4 and byte == 93:
            depth -= 1
            at += 1
            if depth == 0:
                return at
            state = 3
            continue
        name = work[_STACK + 3 * depth + 2]
        if byte == 34:
            close, escaped = string(data, at + 1, end, not cutting)
            if close < 0:
                return -1
            if cutting and not escaped:
                start, kind, day, amount = at + 1, 0, 0, 0.0
                if name == _REFERENCE and work[_STACK + 3 * depth] == 1:
                    work[_STACK + 3 * depth + 1] = 1
                    start = pointed(data, at + 1, close)
                    kind = REFERENCE if start >= 0 else 0
                elif (name == _DISPLAY and work[_STACK + 3 * depth + 1] == 1 and close > at + 1) or name == _VERSION:
                    kind = TEXT
                else:
                    day, amount = moment(data, at + 1, close)
                    kind = MOMENT if day else 0
                if kind and not _cut(data, start, close, kind, day, amount, out, slots, numbers, work):
                    return -1
            at = close + 1
        elif byte == 123 or byte == 91:
            depth += 1
            if depth >= DEEPEST:
                return -1
            work[_STACK + 3 * depth] = 1 if byte == 123 else 2
            work[_STACK + 3 * depth + 1] = 0
            work[_STACK + 3 * depth + 2] = 0 if byte == 123 else name
            state = 1 if byte == 123 else 4
            at += 1
            continue
        elif byte == 45 or 48 <= byte <= 57:
            stop, plain, amount = number(data, at, end)
            if stop < 0:
                return -1
            if cutting and plain and name == _VALUE and work[_STACK + 3 * depth] == 1 and not _cut(data, at, stop, NUMBER, 0, amount, out, slots, numbers, work):  # fmt: skip
                return -1
            at = stop
        elif (byte == 116 and at + 3 < end and data[at + 1] == 114 and data[at + 2] == 117 and data[at + 3] == 101) or (
            byte == 110 and at + 3 < end and data[at + 1] == 117 and data[at + 2] == 108 and data[at + 3] == 108
        ):
            at += 4
        elif byte == 102 and at + 4 < end and data[at + 1] == 97 and data[at + 2] == 108 and data[at + 3] == 115 and data[at + 4] == 101:  # fmt: skip
            at += 5
        else:
            return -1
        if depth == 0:
            return at
        state = 3


@compiled
def _cut(data, start, end, kind, day, amount, out, slots, numbers, work):  # type: ignore[no-untyped-def]
    """Copy what comes before a slot, mark the slot, and note what stood in it."""
    if work[_SLOT] >= len(slots):
        return False
    _copy(data, start, out, work)
    out[work[_OUT]] = kind
    work[_OUT] += 1
    work[_COPIED] = end
    slots[work[_SLOT], 0] = start
    slots[work[_SLOT], 1] = end - start
    slots[work[_SLOT], 2] = kind
    slots[work[_SLOT], 3] = day
    numbers[work[_SLOT]] = amount
    work[_SLOT] += 1
    return True


@compiled
def _copy(data, until, out, work):  # type: ignore[no-untyped-def]
    size = until - work[_COPIED]
    if size > 0:
        out[work[_OUT] : work[_OUT] + size] = data[work[_COPIED] : until]
        work[_OUT] += size


@compiled
def cut(data, begins, ends, types, members, subjects, lines, out, slots, numbers):  # type: ignore[no-untyped-def]
    """Cut lines. types: hashes of the resource types; members: for each its known keys as hashes, sorted rows; subjects: the key that
    says whose it is.

    lines, a row each: what became of it, its type, the slot that names the patient, first slot, slots, and where its pattern
    begins and ends in `out`. slots: place, length, kind, and the day of a moment. Returns how many slots there are.
    """
    work = np.zeros(_STACK + 3 * DEEPEST, np.int64)
    for line in range(len(begins)):
        pattern, first = work[_OUT], work[_SLOT]
        status, kind, subject = _line(
            data, begins[line], ends[line], types, members, subjects, out, slots, numbers, work
        )
        if status != CUT:
            work[_OUT], work[_SLOT] = pattern, first
        lines[line, 0], lines[line, 1], lines[line, 2] = status, kind, subject
        lines[line, 3], lines[line, 4] = first, work[_SLOT] - first
        lines[line, 5], lines[line, 6] = pattern, work[_OUT]
    return work[_SLOT]


@compiled
def _line(data, at, end, types, members, subjects, out, slots, numbers, work):  # type: ignore[no-untyped-def]
    at = blank(data, at, end)
    if at >= end or data[at] != 123:
        return ODD, -1, -1
    at += 1
    kind, subject, identified, first = -1, -1, False, True
    while True:
        at = blank(data, at, end)
        if at >= end or data[at] != 34:
            return ODD, kind, subject
        start = at
        close, escaped = string(data, at + 1, end, True)
        if close < 0 or escaped:
            return ODD, kind, subject
        name = hash_of(data, at + 1, close)
        at = blank(data, close + 1, end)
        if at >= end or data[at] != 58:
            return ODD, kind, subject
        at = blank(data, at + 1, end)
        if at >= end:
            return ODD, kind, subject
        if kind < 0:
            if name != _TYPE or data[at] != 34:
                return ODD, kind, subject
            close, escaped = string(data, at + 1, end, True)
            if close < 0 or escaped:
                return ODD, kind, subject
            called = hash_of(data, at + 1, close)
            for place in range(len(types)):
                if types[place] == called:
                    kind = place
            if kind < 0:
                return OTHER, kind, subject
        known = name == _TYPE
        for place in range(members.shape[1]):
            if members[kind, place] == name:
                known = True
                break
        if known:
            out[work[_OUT]] = 123 if first else 44
            work[_OUT] += 1
            work[_COPIED] = start
            first = False
            if name == _ID:
                if identified or data[at] != 34:
                    return ODD, kind, subject
                close, escaped = string(data, at + 1, end, True)
                if close < 0 or not plain_word(data, at + 1, close):
                    return ODD, kind, subject
                if not _cut(data, at + 1, close, ID, 0, 0.0, out, slots, numbers, work):
                    return ODD, kind, subject
                identified = True
                at = close + 1
            else:
                before = work[_SLOT]
                at = _walk(data, at, end, True, name, out, slots, numbers, work)
                if at >= 0 and name == subjects[kind]:
                    if subject >= 0 or work[_SLOT] == before or slots[before, 2] != REFERENCE or not _a_patient(data, slots[before, 0]):  # fmt: skip
                        return ODD, kind, subject
                    subject = before
        else:
            at = _walk(data, at, end, False, name, out, slots, numbers, work)
        if at < 0:
            return ODD, kind, subject
        if known:
            _copy(data, at, out, work)
        at = blank(data, at, end)
        if at >= end:
            return ODD, kind, subject
        if data[at] == 125:
            break
        if data[at] != 44:
            return ODD, kind, subject
        at += 1
    if blank(data, at + 1, end) != end or subject < 0 or not identified:
        return ODD, kind, subject
    out[work[_OUT]] = 125
    work[_OUT] += 1
    return CUT, kind, subject


@compiled
def _a_patient(data, word):  # type: ignore[no-untyped-def]
    """Whether `Patient/` stands before the word, as the whole of what does."""
    if word < 9:
        return False
    return (
        data[word - 9] == 34
        and data[word - 8] == 80
        and data[word - 7] == 97
        and data[word - 6] == 116
        and data[word - 5] == 105
        and data[word - 4] == 101
        and data[word - 3] == 110
        and data[word - 2] == 116
        and data[word - 1] == 47
    )
