"""When no week meets the targets: the proof, and which exclusions or targets make it impossible.

A set of exclusions is *irreducible* when lifting all others leaves the week impossible, and lifting any one of the set as well makes it
possible (deletion filter). Impossibility is HiGHS's proof on the relaxation or on the programme itself.
"""

import msgspec
import numpy as np

from zonula.diet.menu import Problem, allowed, solve


class Impossible(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no week. together: the exclusions that make it impossible as a set. lift_one: each of these alone, lifted,
    makes a week possible. without_any: whether it would stay impossible with no exclusion at all. falls_short: the most that
    could be had of each target that cannot be met, as a share, when the total shortfall is least.
    """

    together: tuple[str, ...]
    lift_one: tuple[str, ...]
    without_any: bool
    falls_short: dict[str, float]


def explain(problem: Problem, names: tuple[str, ...]) -> Impossible:
    """Explain an impossible week. names: the exclusions as they were said, in the order of `forbidden`."""
    every = frozenset(range(len(names)))
    if not possible(problem, every):
        return Impossible(together=(), lift_one=(), without_any=True, falls_short=shortfalls(problem, every))
    lifted: frozenset[int] = frozenset()
    for number in range(len(names)):
        if not possible(problem, lifted | {number}):
            lifted |= {number}
    return Impossible(
        together=tuple(name for number, name in enumerate(names) if number not in lifted),
        lift_one=tuple(name for number, name in enumerate(names) if possible(problem, frozenset({number}))),
        without_any=False,
        falls_short=shortfalls(problem, frozenset()),
    )


def possible(problem: Problem, without: frozenset[int]) -> bool:
    """Whether some week fits. False only with a proof; an undecided search counts as possible."""
    if solve(problem, without, whole=False, any_week=True).status == "impossible":
        return False
    return solve(problem, without, any_week=True).status != "impossible"


def shortfalls(problem: Problem, without: frozenset[int]) -> dict[str, float]:
    """The elastic programme: portions may be fractions, each target may fall short, the sum of the relative shortfalls is least."""
    from scipy.optimize import linprog

    top = np.where(allowed(problem, without), problem.most_portions, 0.0)
    targets = problem.least > 0
    portion = problem.portion[:, targets] / problem.least[targets]
    count, width = len(problem.foods), int(targets.sum())
    limited = np.isfinite(problem.most)
    rows = np.vstack(
        [
            np.hstack([-portion.T, -np.eye(width)]),
            np.hstack([(problem.portion[:, limited] / problem.most[limited]).T, np.zeros((int(limited.sum()), width))]),
        ]
    )
    result = linprog(
        np.concatenate([np.zeros(count), np.ones(width)]),
        A_ub=rows,
        b_ub=np.concatenate([-np.ones(width), np.ones(int(limited.sum()))]),
        bounds=[(0.0, most) for most in (*top, *np.ones(width))],
        method="highs",
    )
    names = [name for name, is_target in zip(problem.constraints, targets, strict=True) if is_target]
    missing = result.x[count:]
    return {name: round(1 - float(short), 3) for name, short in zip(names, missing, strict=True) if short > 1e-6}
