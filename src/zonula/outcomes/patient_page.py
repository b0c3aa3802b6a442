"""One patient's outcome: reliable change, what would have come by itself, people alike, and a prediction, each only when it may be said."""

from collections.abc import Sequence
from math import sqrt

import msgspec
import numpy as np

from zonula.errors import UserError
from zonula.outcomes.alike import patients_like
from zonula.outcomes.course import Course, Outcome, Reading, outcome
from zonula.outcomes.definitions import Definitions
from zonula.outcomes.recovery_time import Curve, Prediction, predict
from zonula.outcomes.regression_to_mean import estimate
from zonula.outcomes.report_card import SKIN, ReportCard, Verdict, complete_cases, predictors_of, report_card

RELIABLE = 1.96


class PatientOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said of one patient. reliable_change: change divided by its standard error of measurement (Jacobson NS, Truax P, J Consult

    Clin Psychol 1991;59:12); beyond 1.96 it is more than noise. Every figure is None when it cannot be said; `because` says why.
    """

    schema: str = "zonula.patient-outcome/1"
    outcome: Outcome
    readings: tuple[Reading, ...]
    reliable_change: float | None
    reliably_changed: bool | None
    own_change_percent: float | None
    alike: Curve | None
    prediction: Prediction | None
    because: tuple[str, ...]


def patient_outcome(
    wanted: str,
    courses: Sequence[Course],
    rules: Definitions,
    rng: np.random.Generator,
    claim: ReportCard | None = None,
) -> PatientOutcome:
    """The page of one patient among a registry. Raises UserError when the patient is not in it. rng: for the claim's cross-validation.

    claim: the registry's report card where it was made already; without it, it is made here, which takes seconds.
    """
    course = next((one for one in courses if one.patient == wanted), None)
    if course is None:
        raise UserError(f"No patient {wanted!r} in the registry.")
    others = [one for one in courses if one is not course]
    own, outcomes = outcome(course, rules), [outcome(one, rules) for one in others]
    because: list[str] = []
    to_mean = estimate(others, outcomes)
    baselines = [one.baseline for one in outcomes if one.baseline is not None]
    reliable = itself = None
    if to_mean is None or own.baseline is None or own.change_percent is None:
        because.append(
            "reliable change needs a run-in, recent questionnaires, and ten other patients with repeated run-ins"
        )
    else:
        run_in = sum(one.day <= 0 for one in course.readings)
        spread = float(np.std(baselines, ddof=1))
        error = spread * sqrt(2 * (1 - to_mean.reliability))
        reliable = own.baseline * own.change_percent / 100 / error if error > 0 else None
        itself = to_mean.expected_change_percent(own.baseline, run_in)
    alike = patients_like(course, own.baseline, others, outcomes, rules) if own.baseline is not None else None
    if alike is None:
        because.append(f"fewer than {rules.least_alike} patients are alike, or none of them recovered")
    made = None
    if own.baseline is not None:
        made, why = _predicted(course, own, others, outcomes, rules=rules, rng=rng, claim=claim)
        because += [why] if why else []
    return PatientOutcome(
        outcome=own,
        readings=tuple(sorted(course.readings, key=lambda one: one.day)),
        reliable_change=reliable,
        reliably_changed=None if reliable is None else abs(reliable) > RELIABLE,
        own_change_percent=itself,
        alike=alike,
        prediction=made,
        because=tuple(because),
    )


def _predicted(
    course: Course,
    own: Outcome,
    others: Sequence[Course],
    outcomes: Sequence[Outcome],
    *,
    rules: Definitions,
    rng: np.random.Generator,
    claim: ReportCard | None,
) -> tuple[Prediction | None, str]:
    """The skin test enters a prediction only where the claim's report card says that it predicts."""
    claim = claim or report_card(others, outcomes, rules, rng)
    if claim.verdict is Verdict.NOT_ENOUGH:
        return None, "no prediction: too few recoveries"
    rows, base = complete_cases(predictors_of(others, outcomes))
    columns = [*base, SKIN] if claim.verdict is Verdict.PREDICTS else base
    newcomer = predictors_of([course], [own])[columns]
    if not columns or newcomer.isna().any(axis=None):
        return None, "no prediction: something it rests on is unknown for this patient"
    return predict(
        [outcomes[i] for i in rows.index], rows[columns].reset_index(drop=True), newcomer, rules.least_recoveries
    ), ""
