"""The CSV template: what a clinic types, what spreadsheets do to it, and what each refused line is told."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.chart import DETAILS, Interpretation, Kind, Quantity, Sex, Status, System
from zonula.chart_import.csv_template import COLUMNS, read, template

HEADER = "patient,kind,date,code_system,code,text,value,unit,low,high,interpretation,status"


def _read(*lines, header=HEADER, encoding="utf-8"):
    return read("\n".join([header, *lines]).encode(encoding), "typed.csv")


def _fact(line, header=HEADER):
    document = _read(line, header=header)
    assert document.report.skipped == ()
    ((fact,),) = document.facts.values()
    return fact


def _reason(line):
    document = _read(line, "P1,symptom,,,,itch,,,,,,")
    (skipped,) = document.report.skipped
    assert skipped.place == "line 2"
    assert document.report.kept == 1
    return skipped.reason


def test_the_shipped_template_reads_without_a_word():
    document = read(template().encode(), "template.csv")
    assert document.report.skipped == document.report.warnings == ()
    assert document.report.read == {"observation": 1, "symptom": 1}
    assert tuple(template().splitlines()[0].split(",")) == COLUMNS
    (patient,) = document.patients
    assert (patient.name, patient.sex, patient.birth.text) == ("Example Person", Sex.FEMALE, "1984-05-17")


def test_every_detail_of_every_kind_has_a_column():
    assert {name for names in DETAILS.values() for name in names} <= set(COLUMNS)


def test_a_result_keeps_code_value_unit_limits_and_what_the_sender_said():
    fact = _fact("P1,observation,2023-04-30,loinc,31017-7,tTG-IgA,<0.5,U/mL,,7,n,confirmed")
    assert (fact.id, fact.sources[0].place) == ("typed.csv#line 2", "line 2")
    assert (fact.codes[0].key, fact.value) == ((System.LOINC, "31017-7"), Quantity(0.5, "U/mL", "<"))
    assert (fact.reference.low, fact.reference.high) == (None, 7)
    assert (fact.interpretation, fact.status) == (Interpretation.NORMAL, Status.CONFIRMED)


@pytest.mark.parametrize("date", ["2019", "2019-04", "2019-04-30", "2019-04-30T08:15", "2019-04-30T08:15:00+02:00"])
def test_iso_dates_keep_their_precision(date):
    assert _fact(f"P1,symptom,{date},,,itch,,,,,,").when.start.text == date


@pytest.mark.parametrize(
    ("date", "cure"),
    [
        ("1/2/2023", "ambiguous"),
        ("31.12.2022", "ambiguous"),
        ("03-04-22", "ambiguous"),
        ("44927", "day number"),
        ("20230102", "write 2023-01-02"),
        ("last summer", "YYYY-MM-DD"),
        ("2023-02-30", "day is out of range"),
        ("2023-13", "month must be in 1..12"),
    ],
)
def test_other_dates_are_refused_with_the_cure(date, cure):
    assert cure in _reason(f"P1,symptom,{date},,,itch,,,,,,")


@pytest.mark.parametrize(
    ("written", "separator", "quantity"),
    [
        ("7.25", ",", Quantity(7.25, "g")),
        ("-3", ",", Quantity(-3, "g")),
        (">= 100", ",", Quantity(100, "g", ">=")),
        ("≤0.5", ",", Quantity(0.5, "g", "<=")),
        ("7,25", ";", Quantity(7.25, "g")),
        ("<0,5", ";", Quantity(0.5, "g", "<")),
        ("1,234", ";", Quantity(1.234, "g")),
        ("7.25", ";", Quantity(7.25, "g")),
        ("7,25", "\t", Quantity(7.25, "g")),
        ("1.234", ",", Quantity(1.234, "g")),
    ],
)
def test_numbers(written, separator, quantity):
    line = separator.join(["P1", "observation", "", "", "", "x", written, "g", "", "", "", ""])
    assert _fact(line, HEADER.replace(",", separator)).value == quantity


@pytest.mark.parametrize(
    ("written", "separator", "reason"),
    [
        ('"1,234"', ",", "thousands separator"),
        ('"1,234.5"', ",", "thousands separator"),
        ("1 234", ",", "thousands separator"),
        ("1'234", ",", "thousands separator"),
        ("1.234", ";", "thousands separator"),
        ("1.234,5", ";", "thousands separator"),
        ('"7,25"', ",", "decimal comma"),
        ("#N/A", ",", "error message"),
        ("#####", ",", "error message"),
        ("1e999", ",", "too large"),
    ],
)
def test_numbers_in_doubt_are_refused(written, separator, reason):
    line = separator.join(["P1", "observation", "", "", "", "x", written, "g", "", "", "", ""])
    document = _read(line, header=HEADER.replace(",", separator))
    assert reason in document.report.skipped[0].reason
    assert document.report.kept == 0


@pytest.mark.parametrize("words", ["neg", "positive", "+", "++", "trace", "1:40", "nicht nachweisbar"])
def test_words_stay_words(words):
    fact = _fact(f"P1,observation,,,,x,{words},,,,,")
    assert (fact.value, fact.value_text, fact.interpretation) == (None, words, None)


def test_cells_that_look_like_formulas_are_text_and_nothing_else():
    document = _read("P1,observation,,,,=1+1,=A1*2,,,,,")
    ((fact,),) = document.facts.values()
    assert (fact.text, fact.value, fact.value_text) == ("=1+1", None, "=A1*2")
    assert "looks like a formula" in document.report.warnings[0]


def test_a_number_with_its_unit_in_one_cell_is_told():
    document = _read("P1,observation,,,,x,12 mg/dL,,,,,")
    assert "column unit" in document.report.warnings[0]
    assert next(iter(document.facts.values()))[0].value_text == "12 mg/dL"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",symptom,,,,itch,,,,,,", "patient is empty"),
        ("P1,,2020,,,itch,,,,,,", "kind is empty"),
        ("P1,symtom,,,,itch,,,,,,", "did you mean symptom"),
        ("P1,symptom,,,,,,,,,,", "text and code are both empty"),
        ("P1,condition,,icd10-cm,,x,,,,,,", "code is empty"),
        ("P1,condition,,icd11,X,x,,,,,,", "code_system 'icd11' is not known"),
        ("P1,observation,,loinc,2093-4,x,,,,,,", "check digit"),
        ("P1,observation,,loinc,Mar-93,x,,,,,,", "not a LOINC code"),
        ("P1,condition,,snomed,396331006,x,,,,,,", "check digit"),
        ("P1,condition,,snomed,3.96331E+08,x,,,,,,", "rounded by a spreadsheet"),
        ("P1,condition,,,,x,,,,,,confirmd", "did you mean confirmed"),
        ("P1,observation,,,,x,1,,9,2,,", "low 9 is above high 2"),
        ("P1,observation,,,,x,1,,abc,,,", "low 'abc' is not a number"),
        ('P1,symptom,,,,"never closed,,,,,,', "never closed"),
        ("P1,symptom,,,,itch,,,,,,,extra", "has 13 cells"),
    ],
)
def test_a_bad_line_is_told_and_the_others_kept(line, reason):
    assert reason in _reason(line)


def test_snomed_and_loinc_codes_with_right_check_digits_pass():
    assert _fact("P1,condition,,SNOMED CT,396331005,Celiac disease,,,,,,").codes[0].system is System.SNOMED
    assert _fact("P1,observation,,LOINC,2093-3,Cholesterol,,,,,,").codes[0].code == "2093-3"


def test_two_people_are_two_charts_and_one_id_with_two_births_is_refused():
    document = _read(
        "A,1980-01-01,symptom,itch",
        "B,,symptom,rash",
        "A,1990-01-01,symptom,pain",
        header="patient,birth_date,kind,text",
    )
    assert set(document.facts) == {"A", "B"}
    assert "birth_date is another one" in document.report.skipped[0].reason
    assert [fact.text for fact in document.facts["A"]] == ["itch"]


def test_a_detail_or_value_of_another_kind_is_kept_in_the_note_and_told():
    document = _read("P1,condition,asthma,2 puffs,7", header="patient,kind,text,dosage,value")
    ((fact,),) = document.facts.values()
    assert (fact.details, fact.note, fact.value) == ((), "value: 7\ndosage: 2 puffs", None)
    assert len(document.report.warnings) == 2


@pytest.mark.parametrize(("cell", "negated"), [("yes", True), ("no", False), ("", False)])
def test_negated(cell, negated):
    assert _fact(f"P1,condition,celiac disease,{cell}", "patient,kind,text,negated").negated is negated


def test_unknown_columns_are_named_with_the_nearest():
    document = _read("P1,symptom,itch,5", header="patient,kind,text,sevrity")
    assert document.report.warnings == (
        "column 'sevrity' is not part of the template and is not read (did you mean severity?)",
    )
    assert document.report.kept == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"Name;Wert\nTSH;2\n", "not the Zonula template"),
        (b"patient,knd,text\n", "'knd' (did you mean kind?)"),
        (b"patient,kind,text,text\n", "more than once"),
        (b"PK\x03\x04....", "spreadsheet file"),
        (b"a\x00b", "zero bytes"),
        (b"\xff\xfea", "damaged"),
    ],
)
def test_not_the_template_is_refused_with_the_cure(data, reason):
    document = read(data, "x.csv")
    assert document.report.kind == "refused"
    assert reason in document.report.skipped[0].reason
    assert not document.facts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_spreadsheets(encoding):
    document = _read("P1,symptom,,,,Übelkeit µ,,,,,,", encoding=encoding)
    assert next(iter(document.facts.values()))[0].text == "Übelkeit µ"
    assert bool(document.report.warnings) == (encoding == "cp1252")


def test_a_quoted_text_may_span_lines_and_the_line_numbers_stay_right():
    document = _read('P1,symptom,,,,"itch\nat night",,,,,,', "P1,symptom,1/1/20,,,pain,,,,,,")
    assert next(iter(document.facts.values()))[0].text == "itch\nat night"
    assert document.report.skipped[0].place == "line 4"


def test_kinds_may_be_written_as_people_write_them():
    assert _fact("P1,Family history,,,,celiac disease,,,,,,").kind is Kind.FAMILY_HISTORY
    assert _fact("P1,immunization,,,,Tdap,,,,,,").kind is Kind.IMMUNISATION


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.lists(st.text(max_size=12), max_size=14), max_size=6), separator=st.sampled_from(",;\t"))
def test_any_table_gives_facts_or_reasons_for_every_line(rows, separator):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([HEADER.split(","), *rows])
    document = read(out.getvalue().encode("utf-8", "replace"), "any.csv")
    kept = sum(len(facts) for facts in document.facts.values())
    assert document.report.kept == kept
    assert all(one.reason for one in document.report.skipped)


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(0, 900), junk=st.binary(max_size=8))
def test_a_file_cut_or_damaged_anywhere_never_crashes(cut, junk):
    document = read(template().encode()[:cut] + junk, "cut.csv")
    assert document.report.kind in {"csv", "refused"}


def test_every_column_is_documented():
    manual = (Path(__file__).parents[4] / "docs" / "csv-template.md").read_text(encoding="utf-8")
    assert [name for name in COLUMNS if f"`{name}`" not in manual] == []
