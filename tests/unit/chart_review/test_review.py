"""The review as a whole: its contract, its honesty, and its sections on small charts."""

import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import msgspec
import pytest

from zonula.chart import Level, Moment, State, chart_of
from zonula.chart_review import Imported, review
from zonula.chart_review.contract import CriterionMet, DocumentLine, SkippedPlace, WorkupStatus
from zonula.chart_review.library import DOMAINS

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "review.schema.json").read_text(encoding="utf-8"))
FORBIDDEN = re.compile(r"diagnos|\bcure|leaky gut|hyperactive immune|\bdetox", re.IGNORECASE)

STORY = """
id | kind        | code            | text                   | when       | end | status           | value     | limits | answer   | specialty  | by       | reason
1  | condition   | icd10cm R53.83  | Fatigue                | 2014-03    |     | confirmed        |           |        |          |            | Dr. A    |
2  | symptom     |                 | tired all day          | 2025-10-01 |     | patient_reported |           |        |          |            |          |
3  | condition   | icd10cm R14.0   | Bloating               | 2025-09-01 |     | confirmed        |           |        |          |            | Dr. B    |
4  | symptom     |                 | no headache            | 2025-09-01 |     | confirmed        |           |        |          |            |          |
5  | condition   |                 | Chronic Lyme disease   | 2020-01-01 |     | patient_reported |           |        |          |            |          |
6  | condition   |                 | possible IBS           | 2019-05-01 |     | suspected        |           |        |          | GI         | Dr. C    |
7  | condition   | icd10cm K58.9   | IBS                    | 2021-05-01 |     | refuted          |           |        |          |            |          |
8  | observation | loinc 46128-5   | tTG IgA                | 2019-06-01 |     | confirmed        | 3 U/mL    | -15    |          |            |          |
9  | observation | loinc 2276-4    | Ferritin               | 2020-06-01 |     | confirmed        | 60 ug/L   | 30-200 |          |            |          |
10 | observation | loinc 2276-4    | Ferritin               | 2024-06-01 |     | confirmed        | 12 ug/L   | 30-200 |          |            |          |
11 | observation | loinc 20449-5   | Lyme EIA               | 2020-02-01 |     | confirmed        |           |        | equivocal|            |          |
12 | encounter   |                 | Visit                  | 2024-06-01 |     | confirmed        |           |        |          | Neurology  |          |
13 | encounter   |                 | Visit                  | 2024-07-01 |     | confirmed        |           |        |          | GI         |          |
14 | observation | loinc 44260-8   | PHQ-9 item 9           | 2026-11-01 |     | confirmed        | 2         |        |          |            |          |
15 | condition   | icd10cm R21     | Rash                   | 2027-01-01 |     | confirmed        |           |        |          |            |          |
16 | observation | loinc 3016-3    | TSH                    | 2024-06-01 |     | confirmed        | 2 mIU/L   | 0.4-4  |          |            |          |
17 | medication  |                 | Biotin 10 mg           | 2024-01-01 |     | confirmed        |           |        |          |            |          |
"""  # fmt: skip


@pytest.fixture(scope="module")
def story(drawing):
    return drawing.chart(STORY)


@pytest.fixture(scope="module")
def told(story, drawing):
    return review(story, drawing.TODAY)


def domain(told, name):
    return next(found for found in told.symptom_domains if found.id == name)


def item(told, name):
    return next(found for found in told.workup if found.id == name)


def test_the_json_has_the_keys_of_the_contract_and_validates(told):
    written = json.loads(msgspec.json.encode(told))
    jsonschema.Draft202012Validator(SCHEMA).validate(written)
    assert set(written) >= {
        "as_of", "patient", "import", "symptom_domains", "summary", "suspicions", "workup", "red_flags", "findings",
    }  # fmt: skip
    assert set(written["import"]) >= {"documents", "resources_read", "facts_kept", "skipped"}
    assert [found["id"] for found in written["symptom_domains"]] == list(DOMAINS)
    assert set(written["symptom_domains"][0]) >= {"id", "present", "first", "last", "count", "because"}
    assert written["schema"] == SCHEMA["title"]


