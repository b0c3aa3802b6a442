"""Pooling without rows: nothing small leaves, nothing changed is believed, and the pooled figure is the figure of the rows."""

from math import exp, log

import msgspec
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from zonula.errors import UserError
from zonula.outcomes import (
    AdverseEvent,
    Aggregate,
    Flow,
    aggregate,
    allocation,
    cumulative_incidence,
    flow_diagram,
    outcome,
    parse_study,
    pool,
    read_flow,
    read_signed,
    seal,
    sign,
    study_report,
    suppressed,
    verify,
)
from zonula.outcomes.aggregate import Effect, TimePoint

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture(scope="module")
def sent(registry, rules):
    """Aggregates of three clinics of 120 patients."""
    rng = np.random.default_rng(21)
    found = []
    for clinic in ("A", "B", "C"):
        courses = registry(120, "true", rng, clinic=clinic)
        found.append(aggregate(clinic, courses, [outcome(one, rules) for one in courses], rules, rng))
    return found


def test_an_aggregate_holds_no_row_and_no_small_cell(sent, rules):
    for one in sent:
        text = msgspec.json.encode(one).decode()
        assert f"{one.clinic}-0" not in text
        counts = [*one.ends.values(), *one.standings.values(), one.adverse_events, one.serious_adverse_events]
        assert all(count is None or count == 0 or count >= rules.least_cell for count in counts)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=1))
def test_no_hidden_count_can_be_computed_from_the_total(counts):
    shown = suppressed(counts, 5)
    hidden = [name for name, count in shown.items() if count is None]
    assert all(count is None or count == 0 or count >= 5 for count in shown.values())
    others = [name for name, count in counts.items() if count > 0]
    if any(0 < count < 5 for count in counts.values()) and len(others) > 1:
        assert len(hidden) >= 2
        assert sum(counts[name] for name in hidden) >= 10 or len(hidden) == len(others)


def test_too_few_patients_send_nothing(registry, rules):
    courses = registry(4, "false", np.random.default_rng(1))
    with pytest.raises(UserError, match="too few to send"):
        aggregate("A", courses, [outcome(one, rules) for one in courses], rules, np.random.default_rng(1))


def test_events_of_few_people_are_not_counted_out_loud(registry, rules):
    quiet = [msgspec.structs.replace(one, adverse_events=()) for one in registry(30, "false", np.random.default_rng(1))]
    nine = tuple(AdverseEvent(day, "rash", serious=True) for day in range(1, 10))
    loud = [msgspec.structs.replace(quiet[0], adverse_events=nine), *quiet[1:]]
    judged = [outcome(one, rules) for one in quiet]
    one_person = aggregate("A", loud, judged, rules, np.random.default_rng(1))
    assert (one_person.adverse_events, one_person.serious_adverse_events) == (None, None)
    nobody = aggregate("A", quiet, judged, rules, np.random.default_rng(1))
    assert (nobody.adverse_events, nobody.serious_adverse_events) == (0, 0)


def test_a_signature_holds_and_a_changed_file_does_not(sent):
    data = msgspec.json.encode(sign(sent[0], KEY))
    assert verify(read_signed(data, "a.json"), "a.json") == sent[0]
    with pytest.raises(UserError, match="was changed"):
        verify(read_signed(data.replace(b'"patients":120', b'"patients":121'), "a.json"), "a.json")
    with pytest.raises(UserError, match="was changed"):
        verify(msgspec.structs.replace(sign(sent[0], KEY), public_key="zz"), "a.json")
    for bad in (b"{}", b"[", b'{"aggregate": 1}'):
        with pytest.raises(UserError, match="not a clinic's aggregate"):
            read_signed(bad, "a.json")


def test_pooling_three_clinics_finds_the_effect_with_an_interval_around_the_truth(sent):
    report = pool(sent)
    assert report.patients == 360
    assert report.hazard_ratio.low < exp(-0.6) < report.hazard_ratio.high
    assert report.hazard_ratio.high < 1
    assert [name for name, _ in report.hazard_ratio.leave_one_out] == ["A", "B", "C"]
    assert "excludes no effect" in report.says


def test_shares_at_agreed_days_agree_with_the_rows(registry, rules):
    """Pooling is exact where clinics are alike in law; against the rows it differs only by the approximation of the scale."""
    rng = np.random.default_rng(22)
    clinics = [registry(200, "false", rng, clinic=name) for name in "ABCD"]
    judged = [[outcome(one, rules) for one in courses] for courses in clinics]
    report = pool(
        [
            aggregate(name, courses, outs, rules, rng)
            for name, courses, outs in zip("ABCD", clinics, judged, strict=True)
        ]
    )
    together = {
        point.day: point
        for point in cumulative_incidence([one for outs in judged for one in outs], rules.agreed_times).points
    }
    for day, share in report.recovered.items():
        if share.clinics == 4:
            assert abs(share.estimate - together[day].probability) < 0.02
            assert share.low < together[day].probability < share.high


def test_a_fixed_effect_pool_of_equal_clinics_is_exact():
    def clinic(name, error):
        return Aggregate(
            clinic=name,
            definitions="d",
            patients=10,
            ends={},
            standings={},
            adverse_events=0,
            serious_adverse_events=0,
            foods_restricted=None,
            foods_given_back=None,
            points=(TimePoint(28, 0.5, log(log(2)), error, 9),),
            effect=Effect(-0.3, error, ()),
        )

    report = pool([clinic("A", 0.2), clinic("B", 0.1)])
    assert report.hazard_ratio.estimate == pytest.approx(exp(-0.3), abs=1e-6)
    assert report.recovered[28].estimate == pytest.approx(0.5, abs=1e-6)
    assert report.hazard_ratio.tau_squared == pytest.approx(0, abs=1e-9)


