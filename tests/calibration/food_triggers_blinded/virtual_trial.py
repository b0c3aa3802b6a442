"""A virtual person in a blinded trial: own weather, a true effect, expectation that follows belief, and leaks, all as switches."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from zonula.food_triggers.blinded.conduct import Trial, trial_after
from zonula.food_triggers.blinded.design import Design
from zonula.food_triggers.blinded.events import (
    Asked,
    Declared,
    Designed,
    Event,
    Guessed,
    PeriodEnded,
    PeriodStarted,
    Portion,
    Rated,
    Reason,
    Stopped,
    Unsealed,
)
from zonula.food_triggers.blinded.randomisation import Guess
from zonula.food_triggers.blinded.record import Record, append
from zonula.food_triggers.blinded.rules import Rule, declare
from zonula.food_triggers.blinded.schedules import Arm
from zonula.food_triggers.blinded.sealing import commitment, digest, seal


@dataclass(frozen=True, kw_only=True)
class Person:
    """effect, nocebo in points; leak: chance that a period's portion gives itself away; commit: chance of guessing otherwise."""

    level: float = 3.0
    rho: float = 0.6
    sd: float = 1.2
    swing: float = 0.4
    drift: float = 0.0
    effect: float = 0.0
    nocebo: float = 0.0
    leak: float = 0.0
    commit: float = 0.25
    symptom_guesser: bool = False
    silent: bool = False  # knows, and says they do not
    missing: float = 0.1
    stop_when_bad: bool = False


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))


def periods(days: list[date], design: Design) -> list[tuple[date, int]]:
    """(day, period) of every day of the trial; 0 outside the periods."""
    spans = [design.planned(number) for number in range(1, design.schedules.periods + 1)]
    return [(day, next((n for n, (first, last) in enumerate(spans, 1) if first <= day <= last), 0)) for day in days]


def run_trial(
    design: Design, person: Person, rng: np.random.Generator, rule: Rule = Rule.POSTERIOR, *, unseal: bool = True
) -> Trial:
    """Play a whole trial and return its last state."""
    return trial_after(events_of(design, person, rng, rule, unseal=unseal))


def run_record(
    design: Design, person: Person, rng: np.random.Generator, rule: Rule = Rule.POSTERIOR, *, unseal: bool = True
) -> Record:
    """Play a whole trial and return its record."""
    return append(Record(), *events_of(design, person, rng, rule, unseal=unseal))


def events_of(
    design: Design, person: Person, rng: np.random.Generator, rule: Rule, *, unseal: bool = True
) -> list[Event]:
    """Play a whole trial through the real events."""
    sealed = seal(design.trial, digest(design), design.schedules, seed=rng.bytes(32), salt=rng.bytes(32))
    declaration = declare(rule, design)
    start = at(design.first_day, 7)
    events = [
        Designed(at=start, design=design, commitment=commitment(sealed)),
        Declared(at=start, declaration=declaration, rule_hash=digest(declaration), by="Dr A"),
    ]
    days = [design.first_day + timedelta(days=n) for n in range(design.days)]
    innovations = rng.standard_normal(len(days)) * person.sd * np.sqrt(1 - person.rho**2)
    weather = innovations[0] / np.sqrt(1 - person.rho**2)
    swings = rng.standard_normal(design.schedules.periods + 1) * person.swing
    belief, recent = Guess.DONT_KNOW, []
    stopped = False
    for number, (day, period) in enumerate(periods(days, design)):
        weather = person.rho * weather + innovations[number] if number else weather
        score = person.level + weather + swings[period] + person.drift * number
        if period:
            arm = sealed.schedule[period - 1]
            first, last = design.planned(period)
            if day == first:
                belief, reason = guess_of(arm, person, recent, rng)
                events.append(PeriodStarted(at=at(day, 8), period=period))
                said = Guess.DONT_KNOW if person.silent else belief
                events.append(
                    Guessed(at=at(day, 9), period=period, guess=said, reason=reason, asked=Asked.FIRST_PORTION)
                )
                recent = []
            events.append(Portion(at=at(day, 8), period=period, eaten=1.0))
            score += {Guess.ACTIVE: 1.0, Guess.DONT_KNOW: 0.5, Guess.SHAM: 0.0}[belief] * person.nocebo
            score += person.effect * (arm is Arm.ACTIVE)
        score = float(np.clip(round(score), 0, 10))
        if rng.random() >= person.missing:
            events.append(Rated(at=at(day, 20), outcome=design.primary, score=score))
            recent.append(score)
        if period and day == last:
            events.append(PeriodEnded(at=at(day, 21), period=period))
            # A person who feels awful stops; the decision knows symptoms, not the order.
            if person.stop_when_bad and period >= 4 and recent and np.mean(recent) > person.level + 1:
                events.append(Stopped(at=at(day, 22), by="patient", why="too many symptoms", knew_order=False))
                stopped = period < design.schedules.periods
                events = events if stopped else events[:-1]
                if stopped:
                    break
    if unseal:
        events.append(Unsealed(at=at(days[-1], 23), by="Dr A", sealed=sealed))
    return events


def guess_of(arm: Arm, person: Person, recent: list[float], rng: np.random.Generator) -> tuple[Guess, Reason]:
    if rng.random() < person.leak:
        return Guess(arm.value), Reason.TASTE
    if person.symptom_guesser and recent:
        return (Guess.ACTIVE if np.mean(recent) > person.level else Guess.SHAM), Reason.SYMPTOMS
    if rng.random() < person.commit:
        return (Guess.ACTIVE if rng.random() < 0.6 else Guess.SHAM), Reason.HUNCH
    return Guess.DONT_KNOW, Reason.HUNCH
