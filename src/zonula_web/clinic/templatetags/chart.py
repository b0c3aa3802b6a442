"""Filters for statements and facts, and why something is said."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zonula.reports.reasons import CardLine, FactLine, Reason
from zonula.reports.wording import plural
from zonula_web.records.facts import token_of

register = template.Library()
ANSWER = "QuestionnaireResponse/"  # an answer has a sheet and is no fact of the chart
FACTS_SHOWN = 12


@register.simple_tag(takes_context=True)
def why(context: dict[str, Any], reason: Reason, grade: str = "") -> SafeString:
    """Why something is said: facts, rule, source, grade, version; nothing when nothing is behind it.

    Put together here and not by templates: a chart has hundreds of these, and a page must not take longer than 0.2 s.
    """
    if not (reason.facts or reason.cards or reason.missing):
        return SafeString("")
    facts = reverse("facts", args=[context["patient"].pk])
    parts = [format_html('<details class="why"><summary>Why? {}</summary>', reason.summary)]
    if reason.facts:
        lines = ((_fact(fact, facts),) for fact in reason.facts[:FACTS_SHOWN])
        parts.append(format_html('<ul class="plain rows">{}</ul>', format_html_join("", "<li>{}</li>", lines)))
        more = len(reason.facts) - FACTS_SHOWN
        if more > 0:
            parts.append(
                format_html('<p class="small">and {} more: <a href="{}">all facts of this chart</a></p>', more, facts)
            )
    if reason.missing:
        parts.append(format_html('<p class="small">Named but not in this chart: {}</p>', ", ".join(reason.missing)))
    if reason.cards:
        cards = format_html_join("", "<li>{}</li>", ((_card(card),) for card in reason.cards))
        parts.append(
            format_html('<p class="small"><strong>Rule and source</strong></p><ul class="plain rows">{}</ul>', cards)
        )
    graded = f"Grade: {grade}. " if grade else ""
    parts.append(format_html('<p class="small">{}Said by Zonula {}.</p></details>', graded, context.get("version", "")))
    return SafeString("".join(parts))


def _fact(fact: FactLine, facts: str) -> SafeString:
    """One record in a line: when, what, result, standing, who wrote it and where it stands."""
    result = format_html(": <bdi>{}</bdi>", fact.result) if fact.result else ""
    places = " · ".join(part for part in (fact.provider, *fact.places[:2]) if part)
    standing = f" ({fact.standing})" if fact.standing else ""
    what = format_html("<bdi>{}</bdi>", fact.text)
    if not fact.id.startswith(ANSWER):
        what = format_html('<a href="{}{}/">{}</a>', facts, token_of(fact.id), what)
    return format_html(
        '<span class="number">{}</span> {}{}{} <span class="small"><bdi>{}</bdi></span>',
        fact.when, what, result, standing, places,
    )  # fmt: skip


def _card(card: CardLine) -> SafeString:
    """One rule with where it comes from and how far it may be trusted."""
    standing = "; ".join((card.grade, *card.standing, f"reviewed {card.reviewed}"))
    sources = format_html_join(
        "",
        '<br><span class="small">{} ({})</span>',
        (
            (
                format_html('<a href="{}" rel="noreferrer">{}</a>', source.link, source.title)
                if source.link
                else source.title,
                source.read,
            )
            for source in card.sources
        ),
    )
    return format_html(
        '<strong>{}</strong>: {} <span class="small">{}</span>{}', card.title, card.meaning, standing, sources
    )


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
    return plural(count, one, many)


@register.filter
def top(height: float) -> float:
    """Where a bar of that height (0 to 1) begins, in percent from the top of its lane."""
    return round(96 - 92 * height, 1)


@register.filter
def tall(height: float) -> float:
    """How tall a bar of that height (0 to 1) is, in percent of its lane."""
    return round(92 * height, 1)
