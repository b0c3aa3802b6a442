"""The policy that asks where the answer is most in doubt: posterior, doubt against burden, several unlikely groups together,
one suspect at a time, two days in a row of a food and then a pause, and a stop when more days would decide little.

Why two days in a row: a slow reaction (a day or more) barely stands out after one day, and adds up over two, while the
pause after them lets it fade (measured: docs/food-triggers/schedule.md).
Why a second time: a flare that has nothing to do with the food may fall on one block of days, seldom on two.
"""

from dataclasses import dataclass, replace

import numpy as np

from zonula.diary.entries import Floats
from zonula.food_triggers.hyperparameters import DEFAULT, Hyperparameters
from zonula.food_triggers.inference import Posterior, infer
from zonula.food_triggers.reintroduction import Decision, Dose, Plan, Reintroduction, Stop

# A challenge at two full servings is far stronger than a meal, weeks on one diet leave slow weather to see, and a wrong call costs
# more than an open question: effects of two sizes, wider slow bumps and less trust in the model than in a free-living diary
# (chosen by log score and false calls on two virtual worlds).
CHALLENGED = replace(DEFAULT, effect_scales=(0.4, 1.2), slow_sd=0.4, temper=0.8)
DECIDED = "Every group is decided, or more days would decide little."
CONTINUES = 50.0  # a begun block comes before everything else


