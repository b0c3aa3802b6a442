"""Verdicts on virtual people whose truth is known: the short form of the calibration program."""

from datetime import date, datetime

import msgspec
import numpy as np
import pytest
from virtual_trial import Person, run_trial

from zonula.chart import State
from zonula.food_triggers.blinded.conduct import trial_after
from zonula.food_triggers.blinded.design import design_trial
from zonula.food_triggers.blinded.events import Learned, Role
from zonula.food_triggers.blinded.rules import Rule
from zonula.food_triggers.blinded.verdict import Decision, verdict_of

AS_OF = date(2031, 6, 1)


def play(design, person, *, plays=60, seed=4, rule=Rule.SALERNO_30):
    rng = np.random.default_rng(seed)
    return [verdict_of(run_trial(design, person, rng, rule), as_of=AS_OF) for _ in range(plays)]


def share(verdicts, decision=Decision.CONFIRMED):
    return np.mean([verdict.decision is decision for verdict in verdicts])


@pytest.mark.parametrize(
    "person",
    [
        Person(),
        Person(nocebo=4, symptom_guesser=True, commit=1.0),
        Person(nocebo=4, leak=0.5),
        Person(nocebo=4, leak=1.0),
        Person(nocebo=2, drift=0.05, rho=0.85, swing=1.5),
        Person(nocebo=3, stop_when_bad=True),
    ],
    ids=["quiet", "nocebo", "leaky", "open", "stormy", "stops"],
)
def test_without_an_effect_nearly_nothing_is_confirmed(milk, person):
    """At most 5 % in the long run; 8 of 60 or more would have a chance below 1 in 100 at 5 %."""
    assert share(play(milk, person)) <= 7 / 60


def test_a_plain_30_percent_rule_on_leaky_portions_would_convict_most_innocent_foods(milk):
    """Negative control: the published rule alone, without the exact test and the blinding check."""
    verdicts = play(milk, Person(nocebo=4, leak=1.0), plays=30)
    assert np.mean([verdict.outcomes[0].rules[0].met is State.YES for verdict in verdicts]) > 0.9
    assert share(verdicts, Decision.CANNOT_TELL) == 1.0
    assert all("blinding broken" in verdict.reasons[0] for verdict in verdicts)


def test_a_strong_effect_is_found_and_its_size_is_covered(milk):
    verdicts = play(milk, Person(effect=4, sd=1.0, commit=0.1), plays=40)
    assert share(verdicts) > 0.7
    differences = [verdict.outcomes[0].difference for verdict in verdicts]
    assert np.mean([difference.lo <= 4 <= difference.hi for difference in differences]) > 0.75
    assert all(verdict.finding.state is State.YES for verdict in verdicts if verdict.decision is Decision.CONFIRMED)


def test_a_harmless_food_is_cleared_more_often_the_quieter_the_person(milk):
    quiet = share(play(milk, Person(sd=0.6, swing=0.1), plays=30), Decision.NOT_CONFIRMED)
    stormy = share(play(milk, Person(sd=2.0, swing=1.0), plays=30), Decision.NOT_CONFIRMED)
    assert quiet > 0.7 > 0.4 > stormy


def test_salerno_as_published_can_never_confirm(milk):
    design = design_trial("t", "salerno_gluten", outcomes=("bloating",), first_day=date(2031, 1, 6), cleared_by="Dr A")
    verdicts = play(design, Person(effect=5, commit=0), plays=20)
    assert share(verdicts) == 0
    assert all(verdict.test.smallest == 0.5 for verdict in verdicts)
    assert any("could reach 0.500 at best" in reason for verdict in verdicts for reason in verdict.reasons)


def test_someone_at_the_table_who_learned_the_order_ends_the_verdict(milk):
    trial = run_trial(milk, Person(effect=5), np.random.default_rng(2), Rule.SALERNO_30)
    told = Learned(at=datetime(2031, 2, 1), who="J", role=Role.HOUSEHOLD, how="saw the label")
    verdict = verdict_of(msgspec.structs.replace(trial, learned=(told,)), as_of=AS_OF)
    assert verdict.decision is Decision.CANNOT_TELL
    assert "saw the label" in verdict.reasons[0]
    preparer = msgspec.structs.replace(told, role=Role.PREPARER)
    assert (
        verdict_of(msgspec.structs.replace(trial, learned=(preparer,)), as_of=AS_OF).decision
        is not Decision.CANNOT_TELL
    )


def test_without_the_guess_question_nothing_is_confirmed(milk):
    trial = run_trial(milk, Person(effect=5), np.random.default_rng(2), Rule.SALERNO_30)
    verdict = verdict_of(msgspec.structs.replace(trial, guesses=()), as_of=AS_OF)
    assert verdict.decision is Decision.CANNOT_TELL
    assert "blinding not known" in verdict.reasons[0]


def test_a_stop_by_someone_who_knew_gives_no_verdict(milk):
    rng = np.random.default_rng(3)
    trial = next(
        one for one in (run_trial(milk, Person(effect=3, stop_when_bad=True), rng) for _ in range(20)) if one.stopped
    )
    assert verdict_of(trial, as_of=AS_OF).stopped_early
    knew = msgspec.structs.replace(trial, stopped=msgspec.structs.replace(trial.stopped, knew_order=True))
    assert "knew the order" in verdict_of(knew, as_of=AS_OF).reasons[-1]


def test_a_trial_without_a_single_rating_cannot_tell(milk):
    trial = run_trial(milk, Person(missing=1.0), np.random.default_rng(2))
    verdict = verdict_of(trial, as_of=AS_OF)
    assert verdict.decision is Decision.CANNOT_TELL
    assert verdict.outcomes[0].difference is None
    assert verdict.test.p == 1.0
    assert verdict.periods_measured == 0


def test_ratings_that_never_move_cannot_crash(milk):
    verdict = verdict_of(run_trial(milk, Person(sd=0, swing=0, missing=0), np.random.default_rng(2)), as_of=AS_OF)
    assert verdict.decision is Decision.NOT_CONFIRMED
    assert np.isfinite([verdict.outcomes[0].difference.lo, verdict.outcomes[0].difference.hi]).all()


def test_the_same_record_gives_the_same_verdict_to_the_last_bit(milk):
    trials = [run_trial(milk, Person(effect=2), np.random.default_rng(6)) for _ in range(2)]
    first, second = (msgspec.json.encode(verdict_of(trial, as_of=AS_OF)) for trial in trials)
    assert first == second


def test_all_rules_stand_side_by_side_and_the_declared_one_decides(milk):
    rng = [np.random.default_rng(8) for _ in Rule]
    verdicts = {
        rule: verdict_of(run_trial(milk, Person(effect=2.2), one, rule), as_of=AS_OF)
        for rule, one in zip(Rule, rng, strict=True)
    }
    shown = {rule: verdict.outcomes[0].rules for rule, verdict in verdicts.items()}
    assert len({tuple(result.met for result in results) for results in shown.values()}) == 1
    for rule, verdict in verdicts.items():
        met = next(result.met for result in verdict.outcomes[0].rules if result.rule is rule)
        assert (verdict.decision is Decision.CONFIRMED) <= (met is State.YES)


def test_an_empty_trial_has_no_verdict():
    assert trial_after([]).unsealed is None
