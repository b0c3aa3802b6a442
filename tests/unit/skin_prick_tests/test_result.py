"""One session from start to end, and the promises about what is never said."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zonula.chart import Grade, State
from zonula.errors import KnowledgeError, UserError
from zonula.knowledge import Shelf, shelf
from zonula.skin_prick_tests import Prick, Verdict, parse_panel, parse_session, read, shipped_panel, wilson
from zonula.skin_prick_tests.hypothesis import severity
from zonula.skin_prick_tests.reading import Count

GOOD = """
format: zonula.skin-test-session/1
patient: {id: p, birth: 1984-05-17}
day: 2026-11-02
drugs: []
asthma: none
pricks:
  - {food: histamine, wheal_mm: [6, 5], read_after_min: 15}
  - {food: negative, wheal_mm: [0, 0], read_after_min: 15}
  - {food: milk, wheal_mm: [4, 4], read_after_min: 15}
"""


def foods(**wheals):
    return [Prick(food=food, wheal_mm=(size, size), read_after_min=15) for food, size in wheals.items()]


def test_an_invalid_session_gives_no_result(make_session, knowledge, panel):
    result = read(make_session(histamine=None, foods=foods(milk=9)), knowledge, panel)
    assert (result.readings, result.count) == ((), None)
    assert all("sensitised" not in finding.says for finding in result.findings)


def test_every_finding_names_a_card_and_no_finding_says_allergic_of_a_food(make_session, knowledge, panel):
    session = make_session(foods=foods(milk=9, wheat=4, apple=5, hazelnut=5, egg_white=0))
    for finding in read(session, knowledge, panel).findings:
        assert finding.according_to
        assert "is allergic" not in finding.says
        assert "allergy" not in finding.says


def test_one_sensitisation_may_explain_several_positives(make_session, knowledge, panel):
    result = read(make_session(foods=foods(apple=5, hazelnut=5, milk=0)), knowledge, panel)
    groups = {finding.id.rsplit(".", 1)[1]: finding for finding in result.findings if ".cross_reactive." in finding.id}
    assert set(groups) == {"pr10", "ltp"}  # the same two foods: harmless birch, or a lipid transfer protein that is not
    assert "birch" in groups["pr10"].says
    assert "systemic" in groups["ltp"].says
    assert groups["pr10"].value == 2
    alone = read(make_session(foods=foods(apple=5, hazelnut=0)), knowledge, panel)
    assert not [finding for finding in alone.findings if ".cross_reactive." in finding.id]


def test_the_hypothesis_is_labelled_and_never_urgent(make_session, knowledge, panel):
    result = read(make_session(foods=foods(milk=5, wheat=5, apple=0, corn=0)), knowledge, panel)
    (claim,) = [finding for finding in result.findings if finding.id.endswith("severity_hypothesis")]
    assert claim.hypothesis
    assert claim.grade is Grade.CLINIC_HYPOTHESIS
    assert claim.level is None
    assert not claim.asks
    assert "no published evidence found" in claim.says
    assert "not been measured" in claim.says
    assert "The interval also reaches" in claim.says


def test_a_hypothesis_shows_its_calibration_once_measured(make_session, knowledge, tmp_path):
    card = knowledge.card("skin_prick_tests/severity_hypothesis")
    measured = {
        **card.data,
        "calibration": {"patients": 212, "concordance": 0.53, "interval": [0.47, 0.59], "measured": "2027-01-01"},
    }

    class Measured(Shelf):
        def card(self, card_id):
            return msgspec.structs.replace(card, data=measured)

    says = severity(
        make_session(),
        Count(tested=10, positive=4, equivocal=0, negative=6, not_read=0, percent=40, interval=(20, 60)),
        Measured(tmp_path),
    ).says
    assert "212 patients its concordance is 0.53" in says


def test_a_hypothesis_cannot_be_promoted_by_regrading_its_card(make_session, knowledge, tmp_path):
    card = knowledge.card("skin_prick_tests/severity_hypothesis")

    class Promoted(Shelf):
        def card(self, card_id):
            return msgspec.structs.replace(card, grade=Grade.GUIDELINE)

    with pytest.raises(KnowledgeError, match="hypothesis stays graded"):
        severity(
            make_session(),
            Count(tested=1, positive=1, equivocal=0, negative=0, not_read=0, percent=100, interval=(20, 100)),
            Promoted(tmp_path),
        )


def test_what_changed_since_the_last_session(make_session, knowledge, panel):
    now = make_session(foods=foods(milk=5, wheat=0, corn=0))
    before = msgspec.structs.replace(make_session(foods=foods(milk=3, wheat=4, corn=0)), day=date(2026, 1, 5))
    moved = {
        change.food: (change.before, change.now, change.wheal_change_mm)
        for change in read(now, knowledge, panel, before).changes
    }
    assert moved == {"milk": (Verdict.POSITIVE, Verdict.POSITIVE, 2), "wheat": (Verdict.POSITIVE, Verdict.NEGATIVE, -4)}
    unreadable = msgspec.structs.replace(before, drugs=None)
    assert read(now, knowledge, panel, unreadable).changes == ()


def test_sessions_of_two_patients_or_in_the_wrong_order_are_refused(make_session, knowledge, panel):
    session = make_session()
    other = msgspec.structs.replace(
        session, patient=msgspec.structs.replace(session.patient, id="q"), day=date(2026, 1, 5)
    )
    with pytest.raises(UserError, match="different patients"):
        read(session, knowledge, panel, other)
    with pytest.raises(UserError, match="not earlier"):
        read(session, knowledge, panel, session)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[4, 4]", "[4, -1]", "cannot be negative"),
        ("[4, 4]", "[.nan, 4]", "cannot be negative"),
        ("[4, 4]", "[400, 4]", "above 80 mm"),
        ("[4, 4]", "[4]", "wheal_mm"),
        ("wheal_mm: [4, 4]", "wheal_mm: [4, 4], wheal_area_mm2: 9", "both diameters and an area"),
        ("food: milk", "food: mlik", "not on the panel"),
        ("food: milk", "food: negative", "stands twice"),
        ("food: milk, ", "", "food"),
        ("asthma: none", "asthma: maybe", "asthma"),
        ("asthma: none", "asthma: none\nfev1_percent: 0.8", "percentage of the predicted"),
        ("drugs: []", "drugs: [{name: cetirizine, last_dose: 2026-12-01}]", "lies after the test"),
        ("birth: 1984-05-17", "birth: 2030-01-01", "lies after the test"),
        ("drugs: []", "drugz: []", "drugz"),
        ("session/1", "session/9", "not a skin test session"),
        ("read_after_min: 15}\n  - {food: milk", "read_after_min: -1}\n  - {food: milk", "minutes from application"),
        ("drugs: []", "drugs: []\neating: {wheat: {tolerated: 'yes'}}", "not pricked"),
        ("patient: {", "patient: [{", "not readable"),
    ],
)
def test_bad_input_is_refused_with_the_field(old, new, reason, panel):
    assert old in GOOD
    with pytest.raises(UserError, match=reason):
        parse_session(GOOD.replace(old, new, 1), "session.yaml", panel)


def test_the_good_session_is_read(panel):
    assert parse_session(GOOD, "session.yaml", panel).patient.id == "p"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("foods: []", "not a skin test panel"),
        ("format: zonula.skin-test-panel/1\nversion: 1\nfoods: []", "no foods"),
        ("format: zonula.skin-test-panel/1\nversion: 1\nfoods: [{id: a, label: A}, {id: a, label: B}]", "stands twice"),
        ("format: zonula.skin-test-panel/1\nversion: 1\nfoods: [{id: a}]", "label"),
        ("format: [", "not readable"),
    ],
)
def test_a_bad_panel_is_refused(text, reason):
    with pytest.raises(UserError, match=reason):
        parse_panel(text, "panel.yaml")


def test_a_clinics_own_panel_is_read():
    panel = parse_panel(
        "format: zonula.skin-test-panel/1\nversion: 3\nfoods: [{id: teff, label: Teff, lot: X1}]", "own.yaml"
    )
    assert parse_session(GOOD.replace("milk", "teff"), "s.yaml", panel).foods[0].food == "teff"


def test_the_shipped_panel_has_the_big_nine_and_no_food_twice(panel):
    allergens = {food.allergen for food in panel.foods}
    assert {"milk", "egg", "fish", "crustacean", "tree_nut", "peanut", "wheat", "soy", "sesame"} <= allergens
    assert len(panel.labels) == len(panel.foods)


def test_groups_and_cut_offs_name_foods_of_the_panel(knowledge, panel):
    for group in knowledge.card("skin_prick_tests/cross_reactive_groups").data:
        assert set(group["foods"]) <= set(panel.labels), group["id"]
    for cut in knowledge.card("skin_prick_tests/predictive_cutoffs").data:
        assert cut["food"] in panel.labels


def test_the_bands_of_the_hypothesis_cover_every_percentage(knowledge):
    bands = knowledge.card("skin_prick_tests/severity_hypothesis").data["bands"]
    assert all(
        sum(band["percent_from"] <= percent < band["percent_below"] for band in bands) == 1 for percent in range(101)
    )


# Brown LD, Cai TT, DasGupta A, Stat Sci 2001;16:101, and any textbook: 0/10 and 5/10 at 95 %.
@pytest.mark.parametrize(
    ("positive", "tested", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_wilson_interval_agrees_with_published_values(positive, tested, low, high):
    assert wilson(positive, tested) == pytest.approx((low, high), abs=1e-4)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_estimate_and_stays_a_percentage(pair):
    positive, tested = pair
    low, high = wilson(positive, tested)
    assert 0 <= low <= positive / tested <= high <= 1


KNOWLEDGE = shelf()
PANEL = shipped_panel(KNOWLEDGE)
wheals = st.lists(
    st.tuples(st.sampled_from([food.id for food in PANEL.foods]), st.floats(0, 15, width=16)),
    max_size=12,
    unique_by=lambda pair: pair[0],
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(__import__("hypothesis").HealthCheck))
@given(wheals=wheals, random=st.randoms(use_true_random=False))
def test_the_order_of_pricks_never_matters_and_a_larger_wheal_is_never_less_positive(make_session, wheals, random):
    pricks = [Prick(food=food, wheal_mm=(size, size), read_after_min=15) for food, size in wheals]
    shuffled = pricks[:]
    random.shuffle(shuffled)
    first, second = (read(make_session(foods=order), KNOWLEDGE, PANEL) for order in (pricks, shuffled))
    assert first.count == second.count
    assert {reading.food: reading for reading in first.readings} == {
        reading.food: reading for reading in second.readings
    }
    rank = {Verdict.NEGATIVE: 0, Verdict.EQUIVOCAL: 1, Verdict.POSITIVE: 2}
    by_size = sorted(first.readings, key=lambda reading: reading.mean_mm)
    assert [rank[reading.verdict] for reading in by_size] == sorted(rank[reading.verdict] for reading in by_size)


def test_unknown_eating_asks_and_does_not_remove(make_session, knowledge, panel):
    result = read(make_session(foods=foods(corn=5)), knowledge, panel)
    (food,) = [finding for finding in result.findings if finding.id.endswith("food.corn")]
    assert food.state is State.UNKNOWN
    assert "ask before anything is removed" in food.says
