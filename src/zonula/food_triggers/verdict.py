"""From the posterior to what may be said: trigger, none or cannot tell, with error control, effects, lags and reasons."""

from dataclasses import dataclass

import numpy as np

from zonula.diary.entries import Diary, Floats
from zonula.food_triggers.hyperparameters import DEFAULT, Hyperparameters
from zonula.food_triggers.inference import Posterior
from zonula.food_triggers.separation import Separation, separations

TRIGGER, NONE, CANNOT_TELL, EXCLUDED = "trigger", "none", "cannot_tell", "excluded"
FALSE_DISCOVERY = 0.10  # expected share of false triggers among those named
LEAST_FOR_TRIGGER = 0.80
MOST_FOR_NONE = 0.02
MOST_FOR_NONE_OF_PRIOR = 0.5  # and the diary must have at least halved the prior odds
EFFECT_WORTH_SHOWING = 0.02
# Forgotten items, recipes that vary and ratings that stop at 0 hide part of an effect; measured on virtual diarists
HIDDEN_SHARE, SIZE_SPREAD = 1.6, 0.55
LAG_SPREAD = 0.25  # sd of log lag within a lag class and its neighbours


@dataclass(frozen=True)
class Effect:
    """Points x days per serving on one symptom, with a central 90 % interval, given that the group is a trigger."""

    symptom: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupVerdict:
    """What the diary says about one group. days_needed: further days of this diary until it could tell; None if unknown."""

    group: str
    probability: float
    verdict: str
    exposures: int
    exposure_days: int
    main: Effect | None
    effects: tuple[Effect, ...]
    lag_hours: tuple[float, float, float] | None
    reasons: tuple[str, ...]
    days_needed: int | None


@dataclass(frozen=True)
class DiaryVerdict:
    """All groups of one person, what cannot be separated from what, and why no answer is given (if so)."""

    patient: str
    days: int
    ratings: int
    groups: tuple[GroupVerdict, ...]
    separations: tuple[Separation, ...]
    refusal: str
    converged: bool


def judge(diary: Diary, posterior: Posterior, hyper: Hyperparameters = DEFAULT) -> DiaryVerdict:
    """Verdicts for every group. Groups named as triggers have an expected share of false ones below FALSE_DISCOVERY."""
    named = _named(posterior.probability, np.array([group.excluded for group in diary.groups], dtype=bool))
    rng = np.random.Generator(np.random.PCG64(hyper.seed))
    spread: Floats = np.asarray(rng.standard_normal(posterior.weight.shape[1]))
    pairs = separations(diary, posterior)
    tangled = {index for pair in pairs for index in (pair.first_index, pair.second_index)}
    verdicts = tuple(
        _group(diary, posterior, g, g in named, g in tangled, spread, hyper) for g in range(len(diary.groups))
    )
    days = len(np.unique(np.floor(diary.rating_hour / 24.0)))
    return DiaryVerdict(
        diary.patient, days, len(diary.rating_hour), verdicts, pairs, posterior.refusal, bool(posterior.settled.all())
    )


def _named(probability: Floats, excluded: np.ndarray) -> set[int]:
    """Groups in order of probability as long as the mean chance of being wrong stays below FALSE_DISCOVERY."""
    order = [int(g) for g in np.argsort(-probability, kind="stable") if not excluded[g]]
    named: set[int] = set()
    wrong = 0.0
    for g in order:
        wrong += 1.0 - float(probability[g])
        if probability[g] < LEAST_FOR_TRIGGER or wrong / (len(named) + 1) > FALSE_DISCOVERY:
            break
        named.add(g)
    return named


def _group(
    diary: Diary, posterior: Posterior, g: int, named: bool, tangled: bool, spread: Floats, hyper: Hyperparameters
) -> GroupVerdict:
    group = diary.groups[g]
    p = float(posterior.probability[g])
    mine = diary.intake_group == g
    exposures = int(mine.sum())
    exposure_days = len(np.unique(np.floor(diary.intake_hour[mine] / 24.0)))
    effects, main, lag = _effects(diary, posterior, g, spread, hyper)
    verdict, reasons, needed = _verdict(diary, posterior, g, named, tangled, exposure_days)
    if group.excluded:
        verdict, reasons, needed = EXCLUDED, ("Excluded for safety: not judged and never to be challenged.",), None
    shown = p > EFFECT_WORTH_SHOWING
    return GroupVerdict(
        group.name, p, verdict, exposures, exposure_days, main if shown else None, effects if shown else (),
        lag if shown else None, reasons, needed,
    )  # fmt: skip


