"""The smallest change of a week's food that meets the targets, as a mixed-integer programme solved by HiGHS.

Variables, for F foods: x portions in the week (integer), r portions removed, a portions added, y whether a food is used that was
not eaten before. Everything unknown counts as nothing towards a target, so a menu that is found meets its targets for sure.
"""

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt

from zonula.diet.catalogue import ROOM, catalogue
from zonula.diet.composition import FoodComposition, composition
from zonula.diet.exclusions import Answer, Exclusion, food_answer
from zonula.diet.intake import per_gram
from zonula.diet.requirements import Person, energy_floor, limits, needs
from zonula.errors import UserError
from zonula.knowledge import Shelf

DAYS = 7
Floats = npt.NDArray[np.float64]


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a week is wanted for. usual: food id -> portions eaten in a usual week; energy_kcal: per day.

    most_foods: at most so many different foods, None for no limit. likes, dislikes: food or group ids. checked: foods of which the
    person has a make whose label was read and fits, so that *cannot tell* is settled for them.
    """

    person: Person
    energy_kcal: float
    exclusions: tuple[Exclusion, ...] = ()
    usual: dict[str, int] = {}
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    most_foods: int | None = None


class Rules(msgspec.Struct, frozen=True):
    """The card `menu_targets`."""

    targets: dict[str, float]
    upper: tuple[str, ...]
    energy_tolerance: float
    most_portions_week: int
    most_of_group: dict[str, int]
    never_added: tuple[str, ...]
    cost: dict[str, float]
    gap: float
    nodes: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The programme. foods F; portion: nutrients per portion, F×C for C constraints; least, most: C bounds over the week.

    usual, most_portions: portions per week, F; liking: cost per added portion, F; forbidden: per food, the exclusions that forbid it.
    """

    foods: tuple[str, ...]
    constraints: tuple[str, ...]
    portion: Floats
    least: Floats
    most: Floats
    usual: Floats
    most_portions: Floats
    liking: Floats
    forbidden: tuple[frozenset[int], ...]
    most_foods: int | None
    rules: Rules


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """status: found, impossible (proved), or undecided (the search was cut). portions: F, empty when none.

    cost: the change of the week; bound: no week can cost less.
    """

    status: str
    portions: tuple[int, ...] = ()
    cost: float = 0.0
    bound: float = 0.0


def build(wish: Wish, shelf: Shelf, own: dict[str, FoodComposition] | None = None) -> Problem:
    """Raises UserError when the age is not an adult's, the energy is below the floor or a usual food is not known."""
    rules = msgspec.convert(shelf.card(f"{ROOM}/menu_targets").data, Rules)
    required = needs(wish.person, shelf)
    if not required:
        raise UserError("A menu needs the age of an adult.", "Give --age and --sex.")
    floor = energy_floor(wish.person, shelf)
    if wish.energy_kcal < floor:
        raise UserError(
            f"{wish.energy_kcal:g} kcal a day is below the floor of {floor:.0f}.", "Only a physician may go below it."
        )
    foods = tuple(_candidates(wish, rules, shelf, own or {}))
    ids, known, _ = per_gram(foods, shelf, own)
    at = {nutrient: column for column, nutrient in enumerate(ids)}
    catalogued = catalogue(shelf).foods
    grams = np.array([catalogued[food].portion_g or 0.0 for food in foods])
    rows: list[tuple[str, float, float]] = [
        (
            "energy",
            max(floor, wish.energy_kcal * (1 - rules.energy_tolerance)),
            wish.energy_kcal * (1 + rules.energy_tolerance),
        )
    ]
    upper = {
        one.nutrient: one.amount
        for one in limits(wish.person, shelf)
        if one.counts == "total" and one.authority == "US"
    }
    targets = {
        nutrient: required[nutrient].most * share for nutrient, share in rules.targets.items() if nutrient in required
    }
    for nutrient in dict.fromkeys((*targets, *rules.upper)):
        rows.append((nutrient, targets.get(nutrient, 0.0), upper.get(nutrient, np.inf)))
    columns = [at[name] for name, _, _ in rows]
    usual = np.array([float(wish.usual.get(food, 0)) for food in foods])
    groups = np.array(
        [[float(catalogue(shelf).is_below(food, group)) for group in rules.most_of_group] for food in foods]
    ).reshape(len(foods), -1)
    caps = np.maximum(np.array([float(most) for most in rules.most_of_group.values()]), usual @ groups)
    return Problem(
        foods=foods,
        constraints=(*(name for name, _, _ in rows), *(f"portions of {group}" for group in rules.most_of_group)),
        portion=np.hstack([known[:, columns] * grams[:, None], groups]),
        least=np.concatenate([np.array([low for _, low, _ in rows]) * DAYS, np.zeros(len(caps))]),
        most=np.concatenate([np.array([high for _, _, high in rows]) * DAYS, caps]),
        usual=usual,
        most_portions=np.array([_most(food, wish, rules, shelf) for food in foods]),
        liking=np.array([_liking(food, wish, rules, shelf) for food in foods]),
        forbidden=tuple(
            frozenset(
                number for number, exclusion in enumerate(wish.exclusions) if not _fits(food, exclusion, wish, shelf)
            )
            for food in foods
        ),
        most_foods=wish.most_foods,
        rules=rules,
    )


