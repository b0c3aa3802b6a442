"""Red flags of one chart, most urgent first, and what could not be judged although the record speaks of it."""

from functools import cache

from zonula.chart import Ask, Finding, Level
from zonula.chart_review import nodes as n
from zonula.chart_review.case import Case
from zonula.chart_review.library.red_flags import RED_FLAGS, card_of
from zonula.chart_review.vocabulary import Vocabulary


def red_flags(case: Case) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The flags that are raised (most urgent first, then in the order of the library), and those the record leaves open."""
    raised, open_ended = [], []
    for flag, truth in RED_FLAGS.items():
        evidence = case.truth(truth)
        if evidence.holds is False or (evidence.holds is None and not evidence.because):
            continue
        says, level, ask, cards = _card(case.words, flag)
        if evidence.holds:
            raised.append(
                case.finding(
                    f"red_flag.{flag}",
                    f"{says}.",
                    cards,
                    because=evidence.because,
                    value=evidence.value,
                    level=level,
                    asks=(ask,),
                )
            )
        else:
            open_ended.append(
                case.finding(
                    f"red_flag.{flag}",
                    f"Cannot be told from the records: {says[0].lower()}{says[1:]}.",
                    cards,
                    state=None,
                    because=evidence.because,
                    asks=(Ask("clinician", "Ask, or look at the original record"),),
                )
            )
    raised.sort(key=lambda finding: finding.level.urgency if finding.level else len(Level))
    return tuple(raised), tuple(open_ended)


@cache
def _card(words: Vocabulary, flag: str) -> tuple[str, Level, Ask, tuple[str, ...]]:
    data = words.knowledge.card(card_of(flag)).data
    cards = tuple(dict.fromkeys((card_of(flag), *n.cited_cards(RED_FLAGS[flag]))))
    return data["says"], Level(data["level"]), Ask(data["who"], data["what"]), cards
