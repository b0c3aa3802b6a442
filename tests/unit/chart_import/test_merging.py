"""What two providers both report is one fact with two sources; what disagrees stays twice and is said."""

import json

import pytest

from zonula.chart import Status
from zonula.chart_import import read_documents


def merged(made, *documents):
    """Each document is a list of resources; names are a.json, b.json, …"""
    named = [(f"{letter}.json", made.bundle(*resources)) for letter, resources in zip("abcd", documents, strict=False)]
    imported = read_documents(named)
    (chart,) = imported.charts.values()
    return list(chart.facts), imported.documents


def test_the_same_test_from_two_providers_is_one_fact_with_two_sources(made):
    local = made.glucose(
        id="y", code={"coding": [*made.coded("2345-7")["coding"], {"system": "urn:lab", "code": "GLU"}]}
    )
    facts, reports = merged(made, [made.glucose()], [local])
    assert len(facts) == 1
    assert [(source.document, source.place) for source in facts[0].sources] == [
        ("a.json", "Observation/x"),
        ("b.json", "Observation/y"),
    ]
    assert [code.code for code in facts[0].codes] == ["2345-7", "GLU"]
    assert [report.merged for report in reports] == [0, 1]


def test_the_same_words_on_the_same_day_are_the_same_problem(made):
    one = made.about("Condition", code={"text": "Irritable  bowel"}, onsetDateTime="2019-05")
    other = made.about("Condition", id="y", code={"text": "irritable bowel"}, onsetDateTime="2019-05")
    facts, _ = merged(made, [one], [other])
    assert len(facts) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"effectiveDateTime": "2021-03-05T08:00:00Z"},
        {"effectiveDateTime": "2021-03"},
        {"valueQuantity": {"value": 5.4, "unit": "mg/dL"}},
        {"valueQuantity": {"value": 5.4, "unit": "mmol/L", "comparator": "<"}},
        {"status": "preliminary"},
        {"code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": "Haemoglobin"}},
        {"code": {"coding": [{"system": "urn:local", "code": "2345-7"}], "text": "Something else"}},
    ],
)
def test_what_differs_in_meaning_day_value_unit_or_status_stays_two_facts(made, change):
    facts, _ = merged(made, [made.glucose()], [made.glucose(id="y", **change)])
    assert len(facts) == 2


def test_an_undated_test_is_never_taken_for_another(made):
    undated = made.glucose(effectiveDateTime="")
    facts, _ = merged(made, [undated], [{**undated, "id": "y"}])
    assert len(facts) == 2


def test_an_undated_problem_lasts_and_is_the_same(made):
    problem = made.about("Condition", code={"text": "Migraine"})
    facts, _ = merged(made, [problem], [{**problem, "id": "y"}])
    assert len(facts) == 1


def test_two_equal_measurements_in_one_document_stay_two_and_meet_two_in_the_other(made):
    morning, evening = made.glucose(id="m"), made.glucose(id="e", effectiveDateTime="2021-03-04T20:00:00Z")
    facts, reports = merged(made, [morning, evening], [{**evening, "id": "e2"}, {**morning, "id": "m2"}])
    assert [[source.place for source in fact.sources] for fact in facts] == [
        ["Observation/m", "Observation/m2"],
        ["Observation/e", "Observation/e2"],
    ]
    assert reports[1].merged == 2


def test_three_providers_make_three_sources(made):
    facts, _ = merged(made, [made.glucose()], [made.glucose(id="y")], [made.glucose(id="z")])
    assert len(facts[0].sources) == 3


def test_different_results_at_the_same_time_are_both_kept_and_said(made):
    facts, reports = merged(made, [made.glucose(5.4)], [made.glucose(9.9)])
    assert [fact.value.value for fact in facts] == [5.4, 9.9]
    assert reports[1].warnings[-1] == (
        "Observation/x: disagrees with a.json#Observation/x (same test and time, different result or status); both kept"
    )


def test_a_result_withdrawn_elsewhere_is_a_conflict(made):
    facts, reports = merged(made, [made.glucose()], [made.glucose(status="entered-in-error")])
    assert {fact.status for fact in facts} == {Status.CONFIRMED, Status.ENTERED_IN_ERROR}
    assert any("disagrees" in warning for warning in reports[1].warnings)


