"""The plain evaluator and DuckDB give the same answer, number and reasons: generated charts and rules look for any difference.

Few cases here; `python tests/agreement/population/hunt.py` runs as many as one has patience for.
"""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zonula.chart import Patient, Sex, chart_of
from zonula.chart_import import read_paths
from zonula.chart_review import nodes as n
from zonula.chart_review.evaluate import Evidence, PlainEvaluator
from zonula.chart_review.library import rules
from zonula.chart_review.vocabulary import vocabulary
from zonula.population.engines.duckdb import DuckEngine
from zonula.population.in_memory import answers_of

TODAY = date(2026, 11, 24)
MANY = int(os.environ.get("AGREEMENT_EXAMPLES", "12"))
EXAMPLES = Path(__file__).resolve().parents[3] / "src" / "zonula"


def differences(charts, asked, today=TODAY, engine=None):
    """(patient, rule, plain, query) wherever they differ."""
    found = answers_of(charts, asked, today, engine or DuckEngine())
    told = []
    for chart in charts:
        plain = PlainEvaluator(chart, today, vocabulary())
        for name, truth in asked.items():
            expected, answered = plain.truth(truth), found[chart.patient.id, name]
            if expected != answered:
                told.append((chart, truth, expected, answered))
    return told


def many(generated):
    """A few charts, each of another patient, and a few rules."""

    @st.composite
    def populations(draw):
        drawn = draw(st.lists(generated.charts(), min_size=1, max_size=6))
        return [
            chart_of(Patient(id=f"p{place}", sex=chart.patient.sex, birth=chart.patient.birth), chart.facts)
            for place, chart in enumerate(drawn)
        ]

    return populations()


def test_generated_rules_on_generated_populations(generated):
    @settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
    @given(many(generated), st.lists(generated.truths(), min_size=1, max_size=6, unique=True))
    def agree(charts, truths):
        assert differences(charts, {f"rule{place}": truth for place, truth in enumerate(truths)}) == []

    agree()


def test_the_library_on_generated_populations(generated):
    @settings(max_examples=max(2, MANY // 6), deadline=None, suppress_health_check=list(HealthCheck))
    @given(many(generated))
    def agree(charts):
        assert differences(charts, {rule.id: rule.when for rule in rules()}) == []

    agree()


def test_the_library_on_every_example_patient():
    folders = sorted(path for path in EXAMPLES.rglob("examples") if path.is_dir())
    charts = list(read_paths(folders).charts.values()) if folders else []
    assert charts, "no example patients found"
    assert differences(charts, {rule.id: rule.when for rule in rules()}) == []


def test_a_node_without_a_query_is_refused_never_left_out():
    class Unheard(n.Node, frozen=True):
        """A node nobody compiles."""

    with pytest.raises(TypeError, match="Unheard"):
        answers_of([], {"strange": Unheard()}, TODAY, DuckEngine())


def test_every_node_class_has_a_query(generated):
    """One small rule per node class, so that a new node fails here before it fails anyone."""
    seen = set()
    fatigue = n.Facts(n.CodedIn("domain/fatigue"))
    asked = {
        "conditions": n.Exists(n.Facts(n.And((n.In(n.Attribute.KIND, ("condition",)), n.TextLike("domain/itch"), n.Not(n.Within(n.Figure("chart_review/six_domains"))), n.After(n.DayOf(n.First(fatigue))), n.Or((n.Measured("ferritin", "<", n.Figure("chart_review/six_domains")),)))))),
        "ages": n.Compare(n.Years(n.Birth(), n.Today()), "<", n.CountOf(n.Last(fatigue))),
        "values": n.Compare(n.ValueOf(fatigue, "ferritin"), "<", n.UpperLimitsOf(fatigue)),
        "many": n.Compare(n.DistinctOf(fatigue, "day"), "<", n.FallOf(fatigue, "body_weight", n.Figure("chart_review/six_domains"))),
        "overlap": n.Compare(n.OverlapOf((fatigue, fatigue)), "<", n.Figure("chart_review/six_domains")),
        "truths": n.Stated(n.Is(fatigue, n.CodedIn("domain/itch")), fatigue),
        "sex": n.SexIs(Sex.FEMALE),
    }  # fmt: skip
    for truth in asked.values():
        seen.update(type(node) for node in n.walk(truth))
    assert set(n.NODES) <= seen
    assert differences([], asked) == []
    assert answers_of([], asked, TODAY, DuckEngine()) == {}


def test_answers_are_evidence(generated):
    chart = chart_of(Patient(id="p"), [])
    assert answers_of([chart], {"none": n.Exists(n.Facts(n.CodedIn("domain/itch")))}, TODAY, DuckEngine()) == {
        ("p", "none"): Evidence(False)
    }
