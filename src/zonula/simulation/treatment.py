"""The course through the stages: a plan made of events, each allowed by the protocol on its day, and what is known at the gates."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np

from zonula.chart import State
from zonula.knowledge import Shelf
from zonula.simulation.assumed import Assumed, chance
from zonula.simulation.hidden import Hidden
from zonula.simulation.writer import weight_on
from zonula.treatment_protocols import GATES, Event, Plan, Result, Role, Situation, Why, advance, shipped, start
from zonula.treatment_protocols.gates import ask
from zonula.treatment_protocols.gluten import gluten_words
from zonula.treatment_protocols.situation import FoodHistory, RedFlag, Weight

WEEK, _MONTH = 7, 28
PROTOCOL = "reboot_maintenance_rejuvenation"
_CLINICIAN, _DIETITIAN, _ALLERGIST = "Dr. Quill Hathersage", "Mina Overleaf", "Dr. Fenn Copperwood"
_ILL = ("headache for a day", "constipation for a week", "dizzy on standing")


def weekly_total(life: Hidden, day: date, says: Assumed, rng: np.random.Generator) -> float:
    """The burden of that day's week relative to the beginning: 1 before the Reboot, less as it helps, with a week's noise."""
    began = reboot_day(life, says)
    level = 1.0
    if began is not None and day > began:
        weeks = (day - began).days / WEEK
        level -= life.course.improvement * (1 - float(np.exp(-weeks / life.course.weeks)))
    return max(0.0, level * (1 + float(rng.normal(0, says.course.weekly_noise))))


def reboot_day(life: Hidden, says: Assumed) -> date | None:
    """The day the Reboot began, or None when it never did."""
    started, stopped = life.course.started, life.course.stopped
    if started is None or life.course.held_by:
        return None
    began = started + timedelta(says.course.treatment.reboot)
    return began if began <= min(life.today, stopped or life.today) else None


def situation(
    life: Hidden, celiac: str, red_flags: tuple[str, ...], says: Assumed, rng: np.random.Generator
) -> Situation:
    """What is known at the gates, before any weekly total. celiac: the state of the laboratory's table; red_flags: by name."""
    planted = set(life.planted)
    first = (life.course.started or life.today) - timedelta(WEEK)
    weighed = [first + timedelta(days) for days in range(0, (life.today - first).days + 1, WEEK)]

    def told(flag: str) -> State:
        return State.YES if flag in planted else State.NO

    blocked = celiac not in ("C1", "C5", "C7", "C2 resolved")
    return Situation(
        age=life.person.age_on(life.today),
        celiac_state=msgspec.convert(celiac if celiac.startswith("C") and len(celiac) == 2 else "", Any),
        gluten_blocked=State.YES if blocked else State.NO,
        pregnant=State.NO,
        breastfeeding=State.NO,
        eating_disorder_risk=State.NO,
        height_m=life.person.height / 100,
        weights=tuple(Weight(day, weight_on(life, day, says, rng)) for day in weighed),
        asthma_uncontrolled=told("asthma_unstable"),
        anaphylaxis_history=told("anaphylaxis_history"),
        insulin_or_sulfonylurea=told("drug_insulin"),
        kidney_disease=State.NO,
        transplant=State.NO,
        mastocytosis=State.NO,
        beta_blocker=State.NO,
        second_adult=State.YES,
        near_emergency_care=State.YES,
        rescue_plan=State.YES,
        ill_today=State.NO,
        cofactor_today=State.NO,
        mentally_stable=State.NO if "phq9_item9" in planted else State.YES,
        red_flags=tuple(
            RedFlag(f"chart_review.red_flag.{flag}", msgspec.convert(says.flag_levels[flag], Any)) for flag in red_flags
        ),
        foods={group: _history(group, foods, life) for group, foods in says.skin_tests.groups.items()},
    )


def _history(group: str, foods: tuple[str, ...], life: Hidden) -> FoodHistory:
    positive = [food for food in foods if food in life.sensitised]
    reacts = [food for food in positive if food not in life.tolerated]
    eaten = State.NO if reacts else State.YES
    return FoodHistory(
        sensitised=State.YES if positive else State.NO,
        tolerated=eaten,
        last_eaten=life.today - timedelta(400 if reacts else 6),
        wheal_predictive=State.NO,
        anaphylaxis=State.NO,
        respiratory_or_circulatory=State.NO,
        immediate_reaction=State.YES if reacts else State.NO,
        trace_reaction=State.NO,
        severe_fpies=State.NO,
        alpha_gal_systemic=State.NO,
        exercise_induced=State.NO,
    )


def held_by(known: Situation, day: date, shelf: Shelf) -> tuple[str, ...]:
    """The gates before the Reboot that do not stand open that day."""
    step = shipped(shelf, PROTOCOL, GATES).step("begin_reboot", "run_in")
    gates = step.gates if step is not None else ()
    return tuple(gate for gate in gates if ask(gate, known, day, shelf).state is not State.YES)


