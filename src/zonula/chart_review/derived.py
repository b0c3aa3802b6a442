"""Numbers drawn from results: multiples of a result's own limit, falls over time, and what facts are told apart by."""

from collections.abc import Sequence

from zonula.chart import Fact
from zonula.chart_review.mentions import AFFIRMED
from zonula.chart_review.reading import moment, numeric, wording
from zonula.chart_review.spans import Span
from zonula.chart_review.vocabulary import Vocabulary


def upper_limits(fact: Fact) -> Span | None:
    """The result as a multiple of the upper limit sent with it; None without that limit or when the units differ."""
    span, limits = numeric(fact), fact.reference
    if span is None or limits is None or limits.high is None or limits.high <= 0 or fact.value is None:
        return None
    if limits.unit and fact.value.unit and limits.unit != fact.value.unit:
        return None
    return (span[0] / limits.high, span[1] / limits.high)


def fall(
    facts: Sequence[Fact], measure: str, limit: Span | None, words: Vocabulary
) -> tuple[Span | None, tuple[Fact, ...]]:
    """By how many percent the last exact, dated value lies below the highest of the `limit` days before it, and those two facts.

    None when there are fewer than two such values; 0 when the last one is not lower. Of equal highest values the latest counts.
    """
    readings: list[tuple[int, float, Fact]] = []
    for fact in facts:
        dated, span = moment(fact), words.measured(fact, measure)
        if dated is not None and span is not None and span[0] == span[1] and span[0] > 0:
            readings.append((dated.earliest.toordinal(), span[0], fact))
    if len(readings) < 2 or limit is None:
        return None, ()
    last_day, last, last_fact = readings[-1]
    earlier = [reading for reading in readings[:-1] if last_day - reading[0] <= limit[0]]
    if not earlier:
        return None, ()
    place = max(range(len(earlier)), key=lambda index: (earlier[index][1], index))
    highest = earlier[place][1]
    percent = max(0.0, (highest - last) / highest * 100)
    return (percent, percent), (earlier[place][2], last_fact)


def keys(fact: Fact, by: str, prefix: str, words: Vocabulary) -> tuple[str, ...]:
    """What the fact counts as when facts are told apart by specialty, wording, day, or the lists under a prefix."""
    if by == "specialty":
        specialty = words.specialty(fact.specialty)
        return (specialty,) if specialty else ()
    if by == "wording":
        return (" ".join(fact.text.casefold().split()) or next((code.code for code in fact.codes), fact.id),)
    if by == "day":
        dated = moment(fact)
        return (dated.earliest.isoformat(),) if dated else ()
    found: set[str] = set()
    for code in fact.codes:
        found.update(words.lists_under(prefix, code.system, code.code))
    for mention in words.mentions(wording(fact)):
        if mention.said == AFFIRMED and mention.list.startswith(prefix):
            found.add(mention.list)
    return tuple(sorted(found))
