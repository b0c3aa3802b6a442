"""Allergies, medications and immunisations."""

import pytest

from zonula.chart import Kind, Status

RX, SNOMED, ACT = "2.16.840.1.113883.6.88", "2.16.840.1.113883.6.96", "2.16.840.1.113883.5.4"
PENICILLIN, ASPIRIN = (RX, "7980", "Penicillin G"), (RX, "1191", "aspirin")


def test_an_allergy_names_substance_kind_reaction_and_how_bad(write, read_section):
    fact = read_section(
        "48765-2",
        write.allergy(
            PENICILLIN,
            kind=(SNOMED, "416098002", "Drug allergy"),
            onset="1991",
            reaction=(SNOMED, "247472004", "Hives"),
            severity=(SNOMED, "24484000", "Severe"),
            criticality="CRITH",
        ),
    ).only
    assert fact.kind is Kind.ALLERGY
    assert fact.text == "Penicillin G"
    assert dict(fact.details) == {
        "type": "allergy",
        "category": "medication",
        "criticality": "high",
        "reaction": "Hives (severe)",
    }


@pytest.mark.parametrize(
    ("substance", "kind", "said"),
    [
        (None, "419199007", "No known allergies"),
        (None, "416098002", "No known drug allergies"),
        (None, "414285001", "No known food allergies"),
        ((SNOMED, "410942007", "Drug or medicament"), "419199007", "No known drug allergies"),
    ],
)
def test_no_known_allergies(write, read_section, substance, kind, said):
    fact = read_section("48765-2", write.allergy(substance, kind=(SNOMED, kind, ""), negated=True)).only
    assert (fact.text, fact.negated, fact.asserted) == (said, True, False)


def test_not_allergic_to_one_thing_is_not_no_allergies(write, read_section):
    fact = read_section("48765-2", write.allergy(PENICILLIN, negated=True)).only
    assert (fact.text, fact.negated) == ("Penicillin G", True)


def test_a_drug_keeps_rhythm_dose_route_reason(write, read_section):
    fact = read_section(
        "10160-0",
        write.medication(
            ASPIRIN,
            "20200101",
            every=("12", "h"),
            event="HS",
            dose="100",
            dose_unit="mg",
            route=("2.16.840.1.113883.3.26.1.1", "C38288", "ORAL"),
            reason=(SNOMED, "25064002", "Headache"),
        ),
    ).only
    assert fact.detail("dosage") == "100 mg, every 12 hours, at bedtime"
    assert (fact.detail("route"), fact.detail("reason"), fact.detail("intent")) == ("ORAL", "Headache", "statement")
    assert (fact.when.start.text, fact.when.end) == ("20200101", None)


@pytest.mark.parametrize(
    ("words", "section", "status", "intent"),
    [
        ({"status": "active"}, "10160-0", Status.CONFIRMED, "statement"),
        ({"status": "active", "mood": "INT"}, "10160-0", Status.CONFIRMED, "order"),
        ({"status": "completed"}, "10160-0", Status.RESOLVED, "statement"),
        ({"status": "aborted"}, "10160-0", Status.RESOLVED, "statement"),
        ({"status": "nullified"}, "10160-0", Status.ENTERED_IN_ERROR, "statement"),
        ({"status": "active", "mood": "INT", "suffix": "42"}, "18776-5", Status.PLANNED, "order"),
        ({"status": "active", "negated": True}, "10160-0", Status.NOT_DONE, "statement"),
    ],
)
def test_where_a_drug_stands(write, read_section, words, section, status, intent):
    fact = read_section(section, write.medication(ASPIRIN, "2020", **words)).only
    assert (fact.status, fact.detail("intent")) == (status, intent)


def test_no_known_medications(write, read_section):
    fact = read_section("10160-0", write.medication((SNOMED, "410942007", "Drug"), negated=True)).only
    assert (fact.text, fact.asserted) == ("No known medications", False)


def test_a_drug_without_a_name_is_reported(write, read_section):
    assert read_section("10160-0", write.medication(None)).reasons == [
        "a medication that names no drug (nullFlavor UNK)"
    ]


def test_a_refused_vaccine_was_not_given(write, read_section):
    fact = read_section(
        "11369-6",
        write.immunisation((write.CVX, "115", "Tdap"), "20230105", refused=(ACT, "PATOBJ", "patient objection")),
    ).only
    assert (fact.kind, fact.status, fact.negated) == (Kind.IMMUNISATION, Status.NOT_DONE, True)
    assert fact.note == "not given: patient objection"
