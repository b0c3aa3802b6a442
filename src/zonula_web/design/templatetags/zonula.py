"""Filters every template may use."""

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def has(rights: set[str], right: str) -> bool:
    """Whether the person asking has that right: `{% if rights|has:"PLAN" %}`."""
    return right in rights


@register.filter
def split(words: str) -> list[str]:
    """The words of a text, to loop over."""
    return words.split()


@register.filter
def qr(link: str) -> SafeString:
    """A QR code of a link as inline SVG, for a phone held before the screen."""
    drawn = segno.make(link, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=False)
    return mark_safe(drawn)  # noqa: S308 - segno draws squares; the link is data, not markup
