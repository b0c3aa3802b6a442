"""The report card's error rates and the intervals' coverage on virtual registries with known truth. Writes docs/outcomes-calibration.md.

Usage: calibrate_outcomes.py [SHARE]   SHARE of the full number of registries, default 1.
Exits 1 when a false or confounded claim is believed more often than its test allows, or an interval covers outside 93 to 97 %.
"""

import sys
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
from scipy.stats import binom

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "simulators"))

from virtual_registry import TRUTHS, registry  # noqa: E402

from zonula.knowledge import shelf  # noqa: E402
from zonula.outcomes import (  # noqa: E402
    End,
    Verdict,
    aggregate,
    complete_cases,
    cumulative_incidence,
    declared,
    outcome,
    patient_outcome,
    pool,
    predictors_of,
    report_card,
)
from zonula.outcomes.recovery_time import arrays  # noqa: E402
from zonula.outcomes.report_card import SKIN, likelihood_ratio, standardised  # noqa: E402

SIZES = {50: 40, 200: 100, 1000: 30}
COVERAGE_SIZE, COVERAGE_RUNS = 200, 400
PREDICTION_RUNS, NEWCOMERS = 30, 10
POOLING_RUNS, CLINIC_SIZE = 10, 150
MOST_POINTS, MOST_RATIO = 5.0, 1.15  # further from pooling the rows, aggregates would mislead
RULES = declared(shelf())


def verdicts(truth: str, patients: int, runs: int, rng: np.random.Generator) -> Counter:
    """How often each verdict is given."""
    found: Counter = Counter()
    for _ in range(runs):
        courses = registry(patients, truth, rng)
        found[report_card(courses, [outcome(one, RULES) for one in courses], RULES, rng).verdict] += 1
    return found


def covered(truth: str, runs: int, rng: np.random.Generator) -> int:
    """How often the 95 % interval of the adjusted log hazard ratio holds the truth."""
    hits = 0
    for _ in range(runs):
        courses = registry(COVERAGE_SIZE, truth, rng)
        judged = [outcome(one, RULES) for one in courses]
        rows, base = complete_cases(predictors_of(courses, judged))
        kinds, days = arrays([judged[place] for place in rows.index])
        coefficient, error, _ = likelihood_ratio(standardised(rows[[*base, SKIN]]), base, days, kinds == 1)
        hits += abs(coefficient - TRUTHS[truth][0]) <= 1.96 * error
    return hits


def predicted(truth: str, runs: int, rng: np.random.Generator) -> tuple[int, int]:
    """Of newcomers followed until they recover: how many got a prediction, and how many recovered within its central 80 %."""
    inside = made = 0
    for _ in range(runs):
        courses = registry(COVERAGE_SIZE, truth, rng)
        claim = report_card(courses, [outcome(one, RULES) for one in courses], RULES, rng)
        for number, one in enumerate(registry(NEWCOMERS, truth, rng, follow_up=4_000, stay=1e9)):
            newcomer = msgspec.structs.replace(one, patient=f"new {number}")
            found = patient_outcome(newcomer.patient, [newcomer, *courses], RULES, rng, claim)
            if found.prediction is not None and found.outcome.end is End.RECOVERED:
                made += 1
                inside += found.prediction.low_day <= found.outcome.day <= found.prediction.high_day
    return made, inside


