"""Filters of the pages on foods."""

from django import template

from zonula_web.records.suspects import FoodSuspected, Suspected

register = template.Library()
_SECTIONS = (
    (
        ("trigger",),
        "suspected",
        "alarm",
        "Symptoms rose after it more than their own ups and downs explain. A fair test decides.",
    ),
    (("cannot_tell",), "cannot tell yet", "doubt", "The evidence is not enough for either answer."),
    (("none",), "no association", "good", "Eaten often enough without symptoms that it would explain."),
    (("excluded",), "excluded for safety", "warn", "Not judged and never to be challenged."),
)


@register.filter
def by_verdict(suspected: Suspected) -> list[tuple[tuple[FoodSuspected, ...], str, str, str]]:
    """Foods, title, mark and lead of each section, in the order they are read."""
    return [(suspected.of(*verdicts), title, mark, lead) for verdicts, title, mark, lead in _SECTIONS]


@register.filter
def percent(probability: float) -> str:
    """A probability in words that claim no more than is known."""
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"
