"""When several series of facts were active at the same time.

A series is active on the days its facts cover. One record keeps it active for `lasts` days, and facts that lie no more than
`joins_within` days apart are one stretch (both from the card `chart_review/overlap`). Facts without a date, or with only a year, are
too coarse to say what overlapped; they widen the upper bound only.
"""

from collections.abc import Sequence

import msgspec

from zonula.chart import Fact
from zonula.chart_review.reading import stretch
from zonula.chart_review.vocabulary import OverlapRule

Stretch = tuple[int, int]


class Busiest(msgspec.Struct, frozen=True):
    """The first stretch of days on which most series were active. which: their positions; at_most: what coarse dates leave possible."""

    count: int
    at_most: int
    which: tuple[int, ...] = ()
    start: int = 0
    end: int = 0


def stretches(facts: Sequence[Fact], rule: OverlapRule, today: int) -> tuple[Stretch, ...]:
    """The active stretches (first and last day, as ordinals) of one series; none reaches beyond today."""
    return _joined([days for days in map(stretch, facts) if days is not None], rule, today)


def _joined(covered: list[Stretch], rule: OverlapRule, today: int) -> tuple[Stretch, ...]:
    covered.sort()
    joined: list[list[int]] = []
    for first, last in covered:
        if joined and first - joined[-1][1] <= rule.joins_within:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return tuple((first, max(first, min(last + rule.lasts, today))) for first, last in joined)


def busiest(series: Sequence[Sequence[Fact]], rule: OverlapRule, today: int) -> Busiest:
    """Which series were active together, on the first day on which most were."""
    edges: list[tuple[int, int, int]] = []
    coarse = False
    for which, facts in enumerate(series):
        if not facts:
            continue
        covered = [days for days in map(stretch, facts) if days is not None]
        coarse |= len(covered) < len(facts)
        for start, end in _joined(covered, rule, today):
            edges.append((start, 0, which))
            edges.append((end + 1, -1, which))  # ends are worked off before starts on the same day
    edges.sort()
    active: set[int] = set()
    best: tuple[int, ...] = ()
    since, until = 0, 0
    for place, (day, leaves, which) in enumerate(edges):
        if leaves:
            active.discard(which)
            continue
        active.add(which)
        if len(active) > len(best):
            best, since = tuple(sorted(active)), day
            until = next((later - 1 for later, ends, _ in edges[place + 1 :] if ends), day)
    at_most = sum(1 for facts in series if facts) if coarse else len(best)
    return Busiest(len(best), at_most, best, since, until)
