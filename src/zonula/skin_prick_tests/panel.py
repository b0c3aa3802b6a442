"""Panels as data: which foods are pricked, in which order, with which extract. A clinic keeps its own file.

A panel file is YAML: `format: zonula.skin-test-panel/1`, `version`, and `foods`, each with `id`, `label` and optionally
`allergen`, `extract`, `maker`, `lot`.
"""

from collections import Counter

import msgspec

from zonula.errors import UserError
from zonula.knowledge import Shelf, fitted, read_yaml

FORMAT = "zonula.skin-test-panel/1"


class PanelFood(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One food. allergen: its group among the labelled allergens (US big 9, EU 14), or None."""

    id: str
    label: str
    allergen: str | None = None
    extract: str = ""
    maker: str = ""
    lot: str = ""


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """The foods of a panel in grid order; controls are always histamine and negative."""

    name: str
    version: int | str
    foods: tuple[PanelFood, ...]

    @property
    def labels(self) -> dict[str, str]:
        """Food id to the name a reader sees."""
        return {food.id: food.label for food in self.foods}


class _PanelFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    version: int | str
    foods: tuple[PanelFood, ...]
    name: str = ""


def shipped_panel(shelf: Shelf, card_id: str = "skin_prick_tests/panel_common_foods") -> Panel:
    """The panel of a knowledge card."""
    data = shelf.card(card_id).data
    return Panel(name=card_id, version=data["version"], foods=msgspec.convert(data["foods"], tuple[PanelFood, ...]))


def parse_panel(text: str, name: str) -> Panel:
    """A clinic's own panel. Raises UserError naming what is wrong."""
    written = read_yaml(text, name)
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise UserError(f"{name}: not a skin test panel.", f"It needs `format: {FORMAT}`, `version` and `foods`.")
    panel = fitted(written, _PanelFile, name)
    foods = panel.foods
    if control := next((food.id for food in foods if food.id in ("histamine", "negative")), ""):
        raise UserError(f"{name}: {control} is a control and no food.", "Controls belong to every panel; leave it out.")
    twice = [food for food, times in Counter(food.id for food in foods).items() if times > 1]
    if twice or not foods:
        raise UserError(f"{name}: {'no foods' if not foods else f'{twice[0]} stands twice'}.")
    return Panel(name=name, version=panel.version, foods=foods)
