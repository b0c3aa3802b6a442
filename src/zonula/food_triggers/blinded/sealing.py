"""Sealed allocation: the order is drawn from a seed, hidden behind a hash, and checked when it is opened.

The commitment is SHA-256 over the canonical JSON of the sealed allocation, whose salt of at least 16 random bytes keeps anyone
from trying all orders. Opening checks three things: the hash, that the seed really gives this order, and that the design is the
one that was committed to. So nobody can change, choose or re-draw the order after the start without being seen.
"""

import hashlib
import json
from collections.abc import Iterator

import msgspec

from zonula.errors import UserError
from zonula.food_triggers.blinded.schedules import Arm, Schedules

LEAST_SALT_BYTES = 16
_DRAW_BYTES = 32


class Sealed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person who fills the portions holds, and nobody else until unblinding. seed and salt are hexadecimal."""

    trial: str
    design_hash: str
    schedule: tuple[Arm, ...]
    seed: str
    salt: str


def canonical(value: object) -> bytes:
    """One spelling for one meaning: sorted keys, no spaces, 4.0 written 4, UTF-8. The form that is hashed."""
    return json.dumps(
        _plain(msgspec.to_builtins(value)), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def digest(value: object) -> str:
    """SHA-256 of the canonical form, hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def seeded_rank(seed: bytes, count: int) -> int:
    """A rank in 0 .. count-1, exactly uniform over seeds; the same for ever on every machine.

    256-bit words of SHA-256 in counter mode; a word in the incomplete last stretch (chance below 2**-230) is passed over.
    """
    whole = (1 << 8 * _DRAW_BYTES) // count * count
    return next(word for word in _words(seed) if word < whole) % count


def _words(seed: bytes) -> Iterator[int]:
    counter = 0
    while True:
        yield int.from_bytes(hashlib.sha256(seed + counter.to_bytes(8, "big")).digest(), "big")
        counter += 1


def seal(trial: str, design_hash: str, schedules: Schedules, *, seed: bytes, salt: bytes) -> Sealed:
    """Draw the order from the seed and seal it. Raises UserError when seed or salt could be guessed."""
    if len(salt) < LEAST_SALT_BYTES or len(seed) < LEAST_SALT_BYTES:
        raise UserError(f"seed and salt must be at least {LEAST_SALT_BYTES} bytes, or the order could be guessed")
    schedule = schedules.at(seeded_rank(seed, schedules.count))
    return Sealed(trial=trial, design_hash=design_hash, schedule=schedule, seed=seed.hex(), salt=salt.hex())


def commitment(sealed: Sealed) -> str:
    """The hash that is published before the start."""
    return digest(sealed)


def check_seal(sealed: Sealed, committed: str, trial: str, design_hash: str, schedules: Schedules) -> None:
    """Raise UserError, naming what does not fit, unless this is the allocation that was committed to before the start."""
    if sealed.trial != trial:
        raise UserError(f"this sealed file belongs to trial {sealed.trial}, not to {trial}")
    if commitment(sealed) != committed:
        raise UserError(
            "the sealed allocation is not the one committed to before the start: it was changed.",
            "Find the file written at the design; without it the trial has no verdict.",
        )
    if sealed.design_hash != design_hash:
        raise UserError("the design is not the one the allocation was drawn for: it was changed")
    try:
        drawn = schedules.at(seeded_rank(bytes.fromhex(sealed.seed), schedules.count))
    except ValueError:
        raise UserError("the seed in the sealed allocation is not hexadecimal") from None
    if drawn != sealed.schedule:
        raise UserError("the order in the sealed allocation was not drawn from its seed: it was chosen by hand")
