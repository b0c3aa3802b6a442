"""The first-line tests of this room and those of the laboratory room are one list in two vocabularies, and ask only whom they concern."""

import pytest

from zonula.chart_review import review
from zonula.chart_review.library import DOMAINS
from zonula.knowledge import shelf

CALLED = {  # laboratory room → here
    "standing_test": "lean_test", "spep": "protein_electrophoresis", "syphilis": "rpr", "igg": "total_igg", "igm": "total_igm",
    "vaccine_response": "vaccine_titres", "pregnancy_test": "hcg", "ama": "mitochondrial_antibodies", "ankle_brachial": "ankle_brachial_index", "wbc": "cbc",
}  # fmt: skip


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_the_laboratory_asks_for_a_domain_is_asked_here(domain):
    ours = {
        *shelf().card(f"chart_review/domains/{domain}").data["first_line_tests"],
        *shelf().card("chart_review/core_screen").data["tests"],
    }
    theirs = shelf().card("laboratory_tests/exclusion_tests").data["domains"][domain]
    assert {CALLED.get(test, test) for test in theirs} <= ours


def test_the_core_screen_is_the_same():
    theirs = {
        CALLED.get(name, name)
        for name, told in shelf().card("laboratory_tests/exclusion_tests").data["tests"].items()
        if told["core"]
    }
    assert theirs <= set(shelf().card("chart_review/core_screen").data["tests"])


def test_both_rooms_draw_the_same_limits_of_age_and_sex():
    theirs = shelf().card("laboratory_tests/exclusion_tests").data["tests"]
    ours = dict(shelf().card("chart_review/core_screen").data["only_for"])
    for domain in DOMAINS:
        ours |= shelf().card(f"chart_review/domains/{domain}").data.get("only_for", {})
    for name, told in theirs.items():
        limits = {key: told[key] for key in ("sex", "from_age", "below_age") if key in told}
        here = {key: value for key, value in ours.get(CALLED.get(name, name), {}).items() if key != "with_flag"}
        assert limits == here, name


BLOATED = """
id | kind      | code          | text     | when       | status
1  | condition | icd10cm R14.0 | Bloating | 2026-01-01 | confirmed
2  | condition | icd10cm L29.9 | Itch     | 2026-01-01 | confirmed
"""


def asked(drawing, table, person="female born 1980-05-01"):
    return {item.id for item in review(drawing.chart(table, person), drawing.TODAY).workup}


def test_a_test_is_asked_only_of_whom_it_concerns(drawing):
    young = asked(drawing, BLOATED, "female born 1990-01-01")
    old = asked(drawing, BLOATED, "female born 1960-01-01")
    man = asked(drawing, BLOATED, "male born 1960-01-01")
    unknown = asked(drawing, BLOATED, "unknown")
    assert ("calprotectin" in young, "ca125" in young) == (True, False)
    assert ("calprotectin" in old, "ca125" in old) == (False, True)
    assert "ca125" not in man
    assert {"calprotectin", "ca125"} <= unknown
    assert "bile_acids" not in young
    assert "chest_xray" not in young


def test_a_test_that_was_done_is_shown_whomever_it_concerns(drawing):
    pregnant = BLOATED + "3 | condition | icd10cm Z33.1 | Pregnant | 2026-10-01 | confirmed\n"
    assert "bile_acids" in asked(drawing, pregnant)
    done = BLOATED + "3 | observation | loinc 14628-2 | Bile acids | 2026-10-01 | confirmed\n"
    assert "bile_acids" in asked(drawing, done)


def test_records_from_the_future_are_named(drawing):
    told = review(
        drawing.chart(BLOATED + "3 | condition | icd10cm R21 | Rash | 2062-01-01 | confirmed\n"), drawing.TODAY
    )
    (found,) = [finding for finding in told.findings if finding.id == "chart_review.later_records"]
    assert found.because == ("3",)
    assert "3" in told.facts


@pytest.mark.parametrize(
    ("code", "when", "value", "limits", "status", "reason"),
    [
        ("loinc 3016-3", "2026-06-01", "2 mIU/L", "0.4-4", "reassuring", ""),
        (
            "loinc 3016-3",
            "2014-06-01",
            "2 mIU/L",
            "0.4-4",
            "reassuring",
            "more than a year ago, which says little of today",
        ),
        ("loinc 3016-3", "2014-06-01", "9 mIU/L", "0.4-4", "abnormal", ""),
        ("loinc 2458-8", "2014-06-01", "150 mg/dL", "70-400", "reassuring", ""),
        ("loinc 44261-6", "2026-06-01", "11", "", "abnormal", "at or above the screening limit"),
        ("loinc 44261-6", "2026-06-01", "4", "", "reassuring", "below the screening limit"),
    ],
)
def test_an_old_reassurance_is_called_old_and_a_screen_is_judged(drawing, code, when, value, limits, status, reason):
    table = f"""
    id | kind        | code         | text | when       | value   | limits
    1  | condition   | icd10cm F41.9 | Anxiety | 2026-01-01 |  |
    2  | observation | {code}       | Test | {when}     | {value} | {limits}
    """
    (found,) = [
        item for item in review(drawing.chart(table), drawing.TODAY).workup if "2" in item.because and item.times
    ]
    assert (found.status, found.reason) == (status, reason)