@dataclass(frozen=True)
class InformationGain:
    """trigger_above: probability from which a group is called a trigger, after challenges at `fewest` separate times.
    certain_above: no further challenge is worth its burden. suspect_above: at most one such group a day, and none while
    another may still be speaking; a begun block of days is broken off above it.
    closed_below: the n-th value closes a group after n full challenge days; the last holds from then on. most: full challenge days at most.
    safe_below: called safe at the end. block: days in a row. rest: days without the group after them.
    patience: longest time with challenges, in days; settle: rest days at the end for what may still speak.
    burden: weight of expected suffering against doubt. pairs: penalty for groups that were given together before.
    """

    name: str = "information-gain"
    trigger_above: float = 0.6
    certain_above: float = 0.99
    suspect_above: float = 0.5
    companion_below: float = 0.1
    safe_below: float = 0.06
    closed_below: tuple[float, ...] = (0.0, 0.003, 0.006, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06)
    most: int = 10
    fewest: int = 2
    fewest_days: int = 3
    block: int = 2
    rest: float = 2.5
    patience: int = 29
    settle: int = 3
    burden: float = 0.02
    pairs: float = 0.5
    hyper: Hyperparameters = CHALLENGED

    def next(self, state: Reintroduction) -> Plan | Stop:
        """Tomorrow's plan or the stop."""
        posterior = infer(state.diary, self.hyper)
        p = posterior.probability
        open_groups = [g for g in range(len(p)) if self._open(state, p, g)]
        if not open_groups or state.day >= min(self.patience, state.limits.max_days):
            end = min(self.patience + self.settle, state.limits.max_days)
            if state.day < end and self._waiting(state, p):
                return Plan((), "Rest day: the last challenges may still be speaking.")
            return self.stop(state, p, DECIDED)
        worth = self._worth(state, posterior, open_groups)
        chosen = self._choose(state, p, worth, self._lags(posterior))
        doses = state.within_limits([Dose(state.groups[g].name, state.largest(state.groups[g])) for g in chosen])
        if not doses:
            return Plan((), "Rest day: the effect of the last challenges is awaited.")
        return Plan(doses, self._why(state, doses, p, chosen))

    def stop(self, state: Reintroduction, p: Floats, why: str) -> Stop:
        """Decisions from the probabilities, for every group that is not excluded."""
        decisions = {}
        for g, group in enumerate(state.groups):
            if group.excluded:
                continue
            if p[g] >= self.trigger_above and self._repeated(state, group.name):
                word = "trigger"
            elif p[g] < self.safe_below and state.full_days(group.name) >= 1:
                word = "safe"
            else:
                word = "undecided"
            decisions[group.name] = Decision(float(p[g]), word)
        return Stop(decisions, why)

    def finish(self, state: Reintroduction) -> Stop:
        """The stop that the caller demands."""
        return self.stop(state, infer(state.diary, self.hyper).probability, "The days are used up.")

    def _open(self, state: Reintroduction, p: Floats, g: int) -> bool:
        """Whether another challenge could change what is said of the group."""
        group = state.groups[g]
        if not state.may_challenge(group):
            return False
        if p[g] >= self.certain_above:
            return not self._repeated(state, group.name)
        full = state.full_days(group.name)
        return full < self.most and not (full and p[g] < self.closed_below[min(full, len(self.closed_below)) - 1])

    def _repeated(self, state: Reintroduction, name: str) -> bool:
        """Whether the group was tried often enough for a reaction to be more than a coincidence."""
        return state.episodes(name) >= self.fewest and state.challenge_days(name) >= self.fewest_days

    def _waiting(self, state: Reintroduction, p: Floats) -> bool:
        """Whether the effect of a recent challenge may still come and change a decision."""
        return any(
            self.safe_below / 2 < p[g] < self.certain_above and state.days_since(group.name) < self.settle
            for g, group in enumerate(state.groups)
        )

    def _worth(self, state: Reintroduction, posterior: Posterior, groups: list[int]) -> dict[int, float]:
        """How much in doubt each group's answer is after the challenges it had, less the burden expected of one more."""
        worth = {}
        for g in groups:
            p = float(np.clip(posterior.probability[g], 1e-4, 1 - 1e-4))
            name, weight = state.groups[g].name, posterior.weight[g]
            size = float((posterior.effect[g].max(axis=1) * weight).sum() / weight.sum()) if weight.sum() > 0 else 0.0
            doubt = np.sqrt(p * (1 - p)) / (1.0 + 0.25 * state.full_days(name))
            if p >= self.trigger_above:  # all but decided: what is missing is the second time
                doubt = 0.3 if self._repeated(state, name) else 0.6
            worth[g] = float(doubt - self.burden * p * size)
        return worth

    def _choose(self, state: Reintroduction, p: Floats, worth: dict[int, float], lag: Floats) -> list[int]:
        """Tomorrow's groups: begun blocks first, then by worth, groups that were given together before apart."""
        waiting_for = self._suspect_speaking(state, p, lag)
        ready: dict[int, float] = {}
        for g, value in worth.items():
            name = state.groups[g].name
            if 0 < state.days_in_a_row(name) < self.block and p[g] < self.suspect_above:
                ready[g] = CONTINUES * max(value, 0.0)
            elif state.days_since(name) >= self.rest:
                ready[g] = value
        together, index = state.given_together(), {group.name: g for g, group in enumerate(state.groups)}
        met = {(index[a], index[b]): count for (a, b), count in together.items()}
        chosen: list[int] = []
        while ready and len(chosen) < state.limits.max_groups_per_day:
            best = max(
                ready, key=lambda g: (ready[g] / (1.0 + self.pairs * sum(met.get((g, h), 0) for h in chosen)), -g)
            )
            del ready[best]
            suspect = any(p[h] > self.suspect_above for h in chosen)
            if p[best] > self.suspect_above and (waiting_for or suspect):
                continue
            if suspect and p[best] > self.companion_below:
                continue
            chosen.append(best)
        return chosen

    def _lags(self, posterior: Posterior) -> Floats:
        """Hours until the mean of each group's effect, shape (G,)."""
        if posterior.weight.shape[1] == 0:
            return np.full(len(posterior.probability), 12.0)
        centroids, weight = np.array(self.hyper.lag_centroids), posterior.weight + 1e-9
        return np.asarray((weight * centroids[posterior.lag_class]).sum(axis=1) / weight.sum(axis=1))

    def _suspect_speaking(self, state: Reintroduction, p: Floats, lag: Floats) -> bool:
        """Whether an undecided suspect was eaten within one and a half times its own lag (one to three days)."""
        return any(
            bool(self.suspect_above < p[g] < self.certain_above)
            and state.days_since(group.name) < float(np.clip(1.5 * lag[g] / 24.0, 1.0, 3.0))
            for g, group in enumerate(state.groups)
        )

    def _why(self, state: Reintroduction, doses: tuple[Dose, ...], p: Floats, chosen: list[int]) -> str:
        names = ", ".join(dose.group for dose in doses)
        suspects = [state.groups[g].name for g in chosen if p[g] > self.suspect_above]
        if suspects and len(doses) > 1:
            return f"{suspects[0]} is suspected and is tested with foods that are probably harmless: {names}."
        if suspects:
            return f"{suspects[0]} is suspected and is tested alone."
        again = [dose.group for dose in doses if state.days_in_a_row(dose.group)]
        if again:
            return f"Tested together because none is suspected: {names}. A second day in a row, so that a slow reaction adds up: {', '.join(again)}."
        return f"Tested together because none is suspected: {names}."
