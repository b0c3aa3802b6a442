"""What one fact says, in the few words rules use: its standing, its judgement, its course, its days, its wording."""

import re
from datetime import date

import msgspec

from zonula.chart import Fact, Interpretation, Kind, Moment, Precision, Status, System
from zonula.chart_review.spans import Span

ASSERTED, DENIED, OF_FAMILY, PLANNED, ERROR = "asserted", "denied", "family", "planned", "error"
STANDINGS = (ASSERTED, DENIED, OF_FAMILY, PLANNED, ERROR)
NORMAL, ABNORMAL, INCONCLUSIVE = "normal", "abnormal", "inconclusive"
CLEAR, UNCLEAR = "clear", "unclear"
LOW, WITHIN, HIGH = "low", "within", "high"
ENDED, OPEN = "ended", "open"
EXPLAINED_BY = frozenset({System.ICD10CM, System.ICD9CM, System.LOINC})

# An enum member costs a slow look-up each time it is named (Python 3.11), and these are asked of every fact.
_ENCOUNTER, _OBSERVATION, _FAMILY_HISTORY = Kind.ENCOUNTER, Kind.OBSERVATION, Kind.FAMILY_HISTORY
_NEGATIVE, _INDETERMINATE = Interpretation.NEGATIVE, Interpretation.INDETERMINATE
_RESOLVED, _YEAR = Status.RESOLVED, Precision.YEAR
_ANSWERED = frozenset({Kind.OBSERVATION, Kind.SYMPTOM})
_STANDING = {
    Status.REFUTED: DENIED,
    Status.ENTERED_IN_ERROR: ERROR,
    Status.PLANNED: PLANNED,
    Status.NOT_DONE: PLANNED,
}
_JUDGED = {
    Interpretation.NORMAL: NORMAL,
    Interpretation.NEGATIVE: NORMAL,
    Interpretation.INDETERMINATE: INCONCLUSIVE,
}


class ResultWords(msgspec.Struct, frozen=True):
    """Whole answers and what they mean (card chart_review/result_words)."""

    normal: frozenset[str]
    abnormal: frozenset[str]
    inconclusive: frozenset[str]
    absent: frozenset[str]


def standing(fact: Fact, words: ResultWords) -> str:
    """Whether the record says it was so. An observation answered "no", "absent" or 0 of a symptom is a denial of that symptom."""
    said = _STANDING.get(fact.status)
    if said is not None:
        return said
    if fact.kind is _FAMILY_HISTORY:
        return DENIED if fact.negated else OF_FAMILY
    if fact.negated or (fact.kind in _ANSWERED and _answered_no(fact, words)):
        return DENIED
    return ASSERTED


def _answered_no(fact: Fact, words: ResultWords) -> bool:
    if fact.interpretation is _NEGATIVE:
        return True
    value = fact.value
    if value is not None:
        return value.value == 0 and value.comparator in ("", "<=")
    if fact.value_text and _plain(fact.value_text) in words.absent:
        return True
    return any(_plain(code.display) in words.absent for code in fact.value_codes if code.display)


def judgement(fact: Fact, words: ResultWords) -> str | None:
    """How a result stands by its own interpretation, else its own limits, else its own words; None when none of them says."""
    if fact.interpretation is not None:
        return _JUDGED.get(fact.interpretation, ABNORMAL)
    if fact.value is not None:
        return _BY_DIRECTION.get(direction(fact) or "")
    for text in (fact.value_text, *(code.display for code in fact.value_codes)):
        judged = _judged_words(text, words) if text else None
        if judged is not None:
            return judged
    return None


_SENTENCES = re.compile(r"[.;,\n]+")
_NOTHING = ("no ", "without ", "negative for ")  # what begins so takes nothing from "Normal."


def _judged_words(text: str, words: ResultWords) -> str | None:
    """The meaning of a whole answer, or of the sentences of a conclusion: "Normal. No lesion seen." is normal, "Normal. Small cyst." is not judged."""
    said = _plain(text)
    meanings = ((NORMAL, words.normal), (ABNORMAL, words.abnormal), (INCONCLUSIVE, words.inconclusive))
    whole = next((judged for judged, phrases in meanings if said in phrases), None)
    if whole is not None or not _SENTENCES.search(said):
        return whole
    sentences = [sentence for part in _SENTENCES.split(said) if (sentence := part.strip())]
    clear = [sentence in words.normal for sentence in sentences]
    if any(clear) and all(
        good or sentence.startswith(_NOTHING) for good, sentence in zip(clear, sentences, strict=True)
    ):
        return NORMAL
    if any(clear) or not sentences:
        return None
    return next((judged for judged, phrases in meanings[1:] if sentences[0] in phrases), None)


