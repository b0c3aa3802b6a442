"""One chart on the reviewer's table: the compiled library, the open chart, and how findings are written down."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from zonula.chart import Ask, Chart, Fact, Finding, Grade, Level, Moment, Precision, State
from zonula.chart_review import nodes as n
from zonula.chart_review.compiled import Compiled
from zonula.chart_review.evaluate import Evidence
from zonula.chart_review.library import burden, domains, suspicions
from zonula.chart_review.library.phrases import tests
from zonula.chart_review.library.rules import rules
from zonula.chart_review.library.workup import NOT_INTERPRETABLE
from zonula.chart_review.spans import full_years
from zonula.chart_review.vocabulary import ROOM, Vocabulary, vocabulary
from zonula.knowledge import Card

_STATES = {True: State.YES, False: State.NO, None: State.UNKNOWN}


@cache
def compiled_library() -> Compiled:
    """The whole library compiled with the shelf that ships with the package."""
    words = vocabulary()
    series: list[n.Series] = [burden.ENCOUNTERS, burden.SEEN_BY, burden.CONDITIONS, burden.RESULTS]
    for domain in domains.DOMAINS:
        series += [domains.affirming(domain), domains.denying(domain)]
    for label in suspicions.SUSPICIONS:
        series += [suspicions.proposing(label), suspicions.refuting(label)]
    series += [tests(test) for test in words.knowledge.card(f"{ROOM}/tests").data]
    truths = [rule.when for rule in rules()]
    truths += [truth for reasons in NOT_INTERPRETABLE.values() for truth, _, _ in reasons]
    return Compiled(truths, words, series)


class Case:
    """A chart as of one day, under the compiled library."""

    def __init__(self, chart: Chart, today: date) -> None:
        self.chart = chart
        self.today = today
        self.library = compiled_library()
        self.words: Vocabulary = self.library.words
        self.opened = self.library.open(chart, today)
        self._members: dict[str, list[Fact]] | None = None

    def truth(self, node: n.Truth) -> Evidence:
        """The answer to a question of the library."""
        return self.library.truth(node, self.opened)

    def facts(self, node: n.Series) -> tuple[Fact, ...]:
        """The facts that surely are in a series of the library."""
        return self.library.series(node, self.opened).sure

    @property
    def age(self) -> int | None:
        """Full years lived today; None when the birth date cannot tell."""
        born, today = self.chart.patient.birth, float(self.today.toordinal())
        if born is None:
            return None
        span = full_years((born.earliest.toordinal(), born.latest.toordinal()), (today, today))
        return int(span[0]) if span and span[0] == span[1] else None

    def members(self, panel: Fact) -> tuple[Fact, ...]:
        """The results that say they are part of a panel."""
        if self._members is None:
            self._members = {}
            for fact in self.opened.facts:
                if fact.part_of and fact.asserted:
                    self._members.setdefault(fact.part_of, []).append(fact)
        return tuple(self._members.get(panel.id, ()))

    def card(self, card_id: str) -> Card:
        """A knowledge card."""
        return self.words.knowledge.card(card_id)

    def finding(
        self,
        name: str,
        says: str,
        cards: tuple[str, ...],
        *,
        state: bool | None = True,
        because: Iterable[str] = (),
        value: str | float | None = None,
        unit: str = "",
        level: Level | None = None,
        asks: tuple[Ask, ...] = (),
    ) -> Finding:
        """A finding of this case. The first card gives the grade; one unverified card makes it unverified."""
        grade, verified = _standing_of(self.words, cards)
        return Finding(
            id=f"{ROOM}.{name}",
            says=says,
            as_of=self.today,
            state=_STATES[state],
            value=value,
            unit=unit,
            because=tuple(because),
            according_to=cards,
            grade=grade,
            verified=verified,
            hypothesis=grade is Grade.CLINIC_HYPOTHESIS,
            level=level,
            asks=asks,
        )


@cache
def _standing_of(words: Vocabulary, cards: tuple[str, ...]) -> tuple[Grade, bool]:
    read = [words.knowledge.card(card) for card in cards]
    return read[0].grade, all(card.verified for card in read)


def written(moment: Moment | None) -> str | None:
    """A moment as ISO text, as precise as it was written to the day."""
    if moment is None:
        return None
    if moment.precision is Precision.YEAR:
        return f"{moment.earliest.year:04d}"
    return moment.earliest.isoformat()[: 7 if moment.precision is Precision.MONTH else 10]
