"""Compares policies of re-introduction on virtual people drawn from the engine's own assumptions.

Such people flatter the engine and serve to compare policies with each other only; error rates are measured on
independent simulators (docs/food-triggers/calibration.md).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from zonula.diary.entries import Floats
from zonula.food_triggers.exposure import TABLE_STEP, lag_table
from zonula.food_triggers.hyperparameters import DEFAULT
from zonula.food_triggers.reintroduction import Plan, Reintroduction
from zonula.food_triggers.schedule_protocol import Policy

GROUPS, SYMPTOMS, ELIMINATION_DAYS, LONGEST = 25, 8, 30, 150
NORMAL_95 = 1.959964
RATING_HOURS = (8.0, 20.0)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval over the virtual people; all NaN when nobody could show it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PolicyFigures:
    """found: share of true triggers called so. false, missed, undecided: groups a person (missed: true triggers called safe).
    burden: mean rating x days, all symptoms. unanswered: share of foods without an answer after day 0, 1, 2, ...: a food has its
    answer from its last challenge on, one that ends undecided never.
    """

    policy: str
    patients: int
    median_days: float
    found: Estimate
    false: Estimate
    missed: Estimate
    undecided: Estimate
    burden: Estimate
    unanswered: tuple[float, ...]

    def said(self) -> dict[str, Any]:
        """As plain data; what is not known is None."""
        return {key: _known(value) for key, value in asdict(self).items()}


@dataclass(frozen=True)
class _Lived:
    """How one person's re-introduction went. answered: group -> days until its last challenge."""

    days: int
    burden: float
    decisions: dict[str, str]
    true: frozenset[str]
    answered: dict[str, int]


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
    """Every policy on the same people. Deterministic for a seed (0 or more)."""
    return [_figures(policy, [_live(policy, seed, n) for n in range(patients)]) for policy in policies]


def _live(policy: Policy, seed: int, person: int) -> _Lived:
    body, start = _Body(np.random.default_rng([seed, person])), date(2031, 1, 6)
    history = [row for day in range(ELIMINATION_DAYS) for row in body.ratings(start, day)]
    state = Reintroduction.begin(
        {
            "start": start.isoformat(), "today": (start + timedelta(days=ELIMINATION_DAYS)).isoformat(),
            "ratings_per_day": 2, "history": history,
            "groups": [{"group": f"g{g}", "prior": 0.07, "first_max": 1.0} for g in range(GROUPS)],
            "limits": {"max_days": LONGEST},
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
    decisions = {name: decision.decision for name, decision in stop.decisions.items()}
    return _Lived(
        days=state.day,
        burden=float(np.clip(lived, 0, 10).mean(axis=1).sum() / 2.0),
        decisions=decisions,
        true=frozenset(f"g{g}" for g in np.flatnonzero(body.trigger)),
        answered={
            name: int(state.eaten[name][-1][0] // 24) - ELIMINATION_DAYS + 1
            for name, word in decisions.items()
            if word != "undecided" and name in state.eaten
        },
    )


def _figures(policy: Policy, lives: list[_Lived]) -> PolicyFigures:
    def groups(word: str, *, true: bool | None = None) -> list[int]:
        """Per person, the groups called `word` that are (or are not) triggers."""
        return [
            sum(said == word and true in (None, name in life.true) for name, said in life.decisions.items())
            for life in lives
        ]

    last = max(life.days for life in lives)
    answered = np.array([life.answered.get(name, last + 1) for life in lives for name in life.decisions])
    return PolicyFigures(
        policy=policy.name,
        patients=len(lives),
        median_days=float(np.median([life.days for life in lives])),
        found=_share(sum(groups("trigger", true=True)), sum(len(life.true) for life in lives)),
        false=_mean(groups("trigger", true=False)),
        missed=_mean(groups("safe", true=True)),
        undecided=_mean(groups("undecided")),
        burden=_mean([life.burden for life in lives]),
        unanswered=tuple(round(float((answered > day).mean()), 4) for day in range(last + 1)) if len(answered) else (),
    )


def _share(part: int, whole: int) -> Estimate:
    """A proportion with Wilson's interval (J Am Stat Assoc 1927;22:209)."""
    if not whole:
        return Estimate(float("nan"), float("nan"), float("nan"))
    p, z2 = part / whole, NORMAL_95**2
    middle, half = p + z2 / (2 * whole), NORMAL_95 * np.sqrt(p * (1 - p) / whole + z2 / (4 * whole**2))
    return Estimate(p, float((middle - half) / (1 + z2 / whole)), float((middle + half) / (1 + z2 / whole)))


def _mean(values: Sequence[float]) -> Estimate:
    """A mean with its normal interval; from one person no interval is known."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return Estimate(mean, float("nan"), float("nan"))
    half = NORMAL_95 * float(np.std(values, ddof=1)) / float(np.sqrt(len(values)))
    return Estimate(mean, max(0.0, mean - half), mean + half)


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(part) for key, part in value.items()}
    return None if isinstance(value, float) and np.isnan(value) else value
