"""From a request to a week: the menu spread over seven days, what it brings, or the proof that there is none."""

from datetime import date

import msgspec
import numpy as np

from zonula.chart import Ask, Finding, State
from zonula.diet.catalogue import ROOM, catalogue
from zonula.diet.composition import FoodComposition, nutrients
from zonula.diet.exclusions import Answer, food_answer
from zonula.diet.intake import per_gram
from zonula.diet.menu import DAYS, Problem, Solution, Wish, build, solve
from zonula.diet.menu_proof import Impossible, explain
from zonula.diet.requirements import needs
from zonula.knowledge import Shelf


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """One food of the week. portions, usual: per week; grams: of one portion; days: portions on each of the seven days."""

    food: str
    name: str
    portions: int
    usual: int
    grams: float
    days: tuple[int, ...]


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What the menu brings of one nutrient per day, at least, and the recommended intake. target: whether it was asked for.

    least None: none of the foods has a figure, which is not zero.
    """

    nutrient: str
    name: str
    unit: str
    least: float | None
    recommended: float | None
    target: bool


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. status: found, impossible or undecided. change: cost of the week; no week costs less than `no_less_than`.

    label_decides: foods of the usual week that some makes of fit the exclusions; name them as checked to keep them.
    """

    schema: str = "zonula.diet-menu/1"
    as_of: date
    status: str
    excluded: tuple[str, ...]
    portions: tuple[Portion, ...] = ()
    given_up: tuple[str, ...] = ()
    label_decides: tuple[str, ...] = ()
    change: float = 0.0
    no_less_than: float = 0.0
    brings: tuple[Brought, ...] = ()
    impossible: Impossible | None = None
    finding: Finding


def plan_week(wish: Wish, today: date, shelf: Shelf, own: dict[str, FoodComposition] | None = None) -> Week:
    """Find the week or explain why there is none. Raises UserError for a request that cannot be met safely."""
    problem = build(wish, shelf, own)
    solution = solve(problem)
    names = tuple(exclusion.said for exclusion in wish.exclusions)
    reason = explain(problem, names) if solution.status == "impossible" else None
    return Week(
        as_of=today,
        status=solution.status,
        excluded=names,
        portions=_portions(problem, solution, shelf),
        given_up=tuple(
            catalogue(shelf).foods[food].name
            for food, count in zip(problem.foods, solution.portions, strict=False)
            if count == 0 and wish.usual.get(food, 0)
        ),
        label_decides=tuple(
            catalogue(shelf).foods[food].name
            for food in wish.usual
            if food not in wish.checked and food_answer(food, wish.exclusions, shelf) is Answer.CANNOT_TELL
        ),
        change=solution.cost,
        no_less_than=solution.bound,
        brings=_brings(problem, solution, wish, shelf, own),
        impossible=reason,
        finding=_finding(solution, reason, today, shelf),
    )


def _portions(problem: Problem, solution: Solution, shelf: Shelf) -> tuple[Portion, ...]:
    foods = catalogue(shelf).foods
    energy = problem.portion[:, problem.constraints.index("energy")]
    load, spread = np.zeros(DAYS), {}
    # The heaviest foods are placed first, each portion on the day that has least of that food and then least energy.
    for place in sorted(range(len(solution.portions)), key=lambda one: (-energy[one], problem.foods[one])):
        days = [0] * DAYS
        for _ in range(solution.portions[place]):
            day = min(range(DAYS), key=lambda one: (days[one], load[one], one))
            days[day] += 1
            load[day] += energy[place]
        spread[place] = tuple(days)
    return tuple(
        Portion(
            food=food,
            name=foods[food].name,
            portions=solution.portions[place],
            usual=int(problem.usual[place]),
            grams=foods[food].portion_g or 0.0,
            days=spread[place],
        )
        for place, food in enumerate(problem.foods)
        if solution.portions and solution.portions[place]
    )


def _brings(
    problem: Problem, solution: Solution, wish: Wish, shelf: Shelf, own: dict[str, FoodComposition] | None
) -> tuple[Brought, ...]:
    if not solution.portions:
        return ()
    ids, known, unknown = per_gram(problem.foods, shelf, own)
    foods = catalogue(shelf).foods
    grams = np.array(
        [count * (foods[food].portion_g or 0.0) for food, count in zip(problem.foods, solution.portions, strict=True)]
    )
    least, measured = grams @ known / DAYS, grams @ (1 - unknown)
    required, every = needs(wish.person, shelf), nutrients(shelf)
    return tuple(
        Brought(
            nutrient=nutrient,
            name=every[nutrient].name,
            unit=every[nutrient].unit,
            least=round(float(amount), 4) if has_figure > 0 else None,
            recommended=required[nutrient].most if nutrient in required else None,
            target=nutrient == "energy" or nutrient in problem.rules.targets,
        )
        for nutrient, amount, has_figure in zip(ids, least, measured, strict=True)
    )


def _finding(solution: Solution, reason: Impossible | None, today: date, shelf: Shelf) -> Finding:
    card = shelf.card(f"{ROOM}/menu_targets")
    if solution.status == "found":
        says, asks = (
            "This week meets every target with what is known of its foods.",
            (Ask("dietitian", "look at the week before it is eaten"),),
        )
    elif reason is None:
        says, asks = "No week was found, and none was proved impossible.", (Ask("dietitian", "plan the week by hand"),)
    elif reason.without_any:
        short = ", ".join(reason.falls_short) or "the number of foods or the energy asked for"
        says = f"No week meets the targets even without any exclusion: {short}."
        asks = (Ask("dietitian", "change the energy, the number of foods or the targets, or supplement"),)
    else:
        says = f"No week meets the targets; these exclusions together make it impossible: {', '.join(reason.together)}."
        asks = (Ask("dietitian", "give one of them back, or replace what is short by a supplement"),)
    return Finding(
        id=f"{ROOM}.menu",
        says=says,
        as_of=today,
        state={"found": State.YES, "impossible": State.NO}.get(solution.status, State.UNKNOWN),
        value=solution.status,
        according_to=(card.id, f"{ROOM}/recommended_intakes", f"{ROOM}/food_composition", f"{ROOM}/typical_recipes"),
        grade=card.grade,
        verified=card.verified,
        asks=asks,
    )
