"""Patients like you: only when there are enough, and never more than their own course says."""

from collections.abc import Sequence

import numpy as np

from zonula.outcomes.course import Course, Outcome
from zonula.outcomes.definitions import Definitions
from zonula.outcomes.recovery_time import Curve, cumulative_incidence

# A patient is alike when each known trait lies within this many standard deviations of the registry's.
WITHIN = 0.75


def patients_like(
    newcomer: Course, baseline: float, courses: Sequence[Course], outcomes: Sequence[Outcome], rules: Definitions
) -> Curve | None:
    """The recovery curve of those alike in baseline, number of domains and age; None with fewer than the declared minimum."""
    rows = np.array([_traits(course, one.baseline) for course, one in zip(courses, outcomes, strict=True)], dtype=float)
    if not rows.size:
        return None
    with np.errstate(invalid="ignore"):
        spread = np.nanstd(rows, axis=0)
    wanted = np.array(_traits(newcomer, baseline), dtype=float)
    near = np.abs(rows - wanted) <= WITHIN * np.where(spread > 0, spread, np.inf)
    # A trait nobody knows of the newcomer is not used; a patient whose trait is unknown is not called alike.
    alike = np.all(near | np.isnan(wanted), axis=1)
    chosen = [one for one, keep in zip(outcomes, alike, strict=True) if keep]
    return cumulative_incidence(chosen, rules.agreed_times) if len(chosen) >= rules.least_alike else None


def _traits(course: Course, baseline: float | None) -> list[float]:
    return [float("nan") if value is None else float(value) for value in (baseline, course.domains, course.age)]
