"""Steps 1 to 4 in one assessment that can be opened to its reasons."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from zonula.chart import Chart, Grade, Level, Patient, State
from zonula.chart_import import read_paths
from zonula.cli.assess import _answers, _evidence
from zonula.errors import UserError
from zonula.journey import SAME_QUESTION, Evidence, assess
from zonula.knowledge import shelf
from zonula.laboratory_tests.celiac import evidence_of
from zonula.questionnaires import empty_response, form_of, read_response, shipped
from zonula.skin_prick_tests import parse_session, shipped_panel

EXAMPLES = Path(__file__).parents[3] / "src" / "zonula" / "examples"
TODAY = date(2026, 11, 24)
KNOWLEDGE = shelf()


@pytest.fixture(scope="module")
def mara():
    (chart,) = read_paths([EXAMPLES / "mara-lindqvist"]).charts.values()
    return chart


@pytest.fixture(scope="module")
def work_up():
    case = EXAMPLES / "mara-lindqvist-workup"
    answers, refused = _answers(case / "questionnaires")
    assert refused is None
    return _evidence(case, tuple(answers))


@pytest.fixture(scope="module")
def assessment(mara, work_up):
    return assess(mara, work_up, TODAY, KNOWLEDGE)


def test_every_statement_opens_to_a_card_or_a_fact_that_is_carried(assessment):
    for finding in assessment.findings.values():
        assert finding.according_to or finding.because, finding.id
        assert set(finding.according_to) <= set(assessment.cards), finding.id
        assert set(finding.because) <= set(assessment.facts), finding.id
    listed = {*assessment.unsafe, *assessment.look_at, *assessment.excluded, *assessment.open, *assessment.hypotheses}
    assert listed <= set(assessment.findings)


def test_the_missed_iron_deficiency_and_the_weight_loss_come_first(assessment):
    first = " ".join(assessment.findings[name].says for name in assessment.unsafe[:3]).lower()
    assert "iron deficiency" in first
    assert "weight" in first
    urgency = [assessment.findings[name].level.urgency for name in assessment.unsafe]
    assert urgency == sorted(urgency)
    assert all(assessment.findings[name].level is Level.CLINICIAN for name in assessment.look_at)


def test_gluten_stays_while_celiac_testing_is_open(assessment):
    assert assessment.celiac.state.value == "C6"
    assert not assessment.gluten_may_be_restricted
    assert any("celiac" in name for name in assessment.open)


def test_without_a_typing_the_state_is_not_interpretable(mara, work_up):
    assert assess(mara, msgspec.structs.replace(work_up, hla=""), TODAY, KNOWLEDGE).celiac.state.value == "C0"


def test_the_chart_alone_gives_a_celiac_state_too(mara):
    alone = assess(mara, Evidence(), TODAY, KNOWLEDGE)
    assert not alone.gluten_may_be_restricted
    assert alone.skin_test is None
    assert alone.scores == ()


def test_next_steps_are_in_order_and_each_names_its_findings(assessment):
    assert [step.order for step in assessment.next_steps] == list(range(1, len(assessment.next_steps) + 1))
    levels = ["EUPHC".index(step.level) if step.level else 9 for step in assessment.next_steps]
    assert levels == sorted(levels)
    for step in assessment.next_steps:
        assert step.because
        assert all(name in assessment.findings for name in step.because)
    assert len({(step.who, step.what) for step in assessment.next_steps}) == len(assessment.next_steps)


def test_a_hypothesis_is_listed_as_one_and_is_never_unsafe(assessment):
    believed = [assessment.findings[name] for name in assessment.hypotheses]
    assert any(finding.grade is Grade.CLINIC_HYPOTHESIS for finding in believed)
    assert not set(assessment.hypotheses) & set(assessment.unsafe)


def test_the_same_case_gives_the_same_bytes(mara, work_up, assessment):
    assert msgspec.json.encode(assess(mara, work_up, TODAY, KNOWLEDGE)) == msgspec.json.encode(assessment)


def test_an_empty_chart_excludes_nothing_and_says_so():
    empty = assess(Chart(Patient(id="p")), Evidence(), TODAY, KNOWLEDGE)
    assert empty.excluded == ()
    assert not empty.gluten_may_be_restricted
    assert len(empty.open) > 5
    assert not [name for name in empty.unsafe if empty.findings[name].state is State.YES and "red_flag" in name]


def test_an_emergency_is_first_whatever_else_is_there(mara):
    (tobias,) = read_paths([EXAMPLES / "tobias-renner"]).charts.values()
    found = assess(tobias, Evidence(), TODAY, KNOWLEDGE)
    assert found.findings[found.unsafe[0]].level is Level.EMERGENCY
    assert found.next_steps[0].level == "E"


def test_an_invalid_skin_test_is_open_and_gives_no_count(mara):
    panel = shipped_panel(KNOWLEDGE)
    text = (EXAMPLES / "mara-lindqvist-workup" / "skin-test.yaml").read_text(encoding="utf-8")
    session = parse_session(text.replace("wheal_mm: [6, 5]", "wheal_mm: [1, 1]"), "s.yaml", panel)
    found = assess(mara, Evidence(skin_session=session, panel=panel), TODAY, KNOWLEDGE)
    assert found.skin_test.count is None
    assert any("skin_prick_tests.validity" in name for name in found.open)
    assert not any(name.startswith("skin_prick_tests.food") for name in found.findings)


def test_two_patients_answers_or_a_test_from_the_future_are_refused(mara, work_up):
    form = shipped("phq-9")

    def answers(who):
        document = msgspec.to_builtins(empty_response(form))
        document |= {"subject": {"reference": who}, "status": "completed", "authored": "2026-11-01"}
        response = read_response(msgspec.json.encode(document))
        return form_of(response, "x"), response

    with pytest.raises(UserError, match="names patient 'Patient/b'"):
        assess(mara, Evidence(responses=(answers("Patient/hfp-20391"), answers("Patient/b"))), TODAY, KNOWLEDGE)
    two_numbers_of_one = Evidence(responses=(answers("Patient/hfp-20391"), answers("Patient/20391")))
    assert len(assess(mara, two_numbers_of_one, TODAY, KNOWLEDGE).scores) == 2
    with pytest.raises(UserError, match="after the day of the assessment"):
        assess(mara, msgspec.structs.replace(work_up, celiac=None), date(2026, 11, 1), KNOWLEDGE)


def answered(instrument, answers):
    """A completed response of Mara's: linkId to the code of the chosen answer; everything else stays unanswered."""
    form = shipped(instrument)
    codes = {
        item.link_id: {
            option.value.code: option.value for option in item.options or () if hasattr(option.value, "code")
        }
        for item in form.walk()
    }

    def fill(items):
        for item in items:
            if item["linkId"] in answers:
                chosen = codes[item["linkId"]][answers[item["linkId"]]]
                item["answer"] = [{"valueCoding": {"system": chosen.system, "code": chosen.code}}]
            fill(item.get("item", []))

    document = msgspec.to_builtins(empty_response(form))
    document |= {"subject": {"reference": "Patient/hfp-20391"}, "status": "completed", "authored": "2026-11-20"}
    fill(document["item"])
    response = read_response(msgspec.json.encode(document))
    return form_of(response, "x"), response