def pooling_errors(truth: str, runs: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Pooled aggregates of four clinics against pooling their rows: largest difference of a share recovered (points of 100), and the ratio of
    hazard ratios, for each registry."""
    errors = []
    for _ in range(runs):
        clinics = {name: registry(CLINIC_SIZE, truth, rng, clinic=name) for name in "ABCD"}
        sent = [
            aggregate(name, rows, [outcome(one, RULES) for one in rows], RULES, rng) for name, rows in clinics.items()
        ]
        pooled = pool(sent)
        rows = [one for courses in clinics.values() for one in courses]
        judged = [outcome(one, RULES) for one in rows]
        curve = cumulative_incidence(judged, RULES.agreed_times)
        whole = {point.day: point.probability for point in curve.points}
        shares = max(abs(pooled.recovered[day].estimate - whole[day]) for day in pooled.recovered)
        ratio = report_card(rows, judged, RULES, rng).hazard_ratio
        errors.append((100 * shares, max(pooled.hazard_ratio.estimate / ratio, ratio / pooled.hazard_ratio.estimate)))
    return errors


def predictions_and_pooling(share: float) -> tuple[list[str], list[str]]:
    """Two sections of the page, with a generator of their own, and what was not kept."""
    rng, wrong = np.random.default_rng(20261125), []
    lines = [
        "",
        "## Coverage of the 80 % prediction interval for one new patient",
        "",
        f"Newcomers of the same population as a registry of {COVERAGE_SIZE}, followed until they recover; the skin test enters where the report card says it predicts.",
        "",
        "| truth | registries | predictions | recovered within |",
        "|---|---|---|---|",
    ]
    for truth in ("true", "false", "confounded"):
        runs = max(4, round(PREDICTION_RUNS * share))
        made, inside = predicted(truth, runs, rng)
        lines.append(f"| {truth} | {runs} | {made} | {100 * inside / made:.1f} % |")
        print(lines[-1], flush=True)
        if not binom.ppf(0.0005, made, 0.74) <= inside <= binom.ppf(0.9995, made, 0.86):
            wrong.append(f"80 % prediction, {truth}: {inside} of {made}")
    lines += [
        "",
        "## Pooling aggregates against pooling rows",
        "",
        f"Four clinics of {CLINIC_SIZE} virtual patients each, alike in everything; the rows are pooled as one registry. Shares are rounded to four decimals and combined by random effects, "
        "so the two differ; this is by how much.",
        "",
        "| truth | registries | share recovered: median, largest difference (points of 100) | hazard ratio: median, largest ratio |",
        "|---|---|---|---|",
    ]
    for truth in ("true", "false"):
        runs = max(4, round(POOLING_RUNS * share))
        shares, ratios = zip(*pooling_errors(truth, runs, rng), strict=True)
        lines.append(
            f"| {truth} | {runs} | {np.median(shares):.2f}, {max(shares):.2f} | {np.median(ratios):.3f}, {max(ratios):.3f} |"
        )
        print(lines[-1], flush=True)
        if max(shares) > MOST_POINTS or max(ratios) > MOST_RATIO:
            wrong.append(f"pooling, {truth}: {max(shares):.2f} points, ratio {max(ratios):.3f}")
    return lines, wrong


def main(share: float) -> int:
    """Run everything and write the page."""
    rng = np.random.default_rng(20261124)
    wrong = []
    lines = [
        "# Calibration of the outcome engine",
        "",
        "Printed by `make calibrate` from virtual registries with known truth. They measure the estimators, not people.",
        "",
        "## What the report card says",
        "",
        "| truth | patients | registries | predicts | does not predict | cannot tell | not enough data |",
        "|---|---|---|---|---|---|---|",
    ]
    for truth in TRUTHS:
        for patients, full in SIZES.items():
            runs = max(4, round(full * share))
            count = verdicts(truth, patients, runs, rng)
            shares = " | ".join(f"{100 * count[verdict] / runs:.0f} %" for verdict in Verdict)
            lines.append(f"| {truth} | {patients} | {runs} | {shares} |")
            print(lines[-1], flush=True)
            believed = count[Verdict.PREDICTS]
            if truth in ("false", "confounded") and believed > binom.ppf(0.999, runs, RULES.worth_alpha):
                wrong.append(f"{truth} at {patients}: believed {believed} of {runs}")
    lines += [
        "",
        "## Coverage of the 95 % interval of the adjusted hazard ratio",
        "",
        "| truth | patients | registries | covered |",
        "|---|---|---|---|",
    ]
    for truth in ("true", "weak", "false"):
        runs = max(40, round(COVERAGE_RUNS * share))
        hits = covered(truth, runs, rng)
        lines.append(f"| {truth} | {COVERAGE_SIZE} | {runs} | {100 * hits / runs:.1f} % |")
        print(lines[-1], flush=True)
        if not binom.ppf(0.0005, runs, 0.93) <= hits <= binom.ppf(0.9995, runs, 0.97):
            wrong.append(f"coverage, {truth}: {hits} of {runs}")
    more, not_kept = predictions_and_pooling(share)
    lines, wrong = lines + more, wrong + not_kept
    if share >= 1:
        (ROOT / "docs" / "outcomes-calibration.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(wrong) or "within what was promised")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0))
