"""Foods of a plan by one name each, so that a wheal, an exclusion and a challenge of the same food meet."""

from zonula.diet import catalogue, food_called
from zonula.diet.exclusions import tags_of
from zonula.errors import UserError
from zonula_web.records import read


def food_id(typed: str) -> str:
    """The catalogue's id of the food or group that was typed; the words as typed when it is not one food we know."""
    said = " ".join(typed.split())
    if not said:
        return ""
    known = {label.casefold(): food for food, label in read.panel().labels.items()}
    if said.casefold() in known:
        return known[said.casefold()]
    food = food_called(said, read.knowledge())
    if food is not None:
        return food.id
    try:
        tags = tags_of(said, read.knowledge())
    except UserError:
        return said
    return tags[0] if len(tags) == 1 else said


def food_name(food: str) -> str:
    """The food as a reader calls it."""
    label = read.panel().labels.get(food)
    known = catalogue(read.knowledge()).foods.get(food)
    return label or (known.name if known else food.replace("_", " "))


def all_foods() -> tuple[str, ...]:
    """Names to choose from while typing."""
    return tuple(sorted({food.name for food in catalogue(read.knowledge()).foods.values()}))