def has_result(fact: Fact) -> bool:
    """Whether anything was sent as the result; a panel has none of its own."""
    return bool(fact.value is not None or fact.value_text or fact.value_codes or fact.interpretation is not None)


def clarity(fact: Fact, words: ResultWords) -> str:
    """Unclear when the sender called the result indeterminate or answered with such a word; a number is never unclear by itself."""
    if fact.interpretation is not None:
        return UNCLEAR if fact.interpretation is _INDETERMINATE else CLEAR
    if fact.value is not None or not (fact.value_text or fact.value_codes):
        return CLEAR
    return UNCLEAR if judgement(fact, words) == INCONCLUSIVE else CLEAR


def direction(fact: Fact) -> str | None:
    """Whether a result lies below, within or above its own limits, by its interpretation, else by its limits; None when neither says."""
    if fact.interpretation is not None:
        return _DIRECTED.get(fact.interpretation)
    limits, span = fact.reference, numeric(fact)
    if limits is None or span is None or fact.value is None or (limits.low is None and limits.high is None):
        return None
    if limits.unit and fact.value.unit and limits.unit != fact.value.unit:
        return None
    low, high = span
    if limits.high is not None and low > limits.high:
        return HIGH
    if limits.low is not None and high < limits.low:
        return LOW
    inside = (limits.high is None or high <= limits.high) and (limits.low is None or low >= limits.low)
    return WITHIN if inside else None


_BY_DIRECTION = {LOW: ABNORMAL, HIGH: ABNORMAL, WITHIN: NORMAL}
_DIRECTED = {
    Interpretation.NORMAL: WITHIN,
    Interpretation.LOW: LOW,
    Interpretation.CRITICAL_LOW: LOW,
    Interpretation.HIGH: HIGH,
    Interpretation.CRITICAL_HIGH: HIGH,
}


def numeric(fact: Fact) -> Span | None:
    """The numbers the result can be, in its own unit: one number, or everything beyond a bound such as `<0.5`."""
    value = fact.value
    if value is None:
        return None
    if value.comparator.startswith("<"):
        return (float("-inf"), value.value)
    if value.comparator.startswith(">"):
        return (value.value, float("inf"))
    return (value.value, value.value)


def course(fact: Fact, today: date) -> str:
    """Whether it is over: resolved, or with an end before today. An unknown end leaves it open."""
    end = fact.when.end
    return ENDED if fact.status is _RESOLVED or (end is not None and end.latest < today) else OPEN


def moment(fact: Fact) -> Moment | None:
    """What dates the fact: its start, else its end, else when it was recorded; None when nothing does."""
    return fact.when.start or fact.when.end or fact.recorded


def days(fact: Fact) -> Span | None:
    """The calendar days (as ordinals) on which it can have begun; None when undated."""
    dated = moment(fact)
    return None if dated is None else (dated.earliest.toordinal(), dated.latest.toordinal())


def stretch(fact: Fact) -> tuple[int, int] | None:
    """First and last day on which the record claims it: onset, end and, without an end, the day it was recorded.

    Moments known only to the year are too coarse to overlap and are left out; None when nothing else is left.
    """
    start, end = fact.when.start, fact.when.end or fact.recorded
    if start is None or start.precision is _YEAR:
        start = end
    if end is None or end.precision is _YEAR:
        end = start
    if start is None or end is None or start.precision is _YEAR or end.precision is _YEAR:
        return None
    first, last = start.earliest.toordinal(), end.earliest.toordinal()
    return (first, last) if first <= last else (last, first)


def seen_on(fact: Fact, today: date) -> bool:
    """Whether the fact is seen on that day: begun by then, or undated."""
    dated = moment(fact)
    return dated is None or dated.earliest <= today


def wording(fact: Fact) -> str:
    """What `TextLike` reads; "" when an ICD-CM or LOINC code explains the fact."""
    for code in fact.codes:
        if code.system in EXPLAINED_BY:
            return ""
    return spoken(fact)


def spoken(fact: Fact) -> str:
    """The text, and where a visit or an answer says more, the reason or the answer: apart, for a negative patch test is a patch test."""
    if fact.kind is _ENCOUNTER and fact.details:
        return f"{fact.text}. {fact.detail('reason')}"
    if fact.kind is _OBSERVATION and fact.value_text:
        return f"{fact.text}. {fact.value_text}"
    return fact.text


def _plain(text: str) -> str:
    return text.strip().strip(".!").casefold()