@pytest.mark.parametrize("code", ["LA6569-3", "LA6570-1", "LA6571-9"])
def test_any_thought_of_death_comes_first_even_when_nothing_else_was_answered(mara, work_up, code):
    """S3: at 1, 2 and 3, whatever the total and whatever is missing, with the words of the crisis."""
    evidence = msgspec.structs.replace(work_up, responses=(answered("phq-9", {"phq9-9": code}),))
    found = assess(mara, evidence, TODAY, KNOWLEDGE)
    assert found.unsafe[0] == "questionnaires.alarm.thoughts_of_death"
    clinician, patient = found.next_steps[:2]
    assert (clinician.level, clinician.who, clinician.by) == ("U", "clinician", TODAY)
    assert "safety plan" in clinician.what
    assert patient.who == "patient"
    assert "crisis line" in patient.what
    assert "988" in patient.what


def test_no_thought_of_death_raises_nothing_and_no_answer_is_asked_for_first_of_its_level(mara, work_up):
    calm = msgspec.structs.replace(work_up, responses=(answered("phq-9", {"phq9-9": "LA6568-5"}),))
    assert not [name for name in assess(mara, calm, TODAY, KNOWLEDGE).findings if name.endswith("thoughts_of_death")]
    silent = msgspec.structs.replace(work_up, responses=(answered("phq-9", {}),))
    found = assess(mara, silent, TODAY, KNOWLEDGE)
    assert found.look_at[0] == "questionnaires.alarm.thoughts_of_death"
    assert next(step for step in found.next_steps if step.level == "C").because[0] == found.look_at[0]


@pytest.mark.parametrize(
    ("item", "code", "alarm", "level"),
    [
        ("safety-breathing-now", "yes", "breathing_now", "E"),
        ("safety-breathing-now", "not-sure", "breathing_now", "E"),
        ("safety-life-now", "yes", "plan_to_end_life", "E"),
        ("safety-life-now", "not-sure", "plan_to_end_life", "E"),
        ("safety-restricted", "yes", "safeguarding", "U"),
    ],
)
def test_an_alarm_of_the_safety_screen_comes_before_the_whole_chart(mara, work_up, item, code, alarm, level):
    evidence = msgspec.structs.replace(work_up, responses=(answered("safety-screen", {item: code}),))
    found = assess(mara, evidence, TODAY, KNOWLEDGE)
    assert found.unsafe[0] == f"questionnaires.alarm.{alarm}"
    assert (found.next_steps[0].level, found.next_steps[0].by) == (
        level,
        TODAY + timedelta(days=1 if level == "U" else 0),
    )


