"""When domains overlap: the gap rule at its edges."""

import pytest

from zonula.chart_review.overlap import busiest, stretches
from zonula.chart_review.vocabulary import OverlapRule

RULE = OverlapRule(joins_within=10, lasts=5)


def facts(drawing, *whens):
    rows = "\n".join(f"{number} | condition | {when}" for number, when in enumerate(whens))
    return drawing.chart(f"id | kind | when | end\n{rows}").facts if whens else ()


def days(found):
    return [(start - BASE, end - BASE) for start, end in found]


BASE = 738886  # 2024-01-01 as an ordinal
LATER = BASE + 1000


@pytest.mark.parametrize(
    ("whens", "expected"),
    [
        ((), []),
        (("2024-01-01 |",), [(0, 5)]),
        (("2024-01-01 |", "2024-01-11 |"), [(0, 15)]),
        (("2024-01-01 |", "2024-01-12 |"), [(0, 5), (11, 16)]),
        (("2024-01-01 | 2024-02-01", "2024-01-10 |"), [(0, 36)]),
        (("2024 |", "|"), []),
    ],
)
def test_stretches(drawing, whens, expected):
    assert days(stretches(facts(drawing, *whens), RULE, LATER)) == expected


def test_no_stretch_reaches_beyond_today(drawing):
    assert days(stretches(facts(drawing, "2024-01-01 |"), RULE, BASE + 2)) == [(0, 2)]


def test_touching_days_overlap_and_the_day_after_does_not(drawing):
    one, touching, next_day = (facts(drawing, when) for when in ("2024-01-01 |", "2024-01-06 |", "2024-01-07 |"))
    assert busiest([one, touching], RULE, LATER).count == 2
    assert busiest([one, next_day], RULE, LATER).count == 1


def test_the_first_of_equally_busy_stretches_is_told_with_its_days(drawing):
    peak = busiest(
        [facts(drawing, "2024-01-01 |", "2024-06-01 |"), facts(drawing, "2024-01-03 |", "2024-06-03 |"), ()],
        RULE,
        LATER,
    )
    assert (peak.count, peak.which, peak.start - BASE, peak.end - BASE) == (2, (0, 1), 2, 5)


def test_coarse_dates_widen_only_the_upper_bound(drawing):
    peak = busiest([facts(drawing, "2024-01-01 |"), facts(drawing, "2024 |")], RULE, LATER)
    assert (peak.count, peak.at_most) == (1, 2)


def test_nothing_overlaps_nothing():
    peak = busiest([(), ()], RULE, LATER)
    assert (peak.count, peak.at_most, peak.which) == (0, 0, ())
