"""The smallest steps over bytes, compiled: words of eight bytes, hashes, strings, numbers, moments, references.

What is called here is compiled into its callers: after a change, delete the kept machine code (`__pycache__/*.nb?`).
"""

# ruff: noqa: PLR0911, PLR0912, PLR1714 - kernels: long chains of plain comparisons are the fast form

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types as numba_types
from numba.extending import intrinsic

_LONGEST_WORD = 64
_SAFE_DIGITS = 15  # a decimal of so many digits is exactly one integer divided by one power of ten
_BASIS, _PRIME, _MIX = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15)
_ONES, _TOPS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_QUOTES, _BACKSLASHES, _SPACES = np.uint64(0x2222222222222222), np.uint64(0x5C5C5C5C5C5C5C5C), np.uint64(0x2020202020202020)  # fmt: skip
_POWERS = 10.0 ** np.arange(_SAFE_DIGITS + 1)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first use, and keep the machine code where that is possible."""
    try:
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")  # type: ignore[no-any-return]
    except RuntimeError:  # no place to keep it
        return numba.njit(function, nogil=True, error_model="numpy")  # type: ignore[no-any-return]


def hashed(name: bytes) -> int:
    """A key as 64 bits, as the kernels see it (`_hash`)."""
    found, all_bits = (0xCBF29CE484222325 + len(name)), 0xFFFFFFFFFFFFFFFF
    whole = len(name) // 8 * 8
    for at in range(0, whole, 8):
        found = ((found ^ int.from_bytes(name[at : at + 8], "little")) * 0x9E3779B97F4A7C15) & all_bits
        found ^= found >> 29
    for byte in name[whole:]:
        found = ((found ^ byte) * 0x100000001B3) & all_bits
    return found ^ (found >> 32)


def signed(name: bytes) -> int:
    """The same as a signed number."""
    found = hashed(name)
    return found - (1 << 64) if found >> 63 else found


def _word_built(typing, data, at):  # type: ignore[no-untyped-def]
    """Eight bytes of an array at once, wherever they begin."""
    del typing

    def built(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        start = builder.gep(array.data, [arguments[1]])
        loaded = builder.load(builder.bitcast(start, ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return numba_types.uint64(data, numba_types.intp), built


def _put_built(typing, data, at, eight):  # type: ignore[no-untyped-def]
    """Write eight bytes into an array at once."""
    del typing

    def built(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        start = builder.gep(array.data, [arguments[1]])
        stored = builder.store(arguments[2], builder.bitcast(start, ir.IntType(64).as_pointer()))
        stored.align = 1
        return context.get_dummy_value()

    return numba_types.void(data, numba_types.intp, eight), built


def _first_bit_built(typing, word):  # type: ignore[no-untyped-def]
    """The place of the lowest bit that is set."""
    del typing

    def built(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        del context, signature
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return numba_types.int64(word), built


word: Any = intrinsic(_word_built)
put: Any = intrinsic(_put_built)
first_bit: Any = intrinsic(_first_bit_built)


@compiled
def hash_of(data, start, end):  # type: ignore[no-untyped-def]
    """The bytes of a span as 64 bits; `hashed` does the same in Python."""
    found = _BASIS + np.uint64(end - start)
    at = start
    while at + 8 <= end:
        found = (found ^ word(data, at)) * _MIX
        found ^= found >> np.uint64(29)
        at += 8
    while at < end:
        found = (found ^ np.uint64(data[at])) * _PRIME
        at += 1
    return np.int64(found ^ (found >> np.uint64(32)))


@compiled
def copied(data, start, size, out, at):  # type: ignore[no-untyped-def]
    """Copy bytes; short ones at that, for which a call of `memcpy` costs more than the copying."""
    step = 0
    while step + 8 <= size:
        put(out, at + step, word(data, start + step))
        step += 8
    while step < size:
        out[at + step] = data[start + step]
        step += 1


@compiled
def equal(one, start, other, begin, size):  # type: ignore[no-untyped-def]
    """Whether two spans of a length hold the same bytes."""
    at = 0
    while at + 8 <= size:
        if word(one, start + at) != word(other, begin + at):
            return False
        at += 8
    while at < size:
        if one[start + at] != other[begin + at]:
            return False
        at += 1
    return True


@compiled
def blank(data, at, end):  # type: ignore[no-untyped-def]
    """The next place that is no blank."""
    while at < end and (data[at] == 32 or data[at] == 9 or data[at] == 13):
        at += 1
    return at


@compiled
def string(data, at, end, strict):  # type: ignore[no-untyped-def]
    """Place of the closing quote, and whether anything is escaped; -1 when it is not a string. strict: escapes are checked."""
    escaped = False
    while at < end:
        while at + 8 <= end:  # to the first quote, backslash or control character, eight bytes at a time
            eight = word(data, at)
            quote, backslash = eight ^ _QUOTES, eight ^ _BACKSLASHES
            met = (
                ((quote - _ONES) & ~quote) | ((backslash - _ONES) & ~backslash) | ((eight - _SPACES) & ~eight)
            ) & _TOPS
            if met:
                at += first_bit(met) >> 3
                break
            at += 8
        if at >= end:
            break
        byte = data[at]
        if byte == 34:
            return at, escaped
        if byte < 32:
            return -1, escaped
        if byte == 92:
            escaped = True
            at += 1
            if at >= end:
                return -1, escaped
            byte = data[at]
            if byte == 117:  # \u
                if at + 4 >= end:
                    return -1, escaped
                for place in range(at + 1, at + 5):
                    digit = data[place]
                    if not (48 <= digit <= 57 or 65 <= digit <= 70 or 97 <= digit <= 102):
                        return -1, escaped
                # Half of a surrogate pair may lack its other half; that is for the importer to say.
                if strict and (data[at + 1] | 32) == 100 and data[at + 2] >= 56:
                    return -1, escaped
                at += 4
            elif not (
                byte == 34
                or byte == 92
                or byte == 47
                or byte == 98
                or byte == 102
                or byte == 110
                or byte == 114
                or byte == 116
            ):
                return -1, escaped
        at += 1
    return -1, escaped


@compiled
def number(data, at, end):  # type: ignore[no-untyped-def]
    """End of a number, whether it is a plain decimal of few digits, and its value then; end -1 when it is not JSON."""
    start = at
    negative = data[at] == 45
    if negative:
        at += 1
    whole, digits, decimals = 0, 0, 0
    first = at
    while at < end and 48 <= data[at] <= 57:
        if digits < 18:
            whole = whole * 10 + (data[at] - 48)
        digits += 1
        at += 1
    if at == first or (data[first] == 48 and at - first > 1):
        return -1, False, 0.0
    plain = True
    if at < end and data[at] == 46:
        at += 1
        first = at
        while at < end and 48 <= data[at] <= 57:
            if digits < 18:
                whole = whole * 10 + (data[at] - 48)
            digits += 1
            decimals += 1
            at += 1
        if at == first:
            return -1, False, 0.0
    if at < end and (data[at] == 101 or data[at] == 69):
        plain = False
        at += 1
        if at < end and (data[at] == 43 or data[at] == 45):
            at += 1
        first = at
        while at < end and 48 <= data[at] <= 57:
            at += 1
        if at == first or at - first > 2:
            return -1, False, 0.0
    if at - start > 40:
        return -1, False, 0.0
    plain = plain and digits <= _SAFE_DIGITS and not (negative and whole == 0)
    value = 0.0
    if plain:
        value = float(whole) / _POWERS[decimals]
        if negative:
            value = -value
    return at, plain, value


@compiled
def digits(data, at, count):  # type: ignore[no-untyped-def]
    """A number of so many digits, -1 when there is anything else."""
    number = 0
    for place in range(at, at + count):
        digit = data[place]
        if not 48 <= digit <= 57:
            return -1
        number = number * 10 + (digit - 48)
    return number


@compiled
def moment(data, at, end):  # type: ignore[no-untyped-def]
    """Ordinal of the day and seconds since 1970 (NaN for a day alone) of `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ss[.fff](Z|±hh:mm)`; 0 for anything else."""
    length = end - at
    if not (length == 10 or length == 20 or length == 24 or length == 25 or length == 29):
        return 0, np.nan
    if data[at + 4] != 45 or data[at + 7] != 45:
        return 0, np.nan
    year, month, day = digits(data, at, 4), digits(data, at + 5, 2), digits(data, at + 8, 2)
    if year < 1000 or year > 9000 or month < 1 or month > 12 or day < 1:
        return 0, np.nan
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31
    if month == 2:
        longest = 29 if leap else 28
    elif month == 4 or month == 6 or month == 9 or month == 11:
        longest = 30
    if day > longest:
        return 0, np.nan
    before = (367 * month - 362) // 12
    if month > 2:
        before -= 1 if leap else 2
    past = year - 1
    ordinal = past * 365 + past // 4 - past // 100 + past // 400 + before + day
    if length == 10:
        return ordinal, np.nan
    if data[at + 10] != 84 or data[at + 13] != 58 or data[at + 16] != 58:
        return 0, np.nan
    hour, minute, second = digits(data, at + 11, 2), digits(data, at + 14, 2), digits(data, at + 17, 2)
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 59:
        return 0, np.nan
    seconds = float((ordinal - 719163) * 86400 + hour * 3600 + minute * 60 + second)
    zone = at + 19
    part = 0.0
    if length == 24 or length == 29:
        if data[zone] != 46:
            return 0, np.nan
        thousandths = digits(data, zone + 1, 3)
        if thousandths < 0:
            return 0, np.nan
        part = float(thousandths) / 1000.0
        zone += 4
    if end - zone == 1:
        if data[zone] != 90:
            return 0, np.nan
    else:
        if (data[zone] != 43 and data[zone] != 45) or data[zone + 3] != 58:
            return 0, np.nan
        hours, minutes = digits(data, zone + 1, 2), digits(data, zone + 4, 2)
        if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
            return 0, np.nan
        offset = float(hours * 3600 + minutes * 60)
        seconds = seconds - offset if data[zone] == 43 else seconds + offset
    return ordinal, seconds + part


@compiled
def plain_word(data, start, end):  # type: ignore[no-untyped-def]
    """Whether it is a FHIR id: letters, digits, `-` and `.`, at most 64."""
    if end <= start or end - start > _LONGEST_WORD:
        return False
    for place in range(start, end):
        byte = data[place]
        if not (97 <= byte <= 122 or 48 <= byte <= 57 or byte == 45 or byte == 46 or 65 <= byte <= 90):
            return False
    return True


@compiled
def pointed(data, start, end):  # type: ignore[no-untyped-def]
    """Where the word of a reference begins: after `Type/` when an id follows, after `Type?` of a conditional one; -1 for any other."""
    at = start
    while at < end and (97 <= data[at] <= 122 or 65 <= data[at] <= 90):
        at += 1
    if at >= end or at - start < 2 or at - start > 40 or not 65 <= data[start] <= 90:
        return -1
    if data[at] == 47 and plain_word(data, at + 1, end):
        return at + 1
    return at + 1 if data[at] == 63 and at + 1 < end else -1
