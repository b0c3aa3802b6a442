"""What may be counted out loud. Each rule here answers one attack; tests/unit/outcomes/test_disclosure.py makes the attacks.

- a small count: hidden; a lone hidden count, or hidden counts whose sum gives them away: another is hidden with it;
- two tables of the same people (how the wait ended, how they stand): their shared margin is protected as one table;
- one person behind a sum: hidden unless enough people contribute something to it;
- two exports a few patients apart: refused, because their difference is those few patients.
"""

from collections.abc import Mapping, Sequence

from zonula.errors import UserError
from zonula.outcomes.course import Standing

# Recovered by the table of ends is recovered or relapsed by the table of standings: one margin, two tables.
AFTER_RECOVERY = (Standing.RECOVERED.value, Standing.RELAPSED.value)
LONGEST_NAME = 80


def suppressed(counts: Mapping[str, int], least: int) -> dict[str, int | None]:
    """Hide counts from 1 to least-1, and the next smallest until at least two are hidden that sum to at least twice `least`.

    With a smaller sum (two hidden cells that sum to 2 are 1 and 1) hiding would hide nothing. A zero is released: it says that nobody is
    in the cell, and it never serves as a second cell.
    """
    hidden = {name for name, count in counts.items() if 0 < count < least}
    return _shown(counts, _guarded(counts, hidden, least))


def _guarded(counts: Mapping[str, int], hidden: set[str], least: int) -> set[str]:
    rest = sorted((name for name in counts if name not in hidden and counts[name] > 0), key=lambda n: (counts[n], n))
    while hidden and rest and (len(hidden) < 2 or sum(counts[name] for name in hidden) < 2 * least):
        hidden.add(rest.pop(0))
    return hidden


def _shown(counts: Mapping[str, int], hidden: set[str]) -> dict[str, int | None]:
    return {name: None if name in hidden else count for name, count in counts.items()}


def linked(
    ends: Mapping[str, int], standings: Mapping[str, int], least: int
) -> tuple[dict[str, int | None], dict[str, int | None]]:
    """Suppress the two tables so that neither gives away what the other hides."""
    shown = suppressed(ends, least)
    after = {name: count for name, count in standings.items() if name in AFTER_RECOVERY}
    others = {name: count for name, count in standings.items() if name not in AFTER_RECOVERY}
    if shown["recovered"] is not None:
        # The margin is known, so each part is a table of its own.
        return shown, {**suppressed(others, least), **suppressed(after, least)}
    # The margin is hidden, so neither part may add up.
    hidden_after = {name for name, count in after.items() if count > 0}
    small = {name for name, count in others.items() if 0 < count < least}
    smallest = min((name for name, count in others.items() if count > 0), key=lambda n: (others[n], n), default=None)
    hidden_others = _guarded(others, small | ({smallest} if smallest else set()), least)
    return shown, {**_shown(others, hidden_others), **_shown(after, hidden_after)}


def total(values: Sequence[int | None], least: int) -> int | None:
    """A sum over patients; None unless nobody, or at least `least` patients, contribute something to it."""
    known = [value for value in values if value is not None]
    contributing = sum(value > 0 for value in known)
    return sum(known) if len(known) >= least and (contributing >= least or not contributing) else None


def rounded_down(count: int, least: int) -> int:
    """Numbers at risk fall by one for each person who leaves between two days; in steps of `least` they do not."""
    return count - count % least


def rounded(count: int, least: int) -> int:
    """To the nearest multiple of `least`: two looks a few patients apart then differ by nothing, or by `least`."""
    return least * round(count / least)


def way_suppressed(steps: Sequence[tuple[int, int | None]], least: int) -> list[int | None]:
    """Counts of steps of a way, each part of an earlier step (its place, None for the first). A step is hidden when it, or what is
    missing of the nearest shown step it is part of, is 1 to least-1: nested counts give away their difference.
    """
    shown: list[int | None] = []
    for count, within in steps:
        part_of = within
        while part_of is not None and shown[part_of] is None:
            part_of = steps[part_of][1]
        missing = 0 if part_of is None else steps[part_of][0] - count
        safe = all(part == 0 or part >= least for part in (count, missing))
        shown.append(count if safe else None)
    return shown


def clinic_name(name: str) -> str:
    """The name as it may stand in a file. Raises UserError for one that is empty, too long, or more than one printable line."""
    plain = name.strip()
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable() or plain[0] in "=+-@":
        raise UserError(
            f"{plain[:LONGEST_NAME]!r} is not a clinic's name.",
            f"One printable line of at most {LONGEST_NAME} characters.",
        )
    return plain


def check_step(before: Mapping[str, int | None], now: Mapping[str, int | None], least: int) -> None:
    """Refuse an export whose released counts differ from the earlier one's by 1 to least-1. Raises UserError naming the count."""
    for name, count in now.items():
        earlier = before.get(name)
        if count is not None and earlier is not None and 0 < abs(count - earlier) < least:
            raise UserError(
                f"{name}: {earlier} in the earlier export and {count} now; the difference would reveal single patients.",
                f"Export again when each count has changed by at least {least}.",
            )
