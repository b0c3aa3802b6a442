"""How much better everybody would look without any treatment: regression to the mean.

People come when they are at their worst. With reliability r of one baseline, the expected fall of a patient whose baseline is b in
a group of mean m is (1 - r) * (b - m) (Barnett AG et al., Int J Epidemiol 2005;34:215). r is estimated from repeated run-in readings. Where patients
were admitted because of a bad week inside the run-in itself, m is the selected group's mean and the figure is too small: a lower bound.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from zonula.outcomes.course import Course, Outcome

# Fewest patients with two run-in readings from which a reliability is estimated.
FEWEST = 10


class RegressionToMean(msgspec.Struct, frozen=True, kw_only=True):
    """reliability of a single run-in reading (intraclass correlation), the group's mean baseline, and the patients behind it."""

    reliability: float
    mean: float
    patients: int

    def expected_change_percent(self, baseline: float, readings: int) -> float:
        """Percent by which a baseline (mean of so many readings) is expected to move by itself; negative is a fall."""
        single = self.reliability
        of_mean = readings * single / (1 + (readings - 1) * single)  # Spearman-Brown
        return -100 * (1 - of_mean) * (baseline - self.mean) / baseline


def estimate(courses: Sequence[Course], outcomes: Sequence[Outcome]) -> RegressionToMean | None:
    """From the run-in readings of a registry; None with fewer than ten patients who have two of them."""
    pairs = []
    for course in courses:
        run_in = [one.total for one in sorted(course.readings, key=lambda one: one.day) if one.day <= 0]
        if len(run_in) > 1:
            pairs.append(run_in[-2:])
    baselines = [one.baseline for one in outcomes if one.baseline is not None]
    if len(pairs) < FEWEST or not baselines:
        return None
    table = np.asarray(pairs, dtype=float)
    within = np.mean((table[:, 0] - table[:, 1]) ** 2) / 2
    total = np.var(table.mean(axis=1), ddof=1) - within / 2
    reliability = float(np.clip(total / (total + within), 0.0, 1.0)) if total + within > 0 else 0.0
    return RegressionToMean(reliability=reliability, mean=float(np.mean(baselines)), patients=len(pairs))
