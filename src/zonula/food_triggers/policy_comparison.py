"""Compares policies of re-introduction on virtual people drawn from the engine's own assumptions.

Such people flatter the engine and serve to compare policies with each other only; error rates are measured on
independent simulators (docs/food-triggers/calibration.md).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np

from zonula.diary.entries import Floats
from zonula.food_triggers.exposure import TABLE_STEP, lag_table
from zonula.food_triggers.hyperparameters import DEFAULT
from zonula.food_triggers.reintroduction import Plan, Reintroduction
from zonula.food_triggers.schedule_protocol import Policy

GROUPS, SYMPTOMS, ELIMINATION_DAYS, LONGEST = 25, 8, 30, 150
RATING_HOURS = (8.0, 20.0)


@dataclass(frozen=True)
class PolicyFigures:
    """found: share of true triggers called so. false, missed, undecided: groups a person. burden: mean rating x days."""

    policy: str
    median_days: float
    found: float
    false: float
    missed: float
    undecided: float
    burden: float

    def said(self) -> dict[str, float | str]:
        """As plain data."""
        return asdict(self)


class _Body:
    """A virtual person: weather of the symptoms fixed from the start, effects added as foods are eaten."""

    def __init__(self, rng: np.random.Generator) -> None:
        times = ELIMINATION_DAYS + LONGEST + 10
        self.trigger = rng.random(GROUPS) < 0.07
        self.effect = np.abs(rng.normal(0, 1.2, (GROUPS, SYMPTOMS))) * (rng.random((GROUPS, SYMPTOMS)) < 0.3)
        self.lag = rng.integers(0, len(DEFAULT.lag_centroids), GROUPS)
        keep = np.exp(-12.0 / rng.uniform(8, 40))
        self.felt = np.empty((2 * times, SYMPTOMS))
        now = rng.normal(size=SYMPTOMS)
        for i in range(2 * times):
            shared = rng.normal()
            now = keep * now + np.sqrt(1 - keep**2) * (0.6 * shared + 0.8 * rng.normal(size=SYMPTOMS))
            self.felt[i] = 2.5 + 0.9 * now
        self.table: Floats = lag_table(DEFAULT.lag_centroids, DEFAULT.lag_shapes, DEFAULT.horizon_hours)

    def eat(self, hour: float, group: int, servings: float) -> None:
        if not self.trigger[group]:
            return
        half = DEFAULT.half_saturation
        dose = servings * (1 + half) / (servings + half)
        for i in range(int(hour // 12), min(int(hour // 12) + 11, len(self.felt))):
            begin, end = (i - 1) * 12.0 + 8.0 - hour, i * 12.0 + 8.0 - hour
            row = self.table[self.lag[group]]
            at = [min(max(int(h / TABLE_STEP), 0), len(row) - 1) for h in (begin, end)]
            self.felt[i] += dose * 2.0 * (row[at[1]] - row[at[0]]) * self.effect[group]

    def ratings(self, start: date, day: int) -> list[dict[str, object]]:
        moment = (start + timedelta(days=day)).isoformat()
        return [
            {"time": f"{moment}T{int(hour):02d}:00", "kind": "symptom", "item": f"s{s}", "amount": None,
             "value": int(np.clip(np.round(self.felt[2 * day + half, s]), 0, 10))}
            for half, hour in enumerate(RATING_HOURS) for s in range(SYMPTOMS)
        ]  # fmt: skip


def compare(policies: Sequence[Policy], patients: int, seed: int) -> list[PolicyFigures]:
    """Every policy on the same people. Deterministic for a seed."""
    return [_figures(policy, [_live(policy, seed, n) for n in range(patients)]) for policy in policies]


def _live(policy: Policy, seed: int, person: int) -> tuple[int, float, dict[str, str], set[str]]:
    body, start = _Body(np.random.default_rng([seed, person])), date(2031, 1, 6)
    history = [row for day in range(ELIMINATION_DAYS) for row in body.ratings(start, day)]
    state = Reintroduction.begin(
        {
            "start": start.isoformat(), "today": (start + timedelta(days=ELIMINATION_DAYS - 1)).isoformat(),
            "ratings_per_day": 2, "history": history,
            "groups": [{"group": f"g{g}", "prior": 0.07, "first_max": 1.0} for g in range(GROUPS)],
        }
    )  # fmt: skip
    choice = policy.next(state)
    while isinstance(choice, Plan) and state.day < LONGEST:
        day = ELIMINATION_DAYS + state.day
        moment = start + timedelta(days=day)
        events: list[dict[str, object]] = []
        for dose in choice.doses:
            body.eat(24.0 * day + 13.0, int(dose.group[1:]), dose.amount)
            events.append(
                {"time": f"{moment.isoformat()}T13:00", "kind": "challenge", "item": dose.group, "amount": dose.amount}
            )
        events += body.ratings(start, day)
        state.live({"date": moment.isoformat(), "accepted": True, "events": events})
        choice = policy.next(state)
    stop = policy.finish(state) if isinstance(choice, Plan) else choice
    lived = body.felt[2 * ELIMINATION_DAYS : 2 * (ELIMINATION_DAYS + state.day)]
    burden = float(np.clip(lived, 0, 10).mean(axis=1).sum() / 2.0)
    true = {f"g{g}" for g in np.flatnonzero(body.trigger)}
    return state.day, burden, {name: decision.decision for name, decision in stop.decisions.items()}, true


def _figures(policy: Policy, lives: list[tuple[int, float, dict[str, str], set[str]]]) -> PolicyFigures:
    true = sum(len(life[3]) for life in lives)
    found = sum(word == "trigger" and name in t for _, _, said, t in lives for name, word in said.items())
    return PolicyFigures(
        policy.name,
        float(np.median([life[0] for life in lives])),
        found / true if true else float("nan"),
        sum(word == "trigger" and name not in t for _, _, said, t in lives for name, word in said.items()) / len(lives),
        sum(word == "safe" and name in t for _, _, said, t in lives for name, word in said.items()) / len(lives),
        sum(word == "undecided" for _, _, said, _ in lives for word in said.values()) / len(lives),
        float(np.mean([life[1] for life in lives])),
    )