def test_parts_follow_their_panel_when_both_are_joined(made):
    parts = [{"code": made.coded("8480-6"), "valueQuantity": {"value": 120, "unit": "mm[Hg]"}}]
    pressure = made.about(
        "Observation", status="final", code=made.coded("85354-9"), component=parts, effectiveDateTime="2021-03-04"
    )
    extra = {"code": made.coded("8462-4"), "valueQuantity": {"value": 80, "unit": "mm[Hg]"}}
    facts, _ = merged(made, [pressure], [{**pressure, "id": "y", "component": [*parts, extra]}])
    assert {fact.part_of for fact in facts} == {"", "a.json#Observation/x"}
    assert len(facts) == 3


def test_two_visits_on_a_day_are_one_only_with_the_same_minute_or_people(made):
    def visit(number, start, doctor):
        who = [{"individual": {"display": doctor}}]
        return made.about(
            "Encounter",
            id=number,
            status="finished",
            type=[{"text": "Visit"}],
            participant=who,
            period={"start": start},
        )

    assert len(merged(made, [visit("1", "2020-05-01", "Kern")], [visit("2", "2020-05-01", "Lauer")])[0]) == 2
    assert len(merged(made, [visit("1", "2020-05-01", "Kern")], [visit("2", "2020-05-01", "Kern")])[0]) == 1
    minute = "2020-05-01T09:00:00+02:00"
    assert len(merged(made, [visit("1", minute, "Kern")], [visit("2", "2020-05-01T07:00:00Z", "K.")])[0]) == 1


def test_order_and_dispense_of_a_drug_are_two_facts(made):
    drug = {"medicationCodeableConcept": {"text": "Omeprazole"}}
    order = made.about("MedicationRequest", status="active", intent="order", authoredOn="2020-05-01", **drug)
    given = made.about("MedicationDispense", status="completed", whenHandedOver="2020-05-01", **drug)
    assert len(merged(made, [order], [given])[0]) == 2


def test_the_order_of_the_documents_does_not_matter(made):
    documents = [("a.json", made.bundle(made.glucose(5))), ("b.json", made.bundle(made.glucose(id="y")))]
    documents.append(("c.json", made.bundle(made.glucose(id="z"))))
    assert read_documents(documents).charts == read_documents(documents[::-1]).charts


def test_the_same_document_twice_is_read_once_and_said(made):
    once = read_documents([("a.json", made.bundle(made.glucose()))])
    twice = read_documents([("a.json", made.bundle(made.glucose())), ("copy.json", made.bundle(made.glucose()))])
    assert twice.charts == once.charts
    assert twice.documents[1].kind == "repeated"
    assert twice.documents[1].warnings == ("is the same document as a.json; read once",)


def test_the_same_resources_in_another_spelling_join_one_to_one(made):
    undated = made.glucose(id="u", effectiveDateTime="")
    one = made.bundle(made.glucose(), undated)
    facts = (
        read_documents([("a.json", one), ("b.json", json.dumps(json.loads(one), indent=1).encode())]).charts["p"].facts
    )
    assert len(facts) == 2
    assert all(len(fact.sources) == 2 for fact in facts)


def problem(made, status, **more):
    verification = {"coding": [{"code": status}]} if status else None
    found = made.about("Condition", code={"text": "Migraine"}, onsetDateTime="2019-05", **more)
    return found if verification is None else {**found, "verificationStatus": verification}


@pytest.mark.parametrize("first", [0, 1])
def test_a_problem_nobody_called_confirmed_joins_the_confirmed_one(made, first):
    documents = [[problem(made, "")], [problem(made, "confirmed", id="y")]]
    facts, _ = merged(made, documents[first], documents[1 - first])
    assert [(fact.status, len(fact.sources)) for fact in facts] == [(Status.CONFIRMED, 2)]


@pytest.mark.parametrize("status", ["provisional", "refuted", "entered-in-error"])
def test_a_problem_nobody_called_confirmed_joins_no_other(made, status):
    facts, _ = merged(made, [problem(made, "")], [problem(made, status, id="y")])
    assert len(facts) == 2
