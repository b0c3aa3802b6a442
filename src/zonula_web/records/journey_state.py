"""Where a patient's journey stands: each of the eight steps, done, begun or open, in one sentence."""

from typing import NamedTuple

from django.db.models import Max

from zonula.errors import UserError
from zonula.journey import Assessment
from zonula.reports.wording import plural
from zonula.treatment_protocols import limits, state_on
from zonula_web.records import read
from zonula_web.records.models import DiaryEntry, Document, Patient

DONE, BEGUN, OPEN, WAITS = "done", "begun", "open", "waits"


class StepState(NamedTuple):
    """One step. page: name of its address; standing: done, begun, open, or waits (for the steps before it)."""

    page: str
    title: str
    standing: str
    says: str


def journey_state(patient: Patient, assessment: Assessment | None) -> tuple[StepState, ...]:
    """The eight steps. assessment: None when none can be made."""
    facts = len(read.chart(patient).facts)
    answered, tests = read.responses(patient), read.skin_sessions(patient)
    return (
        StepState(
            "chart",
            "1 Chart and history",
            DONE if facts else OPEN,
            f"{plural(facts, 'fact')} of {plural(_documents(patient), 'document')}" if facts else "No record yet.",
        ),
        StepState(
            "questionnaires",
            "2 Questionnaires",
            DONE if answered else OPEN,
            f"{plural(len(answered), 'questionnaire')} filled in, the last on {answered[-1][1].day or 'an unknown day'}"
            if answered
            else "None filled in yet.",
        ),
        _laboratory(assessment),
        StepState(
            "skin",
            "4 Skin test",
            DONE if tests else OPEN,
            f"{plural(len(tests), 'test')}, the last on {tests[-1].day}" if tests else "No skin test yet.",
        ),
        *_treatment(patient),
    )


def _documents(patient: Patient) -> int:
    return Document.objects.filter(patient=patient, removed_at=None).count()


def _laboratory(assessment: Assessment | None) -> StepState:
    if assessment is None:
        return StepState("laboratory", "3 Laboratory", OPEN, "Cannot be told: the assessment cannot be made.")
    left = len(assessment.open)
    settled = assessment.gluten_may_be_restricted
    celiac = f"celiac testing is {'settled' if settled else 'not settled'} ({assessment.celiac.state.value})"
    says = f"{plural(left, 'question')} still open; {celiac}" if left else f"Nothing open; {celiac}"
    return StepState("laboratory", "3 Laboratory", BEGUN if left else DONE, says)


def _treatment(patient: Patient) -> tuple[StepState, ...]:
    row = read.plan_row(patient)
    diary = DiaryEntry.objects.filter(patient=patient, deleted=False).aggregate(last=Max("day"))["last"]
    said_diary = f"last entry on {diary}" if diary else "No entry yet."
    diary_state = StepState("diary", "6 Diary", BEGUN if diary else WAITS, said_diary)
    if row is None:
        return (
            StepState("plan", "5 Plan", OPEN, "No plan runs."),
            diary_state,
            StepState("foods", "7 Foods given back", WAITS, "After the plan has begun."),
            StepState("outcome", "8 Outcome", WAITS, "After the plan has begun."),
        )
    try:
        plan = read.plan(row)
        state = state_on(plan.protocol, plan.events, read.today(patient.clinic), limits(read.knowledge()))
    except UserError as wrong:
        return (StepState("plan", "5 Plan", BEGUN, wrong.what), diary_state)
    stage = plan.protocol.stage(state.stage)
    accepted = sum(verdict.result.value == "accepted" for verdict in state.verdicts)
    foods = f"{plural(len(state.verdicts), 'verdict')}, {accepted} accepted; {plural(len(state.exclusions), 'food')} not eaten"
    return (
        StepState("plan", "5 Plan", BEGUN, f"{stage.title}, day {state.days_in_stage + 1}"),
        diary_state,
        StepState("foods", "7 Foods given back", BEGUN if state.verdicts else OPEN, foods),
        StepState("outcome", "8 Outcome", OPEN, "Judged on the day that was declared."),
    )
