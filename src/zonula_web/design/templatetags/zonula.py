"""Filters every template may use."""

from django import template

register = template.Library()


@register.filter
def has(rights: set[str], right: str) -> bool:
    """Whether the person asking has that right: `{% if rights|has:"PLAN" %}`."""
    return right in rights


@register.filter
def split(words: str) -> list[str]:
    """The words of a text, to loop over."""
    return words.split()
