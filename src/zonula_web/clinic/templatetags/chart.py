"""Filters for statements and facts."""

from django import template

from zonula_web.records.facts import token_of

register = template.Library()


@register.filter
def token(fact_id: str) -> str:
    """The name of a fact in addresses."""
    return token_of(fact_id)


@register.filter
def of_level(level: str) -> str:
    """What a level asks for, in one word and a time."""
    return {
        "E": "Emergency: now",
        "U": "Urgent: same or next day",
        "P": "Prompt: two weeks",
        "H": "Hold",
        "C": "Look before going on",
    }.get(level, "")


@register.filter
def spoken(count: int, one_many: str) -> str:
    """`3|spoken:"record,records"` is "3 records"."""
    one, many = one_many.split(",")
    return f"{count} {one if count == 1 else many}"


@register.filter
def top(height: float) -> float:
    """Where a bar of that height (0 to 1) begins, in percent from the top of its lane."""
    return round(96 - 92 * height, 1)


@register.filter
def tall(height: float) -> float:
    """How tall a bar of that height (0 to 1) is, in percent of its lane."""
    return round(92 * height, 1)
