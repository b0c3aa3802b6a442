"""Residues: quotients with their doubt, the statement and the version on every report, never a score."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.chart import State
from zonula.diet.eating import Eaten
from zonula.diet.residues import Monitoring, Sample, hazard, read_codes, read_monitoring, references, residue_called
from zonula.errors import UserError
from zonula.knowledge import shelf

DAY = date(2026, 3, 2)
HEADER = "SAMPLE_PK|COMMOD|PESTCODE|CONCEN|LOD|CONUNIT\n"


def eaten(food="strawberry", grams=150.0):
    return [Eaten(day=DAY, said=food, food=food, grams=grams)]


def report(*samples, rows=None, weight=60.0):
    return hazard(rows or eaten(), Monitoring("file", samples, ()), weight, DAY, shelf())


def one(found, lod, pesticide="Captan", food="strawberry"):
    return Sample(food, pesticide, found, lod)


def test_the_quotient_is_dose_over_reference():
    result = report(one(0.2, 0.01), one(None, 0.01))
    us = next(quotient for quotient in result.quotients if quotient.authority == "US")
    # mean residue 0.1, 0.1025, 0.105 mg/kg; 0.15 kg a day; 60 kg; US reference 0.13 mg/kg/day
    assert us.quotient == pytest.approx([mean * 0.15 / 60 / 0.13 for mean in (0.1, 0.1025, 0.105)])
    assert (us.samples, us.detected) == (2, 1)


def test_the_statement_the_version_and_the_date_stand_on_every_report():
    result = report()
    assert "no controlled human study" in result.statement
    assert result.reference_version
    assert result.reference_date == date(2026, 11, 24)
    assert "score" not in result.__struct_fields__


def test_undetected_without_a_limit_leaves_the_upper_figure_unknown():
    us = report(one(None, None)).quotients[0]
    assert us.quotient == (0.0, None, None)


def test_a_missing_reference_is_no_quotient_and_is_said():
    result = report(one(0.1, 0.01, "Zorbate"), one(0.1, 0.01, "Chlorpyrifos"))
    assert result.no_reference == ("Zorbate",)
    assert [quotient.authority for quotient in result.quotients] == ["US"]  # EFSA 2019 sets none


def test_food_without_samples_makes_every_dose_at_least():
    assert report(one(0.1, 0.01), rows=[*eaten(), *eaten("apple")]).not_sampled == ("Apple with skin",)


def test_what_has_no_weight_is_named_and_an_empty_diary_is_refused():
    unweighed = Eaten(day=DAY, said="a bowl of something", food="", grams=None)
    assert report(one(0.1, 0.01), rows=[*eaten(), unweighed]).not_sampled == ("a bowl of something",)
    with pytest.raises(UserError, match="Nothing was eaten"):
        hazard([], Monitoring("file", (), ()), 60.0, DAY, shelf())


@pytest.mark.parametrize("cells", ["ST|157|-1|0.01|M", "ST|157|many|0.01|M"])
def test_a_concentration_that_cannot_be_is_skipped_and_said(cells, knowledge):
    codes = {"ST": "Strawberries", "157": "Captan"}
    read = read_monitoring(HEADER + f"1|{cells}\n", "pdp.txt", knowledge, codes)
    assert read.samples == ()
    assert "not a number above zero" in read.skipped[0]


def test_a_code_list_without_names_is_refused():
    with pytest.raises(UserError, match="not a code list"):
        read_codes("code\n1\n", "codes.csv")


def test_sums_only_within_one_mechanism():
    result = report(one(0.1, 0.01, "Imidacloprid"), one(0.1, 0.01, "Acetamiprid"), one(0.1, 0.01, "Captan"))
    assert set(result.by_mechanism) == {"neonicotinoid, US", "neonicotinoid, EU"}


def test_above_the_reference_is_a_finding_and_doubt_is_said_as_doubt():
    above = report(one(50.0, 0.01, "Methamidophos")).findings
    assert {finding.state for finding in above} == {State.YES}
    doubt = report(one(None, 50.0, "Methamidophos")).findings
    assert {finding.state for finding in doubt} == {State.UNKNOWN}
    assert not report(one(0.01, 0.01)).findings


def test_dishes_bring_their_ingredients():
    result = report(one(0.1, 0.01, "Captan", "tomato_raw"), rows=eaten("greek_salad", 250))
    assert result.quotients[0].dose[0] == pytest.approx(0.1 * 0.25 * 0.35 / 60)


@settings(max_examples=60, deadline=None)
@given(
    samples=st.lists(st.tuples(st.none() | st.floats(0.001, 5), st.floats(0.001, 0.1)), min_size=1, max_size=8),
    weight=st.floats(20, 150),
)
def test_the_three_figures_never_cross(samples, weight):
    low, half, high = report(*(one(found, lod) for found, lod in samples), weight=weight).quotients[0].quotient
    assert low <= half <= high


def test_a_pdp_file_with_its_code_lists(knowledge):
    codes = read_codes("code,name\nST,Strawberries\n157,Captan\n", "codes.csv")
    text = (
        HEADER + "1|ST|157|0.12|0.01|M\n2|ST|157||0.01|M\n3|ST|157|120|10|B\n4|ST|157|0.1|0.01|Q\n5|XX|157|0.1|0.01|M\n"
    )
    read = read_monitoring(text, "pdp.txt", knowledge, codes)
    assert [(sample.food, sample.pesticide) for sample in read.samples] == [("strawberry", "Captan")] * 3
    assert [sample.found for sample in read.samples] == [0.12, None, pytest.approx(0.12)]
    assert read.skipped == ("1 results skipped: the unit Q is not known", "1 results skipped: XX is not a food we know")


def test_a_plain_csv_is_read_too(knowledge):
    text = 'Commodity,Pesticide,Concentration,LOD,Unit\nApples,"Cyhalothrin, lambda",ND,0.02,ppm\n'
    (sample,) = read_monitoring(text, "f.csv", knowledge).samples
    assert (sample.food, sample.found, sample.lod) == ("apple", None, 0.02)
    assert residue_called(sample.pesticide, knowledge) == "lambda_cyhalothrin"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "COMMOD|CONCEN|LOD|CONUNIT\n"])
def test_a_file_without_its_columns_is_refused(text, knowledge):
    with pytest.raises(UserError, match="no column for the"):
        read_monitoring(text, "f.txt", knowledge)


@pytest.mark.parametrize("weight", [0.0, -60.0, 4.0, 900.0])
def test_an_impossible_weight_is_refused(weight):
    with pytest.raises(UserError, match="not a body weight"):
        report(weight=weight)


def test_neonicotinoids_and_glyphosate_are_named(knowledge):
    named = references(knowledge)
    assert sum(reference.mechanism == "neonicotinoid" for reference in named.values()) >= 6
    assert named["glyphosate"].eu == 0.5
    assert named["acetamiprid"].eu == 0.005
