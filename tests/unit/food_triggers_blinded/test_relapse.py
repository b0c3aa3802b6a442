"""The relapse monitor: quiet when nothing changed, quick when it did, honest about missing days."""

from datetime import date, timedelta

import msgspec
import numpy as np
import pytest

from zonula.chart import State
from zonula.errors import UserError
from zonula.food_triggers.blinded.weather import weather
from zonula.food_triggers.relapse import watch

START = date(2031, 1, 1)
BASELINE = 42
UNTIL = START + timedelta(days=BASELINE - 1)


def diary(rng, *, rise=0.0, after=14, days=120, rho=0.5, sd=1.0, level=2.5, missing=0.1):
    scores = level + weather(np.arange(float(days)), rho, sd, rng, size=1)[0]
    scores[BASELINE + after :] += rise
    scores = np.clip(np.round(scores), 0, 10)
    return [(START + timedelta(days=n), float(s)) for n, s in enumerate(scores) if rng.random() >= missing]


def look(ratings, **more):
    return watch("bloating", ratings, **({"baseline_until": UNTIL, "as_of": START + timedelta(days=119)} | more))


def test_false_alarms_are_rare():
    rng = np.random.default_rng(5)
    alarms = sum(look(diary(rng, rho=rho)).alarm is not None for rho in (0.0, 0.5, 0.8) for _ in range(40))
    assert alarms <= 12  # 120 people at 5 %: more than 12 has a chance of about 1 in 100


def test_a_weekly_t_test_would_cry_wolf():
    """Negative control: comparing each day's last fortnight with the baseline at the usual 5 % alarms most unchanged people."""
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(40):
        scores = np.array([score for _, score in diary(rng, rho=0.5, missing=0)])
        base = scores[:BASELINE]
        recents = [scores[end - 14 : end] for end in range(BASELINE + 14, len(scores), 7)]
        alarms += any(
            r.mean() - base.mean() > 1.645 * np.sqrt(r.var(ddof=1) / 14 + base.var(ddof=1) / BASELINE) for r in recents
        )
    assert alarms > 12


def test_a_clear_rise_is_noticed_after_it_began_with_its_date():
    rng = np.random.default_rng(6)
    found = [look(diary(rng, rise=3.5)) for _ in range(20)]
    noticed = [reading for reading in found if reading.alarm and reading.alarm >= UNTIL + timedelta(days=15)]
    assert len(noticed) >= 17
    assert np.median([(reading.alarm - UNTIL).days - 14 for reading in noticed]) < 21
    assert np.median([abs((reading.since - UNTIL).days - 15) for reading in noticed]) <= 7
    assert all(
        reading.finding.state is State.YES and reading.recent_mean > reading.baseline_mean for reading in noticed
    )


def test_a_fall_is_no_alarm():
    rng = np.random.default_rng(7)
    assert all(look(diary(rng, level=6, rise=-3)).alarm is None for _ in range(10))


def test_looking_earlier_gives_the_same_evidence_so_far():
    ratings = diary(np.random.default_rng(8), rise=2)
    whole, part = look(ratings), look(ratings, as_of=START + timedelta(days=80))
    assert whole.evidence[: len(part.evidence)] == pytest.approx(part.evidence)


def test_missing_days_are_counted_and_bridged():
    ratings = diary(np.random.default_rng(9), missing=0)
    gap = [row for row in ratings if not date(2031, 3, 1) <= row[0] < date(2031, 3, 11)]
    reading = look(gap)
    assert reading.unrated_days == 10
    assert np.isfinite(reading.evidence).all()


def test_the_order_of_rows_and_two_ratings_a_day_do_not_matter():
    ratings = diary(np.random.default_rng(10))
    twice = [(day, score + half) for day, score in ratings for half in (-0.0, 0.0)]
    assert look(twice[::-1]) == look(ratings)


def test_from_a_baseline_of_zeros_a_lasting_rise_is_seen_but_no_rate_is_stated():
    flat = [(START + timedelta(days=n), 0.0) for n in range(BASELINE)]
    all_up = [*flat, *((UNTIL + timedelta(days=n), 5.0) for n in range(1, 30))]
    reading = look(all_up)
    assert reading.alarm is not None
    assert np.isfinite(reading.evidence).all()
    assert not reading.rate_holds
    assert "cannot be stated" in reading.finding.says
    assert look(diary(np.random.default_rng(4))).rate_holds


def test_no_rating_since_the_baseline_says_nothing():
    reading = look([row for row in diary(np.random.default_rng(11)) if row[0] <= UNTIL])
    assert (reading.alarm, reading.evidence, reading.finding.state) == (None, (), State.UNKNOWN)
    assert reading.unrated_days == 120 - BASELINE


def test_a_short_baseline_or_a_wild_score_is_refused():
    ratings = diary(np.random.default_rng(12))
    with pytest.raises(UserError, match="28 are needed"):
        look(ratings, baseline_until=START + timedelta(days=20))
    with pytest.raises(UserError, match="28 are needed"):
        look([])
    with pytest.raises(UserError, match="outside 0 to 10"):
        look([*ratings, (START, 11.0)])
    with pytest.raises(UserError, match="outside 0 to 10"):
        look([*ratings, (START, float("nan"))])


def test_the_reading_is_plain_json():
    assert (
        msgspec.json.decode(msgspec.json.encode(look(diary(np.random.default_rng(13)))))["schema"] == "zonula.relapse/1"
    )
