"""Arithmetic on what a value can be: spans (low, high), and three-valued joins. `None` is unknown."""

from collections.abc import Callable, Iterable
from datetime import date

Span = tuple[float, float]

_YES_NO: dict[str, tuple[Callable[[Span, Span], bool], Callable[[Span, Span], bool]]] = {
    ">=": (lambda a, b: a[0] >= b[1], lambda a, b: a[1] < b[0]),
    ">": (lambda a, b: a[0] > b[1], lambda a, b: a[1] <= b[0]),
    "<=": (lambda a, b: a[1] <= b[0], lambda a, b: a[0] > b[1]),
    "<": (lambda a, b: a[1] < b[0], lambda a, b: a[0] >= b[1]),
}


def compared(left: Span | None, how: str, right: Span | None) -> bool | None:
    """Whether the comparison holds for every value the spans allow (yes), for none (no), or only for some (unknown)."""
    if left is None or right is None:
        return None
    surely, never = _YES_NO[how]
    return True if surely(left, right) else False if never(left, right) else None


def full_years(since: Span | None, until: Span | None) -> Span | None:
    """Full calendar years between two days given as ordinals; never below zero."""
    if since is None or until is None:
        return None
    return (_years(since[1], until[0]), _years(since[0], until[1]))


def _years(since: float, until: float) -> float:
    if until < since:
        return 0.0
    first, last = date.fromordinal(int(since)), date.fromordinal(int(until))
    return float(last.year - first.year - ((last.month, last.day) < (first.month, first.day)))


def joined_and(parts: Iterable[bool | None]) -> bool | None:
    """No when any part is, else unknown when any part is, else yes."""
    known = list(parts)
    return False if False in known else None if None in known else True


def joined_or(parts: Iterable[bool | None]) -> bool | None:
    """Yes when any part is, else unknown when any part is, else no."""
    known = list(parts)
    return True if True in known else None if None in known else False