def test_the_import_block_is_passed_through_as_it_was(story, drawing):
    imported = Imported(
        documents=2, resources_read=9, facts_kept=7,
        skipped=(SkippedPlace("a.json", "Observation/1", "no code"),), per_document=(DocumentLine(name="a.json", kept=7),),
    )  # fmt: skip
    assert review(story, drawing.TODAY, imported).imported == imported


def test_every_reason_can_be_opened(told):
    for finding in told.findings:
        assert set(finding.because) <= set(told.facts), finding.id
        assert finding.according_to, finding.id
        assert set(finding.according_to) <= set(told.cards), finding.id
        assert finding.says.endswith("."), finding.says
    assert len({finding.id for finding in told.findings}) == len(told.findings)
    for suspicion in told.suspicions:
        for criterion in suspicion.criteria:
            assert set(criterion.because) <= set(told.facts)


def test_what_is_said_claims_nothing_it_must_not(told):
    for finding in told.findings:
        spoken = [finding.says, *(ask.what for ask in finding.asks)]
        assert not any(FORBIDDEN.search(sentence) for sentence in spoken), finding


def test_a_domain_has_onset_last_seen_count_and_reasons(told):
    fatigue = domain(told, "fatigue")
    assert (fatigue.present, fatigue.first, fatigue.last, fatigue.count, fatigue.patient_reported) == (
        True, "2014-03", "2025-10-01", 2, 1,
    )  # fmt: skip
    assert fatigue.because == ("1", "2")
    assert domain(told, "headache").state is State.NO
    assert domain(told, "headache").because == ("4",)
    assert domain(told, "slow_healing").state is State.UNKNOWN
    assert "hypothyroidism" in fatigue.consider
    assert domain(told, "slow_healing").consider == ()
    assert domain(told, "rash").state is State.UNKNOWN, "what begins after the day of the review is not seen"


def test_the_summary_counts_the_record(told):
    summary = told.summary
    assert (summary.domains_present, summary.max_concurrent_domains) == (2, 2)
    assert summary.concurrent_domains == ("fatigue", "bloating")
    assert (summary.years, summary.first_symptom) == (12.7, "2014-03")
    assert (summary.encounters, summary.specialties) == (2, 2)
    assert summary.specialty_names == ("gastroenterology", "neurology")
    tests = summary.tests
    assert (tests.results, tests.distinct, tests.repeated) == (5, 4, 1)
    assert (tests.normal, tests.abnormal, tests.inconclusive, tests.not_judged) == (3, 1, 1, 0)
    assert tests.normal + tests.abnormal + tests.inconclusive + tests.not_judged == tests.results


def test_words_in_a_record_never_confirm_a_label(drawing):
    told = review(
        drawing.chart("""
        id | kind      | code          | text                               | when       | status    | by      | specialty     | reason
        1  | encounter |               | Visit                              | 2021-05-01 | confirmed | Dr. E   | Endocrinology | asks about adrenal fatigue
        2  | condition |               | possible chronic Lyme disease      | 2020-01-01 | confirmed | Dr. N   |               |
        3  | condition |               | Multiple sclerosis                 | 2019-01-01 | confirmed | Dr. M   |               |
        4  | condition | icd10cm K58.9 | IBS                                | 2018-01-01 | confirmed | Dr. G   |               |
        5  | document  |               | Letter: worried about gluten sensitivity | 2022-01-01 | confirmed | Dr. D   |               |
        """),
        drawing.TODAY,
    )  # fmt: skip
    recorded = {found.id: found.proposals[0].recorded_as for found in told.suspicions}
    assert recorded == {
        "adrenal_fatigue": "reason for a visit", "chronic_lyme": "a question", "multiple_sclerosis": "words without a code",
        "ibs": "confirmed", "gluten_sensitivity": "a worry",
    }  # fmt: skip
    adrenal = next(found for found in told.suspicions if found.id == "adrenal_fatigue")
    assert (adrenal.proposed_by, adrenal.proposals[0].visited) == ("not recorded", "Dr. E"), (
        "whoever was visited did not propose it"
    )


