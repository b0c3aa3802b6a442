# ruff: noqa: N806
"""A virtual diarist: a person with known triggers who eats, feels, rates, forgets, believes and avoids.

Written to be unlike the engine's model on purpose: time runs in half hours, effects are trapezoids, log-normals or
bursts, noise is clipped and rounded, reactions may fail to come. Every trap is a switch in `Traps`; turning all of them
off leaves a quiet laboratory animal, and the default draws each person's traps at random.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

STEP = 0.5  # hours
PER_DAY = int(24 / STEP)


@dataclass(frozen=True)
class Traps:
    """Strength of each trap; 0 switches it off. Ranges are drawn per person where the field is a pair."""

    triggers: int | None = None  # None: drawn from the priors
    strength: tuple[float, float] = (0.25, 4.0)  # rating points x days per serving on the main symptom
    noise: tuple[float, float] = (0.5, 1.3)
    memory_hours: tuple[float, float] = (8.0, 40.0)
    shared: tuple[float, float] = (0.1, 0.8)  # share of the weather common to all symptoms
    trend: float = 0.6
    weekday: float = 0.3
    cycle: float = 1.0
    stress: float = 0.2
    sleep: float = 0.2
    illness: float = 0.02  # chance a day of falling ill
    attacks: float = 0.02  # chance a day of an attack without a cause
    rescue: float = 0.5
    together: float = 0.5  # how firmly foods travel together
    forgets: tuple[float, float] = (0.03, 0.2)
    sloppy_clock: tuple[float, float] = (0.2, 1.0)  # hours
    nocebo: tuple[float, float] = (0.0, 1.5)  # points at full belief
    right_beliefs: float = 0.35
    wrong_beliefs: float = 0.12
    avoids: float = 0.4
    missing: tuple[float, float] = (0.03, 0.2)
    fails: float = 0.3  # share of triggers that react only sometimes
    curved_dose: float = 0.7
    once_a_day: float = 0.3
    favourite_numbers: float = 0.4
    synergy: float = 0.0
    habituation: float = 0.0
    unknown_cause: float = 0.0
    bucket: float = 0.0


QUIET = Traps(
    trend=0, weekday=0, cycle=0, stress=0, sleep=0, illness=0, attacks=0, rescue=0, together=0.2, forgets=(0, 0.001),
    sloppy_clock=(0, 0.01), nocebo=(0, 0.001), avoids=0, missing=(0, 0.001), fails=0, curved_dose=0, favourite_numbers=0,
)  # fmt: skip
HEAVY_NOCEBO = Traps(nocebo=(1.5, 3.5), wrong_beliefs=0.35, right_beliefs=0.35)
CONFOUNDED = Traps(together=0.95, avoids=0.9, trend=1.5, cycle=2.0, stress=0.5)
SLOPPY = Traps(forgets=(0.25, 0.45), sloppy_clock=(1.5, 3.0), missing=(0.25, 0.5), once_a_day=0.8, favourite_numbers=1)
STRANGE = Traps(synergy=1, habituation=1, unknown_cause=1, bucket=1, attacks=0.06)


@dataclass
class Trigger:
    """What one group does to this person."""

    shape: np.ndarray  # per half hour, sums to one rating point x day
    area: float
    weights: np.ndarray  # per symptom, largest 1
    threshold: float
    saturation: float
    chance: float

    @property
    def lag(self) -> float:
        hours = (np.arange(len(self.shape)) + 0.5) * STEP
        return float((hours * self.shape).sum() / self.shape.sum())

    def response(self, dose: float) -> float:
        """Effect of a dose relative to one serving."""
        if self.saturation <= 0:
            return dose

        def hill(d: float) -> float:
            return d**self.threshold / (self.saturation**self.threshold + d**self.threshold)

        return hill(dose) / hill(1.0)


@dataclass
class Person:
    """One virtual person; `live` runs days forward and returns the diary rows that the person writes."""

    rng: np.random.Generator
    traps: Traps
    start: datetime
    groups: int = 25
    symptoms: int = 12
    items: int = 150
    horizon: int = 400
    plain_names: bool = True
    day: int = 0
    eaten: list[tuple[float, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        r, t = self.rng, self.traps
        uniform = lambda pair: float(r.uniform(*pair))  # noqa: E731
        G, S, n = self.groups, self.symptoms, self.horizon * PER_DAY
        tag = "" if self.plain_names else "x"
        self.group_names = [f"{tag}g{i:02d}" for i in range(G)]
        self.symptom_names = [f"{tag}s{i:02d}" for i in range(S)]
        self.item_names = [f"{tag}item{i:03d}" for i in range(self.items)]
        true_prior = np.clip(r.beta(1.2, 14, G), 0.01, 0.35)
        self.prior = np.clip(true_prior * r.lognormal(0, 0.35, G), 0.005, 0.5)
        self.excluded = r.random(G) < 0.03
        self.first_max = r.choice([0.25, 0.5, 1.0, 2.0], G, p=[0.05, 0.15, 0.3, 0.5])
        is_trigger = (r.random(G) < true_prior) & ~self.excluded
        if t.triggers is not None:
            is_trigger[:] = False
            is_trigger[r.choice(np.flatnonzero(~self.excluded), t.triggers, replace=False)] = True
        while is_trigger.sum() > 5:
            is_trigger[r.choice(np.flatnonzero(is_trigger))] = False
        self.is_trigger = is_trigger
        self.triggers = {int(g): self._trigger() for g in np.flatnonzero(is_trigger)}
        self.belief = np.where(
            r.random(G) < np.where(is_trigger, t.right_beliefs, t.wrong_beliefs), r.integers(2, 11, G), 0
        )
        self._kitchen()
        # the weather of the symptoms
        self.baseline = np.where(r.random(S) < 0.3, r.uniform(-1.0, 0.3, S), r.uniform(0.3, 3.5, S))
        sd, memory, share = uniform(t.noise) * r.lognormal(0, 0.25, S), uniform(t.memory_hours), uniform(t.shared)
        common = self._weather(n, memory)
        loading = np.clip(share + r.normal(0, 0.15, S), 0, 0.95)
        self.latent = np.empty((S, n))
        days = np.arange(n) / PER_DAY
        for s in range(S):
            own = self._weather(n, memory * r.lognormal(0, 0.3))
            self.latent[s] = sd[s] * (np.sqrt(loading[s]) * common + np.sqrt(1 - loading[s]) * own) + self.baseline[s]
            self.latent[s] += t.trend * r.normal() * (np.exp(-days / 20) if r.random() < 0.5 else days / 60)
            self.latent[s] += t.weekday * r.normal(0, 1, 7)[(days.astype(int)) % 7]
        whole = np.arange(self.horizon)
        self.stress = np.clip(4 + 2 * self._weather(self.horizon * PER_DAY, 60)[::PER_DAY], 0, 10)
        self.sleep = np.clip(7 + 1.1 * r.normal(size=self.horizon), 3, 10)
        woman = r.random() < 0.6
        length, phase = r.integers(26, 32), r.integers(0, 28)
        self.bleeds = woman & ((whole + phase) % length < 4)
        premenstrual = woman & ((whole + phase) % length >= length - 3)
        sick = np.zeros(self.horizon)
        for d in np.flatnonzero(r.random(self.horizon) < t.illness):
            sick[d : d + r.integers(2, 7)] = 1
        self.sick = sick
        attack = np.zeros(n)
        for d in np.flatnonzero(r.random(self.horizon) < t.attacks):
            at = d * PER_DAY + r.integers(PER_DAY)
            length_h = int(r.uniform(12, 60) / STEP)
            attack[at : at + length_h] += (r.uniform(1.5, 4) * np.exp(-np.arange(length_h) / (length_h / 3)))[: n - at]
        per_day = (
            t.stress * np.outer(np.abs(r.normal(0, 1, S)), self.stress - 4)
            + t.sleep * np.outer(np.abs(r.normal(0, 1, S)), 7 - self.sleep)
            + t.cycle * np.outer(np.abs(r.normal(0, 1, S)), self.bleeds | premenstrual)
            + np.outer(np.abs(r.normal(0, 1.5, S)), sick)
        )
        self.latent += np.repeat(per_day, PER_DAY, axis=1) + np.outer(r.uniform(0.3, 1, S), attack)
        if t.unknown_cause:
            weights = (r.random(S) < 0.25) * r.uniform(0.5, 2, S)
            for at in np.flatnonzero(r.random(n) < 0.25 / PER_DAY):
                self._add(at, self._trigger().shape, weights)
        # the person
        self.nocebo = uniform(t.nocebo)
        self.nocebo_weights = (r.random(S) < 0.5) * r.uniform(0.3, 1.0, S)
        self.forget, self.clock, self.miss = uniform(t.forgets), uniform(t.sloppy_clock), uniform(t.missing)
        self.per_day = 1 if r.random() < t.once_a_day else 2
        self.rating_hours = [21.0] if self.per_day == 1 else [8.5, 20.5]
        self.rating_noise = r.uniform(0.2, 0.6)
        self.peak = r.uniform(0, 0.4)  # how far a rating follows the worst moment rather than the mean
        self.likes_numbers = r.random() < t.favourite_numbers
        self.rescues = r.random() < t.rescue
        self.synergic = None
        if t.synergy and len(self.triggers) >= 2:
            self.synergic = tuple(list(self.triggers)[:2])
        self.exposures = np.zeros(G)
        self.last_rating = 0
        self.burden = 0.0
        self.cumulative = 0.0

    def _weather(self, n: int, memory: float) -> np.ndarray:
        keep = np.exp(-STEP / memory)
        noise = self.rng.normal(size=n) * np.sqrt(1 - keep**2)
        noise[0] = self.rng.normal()
        from scipy.signal import lfilter

        return lfilter([1.0], [1.0, -keep], noise)

    def _trigger(self) -> Trigger:
        r = self.rng
        hours = (np.arange(int(120 / STEP)) + 0.5) * STEP
        onset = {0: r.uniform(0.25, 2), 1: r.uniform(2, 8), 2: r.uniform(8, 30)}[int(r.choice(3, p=[0.35, 0.35, 0.3]))]
        width = r.uniform(2, 10) + onset * r.uniform(0.2, 1.0)
        kind = r.integers(3)
        if kind == 0:
            shape = np.clip((hours - onset) / (0.3 * width), 0, 1) * np.clip((onset + 2 * width - hours) / width, 0, 1)
        elif kind == 1:
            shape = np.exp(-0.5 * ((np.log(hours) - np.log(onset + 0.6 * width)) / r.uniform(0.3, 0.7)) ** 2) / hours
        else:
            shape = (hours > onset) * np.exp(-(hours - onset) / width)
        shape = shape / shape.sum() * PER_DAY
        weights = np.zeros(self.symptoms)
        hit = r.choice(
            self.symptoms,
            min(self.symptoms, int(r.choice([1, 2, 3, 4, 5], p=[0.15, 0.3, 0.3, 0.15, 0.1]))),
            replace=False,
        )
        weights[hit] = r.uniform(0.3, 1, len(hit))
        weights[hit[0]] = 1
        lo, hi = np.log(self.traps.strength)
        curved = r.random() < self.traps.curved_dose
        return Trigger(
            shape, float(np.exp(r.uniform(lo, hi))), weights, float(r.uniform(1, 3)),
            float(r.uniform(0.4, 1.5)) if curved else 0.0,
            float(r.uniform(0.5, 0.9)) if r.random() < self.traps.fails else 1.0,
        )  # fmt: skip

    def _kitchen(self) -> None:
        r, G = self.rng, self.groups
        popularity = r.dirichlet(np.full(G, 0.7))
        mate = r.permutation(G)
        self.recipe: list[dict[int, float]] = []
        for _ in range(self.items):
            chosen: dict[int, float] = {}
            if r.random() < 0.8:
                for g in r.choice(G, min(G, r.integers(1, 4)), replace=False, p=0.6 * popularity + 0.4 / G):
                    chosen[int(g)] = float(np.round(r.choice([0.25, 0.5, 0.75, 1.0, 1.5]), 2))
                    if r.random() < self.traps.together * 0.6:
                        chosen.setdefault(int(mate[g]), float(r.choice([0.25, 0.5, 1.0])))
            self.recipe.append(chosen)
        self.taste = r.dirichlet(np.full(self.items, 0.35)) * 0.85 + 0.15 / self.items
        self.meal_of = r.integers(0, 4, self.items)

    def truth(self) -> dict[str, dict[str, object]]:
        """Per true trigger: main symptom, area per serving (points x days), lag (hours)."""
        return {
            self.group_names[g]: {
                "symptom": self.symptom_names[int(t.weights.argmax())],
                "area": t.area * t.chance,
                "lag": t.lag,
            }
            for g, t in self.triggers.items()
        }

    def _add(self, at: int, shape: np.ndarray, weights: np.ndarray) -> None:
        end = min(at + len(shape), self.latent.shape[1])
        for s in np.flatnonzero(weights):
            self.latent[s, at:end] += weights[s] * shape[: end - at]

    def _eat(self, hour: float, group: int, dose: float) -> None:
        """The body's and the mind's answer to a dose."""
        at = int(hour / STEP)
        trigger = self.triggers.get(group)
        if trigger is not None and self.rng.random() < trigger.chance:
            size = trigger.area * trigger.response(dose)
            if self.traps.habituation:
                size *= 0.97 ** self.exposures[group]
            if self.synergic and group in self.synergic:
                other = self.synergic[1 - self.synergic.index(group)]
                size *= 1.5 if any(g == other and hour - h < 6 for h, g, _ in self.eaten[-40:]) else 0.15
            if self.traps.bucket:
                load = sum(d for h, g, d in self.eaten[-80:] if g in self.triggers and hour - h < 48)
                size *= min(1.5, 0.3 + 0.3 * load)
            self._add(at, trigger.shape, trigger.weights * size)
        self.eaten.append((hour, group, dose))
        self.exposures[group] += 1

    def _believe(self, hour: float, groups: set[int]) -> None:
        worry = max((self.belief[g] for g in groups), default=0) / 10
        if worry > 0 and self.nocebo > 0.01:
            at, length = int(hour / STEP), int(self.rng.uniform(4, 12) / STEP)
            weights = self.nocebo_weights * worry * self.nocebo * self.rng.uniform(0.3, 1.3)
            self._add(at, np.ones(length), weights)

    def _stamp(self, hour: float, jitter: float = 0.0) -> str:
        moment = self.start + timedelta(hours=max(0.0, hour + jitter))
        return moment.replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M")

    def beliefs(self) -> list[tuple[str, str, str, float | None, object]]:
        return [
            (self._stamp(7.0), "belief", self.group_names[g], None, int(b))
            for g, b in enumerate(self.belief)
            if b or self.rng.random() < 0.3
        ]

    def live(self, elimination: bool = False, challenges: dict[int, float] | None = None) -> tuple[list, bool]:
        """Live one day. Returns the rows written and whether offered challenges were accepted."""
        r, d0 = self.rng, self.day * 24.0
        rows: list[tuple[str, str, str, float | None, object]] = []
        slots = slice(self.day * PER_DAY, (self.day + 1) * PER_DAY)
        feeling = (
            float(np.clip(self.latent[:, max(0, slots.start - PER_DAY) : slots.start + 12], 0, 10).mean())
            if self.day
            else 2.0
        )
        bad = feeling > 3.5
        accepted = not (challenges and bad and r.random() < 0.5)
        plan = challenges if accepted and challenges else {}
        for meal, clock in enumerate((7.5, 13.0, 19.0, 16.0)):
            if meal == 3 and r.random() < 0.5:
                continue
            hour = d0 + clock + r.normal(0, 0.5)
            if plan and meal in (1, 2):
                for g, amount in plan.items():
                    if r.random() < 0.03 and meal == 1:
                        continue
                    share = amount if amount <= 1 else amount / 2
                    if amount <= 1 and meal == 2:
                        continue
                    self._eat(hour, g, share)
                    self._believe(hour, {g})
                    rows.append((self._stamp(hour), "challenge", self.group_names[g], round(share, 3), None))
            eaten: set[int] = set()
            for _ in range(r.integers(1, 4)):
                weights = self.taste * np.where(self.meal_of == meal, 1.0, 0.15)
                item = int(r.choice(self.items, p=weights / weights.sum()))
                groups = self.recipe[item]
                if elimination and groups and r.random() > 0.01:
                    continue
                avoid = max((self.belief[g] for g in groups), default=0) / 10 * self.traps.avoids
                if r.random() < avoid * (1.5 if bad else 0.7) or any(self.excluded[g] for g in groups):
                    continue
                portion = float(np.clip(r.lognormal(0, 0.3), 0.3, 2.5)) * (0.7 if bad and self.traps.avoids else 1.0)
                for g, servings in groups.items():
                    self._eat(hour, g, portion * servings * float(r.lognormal(0, 0.25)))
                eaten |= set(groups)
                if r.random() > self.forget:
                    said = max(0.25, round(portion * float(r.lognormal(0, 0.15)) * 4) / 4)
                    rows.append((self._stamp(hour, r.normal(0, self.clock)), "food", self.item_names[item], said, None))
            self._believe(hour, eaten)
        for hour in self.rating_hours:
            rows += self._rate(d0 + hour + r.normal(0, 0.6))
        rows.append(
            (
                self._stamp(d0 + 20.5),
                "context",
                "stress",
                None,
                round(float(np.clip(self.stress[self.day] + r.normal(0, 1), 0, 10))),
            )
        )
        rows.append(
            (
                self._stamp(d0 + 8),
                "context",
                "sleep_hours",
                None,
                round(float(self.sleep[self.day] + r.normal(0, 0.3)) * 2) / 2,
            )
        )
        if self.bleeds[self.day]:
            rows.append((self._stamp(d0 + 8), "context", "menses", None, 1))
        if self.sick[self.day] and r.random() < 0.6:
            rows.append((self._stamp(d0 + 12), "context", "ill", None, 1))
        self.burden += float(np.clip(self.latent[:, slots], 0, 10).mean())
        self.day += 1
        return rows, accepted

    def _rate(self, hour: float) -> list:
        r = self.rng
        now = int(hour / STEP)
        since = max(self.last_rating, now - int(24 / self.per_day / STEP) - 4)
        self.last_rating = now
        window = np.clip(self.latent[:, since:now], 0, 10)
        felt = (1 - self.peak) * window.mean(axis=1) + self.peak * window.max(axis=1)
        rows = []
        if self.rescues and felt.max() > 5 and r.random() < 0.6:
            rows.append((self._stamp(hour), "med", "rescue", 1, None))
            self.latent[:, now : now + 16] *= 0.6
        if r.random() < self.miss * (1.6 if felt.mean() > 3 else 0.8):
            return rows
        said = felt + r.normal(0, self.rating_noise, self.symptoms)
        for s in range(self.symptoms):
            if r.random() < 0.02:
                continue
            value = int(np.clip(round(float(said[s])), 0, 10))
            if self.likes_numbers and value in (1, 4, 6, 9) and r.random() < 0.5:
                value = {1: 0, 4: 5, 6: 5, 9: 8}[value]
            rows.append((self._stamp(hour), "symptom", self.symptom_names[s], None, value))
        return rows


def free_living(seed: int, days: int, traps: Traps | None = None, **shape: object) -> tuple[Person, list]:
    """A person and the rows of a free-living diary of so many days."""
    rng = np.random.default_rng([seed, 11])
    person = Person(rng, traps or Traps(), datetime(2031, 1, 6) + timedelta(days=int(rng.integers(0, 300))), **shape)  # type: ignore[arg-type]
    rows = person.beliefs()
    for _ in range(days):
        rows += person.live()[0]
    return person, rows


def with_triggers(traps: Traps, count: int) -> Traps:
    """The same traps with a fixed number of true triggers."""
    return replace(traps, triggers=count)