def _fits(food: str, exclusion: Exclusion, wish: Wish, shelf: Shelf) -> bool:
    answer = food_answer(food, (exclusion,), shelf)
    return answer is Answer.ALLOWED or (answer is Answer.CANNOT_TELL and food in wish.checked)


def _candidates(wish: Wish, rules: Rules, shelf: Shelf, own: dict[str, FoodComposition]) -> Iterable[str]:
    foods = catalogue(shelf).foods
    for eaten in wish.usual:
        if eaten not in foods or foods[eaten].portion_g is None:
            raise UserError(f"{eaten}: not a food with a portion.", "Look it up with `zonula diet search`.")
    table = {**composition(shelf), **own}
    for code, food in foods.items():
        has_energy = code in table and "energy" in table[code].per_100g
        if code in wish.usual or (has_energy and food.portion_g):
            yield code


def _most(food: str, wish: Wish, rules: Rules, shelf: Shelf) -> float:
    usual = wish.usual.get(food, 0)
    line = catalogue(shelf).lines[food]
    kept = any(group in line for group in rules.never_added)
    return float(usual if kept else max(usual, rules.most_portions_week))


def _liking(food: str, wish: Wish, rules: Rules, shelf: Shelf) -> float:
    line = catalogue(shelf).lines[food]
    if any(group in line for group in wish.dislikes):
        return rules.cost["disliked"]
    return rules.cost["liked"] if any(group in line for group in wish.likes) else rules.cost["added"]


def allowed(problem: Problem, without: frozenset[int] = frozenset()) -> npt.NDArray[np.bool_]:
    """Which foods no exclusion forbids, F, when the exclusions numbered in `without` are lifted."""
    return np.array([not (forbidding - without) for forbidding in problem.forbidden])


def solve(
    problem: Problem, without: frozenset[int] = frozenset(), *, whole: bool = True, any_week: bool = False
) -> Solution:
    """Solve the programme. whole False: portions may be fractions (the relaxation). any_week: any week that fits, at no cost."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # half a second to import
    from scipy.sparse import bmat, csr_matrix, eye, hstack

    count, free = len(problem.foods), allowed(problem, without)
    top = np.where(free, problem.most_portions, 0.0)
    cost = problem.rules.cost
    new = (problem.usual == 0).astype(float)
    objective = np.concatenate(
        [np.zeros(count), np.full(count, cost["removed"]), problem.liking, np.maximum(new * cost["new_food"], 1e-6)]
    )
    one = eye(count, format="csr")
    none = csr_matrix((count, count))
    change = hstack([one, one, -one, none])  # x + removed - added = usual
    used = bmat([[one, none, none, -csr_matrix(np.diag(np.maximum(problem.most_portions, 1.0)))]])  # x <= most * y
    scale = np.where(problem.least > 0, problem.least, np.where(np.isfinite(problem.most), problem.most, 1.0))
    per_portion = csr_matrix((problem.portion / scale).T)
    width = per_portion.shape[0]
    food_rows = hstack([per_portion, csr_matrix((width, 3 * count))])
    constraints = [
        LinearConstraint(change, problem.usual, problem.usual),
        LinearConstraint(used, -np.inf, 0.0),
        LinearConstraint(food_rows, problem.least / scale, problem.most / scale),
    ]
    if problem.most_foods is not None:
        counted = csr_matrix(np.concatenate([np.zeros(3 * count), np.ones(count)])[None, :])
        constraints.append(LinearConstraint(counted, -np.inf, float(problem.most_foods)))
    big = np.maximum(problem.most_portions, problem.usual)
    result = milp(
        np.zeros(4 * count) if any_week else objective,
        integrality=np.concatenate([np.ones(count), np.zeros(2 * count), np.ones(count)])
        if whole
        else np.zeros(4 * count),
        bounds=Bounds(np.zeros(4 * count), np.concatenate([top, big, big, np.ones(count)])),
        constraints=constraints,
        # Presolve gains nothing on programmes of this size, and with it HiGHS 1.x can end in an error on an impossible one.
        options={"mip_rel_gap": problem.rules.gap, "node_limit": problem.rules.nodes, "presolve": False},
    )
    if result.status == 2:
        return Solution(status="impossible")
    if result.x is None:
        return Solution(status="undecided")
    bound = float(result.mip_dual_bound) if result.mip_dual_bound is not None else float(result.fun)
    return Solution(
        status="found",
        portions=tuple(round(value) for value in result.x[:count]) if whole else (),
        cost=round(float(result.fun), 3),
        bound=round(bound, 3),
    )