def test_a_label_is_dated_by_the_day_it_was_written_down(drawing):
    story = drawing.chart("""
    id | kind      | code          | text | when    | status    | by
    1  | condition | icd10cm K58.9 | IBS  | 2001-01 | confirmed | Dr. Late
    2  | condition | icd10cm K58.0 | IBS  | 2015-03-02 | confirmed | Dr. Early
    """)
    late, early = story.facts
    facts = (msgspec.structs.replace(late, recorded=Moment.parse("2020-06-01T09:00:00Z")), early)
    (ibs,) = review(chart_of(story.patient, facts), drawing.TODAY).suspicions
    assert (ibs.proposed_by, ibs.proposed_on) == ("Dr. Early", "2015-03-02")
    assert [proposal.on for proposal in ibs.proposals] == ["2015-03-02", "2020-06-01"]


def test_labels_stay_suspicions_with_who_when_and_criteria(told):
    lyme, ibs = told.suspicions
    assert (lyme.id, lyme.status, lyme.proposed_by, lyme.proposed_on) == (
        "chronic_lyme", "patient_reported", "the patient", "2020-01-01",
    )  # fmt: skip
    assert "not a recognised entity" in lyme.recognition
    standing = {criterion.id: criterion.standing for criterion in lyme.criteria}
    assert standing == {
        "exposure": CriterionMet.NEVER_TESTED,
        "objective_sign": CriterionMet.NEVER_TESTED,
        "two_tier": CriterionMet.NOT_MET,
    }
    assert (ibs.status, ibs.proposed_by, ibs.proposed_on, ibs.refuted_by_record) == (
        "suspected", "Dr. C", "2019-05-01", ("7",),
    )  # fmt: skip
    assert ibs.what_would_refute


def test_the_work_up_says_what_was_done_and_what_may_not_be_read(told):
    assert (item(told, "ferritin").status, item(told, "ferritin").result, item(told, "ferritin").times) == (
        WorkupStatus.ABNORMAL, "12 ug/L", 2,
    )  # fmt: skip
    assert item(told, "ttg_iga").status is WorkupStatus.NOT_INTERPRETABLE
    assert "no total IgA" in item(told, "ttg_iga").reason
    assert item(told, "ttg_iga").groups == ("core", "bloating")
    assert item(told, "tsh").status is WorkupStatus.NOT_INTERPRETABLE
    assert "biotin" in item(told, "tsh").reason
    assert set(item(told, "tsh").because) == {"16", "17"}
    assert item(told, "hba1c").status is WorkupStatus.MISSING
    assert item(told, "sleep_study").groups == ("fatigue",)


def test_a_panel_stands_for_its_parts_but_says_so(drawing):
    chart = drawing.chart("id | kind        | code          | when\n1  | observation | loinc 58410-2 | 2024-01-01")
    haemoglobin = item(review(chart, drawing.TODAY), "hemoglobin")
    assert haemoglobin.status is WorkupStatus.DONE_UNJUDGED
    assert "only the panel" in haemoglobin.reason


def test_single_values_stand_for_a_panel_but_say_so(drawing):
    chart = drawing.chart(
        "id | kind        | code        | when       | value\n1  | observation | loinc 718-7 | 2024-01-01 | 13 g/dL"
    )
    count = item(review(chart, drawing.TODAY), "cbc")
    assert (count.status, count.result, count.because) == (WorkupStatus.DONE_UNJUDGED, "", ("1",))


def test_red_flags_come_most_urgent_first(told):
    urgencies = [finding.level.urgency for finding in told.red_flags]
    assert urgencies == sorted(urgencies)
    assert told.red_flags[0].id == "chart_review.red_flag.phq9_item9"
    assert told.red_flags[0].level is Level.URGENT
    assert told.red_flags[0].because == ("14",)
    assert all(finding.asks for finding in told.red_flags)
    assert set(told.red_flags) <= set(told.findings)


def test_a_flag_the_record_speaks_of_but_cannot_settle_is_said(drawing):
    table = "id | kind        | code          | answer\n1  | observation | loinc 44260-8 | declined"
    told = review(drawing.chart(table), drawing.TODAY)
    (finding,) = [finding for finding in told.findings if finding.id.endswith("phq9_item9")]
    assert finding.state is State.UNKNOWN
    assert finding.because == ("1",)
    assert finding not in told.red_flags


