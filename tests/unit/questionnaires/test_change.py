"""Change and trend: matters to patients, more than noise, or honestly unknown."""

from datetime import date

import pytest

from zonula.errors import UserError
from zonula.questionnaires import change, score, shipped, trend
from zonula.questionnaires.change import Noise


@pytest.fixture
def at_total(answered, today):
    def made(name, prefix, total, day, count=9, **head):
        points = {f"{prefix}-{n}": min(3, max(0, total - 3 * (n - 1))) for n in range(1, count + 1)}
        response = answered(shipped(name), points, authored=day, id=day, **head)
        return score(shipped(name), response, today)

    return made


@pytest.mark.parametrize(
    ("before", "after", "important", "reliable"),
    [(20, 16, "no", "no"), (20, 15, "yes", "no"), (20, 14, "yes", "no"), (20, 13, "yes", "yes"), (5, 12, "yes", "yes")],
)
def test_phq9_matters_from_5_and_is_reliable_from_7(at_total, before, after, important, reliable):
    """5 points are two standard errors of measurement (Löwe 2004), so noise reaches 1.96 x 2.5 x sqrt 2 = 6.93."""
    found = change(at_total("phq-9", "phq9", before, "2026-01-01"), at_total("phq-9", "phq9", after, "2026-03-01"))[0]
    assert (found.important, found.reliable, found.reliable_from) == (important, reliable, 6.93)
    assert found.finding.verified is False  # the 1.96 is from memory, and the page says so


@pytest.mark.parametrize(("after", "reliable"), [(15, "no"), (14, "yes")])
def test_gad7_is_reliable_from_the_published_5_59(at_total, after, reliable):
    earlier = at_total("gad-7", "gad7", 20, "2026-01-01", 7)
    assert change(earlier, at_total("gad-7", "gad7", after, "2026-02-01", 7))[0].reliable == reliable


def test_without_figures_for_noise_the_judgement_is_refused(answered, today):
    form = shipped("symptom-domains")
    earlier, later = (
        score(form, answered(form, {"itch-severity": points}, authored=day, id=day), today)
        for points, day in ((8, "2026-01-01"), (5, "2026-02-01"))
    )
    found = next(found for found in change(earlier, later) if found.scale == "itch")
    assert (found.difference, found.important, found.reliable, found.reliable_from) == (-3, "yes", "unknown", None)
    assert "cannot be said, because the noise of this scale is not known" in found.finding.says


@pytest.mark.parametrize(
    ("before", "after", "important"), [(10, 8, "no"), (10, 7, "yes"), (6, 4, "yes"), (3, 2, "no"), (0, 2, "yes")]
)
def test_an_area_needs_two_points_and_thirty_percent(answered, today, before, after, important):
    form = shipped("symptom-domains")
    earlier, later = (
        score(form, answered(form, {"itch-severity": points}, authored=day, id=day), today)
        for points, day in ((before, "2026-01-01"), (after, "2026-02-01"))
    )
    assert next(found for found in change(earlier, later) if found.scale == "itch").important == important


def test_the_order_given_does_not_matter(at_total):
    first, second = at_total("phq-9", "phq9", 20, "2026-01-01"), at_total("phq-9", "phq9", 10, "2026-02-01")
    assert change(first, second) == change(second, first)
    assert change(first, second)[0].difference == -10
    assert "fell (better)" in change(first, second)[0].finding.says


def test_what_cannot_be_compared_is_refused(at_total):
    one = at_total("phq-9", "phq9", 20, "2026-01-01")
    for other, said in (
        (at_total("gad-7", "gad7", 5, "2026-02-01", 7), "two different questionnaires"),
        (
            at_total("phq-9", "phq9", 5, "2026-02-01", subject={"reference": "Patient/2"}),
            "not known to be of one person",
        ),
        (at_total("phq-9", "phq9", 5, "2026-02-01", subject={}), "not known to be of one person"),
        (at_total("phq-9", "phq9", 5, ""), "without a date"),
    ):
        with pytest.raises(UserError, match=said):
            change(one, other)


def test_a_trend_is_the_median_slope(at_total):
    """18, 15, 12 and a single bad day of 24: the median of the slopes is still a fall of 3 in 30 days."""
    course = [("2026-01-01", 18), ("2026-01-31", 15), ("2026-03-02", 12), ("2026-04-01", 9), ("2026-05-01", 24)]
    scores = [at_total("phq-9", "phq9", total, day) for day, total in course]
    found = trend(scores[:4])[0]
    assert found.per_month == -3
    assert found.points[0] == (date(2026, 1, 1), 18)
    assert trend(scores) == trend(list(reversed(scores)))
    assert trend(scores)[0].per_month == -3  # one bad day does not turn it; least squares would


def test_two_times_are_no_trend_but_a_course(at_total):
    found = trend([at_total("phq-9", "phq9", 20, "2026-01-01"), at_total("phq-9", "phq9", 10, "2026-02-01")])[0]
    assert found.per_month is None
    assert found.finding.says == "PHQ-9 total: 20 (2026-01-01), 10 (2026-02-01)."


def test_noise_needs_both_its_figures():
    assert Noise(standard_deviation=7.5).reliable_difference(1.96) is None
    assert Noise().reliable_difference(1.96) is None
