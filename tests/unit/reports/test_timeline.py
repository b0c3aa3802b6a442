"""The geometry of the life timeline."""

from datetime import date

from zonula.chart import Fact, Kind, Source, at
from zonula.chart_review.contract import Period, SymptomDomain
from zonula.reports.review_page import page_of
from zonula.reports.timeline import timeline_of

FACTS_OF_2026 = Fact(
    id="x", kind=Kind.ENCOUNTER, specialty="neurology", when=at("2026-05-01"), sources=(Source("d", "p"),)
)
OUTCOMES = {"a.json#l1": "abnormal", "a.json#l2": "normal", "a.json#l3": "inconclusive"}


def lanes(review, title):
    drawn = timeline_of(review, OUTCOMES, str.title)
    return {lane.label: lane for group in drawn.groups if group.title == title for lane in group.lanes}


def test_everything_lies_between_the_first_year_and_the_day_of_the_review(review):
    drawn = timeline_of(review, OUTCOMES, str.title)
    assert (drawn.first, drawn.last) == (date(2012, 1, 1), review.as_of)
    everything = [part for group in drawn.groups for lane in group.lanes for part in (*lane.spans, *lane.marks)]
    assert everything
    assert all(0 <= part.x <= 100 for part in everything)
    assert all(span.x + span.width <= 100.4 for group in drawn.groups for lane in group.lanes for span in lane.spans)


def test_a_day_in_the_middle_of_the_years_is_drawn_in_the_middle(review):
    mark = lanes(review, "Tests")["Abnormal"].marks[0]
    expected = 100 * (date(2019, 3, 4) - date(2012, 1, 1)).days / (review.as_of - date(2012, 1, 1)).days
    assert abs(mark.x - expected) < 0.01
    assert "Ferritin" in mark.title


def test_all_twelve_domains_have_a_lane_and_absent_ones_say_so(review):
    symptoms = lanes(review, "Symptoms")
    assert [label for label in symptoms if label != "How many at once"] == [
        domain.title for domain in review.symptom_domains
    ]
    assert symptoms["Rash"].note == "not in the records"
    assert symptoms["Itch"].note == "the record says: not so"
    assert not symptoms["Rash"].spans


def test_the_overlap_counts_the_domains_active_on_each_day(review):
    heights = [round(span.height * 12) for span in lanes(review, "Symptoms")["How many at once"].spans]
    assert heights == [1, 2]


def test_tests_specialists_and_labels_have_their_lanes(review):
    assert {label: len(lane.marks) for label, lane in lanes(review, "Tests").items()} == {
        "Abnormal": 1,
        "Inconclusive": 1,
        "Normal": 1,
    }
    assert list(lanes(review, "Specialties seen")) == ["Neurology"]
    label = lanes(review, "Labels proposed")["Multiple sclerosis"]
    assert [mark.shape for mark in label.marks] == ["diamond", "cross"]
    assert label.note == "refuted in the record"


def test_nothing_dated_means_no_timeline(write_review):
    undated = tuple(SymptomDomain(id=str(n), title=str(n), present=False, state="unknown") for n in range(12))
    assert timeline_of(write_review(facts={}, symptom_domains=undated), {}, str) is None


def test_a_record_from_the_future_does_not_stretch_the_years(write_review):
    domain = SymptomDomain(
        id="x", title="X", present=True, state="yes", periods=(Period(date(2020, 1, 1), date(2030, 1, 1)),)
    )
    drawn = page_of(write_review(symptom_domains=(domain,)), "0").timeline
    assert drawn.last == date(2026, 11, 24)


def test_a_dated_record_without_any_active_domain_is_still_drawn(write_review):
    quiet = tuple(SymptomDomain(id=str(n), title=str(n), present=False, state="unknown") for n in range(12))
    drawn = timeline_of(write_review(symptom_domains=quiet), OUTCOMES, str)
    assert drawn.groups[0].lanes[0].spans == ()


def test_a_short_history_is_ticked_by_quarter(write_review):
    facts = {"x": FACTS_OF_2026}
    drawn = timeline_of(write_review(facts=facts, symptom_domains=(), suspicions=()), {}, str)
    assert [tick.label for tick in drawn.ticks] == ["2026-01", "2026-04", "2026-07", "2026-10"]
