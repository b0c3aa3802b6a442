"""The policy that asks the question worth most: posterior, expected information against burden, several unlikely groups
together, suspects alone, a pause as long as the person's own lag, and a stop when more days would decide little."""

from dataclasses import dataclass

import numpy as np

from zonula.diary.entries import Floats
from zonula.food_triggers.hyperparameters import DEFAULT, Hyperparameters
from zonula.food_triggers.inference import Posterior, infer
from zonula.food_triggers.reintroduction import Decision, Dose, Plan, Reintroduction, Stop

HOURS_TO_NEXT_LUNCH = 13.0


@dataclass(frozen=True)
class InformationGain:
    """trigger_above: probability at which a group is called a trigger, after at least `fewest` challenge days.
    enough: a group is closed after n full challenge days when its probability is below the n-th value, and after the last.
    safe_below: probability from which a recent challenge is no longer waited for, safe_at_end: that is called safe.
    suspect_above: probability from which a group is challenged alone among suspects. burden: weight of expected suffering
    against bits. pairs: penalty for groups that were given together before. patience: longest re-introduction in days. worth: bits below which a
    day is not worth living on a restricted diet. settle_days: wait after the last challenge of an undecided group.
    """

    name: str = "information-gain"
    trigger_above: float = 0.68
    safe_below: float = 0.02
    safe_at_end: float = 0.08
    fewest: int = 2
    suspect_above: float = 0.12
    burden: float = 0.02
    pairs: float = 0.25
    settle_days: float = 3.0
    patience: int = 60
    worth: float = 0.002
    enough: tuple[float, ...] = (0.0, 0.015, 0.03, 0.05, 0.1, 0.2, 0.3)
    hyper: Hyperparameters = DEFAULT

    def next(self, state: Reintroduction) -> Plan | Stop:
        """Tomorrow's plan or the stop."""
        posterior = infer(state.diary, self.hyper)
        p = posterior.probability
        lag = self._lags(posterior)
        open_groups = [g for g in range(len(p)) if self._open(state, p, g)]
        waiting = self._waiting(state, p, lag)
        if not open_groups or state.day >= min(self.patience, state.limits.max_days):
            if waiting and state.day < min(self.patience, state.limits.max_days):
                return Plan((), "Rest day: the last challenges may still be speaking.")
            return self.stop(state, p, "Every group is decided, or more days would decide little.")
        worth = np.array([self._worth(state, posterior, g) for g in range(len(p))])
        order = sorted(open_groups, key=lambda g: (-worth[g], g))
        if worth[order[0]] < self.worth and not waiting:
            return self.stop(state, p, "More days would decide little.")
        chosen: list[int] = []
        busy = self._suspect_speaking(state, p, lag)
        for g in self._spread(state, order, worth, p):
            suspect = p[g] > self.suspect_above
            alone = any(p[h] > self.suspect_above for h in chosen)
            if suspect and (alone or busy or state.days_since(state.groups[g].name) < self._pause(lag[g])):
                continue
            if not suspect and state.days_since(state.groups[g].name) < 1.5:
                continue
            chosen.append(g)
            if len(chosen) >= state.limits.max_groups_per_day:
                break
        doses = state.within_limits([Dose(state.groups[g].name, state.largest(state.groups[g])) for g in chosen])
        if not doses:
            return Plan((), "Rest day: the effect of the last challenge is awaited.")
        return Plan(doses, self._why(state, doses, p, chosen))

    def stop(self, state: Reintroduction, p: Floats, why: str) -> Stop:
        """Decisions from the probabilities, for every group that is not excluded."""
        decisions = {}
        for g, group in enumerate(state.groups):
            if group.excluded:
                continue
            if p[g] >= self.trigger_above and state.challenge_days(group.name) >= self.fewest:
                word = "trigger"
            elif p[g] < self.safe_at_end and state.full_days(group.name) >= 1:
                word = "safe"
            else:
                word = "undecided"
            decisions[group.name] = Decision(float(p[g]), word)
        return Stop(decisions, why)

    def finish(self, state: Reintroduction) -> Stop:
        """The stop that the caller demands."""
        return self.stop(state, infer(state.diary, self.hyper).probability, "The days are used up.")

    def _open(self, state: Reintroduction, p: Floats, g: int) -> bool:
        group = state.groups[g]
        if not state.may_challenge(group):
            return False
        if p[g] >= self.trigger_above:
            return state.challenge_days(group.name) < self.fewest
        given = state.full_days(group.name)
        return given < len(self.enough) and not (given >= 1 and p[g] < self.enough[given - 1])

    def _lags(self, posterior: Posterior) -> Floats:
        centroids = np.array(self.hyper.lag_centroids)
        weight = posterior.weight + 1e-9
        if posterior.weight.shape[1] == 0:
            return np.full(len(posterior.probability), 12.0)
        return np.asarray((weight * centroids[posterior.lag_class]).sum(axis=1) / weight.sum(axis=1))

    @staticmethod
    def _pause(lag: float) -> float:
        return float(np.clip(1.5 * lag / 24.0, 1.0, 3.0))

    def _suspect_speaking(self, state: Reintroduction, p: Floats, lag: Floats) -> bool:
        return any(
            bool(p[g] > self.suspect_above) and state.days_since(group.name) < self._pause(lag[g])
            for g, group in enumerate(state.groups)
        )

    def _waiting(self, state: Reintroduction, p: Floats, lag: Floats) -> bool:
        """Whether a challenge so recent that its effect may be to come could still change a decision."""
        for g, group in enumerate(state.groups):
            since = state.days_since(group.name)
            if p[g] > self.safe_below and p[g] < self.trigger_above and since < self.settle_days:
                return True
            if p[g] <= self.safe_below and since < 1.5:
                return True
        return False

    def _worth(self, state: Reintroduction, posterior: Posterior, g: int) -> float:
        """Bits expected from one more full challenge, less its burden."""
        if not state.may_challenge(state.groups[g]):
            return -np.inf
        p = float(np.clip(posterior.probability[g], 1e-4, 1 - 1e-4))
        entropy = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
        weight = posterior.weight[g]
        size = 0.8
        if weight.sum() > 0.05:
            size = float((posterior.effect[g].max(axis=1) * weight).sum() / weight.sum())
        told = 1.0 - np.exp(-2.0 * size * size)
        given = state.full_days(state.groups[g].name)
        return float(entropy * (0.2 + told) / (1.0 + 0.25 * given) - self.burden * p * size)

    def _spread(self, state: Reintroduction, order: list[int], worth: Floats, p: Floats) -> list[int]:
        """By worth, but groups that were given together before come apart."""
        together: dict[tuple[int, int], int] = {}
        days: dict[int, set[int]] = {}
        index = {group.name: g for g, group in enumerate(state.groups)}
        for name, given in state.eaten.items():
            for hour, _ in given:
                days.setdefault(int(hour // 24), set()).add(index.get(name, -1))
        for members in days.values():
            for a in members:
                for b in members:
                    if a < b:
                        together[a, b] = together.get((a, b), 0) + 1
        left = list(order)
        picked: list[int] = []
        while left:
            best = max(
                left,
                key=lambda g: (
                    worth[g] / (1.0 + self.pairs * sum(together.get((min(g, h), max(g, h)), 0) for h in picked[:4])),
                    -g,
                ),
            )
            picked.append(best)
            left.remove(best)
        return picked

    def _why(self, state: Reintroduction, doses: tuple[Dose, ...], p: Floats, chosen: list[int]) -> str:
        names = ", ".join(dose.group for dose in doses)
        suspects = [state.groups[g].name for g in chosen if p[g] > self.suspect_above]
        if suspects and len(doses) > 1:
            return f"{suspects[0]} is suspected and is tested with foods that are probably harmless: {names}."
        if suspects:
            return f"{suspects[0]} is suspected and is tested alone."
        return f"Probably harmless, so tested together: {names}."
