"""What is done with many cut words at once, compiled: numbering equal ones, gathering, joining, putting facts in order."""

import numpy as np

from zonula.population.cut.bytewise import compiled, copied, equal, hash_of


@compiled
def same(data, spans, table, found):  # type: ignore[no-untyped-def]
    """Number spans (begin, end) by their bytes, from 0 in the order of first appearance. table: a power of two of -1, at least twice as long.

    found: the number of each span. Returns the places of the first spans of each number.
    """
    firsts = np.empty(len(spans), np.int64)
    hashes = np.empty(len(spans), np.int64)
    count, mask = 0, len(table) - 1
    for place in range(len(spans)):
        start, end = spans[place, 0], spans[place, 1]
        code = hash_of(data, start, end)
        at = code & mask
        while True:
            number = table[at]
            if number < 0:
                table[at] = count
                firsts[count] = place
                hashes[count] = code
                found[place] = count
                count += 1
                break
            first = spans[firsts[number], 0]
            if (
                hashes[number] == code
                and spans[firsts[number], 1] - first == end - start
                and equal(data, first, data, start, end - start)
            ):
                found[place] = number
                break
            at = (at + 1) & mask
    return firsts[:count]


@compiled
def gather(data, order, lines, slots, numbers, sizes, out_days, out_numbers, arena):  # type: ignore[no-untyped-def]
    """The words of some lines, in their order: their bytes one after the other, their lengths, days and numbers. Returns the bytes written."""
    word, at = 0, 0
    for line in order:
        for slot in range(lines[line, 3], lines[line, 3] + lines[line, 4]):
            start, size = slots[slot, 0], slots[slot, 1]
            copied(data, start, size, arena, at)
            sizes[word], out_days[word], out_numbers[word] = size, slots[slot, 3], numbers[slot]
            word += 1
            at += size
    return at


@compiled
def joined(arena, pieces, offsets, out):  # type: ignore[no-untyped-def]
    """Strings put together from three pieces (begin, length) of an arena each, one after the other as Arrow keeps them."""
    at = 0
    for row in range(len(pieces)):
        offsets[row] = at
        for piece in range(3):
            start, size = pieces[row, piece, 0], pieces[row, piece, 1]
            if size == 0:
                continue
            copied(arena, start, size, out, at)
            at += size
    offsets[len(pieces)] = at


@compiled
def settle(order, patients, days, seconds, arena, texts, ids, offsets):  # type: ignore[no-untyped-def]
    """Put facts that are alike in patient, day and second into the order of their written time, then of their id."""
    start = 0
    for place in range(1, len(order) + 1):
        if place < len(order):
            one, other = order[place - 1], order[place]
            if patients[one] == patients[other] and days[one] == days[other] and seconds[one] == seconds[other]:
                continue
        for later in range(start + 1, place):
            moved = order[later]
            at = later
            while at > start and _before(moved, order[at - 1], arena, texts, ids, offsets):
                order[at] = order[at - 1]
                at -= 1
            order[at] = moved
        start = place


@compiled
def _before(one, other, arena, texts, ids, offsets):  # type: ignore[no-untyped-def]
    told = _compared(arena, texts[one, 0], texts[one, 1], arena, texts[other, 0], texts[other, 1])
    if told == 0:
        told = _compared(
            ids, offsets[one], offsets[one + 1] - offsets[one], ids, offsets[other], offsets[other + 1] - offsets[other]
        )
    return told < 0


@compiled
def _compared(one, start, size, other, begin, length):  # type: ignore[no-untyped-def]
    for step in range(min(size, length)):
        if one[start + step] != other[begin + step]:
            return -1 if one[start + step] < other[begin + step] else 1
    return size - length
