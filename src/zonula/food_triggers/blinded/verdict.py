"""The verdict: confirmed, not confirmed, or cannot tell, by the rule that was declared before the order was known.

Confirmed needs all of: the declared rule met; the exact randomisation test at or below the limit, alone and within the person's
own guesses; blinding neither broken nor unknown; nobody who rates or eats came to know the order. Not confirmed needs that a
difference that matters is as good as ruled out. Everything else is cannot tell, with the reasons.

What is guaranteed: if the food does nothing and nobody knows, at most 5 in 100 such trials are confirmed, whatever the person
expects and however the symptoms behave, also when stopped early. If the portions give themselves away equally often in every
period and the person's answers show it, the same. What no arithmetic can guarantee: a person who knows and says they do not.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import msgspec
import numpy as np

from zonula.chart import Ask, Finding, Grade, State
from zonula.errors import UserError
from zonula.food_triggers.blinded.blinding import Blinding, blinding_of
from zonula.food_triggers.blinded.conduct import Trial
from zonula.food_triggers.blinded.contrast import contrast_of
from zonula.food_triggers.blinded.design import CARDS
from zonula.food_triggers.blinded.events import Role
from zonula.food_triggers.blinded.periods import Counted, counted, end_guesses, product_guesses
from zonula.food_triggers.blinded.randomisation import Guess, RandomisationTest, randomisation_test
from zonula.food_triggers.blinded.rules import Declaration, RuleResult, apply_rules
from zonula.food_triggers.blinded.schedules import Arm
from zonula.food_triggers.blinded.sealing import digest

SCHEMA = "zonula.trial-verdict/1"


class Decision(StrEnum):
    """What a trial can say about a food."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    CANNOT_TELL = "cannot_tell"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Posterior of active minus sham, rating points, with a central interval; matters: P(difference >= points that matter)."""

    mean: float
    lo: float
    hi: float
    content: float
    matters: float


