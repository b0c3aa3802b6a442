"""A chart has one order and no twin facts."""

import pytest

from zonula.chart import UNKNOWN_TIME, Fact, Kind, Patient, Source, Status, at, chart_of

PATIENT = Patient(id="p")


def fact(name, when=UNKNOWN_TIME, **more):
    return Fact(id=name, kind=Kind.CONDITION, sources=(Source("d", name),), when=when, **more)


def test_facts_stand_in_time_order_with_the_undated_last():
    chart = chart_of(
        PATIENT, [fact("undated"), fact("b", at("2020-05-01")), fact("a", at("2020-05-01")), fact("old", at("2011"))]
    )
    assert [one.id for one in chart.facts] == ["old", "a", "b", "undated"]


def test_the_order_facts_arrive_in_does_not_matter():
    facts = [fact("x", at("2020")), fact("y", at("2019-03")), fact("z")]
    assert chart_of(PATIENT, facts) == chart_of(PATIENT, reversed(facts))


def test_two_facts_with_one_id_are_refused():
    with pytest.raises(ValueError, match="share an id"):
        chart_of(PATIENT, [fact("x"), fact("x")])


@pytest.mark.parametrize("status", [Status.REFUTED, Status.ENTERED_IN_ERROR, Status.PLANNED, Status.NOT_DONE])
def test_what_the_record_does_not_claim_is_not_asserted(status):
    assert not fact("x", status=status).asserted


def test_a_negated_fact_is_not_asserted_and_a_suspicion_is():
    assert not fact("x", negated=True, status=Status.CONFIRMED).asserted
    assert fact("x", status=Status.SUSPECTED).asserted
