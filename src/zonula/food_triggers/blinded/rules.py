"""Verdict rules, all applied side by side; the declared one alone decides, so that nobody can pick afterwards."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
import numpy as np

from zonula.chart import State
from zonula.errors import UserError
from zonula.food_triggers.blinded.contrast import Contrast
from zonula.food_triggers.blinded.design import CARDS, Design, knowledge
from zonula.food_triggers.blinded.schedules import Arm
from zonula.food_triggers.blinded.weather import Floats
from zonula.knowledge import Shelf, shelf


class Rule(StrEnum):
    """The rules on the shelf; each is the card `rule_<name>`."""

    SALERNO_30 = "salerno_30"
    TWO_OF_THREE = "two_of_three"
    POSTERIOR = "posterior"


class Figures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every number the verdict uses, copied from the cards at the declaration: a card that changes later changes nothing."""

    false_verdicts_at_most: float
    drift_from_periods: int
    salerno_change: float
    divide_at_least_by: float
    pair_change: float
    pair_points: float
    pair_share: float
    least_pairs: int
    matters_from_points: float
    posterior_yes: float
    posterior_no: float
    interval: float
    blinding_broken_at: float
    blinding_least_asked: float
    telling_reasons: tuple[str, ...]
    least_eaten: float


class Declaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rule that will decide, about which outcome, with which figures."""

    rule: Rule
    outcome: str
    figures: Figures


class RuleResult(msgspec.Struct, frozen=True, kw_only=True):
    """One rule applied. value: what it compares, in the rule's own unit, None when unknown."""

    rule: Rule
    met: State
    value: float | None
    says: str


def declare(rule: Rule, design: Design, cards: Shelf | None = None) -> Declaration:
    """A declaration about the design's primary outcome, with the figures in force on the shelf."""
    salerno = (cards or shelf()).card(f"{CARDS}/rule_{Rule.SALERNO_30}")
    pairs, posterior = (knowledge(f"rule_{name}", cards) for name in (Rule.TWO_OF_THREE, Rule.POSTERIOR))
    limit = (cards or shelf()).card(f"{CARDS}/false_verdict_limit")
    blinding = knowledge("blinding_check", cards)
    return Declaration(
        rule=rule,
        outcome=design.primary,
        figures=Figures(
            false_verdicts_at_most=limit.value,
            drift_from_periods=limit.data["drift_from_periods"],
            salerno_change=salerno.value,
            divide_at_least_by=salerno.data["divide_at_least_by"],
            pair_change=pairs["least_change"],
            pair_points=pairs["least_points"],
            pair_share=pairs["least_share_of_pairs"],
            least_pairs=pairs["least_pairs"],
            matters_from_points=posterior["least_points"],
            posterior_yes=posterior["yes_at"],
            posterior_no=posterior["no_at"],
            interval=posterior["interval"],
            blinding_broken_at=blinding["broken_at"],
            blinding_least_asked=blinding["least_asked"],
            telling_reasons=tuple(blinding["telling_reasons"]),
            least_eaten=(cards or shelf()).card(f"{CARDS}/portions_eaten").value,
        ),
    )


def rule_named(name: str) -> Rule:
    """A rule by its name. Raises UserError listing the names."""
    try:
        return Rule(name)
    except ValueError:
        raise UserError(f"no verdict rule is called {name}.", f"Choose one of: {', '.join(Rule)}.") from None


def apply_rules(
    schedule: Sequence[Arm], scores: Floats, contrast: Contrast | None, figures: Figures
) -> tuple[RuleResult, ...]:
    """Every rule, in a fixed order. scores: mean of each period, shape (periods,), NaN where not measured."""
    is_active = np.array([arm is Arm.ACTIVE for arm in schedule])
    with_food, with_sham = scores[is_active], scores[~is_active]
    return (
        _salerno(with_food[~np.isnan(with_food)], with_sham[~np.isnan(with_sham)], figures),
        _pairs(with_food, with_sham, figures),
        _posterior(contrast, figures),
    )


def _salerno(with_food: Floats, with_sham: Floats, figures: Figures) -> RuleResult:
    if not len(with_food) or not len(with_sham):
        return RuleResult(
            rule=Rule.SALERNO_30, met=State.UNKNOWN, value=None, says="one of the two arms was not measured"
        )
    change = _change(float(with_food.mean()), float(with_sham.mean()), figures)
    return RuleResult(
        rule=Rule.SALERNO_30,
        met=_state(change >= figures.salerno_change),
        value=change,
        says=f"{change:+.0%} with the food against the sham; the rule asks for {figures.salerno_change:+.0%}",
    )


def _pairs(with_food: Floats, with_sham: Floats, figures: Figures) -> RuleResult:
    both = min(len(with_food), len(with_sham))
    pairs = [
        (food, sham)
        for food, sham in zip(with_food[:both], with_sham[:both], strict=True)
        if not np.isnan(food) and not np.isnan(sham)
    ]
    if len(pairs) < figures.least_pairs:
        return RuleResult(
            rule=Rule.TWO_OF_THREE,
            met=State.UNKNOWN,
            value=None,
            says=f"{len(pairs)} complete pairs; the rule needs {figures.least_pairs}",
        )
    clear = sum(
        _change(food, sham, figures) >= figures.pair_change and food - sham >= figures.pair_points
        for food, sham in pairs
    )
    return RuleResult(
        rule=Rule.TWO_OF_THREE,
        met=_state(clear / len(pairs) >= figures.pair_share),
        value=float(clear / len(pairs)),
        says=f"clear in {clear} of {len(pairs)} pairs; the rule asks for two thirds",
    )


def _posterior(contrast: Contrast | None, figures: Figures) -> RuleResult:
    if contrast is None:
        return RuleResult(rule=Rule.POSTERIOR, met=State.UNKNOWN, value=None, says="the two arms cannot be compared")
    probability = contrast.above(figures.matters_from_points)
    met = _state(probability >= figures.posterior_yes)
    return RuleResult(
        rule=Rule.POSTERIOR,
        met=met if met is State.YES or probability <= figures.posterior_no else State.UNKNOWN,
        value=probability,
        says=(
            f"probability {probability:.2f} that the food adds {figures.matters_from_points:g} points or more; "
            f"yes from {figures.posterior_yes:g}, no up to {figures.posterior_no:g}"
        ),
    )


def _change(food: float, sham: float, figures: Figures) -> float:
    return (food - sham) / max(sham, figures.divide_at_least_by)


def _state(met: bool) -> State:
    return State.YES if met else State.NO
