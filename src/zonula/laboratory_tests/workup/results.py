"""One result, judged against the limits of its own report. An unknown limit is not normal; a bound is a bound."""

from enum import StrEnum
from math import inf

import msgspec

from zonula.chart import Fact, Interpretation, Quantity


class Standing(StrEnum):
    """Where a result stands against its own limits."""

    WITHIN = "within"
    LOW = "low"
    HIGH = "high"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    ABNORMAL = "abnormal"  # said by the laboratory, without a direction
    UNKNOWN = "unknown"


class Judged(msgspec.Struct, frozen=True):
    """A standing and, when it is unknown or not from the limits, why."""

    standing: Standing
    because: str = ""


ABNORMAL = frozenset({Standing.LOW, Standing.HIGH, Standing.POSITIVE, Standing.ABNORMAL})

_SAID = {
    Interpretation.NORMAL: Standing.WITHIN,
    Interpretation.NEGATIVE: Standing.NEGATIVE,
    Interpretation.LOW: Standing.LOW,
    Interpretation.CRITICAL_LOW: Standing.LOW,
    Interpretation.HIGH: Standing.HIGH,
    Interpretation.CRITICAL_HIGH: Standing.HIGH,
    Interpretation.POSITIVE: Standing.POSITIVE,
    Interpretation.ABNORMAL: Standing.ABNORMAL,
}
_WORDS = {
    "negative": Standing.NEGATIVE,
    "not detected": Standing.NEGATIVE,
    "non-reactive": Standing.NEGATIVE,
    "nonreactive": Standing.NEGATIVE,
    "none detected": Standing.NEGATIVE,
    "normal": Standing.WITHIN,
    "positive": Standing.POSITIVE,
    "detected": Standing.POSITIVE,
    "reactive": Standing.POSITIVE,
    "abnormal": Standing.ABNORMAL,
}


def judge(fact: Fact, limits: tuple[str, ...]) -> Judged:
    """Judge by number and limits, else by what the laboratory said, else by a plain word.

    limits: which limits must be known to call a number within ("low", "high"); a number beyond any known limit is out.
    """
    said = _SAID.get(fact.interpretation) if fact.interpretation else None
    if fact.value is not None:
        judged = _against_limits(fact.value, fact, limits)
        if judged.standing is Standing.WITHIN and said in ABNORMAL:
            return Judged(Standing.UNKNOWN, "the number is within its limits and the laboratory flags it")
        if judged.standing is not Standing.UNKNOWN:
            return judged
        return Judged(said, "the laboratory's own reading") if said else judged
    if said:
        return Judged(said, "the laboratory's own reading")
    word = _WORDS.get(fact.value_text.strip().lower().rstrip("."))
    word = word or next(
        (found for code in fact.value_codes if (found := _WORDS.get(code.display.strip().lower()))), None
    )
    return Judged(word) if word else Judged(Standing.UNKNOWN, "no result that can be read was sent")


def span(value: Quantity) -> tuple[float, float]:
    """The lowest and highest number a value can mean."""
    if value.comparator.startswith(">"):
        return value.value, inf
    return (-inf, value.value) if value.comparator.startswith("<") else (value.value, value.value)


def _against_limits(value: Quantity, fact: Fact, limits: tuple[str, ...]) -> Judged:
    reference = fact.reference
    if reference is None or (reference.low is None and reference.high is None):
        return Judged(Standing.UNKNOWN, "the report gives no reference range")
    if reference.unit and value.unit and reference.unit != value.unit:
        return Judged(Standing.UNKNOWN, f"the range is in {reference.unit} and the value in {value.unit}")
    least, most = span(value)
    if reference.high is not None and (least > reference.high or (value.comparator == ">" and least == reference.high)):
        return Judged(Standing.HIGH)
    if reference.low is not None and (most < reference.low or (value.comparator == "<" and most == reference.low)):
        return Judged(Standing.LOW)
    known = {"low": reference.low, "high": reference.high}
    if missing := [limit for limit in limits if known[limit] is None]:
        return Judged(Standing.UNKNOWN, f"the {' and '.join(missing)} limit is not known")
    above = "low" not in limits or (reference.low is not None and least >= reference.low)
    below = "high" not in limits or (reference.high is not None and most <= reference.high)
    return Judged(Standing.WITHIN) if above and below else Judged(Standing.UNKNOWN, "the value is only a bound")
