"""What stands behind a statement: the facts, numbered in chart order, and the knowledge cards with their source and standing."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from zonula.chart import Fact, Finding, Grade
from zonula.chart_review.contract import CitedCard
from zonula.reports import wording
from zonula.reports.wording import plain


class FactLine(NamedTuple):
    """One record as a reader sees it. number: its place in this report, from 1; the id is what the JSON calls it, as it is: only `plain` of it is for eyes."""

    number: int
    id: str
    when: str
    kind: str
    text: str
    result: str
    standing: str
    provider: str
    places: tuple[str, ...]
    note: str

    @property
    def anchor(self) -> str:
        """The name of its place on the page."""
        return f"record-{self.number}"

    @property
    def line(self) -> str:
        """Date, wording, result and standing in one line."""
        said = f"{self.when}  {self.text}"
        said = f"{said}: {self.result}" if self.result else said
        return f"{said} [{self.standing}]" if self.standing else said

    @property
    def brief(self) -> str:
        """Date, wording and value, without limits and place: what fits under a red flag."""
        value = plain(self.result.split(" (")[0], 60)
        return f"{self.when} {plain(self.text, 60)}" + (f": {value}" if value else "")


class SourceLine(NamedTuple):
    """One source of a card. link: only web addresses; everything else stays text."""

    title: str
    link: str
    read: str


class CardLine(NamedTuple):
    """One knowledge card in words."""

    id: str
    title: str
    meaning: str
    grade: str
    standing: tuple[str, ...]
    reviewed: str
    sources: tuple[SourceLine, ...]

    @property
    def anchor(self) -> str:
        """The name of its place on the page."""
        return "card-" + "".join(letter if letter.isalnum() else "-" for letter in self.id)


class Reason(NamedTuple):
    """Why something is said: the records and the cards. missing: ids the review names but does not carry."""

    facts: tuple[FactLine, ...] = ()
    cards: tuple[CardLine, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What a reader opens: "3 records, 1 source"."""
        parts = []
        if self.facts or self.missing:
            parts.append(wording.plural(len(self.facts) + len(self.missing), "record"))
        if self.cards:
            parts.append(wording.plural(len(self.cards), "source"))
        return ", ".join(parts) or "nothing in the records"

    @property
    def evidence(self) -> str:
        """The newest records in brief, for where there is no room to open them all."""
        shown = "; ".join(fact.brief for fact in self.facts[-_NEWEST:])
        left = len(self.facts) - _NEWEST
        return f"{shown}; and {left} earlier" if left > 0 else shown


_MARKS = {
    "V": "read at the source",
    "Vs": "read in a secondary source",
    "Vc": "checked against the code table",
    "M": "from memory, not yet verified",
    "D": "derived by Zonula's engineers",
}
_NEWEST = 3  # records named under a red flag


class Carries(Protocol):
    """Whatever carries the facts and cards its statements rest on: a review, an assessment."""

    @property
    def facts(self) -> dict[str, Fact]: ...
    @property
    def cards(self) -> dict[str, CitedCard]: ...


class Reasons:
    """The numbered facts and cards of one review or assessment."""

    def __init__(self, review: Carries) -> None:
        ordered = sorted(review.facts.values(), key=_order)
        self._facts = {fact.id: _fact_line(number, fact) for number, fact in enumerate(ordered, 1)}
        self._cards = {card_id: _card_line(card_id, card) for card_id, card in review.cards.items()}

    @property
    def facts(self) -> tuple[FactLine, ...]:
        """Every fact the review rests on, in chart order."""
        return tuple(self._facts.values())

    @property
    def cards(self) -> tuple[CardLine, ...]:
        """Every card cited, in order of id."""
        return tuple(self._cards[card_id] for card_id in sorted(self._cards))

    def of(self, because: Iterable[str], according_to: Iterable[str] = ()) -> Reason:
        """The reason made of these ids, in chart order."""
        wanted = tuple(dict.fromkeys(because))
        found = sorted(
            (self._facts[fact_id] for fact_id in wanted if fact_id in self._facts), key=lambda line: line.number
        )
        cards = tuple(self._cards[card_id] for card_id in dict.fromkeys(according_to) if card_id in self._cards)
        return Reason(tuple(found), cards, tuple(plain(fact_id) for fact_id in wanted if fact_id not in self._facts))

    def of_finding(self, finding: Finding) -> Reason:
        """The reason of a finding."""
        return self.of(finding.because, finding.according_to)


UNVERIFIED = "figure not verified at its source"


def doubts(finding: Finding) -> tuple[str, ...]:
    """What must be said beside a finding: unverified, hypothesis, or not decided."""
    said = []
    if finding.hypothesis or finding.grade is Grade.CLINIC_HYPOTHESIS:
        said.append("working hypothesis")
    if not finding.verified:
        said.append(UNVERIFIED)
    if finding.grade is Grade.NO_EVIDENCE:
        said.append("no published evidence")
    return tuple(said)


def _order(fact: Fact) -> tuple[int, str]:
    first = fact.when.first_day
    return (first.toordinal() if first else 10**7, fact.id)


def _fact_line(number: int, fact: Fact) -> FactLine:
    standing = [wording.STATUSES[fact.status]]
    if fact.negated:
        standing.append("the record says: not so")
    providers = dict.fromkeys(plain(source.provider, 80) for source in fact.sources if source.provider)
    who = ", ".join(part for part in (plain(fact.performer, 80), plain(fact.specialty, 80)) if part)
    provider = " and ".join(providers)
    return FactLine(
        number=number,
        id=fact.id,
        when=wording.when(fact),
        kind=wording.KINDS[fact.kind],
        text=plain(fact.text, 160)
        or next((plain(code.display or code.code, 160) for code in fact.codes), "(no wording)"),
        result=wording.result(fact) or plain(fact.detail("reason"), 160),
        standing=", ".join(word for word in standing if word),
        provider=f"{who}; {provider}" if who and provider and who not in provider else provider or who,
        places=tuple(f"{plain(source.document, 120)}, {plain(source.place, 120)}" for source in fact.sources),
        note=plain(fact.note, 400),
    )


def _card_line(card_id: str, card: CitedCard) -> CardLine:
    standing = [
        "figures verified at their source" if card.verified else "not verified at its source",
        "signed off by a clinician" if card.signed_off else "not yet signed off by a clinician",
    ]
    return CardLine(
        id=card_id,
        title=card.title,
        meaning=card.meaning,
        grade=wording.GRADES.get(Grade(card.grade), card.grade) if card.grade in set(Grade) else card.grade,
        standing=tuple(standing),
        reviewed=card.reviewed.isoformat(),
        sources=tuple(
            SourceLine(title, link if link.startswith(("https://", "http://")) else "", _MARKS.get(mark, mark))
            for title, link, mark in card.sources
        ),
    )
