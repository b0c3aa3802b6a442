"""The table of facts: one row each, and no cell that a spreadsheet would run."""

import csv
import io

import pytest

from zonula.chart import Fact, Kind, Patient, Quantity, Source, chart_of
from zonula.chart_export import COLUMNS, facts_csv


def rows(*facts):
    text = facts_csv(chart_of(Patient(id="p"), facts))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def fact(**fields):
    return Fact(**{"id": "d#1", "kind": Kind.OBSERVATION, "sources": (Source("d", "1"),)} | fields)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/C calc'!A0"])
def test_no_text_is_run_by_a_spreadsheet(text):
    (row,) = rows(fact(text=text, note=text, value_text=text, performer=text, specialty=text))
    for column in ("text", "note", "result_in_words", "performer", "specialty"):
        assert row[column] == f"'{text}"


def test_a_negative_number_stays_a_number_and_nothing_is_made_up():
    (row,) = rows(fact(value=Quantity(-2.5, "mmol/L")))
    assert (row["value"], row["unit"], row["low"], row["start"]) == ("-2.5", "mmol/L", "", "")
    assert tuple(row) == COLUMNS


def test_the_comparator_stays_with_its_number():
    assert rows(fact(value=Quantity(0.5, "U/mL", "<")))[0]["value"] == "<0.5"