def plan(life: Hidden, known: Situation, says: Assumed, shelf: Shelf, rng: np.random.Generator) -> Plan | None:
    """The plan up to the last day; None at intake. Every event goes through the room that guards the plan, so none is impossible."""
    started = life.course.started
    if started is None:
        return None
    begun = start(shipped(shelf, PROTOCOL, GATES), life.person.id, started, _CLINICIAN, Role.CLINICIAN)
    last = life.course.stopped or life.today
    for event in sorted(_events(life, started, says, shelf, rng), key=lambda one: one.day):
        if event.day <= last:
            begun = advance(begun, event, known, shelf)
    if life.course.stopped is not None:
        stop = Event(day=last, event="stop", by=life.person.id, role=Role.PATIENT, reason="too much to do beside work")
        begun = advance(begun, stop, known, shelf)
    return begun


def _events(life: Hidden, started: date, says: Assumed, shelf: Shelf, rng: np.random.Generator) -> Iterator[Event]:
    days = says.course.treatment

    def on(days: int, event: str, by: str, role: Role, **more: Any) -> Event:
        return Event(day=started + timedelta(days), event=event, by=by, role=role, **more)

    tests = says.skin_tests.groups
    yield on(0, "sign_off", _DIETITIAN, Role.DIETITIAN)
    allergic = [food for food in life.sensitised if food not in life.tolerated]
    for food in allergic:
        words = "immediate reaction and a positive skin test"
        yield on(1, "exclude", _ALLERGIST, Role.ALLERGIST, food=food, why=Why.ALLERGY, reason=words, owner=_ALLERGIST)
    known = life.celiac_testing == "known"
    gluten = [group for group in tests if known and gluten_words(shelf).carried_by(group) and group not in allergic]
    for food in gluten:
        yield on(1, "exclude", _CLINICIAN, Role.CLINICIAN, food=food, why=Why.CELIAC, reason="celiac disease is known", owner=_CLINICIAN)  # fmt: skip
    if life.course.held_by:
        words = f"Reboot waits for: {', '.join(life.course.held_by)}"
        yield on(days.reboot, "note", _CLINICIAN, Role.CLINICIAN, reason=words)
        return
    yield on(days.reboot, "begin_reboot", _CLINICIAN, Role.CLINICIAN)
    # A group with an allergy in it is out already, and with known celiac disease so is gluten: a trial has no say in either.
    out = {group for group, foods in tests.items() if set(foods) & set(allergic)} | set(gluten)
    foods = [group for group in life.course.left_out if group not in out]

    def leave_out(day: int, food: str, why: Why, words: str, review: int) -> Event:
        by, role = _DIETITIAN, Role.DIETITIAN
        if set(tests.get(food, ())) & set(life.sensitised):
            by, role, words = (
                _ALLERGIST,
                Role.ALLERGIST,
                f"{words}; tolerated with a positive skin test, so the allergist decides",
            )
        more = {"why": why, "reason": words, "review_on": started + timedelta(review), "owner": by}
        return on(day, "exclude", by, role, food=food, **more)

    for food in foods:
        yield leave_out(days.reboot, food, Why.ELIMINATION, "suspected in the diary", days.reboot + _MONTH)
    if chance(says.course.adverse_event_percent, rng):
        yield on(days.reboot + 9, "adverse_event", life.person.id, Role.PATIENT, reason=_ILL[int(rng.integers(3))])
    yield on(days.giving_back, "end_reboot", _CLINICIAN, Role.CLINICIAN)
    for place, food in enumerate(foods):
        yield on(days.giving_back + 1 + place, "give_back", life.person.id, Role.PATIENT, food=food)
    yield on(days.maintenance, "begin_maintenance", _CLINICIAN, Role.CLINICIAN)
    worse = [food for food in foods if food in life.tolerance]
    for food in worse:
        words = "worse again within days of giving it back"
        yield leave_out(days.maintenance + 2, food, Why.SUSPECT, words, days.rejuvenation - 1)
    yield on(days.rejuvenation, "begin_rejuvenation", _CLINICIAN, Role.CLINICIAN)
    yield from _challenges(life, worse, on, says, rng)
    if life.course.stage == "finished":
        yield on((life.today - started).days - 3, "finish", _CLINICIAN, Role.CLINICIAN)


def _challenges(
    life: Hidden, foods: list[str], on: Callable[..., Event], says: Assumed, rng: np.random.Generator
) -> Iterator[Event]:
    """One food after the other, supervised; the verdict tells whether it is tolerated again by then."""
    days = says.course.treatment
    for place, food in enumerate(foods):
        begun = days.rejuvenation + 4 + place * days.between_challenges
        yield on(begun, "challenge", _CLINICIAN, Role.CLINICIAN, food=food, form="as usually eaten", supervised=True)
        verdict = on(begun + days.to_verdict, "verdict", _CLINICIAN, Role.CLINICIAN, food=food)
        again = life.tolerance[food].tolerated_from
        tolerated = again is not None and again <= verdict.day
        result = (
            Result.CANNOT_TELL if chance(days.cannot_tell, rng) else Result.ACCEPTED if tolerated else Result.REACTS
        )
        yield msgspec.structs.replace(verdict, result=result)
