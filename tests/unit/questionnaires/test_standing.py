"""Several sheets of one questionnaire: what still stands."""

from datetime import date

import pytest

from zonula.chart import State
from zonula.questionnaires import score, shipped, standing

TODAY = date(2026, 11, 24)
JANUARY, JUNE = "2026-01-10", "2026-06-10"
ALARM, TOTAL = "questionnaires.alarm.thoughts_of_death", "questionnaires.phq-9.total"
CALM = {"phq9-1..9": 0}


@pytest.fixture
def sheet(answered):
    def fill(answers, authored):
        form = shipped("phq-9")
        return score(form, answered(form, answers, authored=authored), TODAY)

    return fill


def said(sheets):
    return [(finding.id, finding.state, finding.as_of.isoformat()) for finding in standing(sheets)]


def test_the_newest_total_stands(sheet):
    first, second = sheet({"phq9-1..9": 2}, JANUARY), sheet({"phq9-1..9": 1}, JUNE)
    for sheets in ((first, second), (second, first)):
        assert [day for name, _, day in said(sheets) if name == TOTAL] == [JUNE]
        assert [day for name, _, day in said(sheets) if name == ALARM] == [JUNE]


def test_a_no_of_today_settles_a_yes_of_january(sheet):
    sheets = (sheet({**CALM, "phq9-9": 2}, JANUARY), sheet(CALM, JUNE))
    assert ALARM not in [name for name, _, _ in said(sheets)]


def test_a_question_left_out_today_settles_nothing(sheet):
    left_out = {f"phq9-{number}": 0 for number in range(1, 9)}
    sheets = (sheet({**CALM, "phq9-9": 2}, JANUARY), sheet(left_out, JUNE))
    alarms = [(state, day) for name, state, day in said(sheets) if name == ALARM]
    assert alarms == [(State.YES, JANUARY), (State.UNKNOWN, JUNE)]


def test_an_undated_sheet_and_one_of_the_same_day_settle_nothing(sheet):
    yes = {**CALM, "phq9-9": 1}
    for other in ("", JANUARY):
        assert ALARM in [name for name, _, _ in said((sheet(yes, JANUARY), sheet(CALM, other)))]
        assert ALARM in [name for name, _, _ in said((sheet(yes, other), sheet(CALM, JANUARY)))]


def test_another_instrument_settles_nothing(sheet, answered):
    form = shipped("gad-7")
    other = score(form, answered(form, {"gad7-1..7": 0}, authored=JUNE), TODAY)
    assert TOTAL in [name for name, _, _ in said((sheet({"phq9-1..9": 2}, JANUARY), other))]


@pytest.mark.parametrize(
    ("question", "alarm", "stays"),
    [
        ("safety-anaphylaxis", "anaphylaxis_history", True),
        ("safety-eating-history", "eating_disorder", True),
        ("safety-pregnant", "pregnancy", False),
        ("safety-breathing-now", "breathing_now", False),
    ],
)
def test_a_later_no_does_not_undo_what_once_happened(answered, question, alarm, stays):
    form = shipped("safety-screen")
    all_no = dict.fromkeys([item.link_id for item in form.walk() if item.options], "no")
    sheets = [
        score(form, answered(form, answers, authored=day), TODAY)
        for answers, day in (({question: "yes"}, JANUARY), (all_no, JUNE))
    ]
    raised = [
        name for name, state, day in said(sheets) if name.endswith(alarm) and state is State.YES and day == JANUARY
    ]
    assert bool(raised) is stays
