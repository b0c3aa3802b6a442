"""What is written about a plan: the situation, its start, its events. The core decides whether a step may be; a refused one changes nothing."""

from datetime import date

import msgspec
from django.db import IntegrityError
from django.utils import timezone

from zonula.errors import UserError
from zonula.treatment_protocols import GATES, Event, Role, Situation, Why, advance, shipped, start
from zonula.treatment_protocols.gates import override_roles
from zonula_web.access.models import Person
from zonula_web.audit.record import record
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.actions.changing import changing
from zonula_web.records.models import Evidence, Patient, PlanEvent
from zonula_web.records.models import Plan as PlanRow

# What keeps a food out for safety; it stays out when another plan begins.
LASTING = (Why.ALLERGY, Why.CELIAC)
LONGEST_TEXT = 400
_OTHER_PLAN = "Another plan was started meanwhile."


class WrittenMeanwhileError(UserError):
    """Someone else wrote into the plan since this page was opened."""


def state_situation(*, patient: Patient, by: Person, situation: Situation) -> None:
    """Write down what is known about the patient for the gates. The earlier statements stay as history."""
    body = msgspec.to_builtins(situation)
    msgspec.convert(body, Situation)
    with changing(patient) as locked:
        Evidence.objects.create(patient=locked, by=by, kind="situation", body=body)


def start_plan(*, patient: Patient, by: Person, role: Role, protocol: str, seen: int | None) -> None:
    """Start a protocol that ships. seen: number of the plan the page showed, None for none.

    Raises UserError while another plan runs, for an unknown protocol, or when another was started meanwhile.
    """
    shelf = read.knowledge()
    chosen = shipped(shelf, protocol, GATES)
    with changing(patient) as locked:
        day = read.today(locked.clinic)
        row = read.plan_row(locked)
        if (row.pk if row else None) != seen:
            raise WrittenMeanwhileError(_OTHER_PLAN, "Look at it first.")
        kept: list[Event] = []
        if row is not None:
            running = plans.running(locked)
            assert running is not None
            if not running.plan.protocol.stage(running.state.stage).final:
                raise UserError(f"{running.plan.protocol.title} runs already.", "Finish or stop it first.")
            kept = [
                Event(
                    day=day,
                    event="exclude",
                    by=by.name,
                    role=role,
                    food=one.food,
                    why=one.why,
                    reason=one.reason,
                    owner=one.owner,
                )
                for one in running.state.exclusions
                if one.why in LASTING
            ]
            row.closed_at = timezone.now()
            row.save(update_fields=["closed_at"])
        plan = start(chosen, str(locked.pk), day, by.name, role)
        if kept:
            situation = plans.assembled(locked).situation
            for event in kept:
                plan = advance(plan, event, situation, shelf)
        made = PlanRow.objects.create(
            patient=locked,
            by=by,
            protocol=protocol,
            protocol_fingerprint=plan.protocol_fingerprint,
            protocol_body=msgspec.to_builtins(plan.protocol),
        )
        for number, event in enumerate(plan.events, 1):
            _keep(locked, made, number, event, by)


def write_event(*, patient: Patient, by: Person, event: Event, plan: int, seen: int) -> None:
    """Append an event to the plan. plan: number of the plan; seen: how many events the page showed.

    Raises IllegalStepError in the core's words, or WrittenMeanwhileError; then nothing has changed. An override is written into the log.
    """
    for text in (event.food, event.form, event.reason, event.owner):
        if len(text) > LONGEST_TEXT:
            raise UserError(f"{text[:40]}… is too long.", f"Write at most {LONGEST_TEXT} letters.")
    with changing(patient) as locked:
        running = plans.running(locked)
        if running is None or running.number != plan:
            raise WrittenMeanwhileError(_OTHER_PLAN, "Look at it first.")
        if len(running.history) != seen:
            last = running.history[-1]
            raise WrittenMeanwhileError(
                f"{last.by or 'Someone'} wrote “{last.event.event.replace('_', ' ')}” into this plan while this page was open."
                " Nothing of yours was written.",
                "Look at what changed, then write yours again if it still holds.",
            )
        _day_of(event, read.today(locked.clinic))
        after = advance(running.plan, event, running.assembled.situation, read.knowledge())
        row = PlanRow.objects.get(pk=running.number)
        made = _keep(locked, row, seen + 1, after.events[-1], by)
        if event.event == "override":
            record("overrode a gate", patient=locked.pk, table="records_planevent", row=str(made.pk), detail=event.gate)


def may_override(gate: str, role: Role) -> bool:
    """Whether the gate's card lets this role override it."""
    return gate in GATES and role in override_roles(gate, read.knowledge())


def _keep(locked: Patient, row: PlanRow, number: int, event: Event, by: Person) -> PlanEvent:
    try:
        return PlanEvent.objects.create(
            patient=locked, plan=row, number=number, event=msgspec.to_builtins(event), by=by
        )
    except IntegrityError:
        raise WrittenMeanwhileError(
            "Someone else wrote into this plan at the same moment.", "Open the page again and look at what changed."
        ) from None


def _day_of(event: Event, today: date) -> None:
    if event.day > today:
        raise UserError("The day lies in the future.", "An event is written when it has happened.")
