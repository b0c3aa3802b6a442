"""The review on a terminal."""

import re

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.chart_review.contract import Proposal
from zonula.reports.review_page import page_of
from zonula.reports.review_text import review_text


def text_of(review, *arguments, **more):
    return review_text(page_of(review, "9.8.7"), *arguments, **more)


def test_red_flags_come_before_everything_else(review):
    headings = re.findall(r"── ([A-Z -]+) ─", text_of(review))
    assert headings == ["RED FLAGS", "AT A GLANCE", "TIMELINE", "THE TWELVE SYMPTOM DOMAINS", "LABELS SOMEBODY PROPOSED", "FIRST-LINE TESTS", "EVERY OTHER STATEMENT", "READ AND NOT READ", "RECORDS NAMED ABOVE"]  # fmt: skip


@pytest.mark.parametrize(("asked", "widest"), [(20, 80), (80, 80), (100, 100), (400, 120)])
def test_lines_fit_between_80_and_120_columns(review, asked, widest):
    longest = max(len(line) for line in text_of(review, asked).splitlines())
    assert widest - 2 <= longest <= widest


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=300))
def test_no_name_breaks_the_width_or_reaches_the_terminal_as_a_command(write_review, name):
    text = text_of(write_review(name=name))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "\x1b" not in text


def test_colour_only_when_asked_for_and_the_words_are_the_same(review):
    coloured = text_of(review, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text_of(review)


def test_a_terminal_without_unicode_gets_ascii(review):
    assert text_of(review, unicode=False).isascii()


def test_each_number_named_is_listed_with_its_record_and_its_id(review):
    text = text_of(review)
    body, listed = text.split("RECORDS NAMED ABOVE")
    assert set(re.findall(r"\[(\d+)\]", body)) <= set(re.findall(r"^\[(\d+)\]", listed, re.M))
    assert "a.json#l1" in listed


def test_what_was_skipped_is_said(review):
    text = text_of(review)
    assert "skipped a.json, Observation/9: no value <b>at all</b>" in text
    assert "remark a.json: 2019-02-30 is not a date" in text


def test_the_timeline_shows_spans_tests_visits_and_labels(review):
    drawn = text_of(review).split("── TIMELINE")[1].split("── THE TWELVE")[0]
    rows = {line[2:24].strip(): line[25:] for line in drawn.splitlines()}
    assert "━━━" in rows["Fatigue"]
    assert rows["Rash"] == "not in the records"
    assert rows["Abnormal"].strip() == "■"
    assert "×" in rows["Multiple sclerosis"]


def test_a_label_written_down_often_shows_its_first_and_its_last(review):
    visit = Proposal(
        by="not recorded", visited="Dr. V", specialty="Neurology", on="2001", recorded_as="reason for a visit"
    )
    often = [visit, *(Proposal(by=f"Dr. {number}", on=str(2002 + number)) for number in range(20))]
    label = msgspec.structs.replace(review.suspicions[0], proposals=tuple(often))
    text = text_of(msgspec.structs.replace(review, suspicions=(label,)))
    assert "2001: reason for a visit to Dr. V (Neurology)" in text
    assert "2021: Dr. 19" in text
    assert "15 more in between" in " ".join(text.split())
    assert "Dr. 10" not in text
