"""Chart text is shown as it was written, but cannot steer the screen it is shown on."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonula.chart import Fact, Interpretation, Kind, Quantity, ReferenceRange, Source, When, at
from zonula.reports import wording


@given(st.text(max_size=300), st.integers(5, 200))
def test_plain_text_is_one_short_printable_line(text, longest):
    shown = wording.plain(text, longest)
    assert len(shown) <= longest
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in shown)
    assert not set(shown) & set("\u202e\u2066\u200f\n\r\t\x1b")


@pytest.mark.parametrize("name", ["Zoë Müller-Łukasz", "Ὀδυσσεύς", "李 小龍", "שרה לוי", "क्षितिज", "O'Neil"])
def test_names_of_any_script_stay_as_they_are(name):
    assert wording.plain(name) == name


def of(**more):
    return Fact(id="x", kind=Kind.OBSERVATION, sources=(Source("d", "p"),), **more)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (of(value=Quantity(8, "ng/mL"), interpretation=Interpretation.LOW, reference=ReferenceRange(15, 150)), "8 ng/mL (low, limits 15 to 150)"),
        (of(value=Quantity(0.5, "mg/L", "<"), reference=ReferenceRange(high=5)), "< 0.5 mg/L (limits up to 5)"),
        (of(value=Quantity(11, "{score}")), "11 points"),
        (of(value_text="Not detected"), "Not detected"),
        (of(interpretation=Interpretation.INDETERMINATE), "inconclusive"),
        (of(), ""),
        (of(value=Quantity(0.0, "%")), "0 %"),
    ],
)  # fmt: skip
def test_a_result_is_said_in_the_form_it_was_sent(fact, said):
    assert wording.result(fact) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (at("2019"), "2019"),
        (at("2019-03"), "2019-03"),
        (at("2019-03-04T10:00:00Z"), "2019-03-04"),
        (When(at("2014-02").start, at("2014-04-02").start), "2014-02 to 2014-04-02"),
        (When(None, at("2014").start), "until 2014"),
        (When(text="since childhood"), "since childhood"),
        (When(), "no date"),
    ],
)
def test_a_date_is_as_precise_as_it_was_written(when, said):
    assert wording.when(of(when=when)) == said
