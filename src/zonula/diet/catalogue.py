"""The foods people eat: a hierarchy from food to allergen source, what each holds for sure, and what it may hold.

A food's content is a list of `Part`s. Its own row is the first part; a dish adds the parts of its ingredients. A tag is an id of the
catalogue (the food, its groups, an allergen source) or `gluten`.
"""

from collections.abc import Iterator
from functools import cache

import msgspec

from zonula.knowledge import Shelf

ROOM = "diet"
GLUTEN = "gluten"
# EU and US law name these sources by other words than the catalogue's groups.
_GROUP_OF_ALLERGEN = {"gluten_cereal": "gluten_grains", "sulphite": "sulphites"}


class Food(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the catalogue. kind: group, food or dish. gluten: yes, no, maybe, or empty when it is not settled.

    allergens and challenge_group are inherited from the groups above. portion_g: a usual portion in grams, ours. sometimes: sources
    it holds in some makes.
    """

    id: str
    name: str
    kind: str
    parent: str
    synonyms: tuple[str, ...]
    allergens: tuple[str, ...]
    added_allergens: tuple[str, ...]
    sometimes: tuple[str, ...]
    challenge_group: str
    form: str
    gluten: str
    portion_g: float | None
    is_drink: bool


class Part(msgspec.Struct, frozen=True):
    """Something a food holds. sure False: only in some makes. vague: groups of which some member, not said which, is inside."""

    name: str
    tags: frozenset[str]
    vague: frozenset[str]
    form: str
    sure: bool


class Ingredient(msgspec.Struct, frozen=True):
    """One ingredient of a dish. share: of the weight, our estimate of a usual recipe; None when only sometimes inside."""

    food: str
    share: float | None


class Catalogue:
    """Every food, read once per shelf."""

    def __init__(self, shelf: Shelf) -> None:
        rows = {row.code: row for row in shelf.code_list(f"{ROOM}/foods")}
        self.foods: dict[str, Food] = {}
        self.lines: dict[str, tuple[str, ...]] = {}
        for code, row in rows.items():
            line: tuple[str, ...] = (code,)
            while parent := rows[line[-1]].more["parent"]:
                line = (*line, parent)
            self.lines[code] = line
            inherited = [rows[one].more for one in line]
            own = _words(row.more["allergens"])
            self.foods[code] = Food(
                id=code,
                name=row.display,
                kind=row.more["kind"],
                parent=row.more["parent"],
                synonyms=_words(row.more["synonyms"]),
                allergens=tuple(dict.fromkeys(word for one in inherited for word in _words(one["allergens"]))),
                added_allergens=own if row.more["kind"] != "group" else (),
                sometimes=_words(row.more["sometimes"]),
                challenge_group=next((one["challenge"] for one in inherited if one["challenge"]), ""),
                form=row.more["form"],
                gluten=next((one["gluten"] for one in inherited if one["gluten"]), ""),
                portion_g=float(row.more["portion_g"]) if row.more["portion_g"] else None,
                is_drink=row.more["drink"] == "yes",
            )
        self.recipes: dict[str, list[Ingredient]] = {}
        for row in shelf.code_list(f"{ROOM}/recipes"):
            share = float(row.more["share"]) if row.more["always"] == "yes" else None
            self.recipes.setdefault(row.code, []).append(Ingredient(row.more["ingredient"], share))
        self.below: dict[str, set[str]] = {code: set() for code in rows}
        for code, line in self.lines.items():
            for above in line[1:]:
                self.below[above].add(code)
        self._parts: dict[str, tuple[Part, ...]] = {}

    def parts(self, food: str) -> tuple[Part, ...]:
        """What a food holds, itself first. Raises KeyError for an unknown id."""
        if food not in self._parts:
            self._parts[food] = tuple(self._read(food))
        return self._parts[food]

    def _read(self, code: str) -> Iterator[Part]:
        food = self.foods[code]
        tags = {*self.lines[code], *(_source(word) for word in food.allergens)}
        tags |= {above for word in food.added_allergens for above in self.lines[_source(word)]}
        vague = {_source(word) for word in food.added_allergens} | ({code} if food.kind == "group" else set())
        if food.gluten == "yes":
            tags.add(GLUTEN)
        elif food.gluten == "no":
            tags -= {GLUTEN, "gluten_grains"}
        yield Part(food.name, frozenset(tags), frozenset(vague), food.form, True)
        if food.gluten == "maybe" or (not food.gluten and food.kind == "food"):
            yield Part("gluten in some makes", frozenset({GLUTEN}), frozenset(), food.form, False)
        for group in food.sometimes:
            for part in self.parts(group):
                yield Part(f"{part.name} in some makes", part.tags, part.vague, food.form, False)
        for ingredient in self.recipes.get(code, ()):
            for part in self.parts(ingredient.food):
                sure = part.sure and ingredient.share is not None
                name = part.name if sure or not part.sure else f"{part.name} in some recipes"
                yield Part(name, part.tags, part.vague, food.form or part.form, sure)

    def ingredients(self, food: str) -> dict[str, float]:
        """A dish down to foods with their shares of its weight; a food is wholly itself."""
        if food not in self.recipes:
            return {food: 1.0}
        shares: dict[str, float] = {}
        for ingredient in self.recipes[food]:
            for name, share in self.ingredients(ingredient.food).items() if ingredient.share else ():
                shares[name] = shares.get(name, 0.0) + share * (ingredient.share or 0.0)
        return shares

    def challenge_groups(self) -> tuple[str, ...]:
        """The groups that are challenged as one food, in the catalogue's order."""
        return tuple(dict.fromkeys(food.challenge_group for food in self.foods.values() if food.challenge_group))

    def is_below(self, food: str, group: str) -> bool:
        """Whether the food is the group or stands below it."""
        return group in self.lines[food]


@cache
def catalogue(shelf: Shelf) -> Catalogue:
    """The catalogue of a shelf, read once."""
    return Catalogue(shelf)


def _source(allergen: str) -> str:
    return _GROUP_OF_ALLERGEN.get(allergen, allergen)


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.split("|") if word)