def _verdict(
    diary: Diary, posterior: Posterior, g: int, named: bool, tangled: bool, exposure_days: int
) -> tuple[str, tuple[str, ...], int | None]:
    p, prior = float(posterior.probability[g]), diary.groups[g].prior
    if posterior.refusal:
        return CANNOT_TELL, (f"No answer beyond what is true of people in general: {posterior.refusal}.",), None
    if exposure_days == 0:
        return CANNOT_TELL, ("It was never eaten while symptoms were rated, so the diary cannot say.",), None
    if not posterior.settled[g]:
        return CANNOT_TELL, ("The calculation did not settle on one answer for it.",), None
    if named:
        return (
            TRIGGER,
            (f"Symptoms rose after it more than their own ups and downs explain ({exposure_days} days).",),
            0,
        )
    odds, before = p / (1 - min(p, 1 - 1e-9)), prior / (1 - min(prior, 1 - 1e-9))
    if p < MOST_FOR_NONE and odds < MOST_FOR_NONE_OF_PRIOR * before:
        return NONE, (f"Eaten on {exposure_days} days without symptoms that it would explain.",), 0
    reasons = [f"Eaten on {exposure_days} days; the evidence is not enough for either answer."]
    if tangled:
        reasons.append("It was mostly eaten together with another food.")
    return CANNOT_TELL, tuple(reasons), _days_needed(diary, p, prior, exposure_days)


def _days_needed(diary: Diary, p: float, prior: float, exposure_days: int) -> int | None:
    """Evidence grows about in proportion to days: how many more until the odds would leave the undecided band."""
    days = max((diary.last_hour) / 24.0, 1.0)
    now = float(np.log(p / (1 - p)) - np.log(prior / (1 - prior))) if 0 < p < 1 and 0 < prior < 1 else 0.0
    if abs(now) < 0.2 or exposure_days < 2:
        return None
    goal = (
        float(np.log(LEAST_FOR_TRIGGER / (1 - LEAST_FOR_TRIGGER)) - np.log(prior / (1 - prior)))
        if now > 0
        else float(np.log(MOST_FOR_NONE / (1 - MOST_FOR_NONE)) - np.log(prior / (1 - prior)))
    )
    if goal * now <= 0 or abs(goal) <= abs(now):
        return 7
    return int(min(365, np.ceil(days * (goal / now - 1.0))))


def _effects(
    diary: Diary, posterior: Posterior, g: int, spread: Floats, hyper: Hyperparameters
) -> tuple[tuple[Effect, ...], Effect | None, tuple[float, float, float] | None]:
    weight = posterior.weight[g]
    kept = weight > 0
    if not kept.any():
        return _effects_before_data(diary, hyper)
    w = weight[kept]
    draws = posterior.effect[g][kept] * (HIDDEN_SHARE * np.exp(SIZE_SPREAD * spread[: len(weight)][kept]))[:, None]
    mean = (draws * w[:, None]).sum(axis=0) / w.sum()
    affected = ((draws > 0) * w[:, None]).sum(axis=0) / w.sum()
    main_symptom = int(mean.argmax())
    # the effect on the symptom it acts on most: the largest of each draw, since which one that is may be unsure
    main = _interval(diary.symptoms[main_symptom], draws.max(axis=1), w)
    listed = [s for s in np.argsort(-mean, kind="stable") if affected[s] > 0.3 or s == main_symptom]
    effects = tuple(_interval(diary.symptoms[s], draws[:, s], w) for s in listed)
    lags = np.array(hyper.lag_centroids)[posterior.lag_class[g][kept]] * np.exp(LAG_SPREAD * spread[::-1][kept])
    return effects, main, (_mean(lags, w), _quantile(lags, w, 0.05), _quantile(lags, w, 0.95))


def _effects_before_data(
    diary: Diary, hyper: Hyperparameters
) -> tuple[tuple[Effect, ...], Effect | None, tuple[float, float, float] | None]:
    """Nothing known about the size beyond the prior of the model."""
    if not diary.symptoms:
        return (), None, None
    scale, lags = hyper.effect_scales[-1], np.array(hyper.lag_centroids)
    weights = np.array(hyper.lag_weights)
    lag = (_mean(lags, weights), _quantile(lags, weights, 0.05), _quantile(lags, weights, 0.95))
    return (), Effect(diary.symptoms[0], 1.3 * scale, 0.2 * scale, 2.8 * scale), lag


def _interval(symptom: str, draws: Floats, weight: Floats) -> Effect:
    return Effect(symptom, _mean(draws, weight), _quantile(draws, weight, 0.05), _quantile(draws, weight, 0.95))


def _mean(values: Floats, weight: Floats) -> float:
    return float((values * weight).sum() / weight.sum())


def _quantile(values: Floats, weight: Floats, level: float) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(np.interp(level, (reached - 0.5 * weight[order]) / reached[-1], values[order]))
