"""Values in the unit of a card, through known factors only."""

from zonula.chart import Quantity
from zonula.knowledge import shelf

CARD = "laboratory_tests/unit_factors"


def in_card_unit(test: str, value: Quantity) -> Quantity | None:
    """The value in the unit our cards use for that test, or None when the unit is unknown or no factor is known."""
    known = shelf().card(CARD).data.get(test)
    if known is None or value.unit not in known["to"]:
        return None
    offset = known.get("offset", {}).get(value.unit, 0.0)
    return Quantity(value.value * known["to"][value.unit] + offset, known["unit"], value.comparator)
