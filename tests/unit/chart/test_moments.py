"""Dates keep their precision and refuse what is not a date."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonula.chart import Moment, Precision, When, at


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("2019", Precision.YEAR, date(2019, 1, 1), date(2019, 12, 31)),
        ("2020-02", Precision.MONTH, date(2020, 2, 1), date(2020, 2, 29)),
        ("2021-12", Precision.MONTH, date(2021, 12, 1), date(2021, 12, 31)),
        ("2021-12-24", Precision.DAY, date(2021, 12, 24), date(2021, 12, 24)),
        ("20211224", Precision.DAY, date(2021, 12, 24), date(2021, 12, 24)),
        ("202112", Precision.MONTH, date(2021, 12, 1), date(2021, 12, 31)),
        ("2021-12-24T23:30:00-05:00", Precision.INSTANT, date(2021, 12, 24), date(2021, 12, 24)),
        ("202112242330-0500", Precision.INSTANT, date(2021, 12, 24), date(2021, 12, 24)),
        ("2016-12-31T23:59:60Z", Precision.INSTANT, date(2016, 12, 31), date(2016, 12, 31)),
    ],
)
def test_a_date_means_the_days_it_was_written_with(text, precision, earliest, latest):
    moment = Moment.parse(text)
    assert (moment.precision, moment.earliest, moment.latest) == (precision, earliest, latest)
    assert moment.text == text


@pytest.mark.parametrize(
    "text", ["2023-02-30", "2023-13", "", "yesterday", "2023-1-5", "12/31/2020", "0000", "2023-02-03T25:00"]
)
def test_what_is_not_a_date_is_refused_with_the_reason(text):
    with pytest.raises(ValueError, match="is not a date"):
        Moment.parse(text)


def test_two_writings_of_one_instant_order_alike_and_the_zone_decides():
    earlier = Moment.parse("2024-03-01T10:00:00+02:00")
    later = Moment.parse("2024-03-01T10:00:00Z")
    assert earlier.seconds == Moment.parse("20240301100000+0200").seconds
    assert earlier.order < later.order


def test_an_unknown_time_has_no_day():
    assert When(text="since childhood").first_day is None
    assert When().known is False
    assert at("2020").last_day == date(2020, 12, 31)


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_a_value_error(text):
    try:
        moment = Moment.parse(text)
    except ValueError:
        return
    assert moment.earliest <= moment.latest


@given(st.datetimes(min_value=__import__("datetime").datetime(1900, 1, 1)))
def test_every_iso_datetime_is_read(moment):
    assert Moment.parse(moment.isoformat(timespec="seconds")).earliest == moment.date()


@given(
    st.datetimes(min_value=datetime(1850, 1, 1), max_value=datetime(2100, 1, 1)).map(
        lambda when: when.replace(microsecond=0)
    ),
    st.sampled_from(["", ".120", ".999"]),
    st.sampled_from(["Z", "+00:00", "-05:30", "+14:00"]),
)
def test_the_usual_spelling_is_read_like_every_other(when: datetime, fraction: str, zone: str) -> None:
    # One more zero is the same instant in a spelling that takes the general way through the reader.
    usual = Moment.parse(f"{when.isoformat()}{fraction}{zone}")
    general = Moment.parse(f"{when.isoformat()}{fraction or '.'}0{zone}")
    assert (usual.precision, usual.earliest, usual.latest, usual.seconds) == (
        general.precision,
        general.earliest,
        general.latest,
        general.seconds,
    )


@pytest.mark.parametrize(
    "text", ["2020-01-31T08:30:00+01,00", "2020-01-31T08:30:00+0100:", "2020-01-31 08:30:00+01:00"]
)
def test_almost_the_usual_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        Moment.parse(text)
