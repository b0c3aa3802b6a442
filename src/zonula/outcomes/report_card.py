"""The claim's report card: does the skin test tell anything about recovery that severity, domains, age and adherence do not?

Two Cox models (lifelines) are compared, without and with percent positive. The verdict rule is fixed here, before any data:

- *predicts*: the likelihood-ratio test rejects at the declared alpha **and** the cross-validated Brier score is better with the skin test;
- *does not predict*: the 90 % interval of the hazard ratio per standard deviation lies within the smallest effect worth knowing
  (two one-sided tests), so a useful effect is excluded;
- *cannot tell*: neither, with the number of patients still needed (Schoenfeld DA, Biometrics 1983;39:499; Hsieh FY, Lavori PW,
  Control Clin Trials 2000;21:552);
- *not enough data*: fewer recoveries than declared; no figure at all.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import exp, log
from statistics import NormalDist

import msgspec
import numpy as np
import pandas as pd

from zonula.outcomes.course import Course, Outcome
from zonula.outcomes.definitions import Definitions
from zonula.outcomes.recovery_time import arrays
from zonula.outcomes.validation import Validated, validate

SKIN = "percent_positive"
BASE = ("baseline", "domains", "age", "adherence")
# A predictor unknown for more than this share of patients is left out rather than shrinking everyone to its complete cases.
MOST_UNKNOWN = 0.2


class Verdict(StrEnum):
    """What the data say of the claim."""

    PREDICTS = "predicts"
    DOES_NOT = "does_not_predict"
    CANNOT_TELL = "cannot_tell"
    NOT_ENOUGH = "not_enough_data"


class ReportCard(msgspec.Struct, frozen=True, kw_only=True):
    """hazard_ratio: of recovery per standard deviation of percent positive, adjusted; below 1 means slower. All None below the minimum."""

    verdict: Verdict
    says: str
    patients: int
    recoveries: int
    left_out: int
    predictors: tuple[str, ...] = ()
    hazard_ratio: float | None = None
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    validated: Validated | None = None
    patients_still_needed: int | None = None


def predictors_of(courses: Sequence[Course], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row a patient: baseline total, number of domains, age, adherence and percent positive; unknown is NaN."""
    return pd.DataFrame(
        {
            "baseline": [one.baseline for one in outcomes],
            "domains": [one.domains for one in courses],
            "age": [one.age for one in courses],
            "adherence": [one.adherence for one in courses],
            SKIN: [one.percent_positive for one in courses],
        },
        dtype=float,
    )


def complete_cases(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The usable predictors (known for most, and varying) and the patients who have them all, skin test included."""
    known = [name for name in BASE if table[name].isna().mean() <= MOST_UNKNOWN]
    rows = table.dropna(subset=[*known, SKIN])
    return rows, [name for name in known if rows[name].nunique() > 1]


def report_card(
    courses: Sequence[Course], outcomes: Sequence[Outcome], rules: Definitions, rng: np.random.Generator
) -> ReportCard:
    """Judge the claim on a registry. rng drives only the folds of the cross-validation."""
    table = predictors_of(courses, outcomes)
    rows, base = complete_cases(table)
    kinds, days = arrays([outcomes[i] for i in rows.index])
    recovered = kinds == 1
    recoveries, patients = int(recovered.sum()), len(rows)
    enough = max(rules.least_recoveries, rules.recoveries_per_predictor * (len(base) + 1))
    if recoveries < enough or rows[SKIN].nunique() < 2:
        return ReportCard(
            verdict=Verdict.NOT_ENOUGH,
            says=f"Not enough data: {recoveries} recoveries with a skin test; at least {enough} are needed before any figure is shown.",
            patients=patients,
            recoveries=recoveries,
            left_out=len(table) - patients,
        )
    scaled = standardised(rows[[*base, SKIN]])
    coefficient, error, p_value = likelihood_ratio(scaled, base, days, recovered)
    validated = validate(scaled, base, [*base, SKIN], days=days, recovered=recovered, rng=rng)
    z90, z95 = NormalDist().inv_cdf(0.95), NormalDist().inv_cdf(0.975)
    worth = log(rules.worth_hazard_ratio)
    better = validated.brier_with < validated.brier_without
    needed = None
    if p_value < rules.worth_alpha and better:
        verdict = Verdict.PREDICTS
    elif abs(coefficient) + z90 * error < worth:
        verdict = Verdict.DOES_NOT
    else:
        verdict, needed = Verdict.CANNOT_TELL, _still_needed(scaled, base, recoveries / patients, patients, rules)
    return ReportCard(
        verdict=verdict,
        says=_words(verdict, needed, rules),
        patients=patients,
        recoveries=recoveries,
        left_out=len(table) - patients,
        predictors=(*base, SKIN),
        hazard_ratio=exp(coefficient),
        interval=(exp(coefficient - z95 * error), exp(coefficient + z95 * error)),
        p_value=p_value,
        validated=validated,
        patients_still_needed=needed,
    )


def standardised(rows: pd.DataFrame) -> pd.DataFrame:
    """Each column with mean 0 and standard deviation 1."""
    return (rows - rows.mean()) / rows.std(ddof=0)


def likelihood_ratio(
    scaled: pd.DataFrame, base: list[str], days: np.ndarray, recovered: np.ndarray
) -> tuple[float, float, float]:
    """Coefficient of the skin test in a Cox model, its standard error, and the p-value of the likelihood-ratio test."""
    from lifelines import CoxPHFitter
    from scipy.stats import chi2

    table = scaled.assign(day=days, recovered=recovered)
    full = CoxPHFitter().fit(table, "day", "recovered")
    if base:
        without = CoxPHFitter().fit(table.drop(columns=SKIN), "day", "recovered").log_likelihood_
    else:
        without = full.log_likelihood_ - full.loglikelihood_ratio_test().test_statistic / 2
    statistic = max(0.0, 2 * (full.log_likelihood_ - without))
    return float(full.params_[SKIN]), float(full.standard_errors_[SKIN]), float(chi2.sf(statistic, 1))


def _still_needed(
    scaled: pd.DataFrame, base: list[str], recovery_share: float, patients: int, rules: Definitions
) -> int:
    """Patients beyond those here for the declared power to see the smallest effect worth knowing."""
    explained = 0.0
    if base:
        design = np.column_stack([np.ones(len(scaled)), scaled[base]])
        fitted = design @ np.linalg.lstsq(design, scaled[SKIN].to_numpy(), rcond=None)[0]
        explained = float(np.clip(1 - np.var(scaled[SKIN].to_numpy() - fitted), 0.0, 0.99))
    quantiles = NormalDist().inv_cdf(1 - rules.worth_alpha / 2) + NormalDist().inv_cdf(rules.worth_power)
    events = quantiles**2 / (log(rules.worth_hazard_ratio) ** 2 * (1 - explained))
    return max(0, int(np.ceil(events / recovery_share)) - patients)


def _words(verdict: Verdict, needed: int | None, rules: Definitions) -> str:
    if verdict is Verdict.PREDICTS:
        return "In these patients percent positive tells something about the time to recover beyond severity, domains, age and adherence. That is an association, not a cause."
    if verdict is Verdict.DOES_NOT:
        return f"In these patients percent positive tells nothing useful: a hazard ratio of {rules.worth_hazard_ratio:g} per standard deviation, either way, is excluded."
    open_question = "These patients cannot tell whether percent positive predicts recovery"
    if not needed:
        return (
            f"{open_question}: there are enough for an effect worth knowing, but the interval holds both that and none."
        )
    return f"{open_question}; about {needed} more are needed."
