"""Virtual registries with known truth: the claim true, weak, false, or confounded by severity. They measure the estimators, not people."""

from __future__ import annotations

import numpy as np

from zonula.outcomes import AdverseEvent, Course, Reading

TRUTHS = {
    # effect of one standard deviation of percent positive on the log hazard of recovery, and whether severity drives both
    "true": (-0.6, 0.0),
    "weak": (-0.15, 0.0),
    "false": (0.0, 0.0),
    "confounded": (0.0, 0.9),
}


def registry(
    patients: int, truth: str, rng: np.random.Generator, *, clinic: str = "A", follow_up: int = 364, stay: float = 700
) -> list[Course]:
    """`patients` courses of weekly totals from a latent recovery day, drop-out (after `stay` days on average) and noise."""
    effect, confounding = TRUTHS[truth]
    severity = rng.normal(size=patients)
    percent = np.clip(
        30 + 15 * (confounding * severity + np.sqrt(1 - confounding**2) * rng.normal(size=patients)), 0, 100
    )
    skin = (percent - 30) / 15
    age, domains = rng.uniform(20, 70, patients), rng.integers(4, 13, patients)
    adherence = rng.beta(8, 2, patients)
    hazard = np.exp(effect * skin - 0.5 * severity + 0.3 * (adherence - 0.8) / 0.12)
    recovery = 120 * (rng.exponential(size=patients) / hazard) ** (1 / 1.3)
    leaving = rng.exponential(stay, patients)
    courses = []
    for i in range(patients):
        level = max(20.0, 60 + 12 * severity[i])
        last = int(min(follow_up, leaving[i]))
        days = [*range(-14, 1, 7), *range(7, last + 1, 7)]
        noise = rng.normal(0, 3, len(days))
        totals = [
            max(0.0, (level if day < recovery[i] else 0.3 * level) + e) for day, e in zip(days, noise, strict=True)
        ]
        courses.append(
            Course(
                patient=f"{clinic}-{i}",
                clinic=clinic,
                readings=tuple(Reading(day, float(total)) for day, total in zip(days, totals, strict=True)),
                last_day=follow_up,
                age=float(age[i]),
                female=bool(rng.random() < 0.7),
                domains=int(domains[i]),
                skin_tested=40,
                skin_positive=round(40 * percent[i] / 100),
                adherence=float(adherence[i]),
                foods_restricted=int(rng.integers(1, 9)),
                foods_given_back=int(rng.integers(0, 5)),
                days_restricted=int(rng.integers(20, 43)),
                adverse_events=(AdverseEvent(10, "constipation"),) if rng.random() < 0.05 else (),
            )
        )
    return courses
