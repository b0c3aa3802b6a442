"""A patient's course as the outcomes room judges it, built from the record. Day 0 is the day the plan first restricted eating."""

from collections.abc import Iterator
from datetime import date, timedelta

from zonula.chart import Sex
from zonula.outcomes import AdverseEvent, Course, Reading, StageStart
from zonula.treatment_protocols import PlanState, Result, Why
from zonula_web.records import diary, plan, read
from zonula_web.records.models import Patient

READINGS = "symptom-domains"
TOTAL = "severity"
# Restricting stages are declared by each protocol; these reasons are the treatment's own, unlike an allergy that was there before.
FOR_TREATMENT = (Why.ELIMINATION, Why.SUSPECT)


def course_of(patient: Patient) -> Course | None:
    """The course, or None while no plan has restricted anything. Totals are those of the weekly questionnaire, never of the diary."""
    running = plan.running(patient)
    if running is None:
        return None
    restricting = [day for day, stage in running.state.history if running.plan.protocol.stage(stage).restricts]
    if not restricting:
        return None
    began, today = min(restricting), read.today(patient.clinic)
    assessment = read.assessment(patient)
    count = assessment.skin_test.count if assessment.skin_test else None
    sex = Sex(patient.sex)
    stages = {stage.id: stage for stage in running.plan.protocol.stages}
    final = stages[running.state.stage].final and running.state.stage == "finished"
    return Course(
        patient=str(patient.id),
        clinic=patient.clinic.name,
        readings=tuple(_readings(patient, began)),
        last_day=(today - began).days,
        finished=final,
        age=None if assessment.review.patient.age is None else float(assessment.review.patient.age),
        female=None if sex not in (Sex.FEMALE, Sex.MALE) else sex is Sex.FEMALE,
        domains=assessment.review.summary.domains_present,
        skin_tested=None if count is None else count.positive + count.equivocal + count.negative,
        skin_positive=None if count is None else count.positive,
        adherence=_adherence(patient, running.state, began, today),
        foods_restricted=len(
            {
                one.event.food
                for one in running.history
                if one.event.event == "exclude" and one.event.why in FOR_TREATMENT
            }
        ),
        foods_given_back=len({one.event.food for one in running.history if _given_back(one)}),
        days_restricted=_restricted(running, today),
        adverse_events=tuple(
            AdverseEvent((one.event.day - began).days, one.event.reason, one.event.serious)
            for one in running.history
            if one.event.event == "adverse_event"
        ),
        stages=tuple(StageStart((day - began).days, stage) for day, stage in running.state.history),
    )


def _readings(patient: Patient, began: date) -> Iterator[Reading]:
    by_day = {}
    for one in read.assessment(patient).scores:
        scale = one.scale(TOTAL) if one.instrument == READINGS else None
        if scale is not None and scale.value is not None and one.dated:
            by_day[one.as_of] = float(scale.value)
    return (Reading((day - began).days, total) for day, total in sorted(by_day.items()))


def _given_back(written: plan.Written) -> bool:
    return written.event.event == "give_back" or written.event.result is Result.ACCEPTED


def _restricted(running: plan.Running, today: date) -> int:
    """Days in restricting stages, the days of all of them together."""
    history = running.state.history
    ends = [*(day for day, _ in history[1:]), today + timedelta(days=1)]
    return sum(
        (end - day).days
        for (day, stage), end in zip(history, ends, strict=True)
        if running.plan.protocol.stage(stage).restricts
    )


def _adherence(patient: Patient, state: PlanState, began: date, today: date) -> float | None:
    """The share of days with meals written down on which nothing that is out was eaten; None without such days."""
    kept = diary.meals_by_day(patient, began, today)
    if not kept:
        return None
    out = [(one.food, one.since) for one in state.exclusions]
    faithful = sum(
        not any(since <= day and diary.held(meals, food) for food, since in out) for day, meals in kept.items()
    )
    return round(faithful / len(kept), 3)