def test_what_does_not_belong_together_is_refused(sent):
    with pytest.raises(UserError, match="stands twice"):
        pool([sent[0], sent[0]])
    with pytest.raises(UserError, match="different definitions"):
        pool([sent[0], msgspec.structs.replace(sent[1], definitions="other")])
    with pytest.raises(UserError, match="No aggregate"):
        pool([])
    alone = pool(sent[:1])
    assert alone.hazard_ratio.i_squared is None


STUDY = """
format: zonula.study/1
id: gluten-1
title: Blinded gluten challenge in five clinics
hypothesis: Gluten worsens the main symptom more than placebo.
primary: difference of the weekly main symptom
analysis: mixed model, declared in the protocol
decision_rule: 95 % interval excludes 0
stopping_rule: none
arms: [gluten, placebo]
sites: [A, B]
patients_per_site: 30
block: 4
definitions: abc
ethics: approval to be obtained by each site
"""


def test_a_study_is_sealed_and_its_sites_are_balanced():
    study = parse_study(STUDY, "s.yaml")
    seed = b"x" * 32
    sequences = {site: allocation(study, site, seed, seal(seed)) for site in study.sites}
    assert sequences["A"] != sequences["B"]
    assert sequences["A"] == allocation(study, "A", seed, seal(seed))
    for sequence in sequences.values():
        assert len(sequence) == 30
        for start in range(0, 28, 4):
            assert sorted(sequence[start : start + 4]) == ["gluten", "gluten", "placebo", "placebo"]
    with pytest.raises(UserError, match="not the seed"):
        allocation(study, "A", b"y" * 32, seal(seed))
    with pytest.raises(UserError, match="not a site"):
        allocation(study, "Z", seed, seal(seed))
    assert parse_study(STUDY.replace("weekly", "daily"), "s.yaml").fingerprint != study.fingerprint


def test_random_block_sizes_stay_balanced_and_strata_have_lists_of_their_own():
    study = parse_study(STUDY.replace("block: 4", "block: [2, 4, 6]\nstrata: [mild, severe]"), "s.yaml")
    seed = b"x" * 32
    mild, severe = (allocation(study, "A", seed, seal(seed), stratum) for stratum in study.strata)
    assert mild != severe
    for sequence in (mild, severe):
        imbalance = np.cumsum([1 if arm == "gluten" else -1 for arm in sequence])
        assert np.max(np.abs(imbalance)) <= 3
        # With one known size of 2 every second patient would be known; here some pair is not balanced.
        assert any(sequence[at] == sequence[at + 1] for at in range(0, len(sequence) - 1, 2))
    with pytest.raises(UserError, match="not a stratum"):
        allocation(study, "A", seed, seal(seed))


def test_the_report_of_a_study_shows_its_flow_and_who_is_silent():
    study = parse_study(STUDY, "s.yaml")
    head = "site,arm,allocated,received,lost,analysed\n"
    text = study_report(study, read_flow(head + "A,gluten,15,14,1,15\nA,placebo,15,15,0,15\n", "f.csv"))
    assert "30 of 60 planned" in text
    assert "Not reported: B, gluten; B, placebo" in text
    assert study.fingerprint in text
    for bad in (
        "",
        head,
        head + "A,gluten,x,1,1,1\n",
        head + "A,gluten,1,1\n",
        head + "A,gluten,1,1,0,1\n" * 2,
        head + "Z,gluten,1,1,0,1\n",
    ):
        with pytest.raises(UserError):
            study_report(study, read_flow(bad, "f.csv"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("block: 4", "block: []", "not a multiple"),
        ("block: 4", "block: [4, 5]", "not a multiple"),
        ("patients_per_site: 30", "patients_per_site: 999999999", "at most"),
        ("block: 4", "block: 3", "not a multiple"),
        ("arms: [gluten, placebo]", "arms: [gluten]", "two different arms"),
        ("sites: [A, B]", "sites: [A, A]", "each once"),
        ("patients_per_site: 30", "patients_per_site: 0", "at least 1"),
        ("decision_rule: 95 % interval excludes 0", "decision_rule: ' '", "decision_rule is empty"),
        ("study/1", "study/2", "not a study"),
        ("primary:", "primry:", "primry"),
        ("arms: [", "arms: [[", "not readable"),
    ],
)
def test_a_half_declared_study_is_refused(old, new, said):
    with pytest.raises(UserError, match=said):
        parse_study(STUDY.replace(old, new, 1), "s.yaml")


def test_the_flow_adds_up_or_is_refused():
    study = parse_study(STUDY, "s.yaml")
    flow = Flow(site="A", arm="gluten", allocated=5, received=5, lost=1, analysed=5)
    assert "5 allocated" in flow_diagram(study, (flow,))
    with pytest.raises(UserError, match="cannot be"):
        flow_diagram(study, (msgspec.structs.replace(flow, lost=6),))
    with pytest.raises(UserError, match="not a site and arm"):
        flow_diagram(study, (msgspec.structs.replace(flow, arm="sugar"),))
