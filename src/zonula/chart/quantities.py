"""Measured values. Units are UCUM where the sender used UCUM; a missing unit stays missing."""

import msgspec


class Quantity(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A number with its unit. comparator: "", "<", "<=", ">=" or ">" (as with `<0.5`: a bound, not a number)."""

    value: float
    unit: str = ""
    comparator: str = ""


class ReferenceRange(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The laboratory's own limits for this result; None is unknown, and nothing is computed from an unknown limit."""

    low: float | None = None
    high: float | None = None
    unit: str = ""
    text: str = ""