class OutcomeResult(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome: period means in order (None: not measured), rated days behind them, difference, every rule."""

    outcome: str
    means: tuple[float | None, ...]
    rated_days: tuple[int, ...]
    difference: Difference | None
    rules: tuple[RuleResult, ...]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict and everything behind it. outcomes: the main one first; only that one decides."""

    schema: str = SCHEMA
    trial: str
    food: str
    decision: Decision
    reasons: tuple[str, ...]
    declaration: Declaration
    rule_hash: str
    schedule: tuple[Arm, ...]
    outcomes: tuple[OutcomeResult, ...]
    test: RandomisationTest
    blinding: Blinding
    end_guesses: Blinding
    periods_measured: int
    stopped_early: bool
    eaten: float | None
    finding: Finding


def verdict_of(trial: Trial, *, as_of: date, declaration: Declaration | None = None) -> Verdict:
    """The verdict of an unsealed trial. Raises UserError before unsealing, without a declared rule, or for another rule.

    declaration: what the caller believes was declared; when given it must be the declared one to the last figure.
    """
    if trial.unsealed is None or trial.declared is None:
        raise UserError(
            "there is no verdict before the order is unsealed.", "Finish or stop the trial, then unseal it."
        )
    declared = trial.declared
    if declaration is not None and digest(declaration) != declared.rule_hash:
        raise UserError("this is not the rule declared before the start; the declared rule decides")
    figures, schedules = declared.declaration.figures, trial.design.schedules
    schedule = trial.unsealed.sealed.schedule
    guesses = product_guesses(trial, figures.telling_reasons)
    ratings = {outcome: counted(trial, outcome) for outcome in trial.design.outcomes}
    results = tuple(weigh(outcome, data, schedule, declared.declaration) for outcome, data in ratings.items())
    means = ratings[declared.declaration.outcome].means
    test = randomisation_test(schedules, schedule, means, guesses=guesses, drift_from=figures.drift_from_periods)
    blinding = blinding_of(schedules, schedule, guesses, reached=len(trial.started))
    food_eaten = _eaten(trial, schedule, Arm.ACTIVE)
    doubts = tuple(_doubts(trial, blinding, food_eaten, declared.declaration))
    decision, reasons = decide(results[0], test, doubts, declared.declaration)
    if decision is Decision.NOT_CONFIRMED and food_eaten is None:
        decision, reasons = Decision.CANNOT_TELL, (*reasons, "whether the food was eaten was not recorded")
    return Verdict(
        trial=trial.design.trial,
        food=trial.design.food,
        decision=decision,
        reasons=reasons,
        declaration=declared.declaration,
        rule_hash=declared.rule_hash,
        schedule=schedule,
        outcomes=results,
        test=test,
        blinding=blinding,
        end_guesses=blinding_of(schedules, schedule, end_guesses(trial), reached=len(trial.started)),
        periods_measured=int((~np.isnan(means)).sum()),
        stopped_early=trial.stopped is not None,
        eaten=_eaten(trial),
        finding=_finding(trial, decision, results[0], reasons, as_of),
    )


def weigh(outcome: str, data: Counted, schedule: tuple[Arm, ...], declaration: Declaration) -> OutcomeResult:
    """The difference and every rule for one outcome's counted ratings."""
    figures = declaration.figures
    is_active = np.array([False, *(arm is Arm.ACTIVE for arm in schedule)])
    contrast = contrast_of(
        data.days,
        data.scores,
        data.period,
        is_active[data.period],
        drift_from=figures.drift_from_periods,
        content=figures.interval,
    )
    return OutcomeResult(
        outcome=outcome,
        means=tuple(None if np.isnan(mean) else float(mean) for mean in data.means),
        rated_days=data.rated_days,
        difference=None
        if contrast is None
        else Difference(
            mean=contrast.mean,
            lo=contrast.lo,
            hi=contrast.hi,
            content=contrast.content,
            matters=contrast.above(figures.matters_from_points),
        ),
        rules=apply_rules(schedule, data.means, contrast, figures),
    )


def _doubts(trial: Trial, blinding: Blinding, food_eaten: float | None, declaration: Declaration) -> Iterator[str]:
    """What stops any verdict, in either direction."""
    figures = declaration.figures
    knowing = [entry for entry in trial.learned if entry.role is not Role.PREPARER]
    for entry in knowing:
        yield f"blinding broken: the {entry.role.value} learned of the order ({entry.how})"
    if blinding.agreement_p <= figures.blinding_broken_at and _guessed(blinding):
        yield "blinding broken: the guesses agree with the real order better than chance"
    if blinding.asked < figures.blinding_least_asked * max(blinding.periods, 1):
        yield f"blinding not known: a guess was asked in {blinding.asked} of {blinding.periods} periods"
    eaten = _eaten(trial)
    if eaten is not None and eaten < figures.least_eaten:
        yield f"only {eaten:.0%} of the recorded portions were eaten"
    elif food_eaten is not None and food_eaten < figures.least_eaten:
        yield f"only {food_eaten:.0%} of the recorded portions with the food were eaten"
    if trial.stopped is not None and trial.stopped.knew_order:
        yield "the decision to stop was taken by someone who knew the order"


def _eaten(trial: Trial, schedule: tuple[Arm, ...] = (), arm: Arm | None = None) -> float | None:
    """Mean share of the recorded portions that was eaten, of one arm or of both; None when none was recorded."""
    portions = [one.eaten for one in trial.portions if arm is None or schedule[one.period - 1] is arm]
    return float(np.mean(portions)) if portions else None


def _guessed(blinding: Blinding) -> bool:
    return any(guesses[said] for guesses in blinding.counts.values() for said in (Guess.ACTIVE, Guess.SHAM))


def decide(
    main: OutcomeResult, test: RandomisationTest, doubts: tuple[str, ...], declaration: Declaration
) -> tuple[Decision, tuple[str, ...]]:
    """The decision and its reasons from the main outcome, the exact test and what casts doubt on any verdict."""
    figures = declaration.figures
    met = next(result for result in main.rules if result.rule is declaration.rule)
    limit = figures.false_verdicts_at_most
    if doubts:
        return Decision.CANNOT_TELL, doubts
    if met.met is State.YES and test.p <= limit:
        return Decision.CONFIRMED, (met.says, f"exact test p = {test.p:.3f}, at most {limit:g}")
    if met.met is not State.YES and main.difference and main.difference.matters <= figures.posterior_no:
        return Decision.NOT_CONFIRMED, (
            met.says,
            f"probability {main.difference.matters:.2f} that the food adds {figures.matters_from_points:g} points or more",
        )
    reasons = [f"{met.rule.value}: {met.says}"]
    if test.smallest > limit:
        reasons.append(f"with these periods and guesses the exact test could reach {test.smallest:.3f} at best")
    elif test.p > limit:
        reasons.append(f"exact test p = {test.p:.3f}, above {limit:g}")
    if main.difference is None:
        reasons.append("the two arms cannot be compared")
    elif met.met is not State.YES:
        reasons.append(
            f"the difference may lie anywhere from {main.difference.lo:+.1f} to {main.difference.hi:+.1f} points"
        )
    return Decision.CANNOT_TELL, tuple(reasons)


_SAYS = {
    Decision.CONFIRMED: "Blinded trial: {food} makes {outcome} worse than a sham does",
    Decision.NOT_CONFIRMED: "Blinded trial: {food} does not make {outcome} worse than a sham by an amount that matters",
    Decision.CANNOT_TELL: "Blinded trial: it cannot be told whether {food} makes {outcome} worse than a sham",
}
_ASKS = {
    Decision.CONFIRMED: "decide with the patient how much of the food is acceptable, and when to test again",
    Decision.NOT_CONFIRMED: "offer the food back",
    Decision.CANNOT_TELL: "do not exclude the food for good on this trial; decide whether to repeat it",
}


def _finding(trial: Trial, decision: Decision, main: OutcomeResult, reasons: tuple[str, ...], as_of: date) -> Finding:
    design = trial.design
    rule = trial.declared.declaration.rule if trial.declared else ""
    return Finding(
        id=f"food_triggers.blinded_trial.{design.food}",
        says=_SAYS[decision].format(food=design.food, outcome=main.outcome) + f" ({'; '.join(reasons)}).",
        as_of=as_of,
        state={
            Decision.CONFIRMED: State.YES,
            Decision.NOT_CONFIRMED: State.NO,
            Decision.CANNOT_TELL: State.UNKNOWN,
        }[decision],
        value=main.difference.mean if main.difference else None,
        unit="points on a 0-10 scale",
        interval=(main.difference.lo, main.difference.hi) if main.difference else None,
        because=(f"trial:{design.trial}",),
        according_to=(
            f"{CARDS}/rule_{rule}",
            f"{CARDS}/false_verdict_limit",
            f"{CARDS}/blinding_check",
            *design.according_to,
        ),
        grade=Grade.TRIAL,
        verified=False,
        asks=(Ask("clinician", _ASKS[decision]),),
    )