def test_the_clinics_hypothesis_is_labelled(drawing):
    names = ("R53.83", "R14.0", "M54.50", "R21", "R51.9", "L29.9")
    rows = "\n".join(f"{number} | condition | icd10cm {code} | 2026-10-01" for number, code in enumerate(names))
    told = review(drawing.chart(f"id | kind | code | when\n{rows}"), drawing.TODAY)
    (six,) = [finding for finding in told.findings if finding.id.endswith("six_domains_at_once")]
    assert six.hypothesis
    assert not six.verified
    assert six.level is None, "a hypothesis raises no flag"
    assert "(6; the limit is 6 domains)" in six.says


def test_an_empty_chart_says_nothing_is_known(drawing):
    told = review(drawing.chart("id | kind", patient="unknown born "), date(2026, 11, 24))
    assert all(found.state is State.UNKNOWN and not found.present for found in told.symptom_domains)
    assert told.red_flags == ()
    assert told.suspicions == ()
    assert told.summary.years is None
    assert told.patient.age is None
    assert all(found.status is WorkupStatus.MISSING for found in told.workup)


def test_an_age_the_birth_date_leaves_open_is_not_guessed(drawing):
    empty = "id | kind"
    assert review(drawing.chart(empty, "female born 1980-11-24"), drawing.TODAY).patient.age == 46
    assert review(drawing.chart(empty, "female born 1980-11-25"), drawing.TODAY).patient.age == 45
    assert review(drawing.chart(empty, "female born 1980"), drawing.TODAY).patient.age is None


def test_the_same_chart_gives_the_same_bytes(story, drawing):
    again = chart_of(story.patient, reversed(story.facts))
    assert msgspec.json.encode(review(story, drawing.TODAY)) == msgspec.json.encode(review(again, drawing.TODAY))


@pytest.mark.parametrize(
    ("conclusion", "status"),
    [
        ("Normal. No demyelinating lesion.", WorkupStatus.REASSURING),
        ("Unremarkable study, no acute findings.", WorkupStatus.REASSURING),
        ("Normal. Small arachnoid cyst.", WorkupStatus.DONE_UNJUDGED),
        ("No demyelinating lesion.", WorkupStatus.DONE_UNJUDGED),
        ("Abnormal. Two lesions.", WorkupStatus.ABNORMAL),
        ("Abnormal, no normal tissue", WorkupStatus.ABNORMAL),
        ("Indeterminate. Repeat in six weeks.", WorkupStatus.INCONCLUSIVE),
    ],
)
def test_the_sentences_of_a_conclusion_are_read(drawing, conclusion, status):
    told = review(
        drawing.chart(f"""
        id | kind        | code           | text         | when       | status    | answer
        1  | condition   | icd10cm R51.9  | Headache     | 2024-01-01 | confirmed |
        2  | observation |                | Fundoscopy   | 2024-02-01 | confirmed | {conclusion}
        """),
        drawing.TODAY,
    )
    assert item(told, "fundoscopy").status is status


def test_a_panel_stands_as_its_members_do_and_is_no_test_of_its_own(drawing):
    story = drawing.chart("""
    id | kind        | code          | text | when       | status    | value     | limits
    1  | observation | loinc 57021-8 | CBC  | 2024-02-01 | confirmed |           |
    2  | observation | loinc 718-7   | Hb   | 2024-02-01 | confirmed | 13 g/dL   | 12-15
    3  | observation | loinc 6690-2  | WBC  | 2024-02-01 | confirmed | 6 10*9/L  | 4-10
    """)
    facts = [msgspec.structs.replace(fact, part_of="1" if fact.id != "1" else "") for fact in story.facts]
    told = review(chart_of(story.patient, facts), drawing.TODAY)
    assert item(told, "cbc").status is WorkupStatus.REASSURING
    assert (told.summary.tests.results, told.summary.tests.inconclusive, told.summary.tests.not_judged) == (2, 0, 0)
    facts[2] = msgspec.structs.replace(facts[2], reference=None)
    told = review(chart_of(story.patient, facts), drawing.TODAY)
    assert item(told, "cbc").status is WorkupStatus.DONE_UNJUDGED, "unknown is not normal"
