"""The policies that others use, as objects that can be compared with the information-gain policy."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zonula.diary.entries import FoodGroup
from zonula.food_triggers.hyperparameters import Hyperparameters
from zonula.food_triggers.inference import infer
from zonula.food_triggers.information_gain import CHALLENGED, InformationGain
from zonula.food_triggers.reintroduction import Decision, Dose, Plan, Reintroduction, Stop
from zonula.knowledge import shelf


def _card() -> Any:
    return shelf().card("food_triggers/fixed_protocol").data


@dataclass(frozen=True)
class FixedSequential:
    """One food at a time in the order of the list: rising doses on consecutive days, washout, judged by eye.

    portions: share of the largest dose on each day. washout: rest days. rise: points by which the mean of the worst symptom
    must exceed the week before for the eye to call it a reaction. The figures stand on the card food_triggers/fixed_protocol.
    """

    name: str = "fixed-sequential"
    portions: tuple[float, ...] = field(default_factory=lambda: tuple(_card()["portions"]))
    washout: int = field(default_factory=lambda: int(_card()["washout_days"]))
    rise: float = field(default_factory=lambda: float(_card()["rise_points"]))

    def next(self, state: Reintroduction) -> Plan | Stop:
        """The next dose of the food in turn, a rest day, or the stop after the last washout."""
        order = self.order(state)
        slot = len(self.portions) + self.washout
        turn, step = divmod(state.day, slot)
        if turn >= len(order) or state.day >= state.limits.max_days:
            return self.finish(state)
        group = order[turn]
        if step >= len(self.portions):
            return Plan((), f"Washout after {group.name}.")
        amount = self.portions[step] * state.limits.max_servings
        doses = state.within_limits([Dose(group.name, amount)])
        return Plan(doses, f"Day {step + 1} of {len(self.portions)} with {group.name}, one food at a time.")

    def order(self, state: Reintroduction) -> list[FoodGroup]:
        """The foods that may be challenged, as they are listed."""
        return [group for group in state.groups if state.may_challenge(group)]

    def finish(self, state: Reintroduction) -> Stop:
        """Judged by eye: the worst symptom after the food against the week before it."""
        decisions = {}
        for group in state.groups:
            if group.excluded:
                continue
            rise = self._rise(state, group.name)
            if rise is None:
                decisions[group.name] = Decision(group.prior, "undecided")
            else:
                reacts = rise >= self.rise
                decisions[group.name] = Decision(0.9 if reacts else 0.02, "trigger" if reacts else "safe")
        return Stop(decisions, "Every food in the list has had its turn.")

    @staticmethod
    def _rise(state: Reintroduction, group: str) -> float | None:
        given, diary = state.eaten.get(group), state.diary
        if not given:
            return None
        first, last = given[0][0], given[-1][0]
        after = (diary.rating_hour > first) & (diary.rating_hour <= last + 48.0)
        before = (diary.rating_hour <= first) & (diary.rating_hour > first - 168.0)
        rises = []
        for s in range(len(diary.symptoms)):
            mine = diary.rating_symptom == s
            if (mine & after).any() and (mine & before).any():
                rises.append(diary.rating_value[mine & after].mean() - diary.rating_value[mine & before].mean())
        return float(max(rises)) if rises else None


@dataclass(frozen=True)
class LikeliestFirst(FixedSequential):
    """The fixed protocol in the order in which low-FODMAP dietitians work: the commonest triggers first."""

    name: str = "commonest-first"

    def order(self, state: Reintroduction) -> list[FoodGroup]:
        """The foods that may be challenged, the most probable in the population first."""
        return sorted(super().order(state), key=lambda group: -group.prior)


@dataclass(frozen=True)
class GroupTesting:
    """Several foods a day in a fixed rotation, `rounds` times through the list; decided by the posterior at the end."""

    name: str = "group-testing"
    rounds: int = 3
    settle: int = 3
    hyper: Hyperparameters = CHALLENGED

    def next(self, state: Reintroduction) -> Plan | Stop:
        """The next handful of foods; each round cuts the list at other places so that companions change."""
        groups = [group for group in state.groups if state.may_challenge(group)]
        size = max(1, state.limits.max_groups_per_day)
        per_round = -(-len(groups) // size) if groups else 0
        turn, step = divmod(state.day, per_round) if per_round else (self.rounds, 0)
        if turn >= self.rounds or state.day >= state.limits.max_days:
            if groups and state.day < min(self.rounds * per_round + self.settle, state.limits.max_days):
                return Plan((), "Rest day: the last foods may still be speaking.")
            return self.finish(state)
        rotated = np.random.Generator(np.random.PCG64(turn)).permutation(len(groups))
        picked = [groups[int(i)] for i in rotated[step * size : (step + 1) * size]]
        doses = state.within_limits([Dose(group.name, state.largest(group)) for group in picked])
        return Plan(doses, f"Round {turn + 1} of {self.rounds}: each food in turn, with other companions each time.")

    def finish(self, state: Reintroduction) -> Stop:
        """The posterior decides."""
        chance = infer(state.diary, self.hyper).probability
        return InformationGain().stop(state, chance, "All rounds are done.")


POLICIES = {policy.name: policy for policy in (InformationGain(), GroupTesting(), FixedSequential(), LikeliestFirst())}
