"""Typings in every notation mean what the cases say; what cannot be read is refused in words."""

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
import yaml

from zonula.errors import UserError
from zonula.laboratory_tests.hla import meaning_of, read_typing, typing_findings

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "laboratory_tests" / "hla.yaml").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["typing"] for case in CASES])
def test_a_typing(case):
    meaning = meaning_of(read_typing(case["typing"]))
    for field in ("dq25", "dq8", "dq22", "half", "permissive", "configuration", "genotype", "homozygous"):
        if field in case:
            assert getattr(meaning, field) == case[field], (field, meaning)
    if "class" in case:
        assert meaning.risk_class == case["class"]
        assert meaning.one_in is not None
        assert meaning.one_in[0] <= meaning.one_in[1]
    assert case.get("note", "") in " | ".join(meaning.notes)
    assert len(meaning.notes) == case.get("notes", len(meaning.notes)), meaning.notes


def test_every_row_of_the_gradient_has_a_case():
    from zonula.knowledge import shelf

    rows = set(shelf().card("laboratory_tests/hla_dq_gradient").data["genotypes"])
    assert rows <= {case.get("genotype") for case in CASES}


@pytest.mark.parametrize("word", ["", "see report", "rs2187668 CT", "HLA-B*27:05", "DQA1", "05:01"])
def test_what_holds_no_typing_is_refused(word):
    with pytest.raises(UserError, match="no HLA-DQ allele"):
        read_typing(word)


def test_two_peoples_alleles_are_refused():
    with pytest.raises(UserError, match="DQA1 carries 3 alleles; one person has two"):
        read_typing("DQA1*05:01, DQA1*01:01, DQA1*03:01")


def test_a_serotype_both_present_and_absent_is_refused():
    with pytest.raises(UserError, match="DQ2 is both present and absent"):
        read_typing("DQ2 positive, DQ2 negative")


@pytest.mark.parametrize("text", ["DQ2, DQ8 negative", "DQ2 DQ8 not detected", "DQ2; DQ8 -"])
def test_a_list_with_one_negative_word_is_refused(text):
    with pytest.raises(UserError, match="not clear whether DQ2 is negative"):
        read_typing(text)


def test_the_order_of_the_alleles_never_matters():
    alleles = ["DQA1*05:01", "DQA1*01:02", "DQB1*02:01", "DQB1*06:02"]
    assert len({meaning_of(read_typing(" ".join(order))) for order in permutations(alleles)}) == 1


@pytest.mark.parametrize("case", CASES, ids=[case["typing"] for case in CASES])
def test_case_and_prefix_never_matter(case):
    plain = meaning_of(read_typing(case["typing"]))
    small = meaning_of(read_typing(case["typing"].lower()))
    assert (plain.permissive, plain.genotype, plain.dq25) == (small.permissive, small.genotype, small.dq25)


def test_half_a_heterodimer_is_not_said_to_be_as_common_as_the_whole():
    today = date(2026, 11, 24)

    def says(typing):
        return typing_findings(meaning_of(read_typing(typing)), today)[0].says

    half = says("DQA1*01:02, DQA1*05:05, DQB1*06:02, DQB1*03:01")
    assert "only half of a heterodimer" in half
    assert "30 to 40 %" not in half
    assert "30 to 40 %" in says("DQA1*01:02, DQA1*05:01, DQB1*06:02, DQB1*02:01")
    assert "only half" not in says("DQA1*05:05, DQA1*05:01, DQB1*03:01, DQB1*02:01")
