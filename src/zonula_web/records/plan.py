"""The plan that runs: with what is known for its gates, who wrote which event and when, and the verdicts of every plan of the patient."""

from datetime import date, datetime
from typing import NamedTuple

import msgspec
from django.utils import timezone

from zonula.chart import State
from zonula.errors import UserError
from zonula.journey import Assessment
from zonula.plan_situation import Assembled, situation_of
from zonula.treatment_protocols import (
    Event,
    Exclusion,
    Plan,
    PlanState,
    Result,
    Situation,
    Verdict,
    Why,
    limits,
    state_on,
)
from zonula_web.records import read
from zonula_web.records.models import Answers, Consent, Evidence, Patient, PlanEvent, SkinSession
from zonula_web.records.models import Plan as PlanRow

# What is true of one day only: a no of last week says nothing about today.
OF_TODAY = ("ill_today", "cofactor_today")


class Stated(NamedTuple):
    """What somebody wrote down about the patient for the gates. by, at: empty when nobody did."""

    situation: Situation
    by: str
    at: datetime | None


class Written(NamedTuple):
    """One event of a plan: its place (from 1), who wrote it down and when. `event.by` is who answers for it."""

    number: int
    event: Event
    by: str
    at: datetime


class Running(NamedTuple):
    """The plan that was started last. number: of its row; state: at the end of today; assessment: what its gates were asked with."""

    number: int
    plan: Plan
    state: PlanState
    assembled: Assembled
    assessment: Assessment
    history: tuple[Written, ...]


def stated_situation(patient: Patient, day: date) -> Stated:
    """What was stated last. Answers about a single day count on the day they were given only."""
    row = Evidence.objects.filter(patient=patient, kind="situation").select_related("by").order_by("-id").first()
    if row is None:
        return Stated(Situation(), "", None)
    at = timezone.localtime(row.at, read.now(patient.clinic).tzinfo)
    situation = msgspec.convert(row.body, Situation)
    if at.date() != day:
        situation = msgspec.structs.replace(situation, **dict.fromkeys(OF_TODAY, State.UNKNOWN))
    return Stated(situation, row.by.name if row.by else "", at)


def assembled(patient: Patient) -> Assembled:
    """What the gates are asked with today: what was stated and what the records say. Raises UserError when no assessment can be made."""
    day = read.today(patient.clinic)
    stated = stated_situation(patient, day).situation
    return situation_of(read.assessment(patient), read.chart(patient), stated)


def running(patient: Patient) -> Running | None:
    """The plan that runs today, also when it is finished or stopped and no other was started. Raises UserError when it cannot be read."""
    row = read.plan_row(patient)
    if row is None:
        return None
    plan = read.plan(row)
    day = read.today(patient.clinic)
    state = state_on(plan.protocol, plan.events, day, limits(read.knowledge()))
    return Running(row.pk, plan, state, assembled(patient), read.assessment(patient), history(row))


def marks(patient: Patient, row: PlanRow) -> tuple[int | None, ...]:
    """Numbers that change with whatever the day of a plan is made of, the chart's version and the date aside; the diary is not part of it."""
    newest = [
        rows.order_by("-id").values_list("id", flat=True).first()
        for rows in (
            PlanEvent.objects.filter(plan=row),
            Evidence.objects.filter(patient=patient),
            Answers.objects.filter(patient=patient),
            SkinSession.objects.filter(patient=patient),
            Consent.objects.filter(patient=patient),
        )
    ]
    withdrawn = Answers.objects.filter(patient=patient).exclude(withdrawn_because="").count()
    return (row.pk, *newest, withdrawn)


def history(row: PlanRow) -> tuple[Written, ...]:
    """Every event in the order of writing."""
    rows = PlanEvent.objects.filter(plan=row).select_related("by").order_by("number")
    return tuple(
        Written(one.number, msgspec.convert(one.event, Event), one.by.name if one.by else "", one.at) for one in rows
    )


def verdicts(patient: Patient) -> tuple[Verdict, ...]:
    """The verdicts of every plan, oldest first. A plan that cannot be read is left out here and told on its own page."""
    found: list[Verdict] = []
    for row in PlanRow.objects.filter(patient=patient).order_by("id"):
        state = _state(row, read.today(patient.clinic))
        found += state.verdicts if state else ()
    return tuple(sorted(found, key=lambda one: one.day))


def not_eaten(patient: Patient) -> tuple[Exclusion, ...]:
    """What is out today: by the plan that runs, or by a verdict of an earlier plan that has not expired and was not taken back."""
    day, row = read.today(patient.clinic), read.plan_row(patient)
    state = _state(row, day) if row else None
    found = {one.food.casefold(): one for one in (state.exclusions if state else ())}
    newest = {one.food.casefold(): one for one in verdicts(patient)}
    here = {one.food.casefold() for one in (state.verdicts if state else ())}
    for food, one in newest.items():
        if (
            one.result is Result.REACTS
            and food not in found
            and food not in here
            and (not one.expires or one.expires > day)
        ):
            found[food] = Exclusion(
                food=one.food,
                why=Why.VERDICT,
                reason=f"reacted in a {'blinded' if one.blinded else 'open'} challenge of an earlier plan",
                since=one.day,
                review_on=one.expires,
                owner="",
            )
    return tuple(found.values())


def _state(row: PlanRow, day: date) -> PlanState | None:
    try:
        plan = read.plan(row)
        return state_on(plan.protocol, plan.events, day, limits(read.knowledge()))
    except UserError:
        return None
