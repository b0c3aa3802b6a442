"""CPU per patient of the food-trigger engine beside peers in the same run, with accuracy beside each time.

Peers: an app-style comparison (mean symptom within 24 h after the food against other times, Mann-Whitney, Benjamini-Hochberg
over all pairs) and autoregressive least squares (statsmodels GLSAR, one symptom at a time, all groups of the last day).
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/simulators"))

from diary_files import diary_of
from scipy.stats import false_discovery_control, mannwhitneyu
from virtual_diarist import Traps, free_living

from zonula.food_triggers.inference import infer

PEOPLE = 30


def engine(diary):
    return infer(diary).probability


def table(diary):
    """(T,) hours, (T, S) ratings and (T, G) servings of the 24 hours before."""
    hours = np.unique(diary.rating_hour)
    ratings = np.full((len(hours), len(diary.symptoms)), np.nan)
    ratings[np.searchsorted(hours, diary.rating_hour), diary.rating_symptom] = diary.rating_value
    eaten = np.zeros((len(hours), len(diary.groups)))
    for hour, group, servings in zip(diary.intake_hour, diary.intake_group, diary.intake_servings, strict=True):
        eaten[(hours > hour) & (hours <= hour + 24), group] += servings
    return hours, ratings, eaten


def app_style(diary):
    _, ratings, eaten = table(diary)
    p = np.ones((eaten.shape[1], ratings.shape[1]))
    for g in range(eaten.shape[1]):
        after = eaten[:, g] > 0
        for s in range(ratings.shape[1]):
            a, b = ratings[after, s], ratings[~after, s]
            a, b = a[~np.isnan(a)], b[~np.isnan(b)]
            if len(a) > 2 and len(b) > 2:
                p[g, s] = mannwhitneyu(a, b, alternative="greater").pvalue
    return 1.0 - false_discovery_control(np.nan_to_num(p, nan=1.0).ravel()).reshape(p.shape).min(axis=1)


def autoregressive(diary):
    import statsmodels.api as sm

    _, ratings, eaten = table(diary)
    used = np.flatnonzero(eaten.std(axis=0) > 0)
    p = np.ones((eaten.shape[1], ratings.shape[1]))
    for s in range(ratings.shape[1]):
        known = ~np.isnan(ratings[:, s])
        if known.sum() > len(used) + 5 and ratings[known, s].std() > 0:
            fit = sm.GLSAR(ratings[known, s], sm.add_constant(eaten[known][:, used]), rho=1).iterative_fit(4)
            p[used, s] = np.where(fit.params[-len(used) :] > 0, fit.pvalues[-len(used) :] / 2, 1.0)
    return 1.0 - false_discovery_control(np.nan_to_num(p, nan=1.0).ravel()).reshape(p.shape).min(axis=1)


def auroc(y, p):
    return float(np.mean([(p[y][:, None] > p[~y][None, :]).mean() + 0.5 * (p[y][:, None] == p[~y][None, :]).mean()]))


def seconds(method, diaries):
    begun = time.process_time()
    answers = [method(diary) for diary in diaries]
    return (time.process_time() - begun) / len(diaries), np.concatenate(answers)


def main() -> None:
    warnings.simplefilter("ignore")
    people = [free_living(30_000 + n, (30, 60, 90)[n % 3], Traps()) for n in range(PEOPLE)]
    diaries = [diary_of(person, rows, (30, 60, 90)[n % 3]) for n, (person, rows) in enumerate(people)]
    truth = np.concatenate([person.is_trigger for person, _ in people])
    infer(diaries[0])  # compiled or read from the cache: start-up is not counted
    base = None
    for method in (engine, app_style, autoregressive):
        cost, p = seconds(method, diaries)
        base = base or cost
        false = (p[~truth] > 0.5).sum() / PEOPLE
        print(
            f"{method.__name__:<16}{1000 * cost:8.1f} ms CPU a patient  ratio {cost / base:6.1f}  AUROC {auroc(truth, p):.3f}  false a person {false:.2f}"
        )
    print("Scaling of the engine:")
    for what, shapes in {
        "days": [(30, {}), (60, {}), (120, {}), (240, {})],
        "groups": [(60, {"groups": g}) for g in (12, 25, 50, 100)],
        "symptoms": [(60, {"symptoms": s}) for s in (3, 6, 12, 20)],
    }.items():
        costs = []
        for days, shape in shapes:
            person, rows = free_living(1, days, Traps(), **shape)
            diary = diary_of(person, rows, days)
            costs.append(min(seconds(engine, [diary])[0] for _ in range(3)))
        print(f"  {what:<9}" + "  ".join(f"{1000 * c:.1f} ms" for c in costs))


if __name__ == "__main__":
    main()
