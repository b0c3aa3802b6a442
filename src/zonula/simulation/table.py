"""What a virtual patient eats: a catalogue of dishes made of food groups, and a personal way of eating.

Some dishes carry several groups, so foods travel together; some carry none. Names are data, never constants of an engine.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Groups a decision is wanted for, with the share of many-symptom patients in whom they are assumed to trigger (D).
GROUPS: dict[str, float] = {
    "milk": 0.14, "wheat": 0.12, "egg": 0.06, "soy": 0.05, "peanut": 0.03, "tree_nut": 0.04, "fish": 0.03, "shellfish": 0.03,
    "onion_garlic": 0.12, "legumes": 0.08, "apple_pear": 0.06, "citrus": 0.04, "tomato": 0.06, "nightshade": 0.03, "corn": 0.04,
    "rice": 0.01, "oat": 0.02, "red_meat": 0.03, "poultry": 0.01, "cocoa": 0.05, "coffee": 0.08, "alcohol": 0.08, "sweetener": 0.06,
    "aged_food": 0.06, "spice": 0.07,
}  # fmt: skip


class Catalogue(msgspec.Struct, frozen=True):
    """Dishes and the servings of each group in a portion: content is (items, groups)."""

    items: tuple[str, ...]
    groups: tuple[str, ...]
    content: Floats


def catalogue(rng: np.random.Generator, groups: tuple[str, ...] = tuple(GROUPS), dishes: int = 150) -> Catalogue:
    """A catalogue of `dishes`; the first ones are each group alone, the rest mixtures of popular groups."""
    popularity = rng.dirichlet(np.full(len(groups), 0.8))
    content = np.zeros((dishes, len(groups)))
    names = []
    for dish in range(dishes):
        if dish < len(groups):
            content[dish, dish] = 1.0
            names.append(f"{groups[dish]} alone")
            continue
        parts = int(rng.choice([0, 1, 2, 3, 4], p=[0.12, 0.28, 0.3, 0.2, 0.1]))
        chosen = rng.choice(len(groups), parts, replace=False, p=popularity * 0.7 + 0.3 / len(groups))
        content[dish, chosen] = np.round(rng.choice([0.25, 0.5, 0.75, 1.0, 1.5], parts), 2)
        names.append(f"dish {dish:03d}")
    return Catalogue(tuple(names), groups, content)


class Habits(msgspec.Struct, frozen=True):
    """A personal repertoire: dish numbers and how often each is chosen, per meal of the day (breakfast, lunch, dinner, snack)."""

    dishes: tuple[Ints, ...]
    weights: tuple[Floats, ...]


MEAL_HOURS = (7.5, 12.7, 19.0, 16.0)


def habits(shelf: Catalogue, rng: np.random.Generator) -> Habits:
    """Ten to twenty dishes a meal, a few of them eaten most of the time."""
    dishes, weights = [], []
    for _ in MEAL_HOURS:
        known = rng.choice(len(shelf.items), int(rng.integers(8, 20)), replace=False)
        dishes.append(np.sort(known).astype(np.int64))
        weights.append(rng.dirichlet(np.full(len(known), 0.5)))
    return Habits(tuple(dishes), tuple(weights))
