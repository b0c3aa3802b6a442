"""Findings and scores in words, with the records and cards behind them, for pages that show findings outside a review."""

from collections.abc import Iterable
from typing import NamedTuple

from zonula.chart import Fact, Finding
from zonula.chart_review.contract import CitedCard
from zonula.knowledge import Card
from zonula.reports.reasons import Reason, Reasons
from zonula.reports.review_page import statement
from zonula.reports.review_view import Statement
from zonula_web.records import read


class _Carried(NamedTuple):
    facts: dict[str, Fact]
    cards: dict[str, CitedCard]


def statements(findings: Iterable[Finding], facts: Iterable[Fact] = ()) -> tuple[Statement, ...]:
    """Each finding as a statement that can be opened. facts: where what the findings rest on is looked up."""
    said = tuple(findings)
    wanted = {name for finding in said for name in finding.because}
    shelf = read.knowledge()
    cards = {name: shelf.card(name) for finding in said for name in finding.according_to}
    carried = _Carried(
        {fact.id: fact for fact in facts if fact.id in wanted}, {name: _cited(card) for name, card in cards.items()}
    )
    reasons = Reasons(carried)
    return tuple(statement(finding, reasons) for finding in said)


def reason_of(names: Iterable[str]) -> Reason:
    """The cards with these ids as something that can be opened."""
    shelf = read.knowledge()
    wanted = tuple(names)
    return Reasons(_Carried({}, {name: _cited(shelf.card(name)) for name in wanted})).of((), wanted)


def _cited(card: Card) -> CitedCard:
    return CitedCard(
        title=card.title,
        meaning=card.meaning,
        grade=card.grade.value,
        verified=card.verified,
        signed_off=card.signed_off,
        reviewed=card.reviewed,
        sources=tuple((source.title, source.link, source.mark.value) for source in card.sources),
    )
