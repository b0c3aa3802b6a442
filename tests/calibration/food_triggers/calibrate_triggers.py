"""The long calibration of the food-trigger engine; writes docs/food-triggers/calibration.md and its drawing.

python tests/calibration/food_triggers/calibrate_triggers.py [PEOPLE]
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests/simulators"))

from diary_files import diary_of  # noqa: E402
from virtual_diarist import CONFOUNDED, HEAVY_NOCEBO, SLOPPY, STRANGE, Traps, free_living, with_triggers  # noqa: E402

from zonula.food_triggers.analysis import analyse  # noqa: E402

WORLDS = {
    "every trap at random": Traps(),
    "no trigger at all": with_triggers(Traps(), 0),
    "heavy nocebo": HEAVY_NOCEBO,
    "heavy confounding": CONFOUNDED,
    "sloppy diaries": SLOPPY,
    "mechanisms outside the model": STRANGE,
}
DAYS = (30, 45, 60, 90, 120)


def live(traps, people, seed):
    """Rows (days, p, is trigger, area, estimate mean/lo/hi, lag, lag estimate mean/lo/hi, exposures)."""
    rows, false = [], []
    for n in range(people):
        days = DAYS[n % len(DAYS)]
        person, written = free_living(seed + n, days, traps)
        verdict = analyse(diary_of(person, written, days))
        wrong = 0
        for g, group in enumerate(verdict.groups):
            if person.excluded[g]:
                continue
            real = person.triggers.get(g)
            wrong += real is None and group.probability > 0.5
            row = [days, group.probability, float(real is not None), *[np.nan] * 8, group.exposures]
            if real is not None and group.main is not None and group.lag_hours is not None:
                row[3:11] = [
                    real.area * real.chance, group.main.mean, group.main.low, group.main.high, real.lag, *group.lag_hours
                ]  # fmt: skip
            rows.append(row)
        if not person.triggers:
            false.append(wrong)
    return np.array(rows), np.array(false)


def auroc(y, p):
    if y.all() or not y.any():
        return np.nan
    _, place = np.unique(p, return_inverse=True)
    ranks = np.argsort(np.argsort(p, kind="stable"), kind="stable") + 1.0
    ranks = (np.bincount(place, ranks) / np.bincount(place))[place]
    ones = y.sum()
    return (ranks[y].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones))


def auprc(y, p):
    hits = np.cumsum(y[np.argsort(-p, kind="stable")])
    precise = hits / np.arange(1, len(y) + 1)
    return (precise * y[np.argsort(-p, kind="stable")]).sum() / max(y.sum(), 1)


def bins(y, p, count=10):
    place = np.minimum((p * count).astype(int), count - 1)
    return [
        (p[place == b].mean(), y[place == b].mean(), int((place == b).sum()))
        for b in range(count)
        if (place == b).any()
    ]


def ece(y, p):
    return sum(abs(said - seen) * n for said, seen, n in bins(y, p)) / len(y)


def covered(rows, truth, low, high):
    known = ~np.isnan(rows[:, truth]) & (rows[:, 1] > 0.02)
    return np.mean((rows[known, low] <= rows[known, truth]) & (rows[known, truth] <= rows[known, high]))


def drawing(points):
    """The reliability diagram as SVG."""
    size, edge = 360, 40
    at = lambda v: edge + (size - 2 * edge) * v  # noqa: E731
    dots = "".join(
        f'<circle cx="{at(said):.1f}" cy="{size - at(seen):.1f}" r="{2 + np.log10(n + 1):.1f}" fill="#1f5fa8"/>'
        for said, seen, n in points
    )
    ticks = "".join(
        f'<text x="{at(v):.0f}" y="{size - edge + 16}" text-anchor="middle">{v:g}</text>'
        f'<text x="{edge - 6}" y="{size - at(v) + 4:.0f}" text-anchor="end">{v:g}</text>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="11">'
        f'<title>Share of true triggers against stated probability</title><rect width="{size}" height="{size}" fill="#fff"/>'
        f'<line x1="{at(0)}" y1="{size - at(0)}" x2="{at(1)}" y2="{size - at(1)}" stroke="#8a979c" stroke-dasharray="4"/>'
        f'{ticks}{dots}<text x="{size / 2}" y="{size - 6}" text-anchor="middle">stated probability</text>'
        f'<text x="12" y="{size / 2}" transform="rotate(-90 12 {size / 2})" text-anchor="middle">true triggers</text></svg>\n'
    )


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    out = ROOT / "docs/food-triggers"
    lines = [
        "# Calibration of the food-trigger engine", "",
        f"Written by `make calibrate`; do not edit. {people} virtual diarists per world (tests/simulators), 30 to 120 days, 25 groups,",
        "12 symptoms, areas of 0.25 to 4 points x days. They measure the algorithm; they are no evidence about people.", "",
        "| World | AUROC | AUPRC | found at p > 0.5 | specificity | false per person without trigger | ECE | effect covered | lag covered |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    first = None
    for number, (name, traps) in enumerate(WORLDS.items()):
        rows, false = live(traps, people, 20_000 + 1000 * number)
        y, p = rows[:, 2] > 0, rows[:, 1]
        first = rows if first is None else first
        figures = [auroc(y, p), auprc(y, p) if y.any() else np.nan, (p[y] > 0.5).mean() if y.any() else np.nan,
                   (p[~y] <= 0.5).mean(), false.mean() if len(false) else np.nan, ece(y, p),
                   covered(rows, 3, 5, 6) if y.any() else np.nan, covered(rows, 7, 9, 10) if y.any() else np.nan]  # fmt: skip
        lines.append(f"| {name} | " + " | ".join("–" if np.isnan(f) else f"{f:.3f}" for f in figures) + " |")
    y, p = first[:, 2] > 0, first[:, 1]
    lines += ["", "![Reliability](reliability.svg)", "", "## Power: share of triggers with p > 0.5", "",
              "| points x days per serving | " + " | ".join(f"{d} days" for d in DAYS) + " |", "|---" * 6 + "|"]  # fmt: skip
    for low, high in ((0, 0.5), (0.5, 1), (1, 2), (2, 9)):
        cells = []
        for days in DAYS:
            some = y & (first[:, 0] == days) & (first[:, 3] >= low) & (first[:, 3] < high)
            cells.append(f"{(p[some] > 0.5).mean():.2f} ({some.sum()})" if some.any() else "–")
        lines.append(f"| {low} to {high} | " + " | ".join(cells) + " |")
    (out / "reliability.svg").write_text(drawing(bins(y, p)), encoding="utf-8")
    (out / "calibration.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
