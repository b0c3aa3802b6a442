"""Measures of a calibration run, and the reliability drawing.

A row of results: days, p, is trigger, true area, estimate, low, high, true lag, estimate, low, high, person.
"""

import numpy as np

DAYS, P, TRUE, AREA, LAG, PERSON = 0, 1, 2, 3, 7, 11


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


def covered(rows, truth):
    """Share of true values inside their 90 % interval, where p > 0.02; truth: column of the true value."""
    known = ~np.isnan(rows[:, truth]) & (rows[:, P] > 0.02)
    return np.mean((rows[known, truth + 2] <= rows[known, truth]) & (rows[known, truth] <= rows[known, truth + 3]))


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


def slope(y, p):
    """Of a logistic regression of the truth on the stated log odds: 1 when neither bold nor timid."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    x = np.stack([np.ones(len(p)), np.log(p / (1 - p))], axis=1)
    weights = np.zeros(2)
    for _ in range(30):
        said = 1 / (1 + np.exp(-x @ weights))
        weights += np.linalg.solve(x.T @ (x * (said * (1 - said))[:, None]) + 1e-9 * np.eye(2), x.T @ (y - said))
    return weights[1]


def figures(rows):
    """The figures of one world, NaN where it holds no trigger or nobody without one."""
    y, p = rows[:, TRUE] > 0, rows[:, P]
    harmed = set(rows[y, PERSON])
    free = ~np.isin(rows[:, PERSON], list(harmed))
    people = len(set(rows[free, PERSON]))
    return [
        auroc(y, p), auprc(y, p) if y.any() else np.nan, (p[y] > 0.5).mean() if y.any() else np.nan, (p[~y] <= 0.5).mean(),
        (p[free] > 0.5).sum() / people if people else np.nan, ece(y, p), slope(y, p) if y.any() else np.nan,
        covered(rows, AREA) if y.any() else np.nan, covered(rows, LAG) if y.any() else np.nan,
    ]  # fmt: skip


def interval(measure, rows, rounds=200):
    """95 % bootstrap interval of a measure of (y, p), by person."""
    rng = np.random.default_rng(1)
    people = np.unique(rows[:, PERSON])
    of = [rows[rows[:, PERSON] == person] for person in people]
    drawn = []
    for _ in range(rounds):
        some = np.concatenate([of[n] for n in rng.integers(len(of), size=len(of))])
        if some[:, TRUE].any():
            drawn.append(measure(some[:, TRUE] > 0, some[:, P]))
    return np.quantile(drawn, [0.025, 0.975])