def test_one_question_is_asked_once(assessment):
    asked = " | ".join(step.what.lower() for step in assessment.next_steps)
    assert asked.count("total iga") == 1
    assert asked.count("hla-dq typing") == 0  # it is done; what is left is the blood test on gluten
    celiac = next(step for step in assessment.next_steps if "laboratory_tests.celiac.state" in step.because)
    assert "chart_review.red_flag.celiac_tested_without_iga" in celiac.because
    assert "chart_review.red_flag.celiac_tested_off_gluten" in celiac.because
    assert celiac.level == "H"
    for list_of_tests in ("Order or arrange", "Repeat what", "Read in the records"):
        (step,) = [step for step in assessment.next_steps if step.what.startswith(list_of_tests)]
        names = [assessment.findings[name].says for name in step.because]
        assert len(names) > 1
        assert all(name.partition(" (2")[0].partition(":")[0].lower() in step.what.lower() for name in names)


def test_a_reassuring_result_that_outlived_itself_is_repeated(assessment):
    (step,) = [step for step in assessment.next_steps if step.what.startswith("Repeat what")]
    for old in ("creatinine", "vitamin B12", "HbA1c"):
        assert old in step.what


def test_every_question_that_stands_in_for_another_is_about_findings_that_exist():
    """A misspelt id in the table would quietly bring the doubles back."""
    flags = {
        f"chart_review.red_flag.{card.id.rpartition('/')[2]}" for card in KNOWLEDGE.cards("chart_review/red_flags")
    }
    alarms = {f"questionnaires.alarm.{card.id.rpartition('/')[2]}" for card in KNOWLEDGE.cards("questionnaires/alarms")}
    tests = KNOWLEDGE.card("laboratory_tests/exclusion_tests").data["tests"]
    work_up = {f"laboratory_tests.workup.{part}{test}" for test in tests for part in ("", "no_follow_up.")}
    others = {
        "laboratory_tests.celiac.state",
        "laboratory_tests.celiac.incomplete_order",
        "laboratory_tests.workup.incomplete.ttg_iga",
        "questionnaires.phq-9.total",
        "questionnaires.gad-7.total",
    }
    for finding, better in SAME_QUESTION.items():
        assert {finding, *better} <= flags | alarms | work_up | others, finding


def test_the_work_up_and_the_celiac_assessment_say_the_same(mara, work_up):
    told = msgspec.structs.replace(
        work_up, celiac=evidence_of({"history": {"known_disease": "celiac"}}), hla="", genotype=None
    )
    found = assess(mara, told, TODAY, KNOWLEDGE)
    assert found.celiac.state.value == "C7"
    assert [finding.value for name, finding in found.findings.items() if name == "laboratory_tests.celiac.state"] == [
        "C7"
    ]
    assert not [name for name in found.open if "celiac" in name]


def test_what_belongs_to_someone_else_is_refused(mara, work_up):
    session = work_up.skin_session
    born = msgspec.structs.replace(session.patient, birth=date(1999, 1, 1))
    other = msgspec.structs.replace(session, patient=born)
    with pytest.raises(UserError, match="born on another day"):
        assess(mara, msgspec.structs.replace(work_up, skin_session=other), TODAY, KNOWLEDGE)
    unnamed = msgspec.structs.replace(session, patient=msgspec.structs.replace(session.patient, id="zzz", birth=None))
    with pytest.raises(UserError, match="names patient 'zzz'"):
        assess(mara, msgspec.structs.replace(work_up, skin_session=unnamed), TODAY, KNOWLEDGE)
    own_id = msgspec.structs.replace(session, patient=msgspec.structs.replace(session.patient, id="lab-7"))
    assert assess(mara, msgspec.structs.replace(work_up, skin_session=own_id), TODAY, KNOWLEDGE).skin_test
    form, response = answered("phq-9", {})
    stranger = msgspec.structs.replace(
        response, subject=msgspec.structs.replace(response.subject, reference="Patient/zzz")
    )
    with pytest.raises(UserError, match="A questionnaire names patient"):
        assess(mara, msgspec.structs.replace(work_up, responses=((form, stranger),)), TODAY, KNOWLEDGE)
    child = evidence_of({"age_years": 4})
    with pytest.raises(UserError, match="two different persons"):
        assess(mara, msgspec.structs.replace(work_up, celiac=child), TODAY, KNOWLEDGE)


def test_a_finding_about_an_answer_opens_to_the_question_and_the_answer(mara, work_up):
    evidence = msgspec.structs.replace(work_up, responses=(answered("phq-9", {"phq9-9": "LA6570-1"}),))
    found = assess(mara, evidence, TODAY, KNOWLEDGE)
    (cited,) = found.findings["questionnaires.alarm.thoughts_of_death"].because
    answer = found.facts[cited]
    assert "better off dead" in answer.text
    assert (answer.value_text, answer.when.first_day) == ("More than half the days", date(2026, 11, 20))
    empty = msgspec.structs.replace(work_up, responses=(answered("phq-9", {}), answered("phq-9", {})))
    found = assess(mara, empty, TODAY, KNOWLEDGE)
    sheets = {name.partition("#")[0] for name in found.facts if name.startswith("QuestionnaireResponse/")}
    assert len(sheets) == 2
    assert {fact.value_text for name, fact in found.facts.items() if name.endswith("phq9-9")} == {"not answered"}
