"""Every clinician's case of the exclusion work-up, and the promises that hold for all of them."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from zonula.chart import (
    Chart,
    Code,
    Fact,
    Interpretation,
    Kind,
    Moment,
    Patient,
    Quantity,
    ReferenceRange,
    Sex,
    Source,
    Status,
    System,
    When,
    chart_of,
)
from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.laboratory_tests import ItemStatus, exclusion_workup

TODAY = date(2026, 11, 24)
CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "laboratory_tests" / "workup.yaml").read_text(encoding="utf-8")
)["cases"]


def moment(day) -> Moment | None:
    return None if day is None else Moment.parse(str(day))


def fact_of(number: int, written: dict) -> Fact:
    shared = {
        "id": f"doc#{number}",
        "sources": (Source("doc", str(number)),),
        "status": Status(written.get("status", "confirmed")),
        "when": When(start=moment(written.get("date") or written.get("from")), end=moment(written.get("to"))),
    }
    if "medicine" in written:
        return Fact(kind=Kind.MEDICATION, text=written["medicine"], **shared)
    if "document" in written:
        return Fact(kind=Kind.DOCUMENT, text=written["document"], **shared)
    if "condition" in written:
        return Fact(
            kind=Kind.CONDITION, text=written["text"], codes=(Code(System.ICD10CM, written["condition"]),), **shared
        )
    value = written.get("value")
    low, high, unit = written.get("low"), written.get("high"), written.get("unit", "")
    return Fact(
        kind=Kind.OBSERVATION,
        text=written.get("text", ""),
        codes=(Code(System.LOINC, written["test"]),),
        value=None if value is None else Quantity(float(value), unit, written.get("comparator", "")),
        value_text=written.get("words", ""),
        interpretation=Interpretation(written["interpretation"]) if "interpretation" in written else None,
        reference=None if low is None and high is None else ReferenceRange(low, high, written.get("range_unit", unit)),
        **shared,
    )


def chart_of_case(case: dict) -> Chart:
    person = case.get("patient", {})
    patient = Patient(id="p", sex=Sex(person.get("sex", "unknown")), birth=moment(person.get("birth")))
    return chart_of(patient, [fact_of(number, written) for number, written in enumerate(case.get("facts", ()))])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case_of_the_work_up(case):
    workup = exclusion_workup(chart_of_case(case), case.get("domains", []), TODAY)
    by_test = {item.test: item for item in workup.items}
    for test, status in case.get("items", {}).items():
        assert by_test[test].status == status, by_test[test]
    for test, words in case.get("because", {}).items():
        assert words in by_test[test].because
    for test in case.get("not_asked", ()):
        assert test not in by_test
    ids = {finding.id for finding in workup.findings}
    assert set(case.get("findings", ())) <= ids
    assert not set(case.get("absent", ())) & ids
    done = {finding.id.rsplit(".", 1)[-1]: bool(finding.because) for finding in workup.not_worth_ordering}
    assert all(done[name] for name in case.get("not_used", ()))
    assert not any(done[name] for name in case.get("used", ()))


def test_every_status_has_a_case():
    assert {status for case in CASES for status in case.get("items", {}).values()} == {
        status.value for status in ItemStatus
    }


def test_every_card_of_the_work_up_is_touched_by_a_case():
    touched = set()
    for case in CASES:
        workup = exclusion_workup(chart_of_case(case), case.get("domains", []), TODAY)
        touched |= {card for finding in workup.findings for card in finding.according_to}
    assert {
        "laboratory_tests/exclusion_tests",
        "laboratory_tests/decision_limits",
        "laboratory_tests/validity",
        "laboratory_tests/follow_up",
        "laboratory_tests/not_worth_ordering",
    } <= touched


def test_every_rule_of_the_validity_and_limits_cards_is_used_by_a_case():
    said = set()
    for case in CASES:
        workup = exclusion_workup(chart_of_case(case), case.get("domains", []), TODAY)
        said |= {item.because for item in workup.items}
    rules = [rule["says"] for rule in shelf().card("laboratory_tests/validity").data]
    rules += [
        band["says"] for bands in shelf().card("laboratory_tests/decision_limits").data.values() for band in bands
    ]
    assert not [rule for rule in rules if rule not in said]


def test_every_test_of_every_domain_is_on_the_card_and_asked_with_its_domain():
    data = shelf().card("laboratory_tests/exclusion_tests").data
    for domain, tests in data["domains"].items():
        workup = exclusion_workup(Chart(Patient(id="p")), [domain], TODAY)
        asked = {item.test for item in workup.items if domain in item.asked_by}
        assert asked == set(tests)
        assert set(tests) <= set(data["tests"])


def test_every_coded_test_has_codes_and_every_uncoded_one_has_words():
    data = shelf().card("laboratory_tests/exclusion_tests").data
    coded = {row.more["test"] for row in shelf().code_list("laboratory_tests/exclusion_codes")}
    assert not [test for test, spec in data["tests"].items() if test not in coded and "words" not in spec]


def test_an_unknown_domain_is_a_users_error():
    with pytest.raises(UserError, match="unknown symptom domain 'leaky'"):
        exclusion_workup(Chart(Patient(id="p")), ["leaky"], TODAY)


def test_what_a_reading_asks_for():
    case = {
        "facts": [
            {"test": "4548-4", "value": 5.2, "unit": "%", "date": "2026-05-01"},
            {"condition": "D57.3", "text": "sickle cell trait"},
            {"test": "1988-5", "value": 1, "unit": "mg/L", "high": 5, "date": "2026-05-01"},
        ]
    }
    asks = {
        finding.id.rsplit(".", 1)[-1]: [ask.what for ask in finding.asks]
        for finding in exclusion_workup(chart_of_case(case), [], TODAY).findings
    }
    assert asks["hba1c"] == ["Repeat HbA1c."]
    assert asks["ferritin"] == ["Order ferritin."]
    assert asks["crp"] == []


def test_every_finding_can_be_opened():
    for case in CASES:
        chart = chart_of_case(case)
        known = {fact.id for fact in chart.facts}
        for finding in exclusion_workup(chart, case.get("domains", []), TODAY).findings:
            assert finding.according_to
            assert set(finding.because) <= known
            assert all(shelf().card(card) for card in finding.according_to)
