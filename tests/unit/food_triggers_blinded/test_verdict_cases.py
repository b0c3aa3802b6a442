"""The clinician's cases in tests/cases/food_triggers_blinded, played through the real events."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from zonula.food_triggers.blinded.conduct import trial_after
from zonula.food_triggers.blinded.events import (
    Asked,
    Declared,
    Designed,
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
from zonula.food_triggers.blinded.rules import Rule, declare
from zonula.food_triggers.blinded.schedules import Arm
from zonula.food_triggers.blinded.sealing import commitment, digest, seal, seeded_rank
from zonula.food_triggers.blinded.verdict import verdict_of

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "food_triggers_blinded" / "verdicts.yaml").read_text())
ARMS = {"F": Arm.ACTIVE, "S": Arm.SHAM}
GUESSES = {"F": Guess.ACTIVE, "S": Guess.SHAM, "?": Guess.DONT_KNOW}
WIGGLE = (0.5, -0.5, 0.0)  # nobody rates exactly the same every day


def seed_for(schedules, order):
    """A seed whose draw happens to be the order of the case: the seal refuses one chosen by hand."""
    rank = schedules.rank_of(order)
    return next(seed for n in range(100_000) if seeded_rank(seed := n.to_bytes(16, "big"), schedules.count) == rank)


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case, milk):
    order = tuple(ARMS[word] for word in case["order"])
    sealed = seal("t1", digest(milk), milk.schedules, seed=seed_for(milk.schedules, order), salt=b"2" * 16)
    assert sealed.schedule == order
    rule = declare(Rule(case["rule"]), milk)
    now = datetime(2031, 1, 6, 7)
    events = [
        Designed(at=now, design=milk, commitment=commitment(sealed)),
        Declared(at=now, declaration=rule, rule_hash=digest(rule), by="Dr A"),
    ]
    for number, (score, guess) in enumerate(zip(case["scores"], case["guesses"], strict=True), 1):
        first = datetime.combine(milk.planned(number)[0], now.time())
        events.append(PeriodStarted(at=first, period=number))
        events.append(
            Guessed(at=first, period=number, guess=GUESSES[guess], reason=Reason.TASTE, asked=Asked.FIRST_PORTION)
        )
        eaten = case.get("eaten", 1)
        if case["order"][number - 1] == "F":
            eaten = case.get("eaten_of_food", eaten)
        if eaten != "unknown":
            events.append(Portion(at=first, period=number, eaten=eaten))
        for day, wiggle in enumerate(WIGGLE):
            at = first + timedelta(days=day, hours=12)
            events.append(Rated(at=at, outcome="bloating", score=score + wiggle * (-1) ** number))
        events.append(PeriodEnded(at=at, period=number))
    if len(case["scores"]) < len(order):
        events.append(Stopped(at=at, by="patient", why="symptoms", knew_order=False))
    events.append(Unsealed(at=at, by="Dr A", sealed=sealed))
    verdict = verdict_of(trial_after(events), as_of=date(2031, 6, 1))
    assert verdict.decision.value == case["decision"], verdict.reasons
    assert case.get("because", "") in "; ".join(verdict.reasons)
    met = {result.rule.value: result.met.value for result in verdict.outcomes[0].rules}
    for name, expected in case.get("rules", {}).items():
        assert met[name] == {True: "yes", False: "no"}[expected], (name, met)
