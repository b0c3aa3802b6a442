"""The report card's error rates and the intervals' coverage on virtual registries with known truth. Writes docs/outcomes-calibration.md.

Usage: calibrate_outcomes.py [SHARE]   SHARE of the full number of registries, default 1.
Exits 1 when a false or confounded claim is believed more often than its test allows, or an interval covers outside 93 to 97 %.
"""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.stats import binom

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "simulators"))

from virtual_registry import TRUTHS, registry  # noqa: E402

from zonula.knowledge import shelf  # noqa: E402
from zonula.outcomes import Verdict, complete_cases, declared, outcome, predictors_of, report_card  # noqa: E402
from zonula.outcomes.recovery_time import arrays  # noqa: E402
from zonula.outcomes.report_card import SKIN, likelihood_ratio, standardised  # noqa: E402

SIZES = {50: 40, 200: 100, 1000: 30}
COVERAGE_SIZE, COVERAGE_RUNS = 200, 400
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
    if share >= 1:
        (ROOT / "docs" / "outcomes-calibration.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(wrong) or "within what was promised")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0))
