"""Every code of the chart review's lists stands in a real table, or in the list of numbers somebody looked up."""

from collections import Counter

import pytest

from zonula.chart import System
from zonula.chart_review.library import DOMAINS
from zonula.chart_review.vocabulary import CODE_LISTS, ROOM, Vocabulary, vocabulary
from zonula.knowledge import Shelf, shelf

pytestmark = pytest.mark.conformance
ROWS = {name: shelf().code_list(f"{ROOM}/{name}") for name in CODE_LISTS}


def test_every_icd_10_cm_code_stands_in_the_table_with_its_wording():
    icd = pytest.importorskip("simple_icd_10_cm")
    rows = [row for row in ROWS["icd"] if row.system is System.ICD10CM]
    assert len(rows) > 300
    wrong = [
        row.code for row in rows if not icd.is_valid_item(row.code) or icd.get_description(row.code) != row.display
    ]
    assert wrong == []


def test_the_table_is_of_the_fiscal_year_on_the_card():
    """Codes that came with fiscal year 2026 exist, and those they replaced are no longer billable by themselves."""
    icd = pytest.importorskip("simple_icd_10_cm")
    assert shelf().card(f"{ROOM}/icd_year").value == 2026
    for split in ("T78.11", "T78.12", "T78.19", "G35.A", "G35.D", "L29.81", "L29.89"):
        assert icd.is_valid_item(split)
    for parent in ("T78.1", "G35", "L29.8"):
        assert not icd.is_leaf(parent)


def test_a_list_covers_codes_below_its_rows_and_no_neighbours():
    words = vocabulary()
    for code, name in (
        ("T78.11XA", "allergy/any"), ("G35.A", "label/multiple_sclerosis"), ("L29.81", "domain/itch"), ("M54.50", "domain/body_aches"),
        ("R51.9", "domain/headache"), ("F32.A", "domain/anxiety_depression"), ("K58.0", "label/ibs"), ("F50.82", "flag/eating_disorder"),
    ):  # fmt: skip
        assert name in words.lists_of_code(System.ICD10CM, code), code
    for code, name in (
        ("G43.A0", "domain/headache"), ("K59.00", "domain/bloating"), ("Z77.098", "domain/chemical_sensitivity"), ("D89.89", "domain/rash"),
        ("N18.31", "flag/kidney_disease"),
    ):  # fmt: skip
        assert name not in words.lists_of_code(System.ICD10CM, code), code


def test_who_icd_10_is_not_read_as_icd_10_cm():
    assert vocabulary().lists_of_code(System.ICD10, "R53") == frozenset()


def test_every_adverse_effect_of_a_drug_is_a_side_effect():
    icd = pytest.importorskip("simple_icd_10_cm")
    leaves = [
        code
        for code in icd.get_all_codes()
        if icd.is_leaf(code)
        and code[0] == "T"
        and 36 <= int(code[1:3]) <= 50
        and "Adverse effect" in icd.get_description(code)
    ]
    assert len(leaves) > 300
    missing = [
        code
        for code in leaves
        if "domain/treatment_side_effects" not in vocabulary().lists_of_code(System.ICD10CM, code)
    ]
    assert missing == []


def luhn(number):
    """The LOINC check digit (mod 10)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[::2]) + sum(digits[1::2])
    return (10 - doubled % 10) % 10


@pytest.mark.parametrize("row", ROWS["loinc"], ids=lambda row: row.code)
def test_every_loinc_number_carries_its_check_digit(row):
    number, _, check = row.code.partition("-")
    assert luhn(number) == int(check)


def test_a_wrong_loinc_number_would_be_found():
    assert luhn("6098") != 9
    assert luhn("46128") == 5


def test_easily_swapped_loinc_numbers():
    words = vocabulary()
    assert words.lists_of_code(System.LOINC, "63453-5") == {"test/dgp_iga"}
    assert words.lists_of_code(System.LOINC, "63459-2") == {"test/dgp_igg"}
    assert words.lists_of_code(System.LOINC, "19113-0") == {"test/total_ige"}
    assert words.lists_of_code(System.LOINC, "6098-8") == frozenset()


@pytest.mark.parametrize("row", ROWS["snomed"], ids=lambda row: row.code)
def test_every_snomed_identifier_carries_its_check_digit(row):
    """Verhoeff check of an SCTID; identifiers alone are shipped, with our own wording."""
    assert row.system is System.SNOMED
    assert verhoeff(row.code) == 0


def verhoeff(number):
    """0 for a number that ends with its Verhoeff check digit."""
    times = [
        [(a + b) % 5 if a < 5 and b < 5 else (a + b) % 5 + 5 if a < 5 else (a - b) % 5 + 5 if b < 5 else (a - b) % 5 for b in range(10)]
        for a in range(10)
    ]  # fmt: skip
    step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    check = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        for _ in range(place % 8):
            value = step[value]
        check = times[check][value]
    return check


def test_the_review_works_without_snomed(tmp_path):
    """A clinic without a licence deletes one file."""
    room = tmp_path / ROOM
    room.mkdir()
    for path in (shelf().root / ROOM).iterdir():
        if path.name != "snomed.csv":
            (room / path.name).symlink_to(path)
    words = Vocabulary(Shelf(tmp_path))
    assert words.lists_of_code(System.SNOMED, "25064002") == frozenset()
    assert "domain/headache" in words.lists_of_code(System.ICD10CM, "R51.9")


def test_every_list_is_asked_for_and_every_domain_has_its_own_code():
    named = Counter(row.more["list"] for rows in ROWS.values() for row in rows)
    for domain in DOMAINS:
        assert f"domain/{domain}" in vocabulary().lists_of_code(System.ZONULA, domain)
        assert named[f"domain/{domain}"] >= 1
    assert all("/" in name for name in named)
