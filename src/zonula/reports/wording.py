"""Plain words for the values the rooms return, and chart text made safe to show.

Whatever comes from a chart is hostile until shown otherwise: a name may carry terminal escapes or letters that turn the reading
direction. `plain` takes those away before any screen or paper sees them; HTML escaping is the template's own duty.
"""

import unicodedata

from zonula.chart import (
    Fact,
    Grade,
    Interpretation,
    Kind,
    Level,
    Moment,
    Precision,
    Quantity,
    ReferenceRange,
    Sex,
    Status,
)

LEVELS: dict[Level, str] = {
    Level.EMERGENCY: "Emergency: act now",
    Level.URGENT: "Urgent: same or next day",
    Level.PROMPT: "Prompt: within two weeks",
    Level.HOLD: "Hold: no diet change or challenge yet",
    Level.CLINICIAN: "Clinician: look at this before going on",
}
GRADES: dict[Grade, str] = {
    Grade.GUIDELINE: "guideline",
    Grade.SYSTEMATIC_REVIEW: "systematic review",
    Grade.TRIAL: "controlled trial",
    Grade.OBSERVATIONAL: "observational studies",
    Grade.CONSENSUS: "expert consensus",
    Grade.DEFINITION: "definition",
    Grade.ENGINEERING: "derived by Zonula's engineers, not a guideline",
    Grade.CLINIC_HYPOTHESIS: "the clinic's working hypothesis, under test",
    Grade.NO_EVIDENCE: "no published evidence found",
    Grade.RECORD: "counted from the patient's own records",
}
KINDS: dict[Kind, str] = {
    Kind.CONDITION: "problem",
    Kind.SYMPTOM: "symptom",
    Kind.OBSERVATION: "result",
    Kind.MEDICATION: "medicine",
    Kind.ALLERGY: "allergy",
    Kind.PROCEDURE: "procedure",
    Kind.ENCOUNTER: "visit",
    Kind.IMMUNISATION: "vaccination",
    Kind.DOCUMENT: "document",
    Kind.FAMILY_HISTORY: "family history",
}
STATUSES: dict[Status, str] = {
    Status.CONFIRMED: "",
    Status.SUSPECTED: "suspected",
    Status.PATIENT_REPORTED: "reported by the patient",
    Status.RESOLVED: "past",
    Status.REFUTED: "refuted",
    Status.ENTERED_IN_ERROR: "entered in error",
    Status.PLANNED: "planned",
    Status.NOT_DONE: "not done",
    Status.UNKNOWN: "",
}
INTERPRETATIONS: dict[Interpretation, str] = {
    Interpretation.NORMAL: "normal",
    Interpretation.LOW: "low",
    Interpretation.HIGH: "high",
    Interpretation.CRITICAL_LOW: "critically low",
    Interpretation.CRITICAL_HIGH: "critically high",
    Interpretation.ABNORMAL: "abnormal",
    Interpretation.POSITIVE: "positive",
    Interpretation.NEGATIVE: "negative",
    Interpretation.INDETERMINATE: "inconclusive",
}
SEXES: dict[Sex, str] = {
    Sex.FEMALE: "female",
    Sex.MALE: "male",
    Sex.OTHER: "other sex",
    Sex.UNKNOWN: "sex not recorded",
}
# Terminal and layout attacks: controls, and the format characters that reorder or hide text. Zero-width joiners stay: names need them.
_HIDDEN = {
    ord(mark) for mark in "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
}
_LONGEST = 600


def plain(text: str, longest: int = _LONGEST) -> str:
    """One line without control, bidirectional-override or private characters, cut at `longest` with an ellipsis."""
    if not text.isascii() or not text.isprintable():
        text = "".join(
            " " if character.isspace() else character
            for character in text[: longest * 4]
            if character.isspace()
            or (ord(character) not in _HIDDEN and unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn"))
        )
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def day(moment: Moment | None) -> str:
    """The date as precise as it was written: `2019`, `2019-03` or `2019-03-04`; empty when unknown."""
    if moment is None:
        return ""
    iso = moment.earliest.isoformat()
    return {Precision.YEAR: iso[:4], Precision.MONTH: iso[:7]}.get(moment.precision, iso)


def when(fact: Fact) -> str:
    """`2014-02 to 2014-04`, one date, the free wording, or "no date"."""
    start, end = day(fact.when.start), day(fact.when.end)
    if start and end and start != end:
        return f"{start} to {end}"
    return start or (f"until {end}" if end else "") or plain(fact.when.text, 60) or day(fact.recorded) or "no date"


def number(value: float) -> str:
    """A number as a person writes it: no exponent, no trailing zeros."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if abs(value) < 1e12 else f"{value:g}"


def quantity(value: Quantity) -> str:
    """`< 0.5 mg/L`; the unit as sent, in the spelling of `units`."""
    return plain(f"{value.comparator} {number(value.value)} {units(value.unit)}")


def units(text: str) -> str:
    """UCUM spellings as a reader writes them: `m[IU]/L` is mIU/L, `{score}` is points."""
    for ucum, read in (
        ("{score}", "points"),
        ("[IU]", "IU"),
        ("[iU]", "IU"),
        ("10*", "10^"),
        ("mm[Hg]", "mmHg"),
        ("ug/", "µg/"),
    ):
        text = text.replace(ucum, read)
    return text


def limits(reference: ReferenceRange | None) -> str:
    """`12 to 15.5`, `up to 5`, `at least 3`, the sender's text, or empty when unknown."""
    if reference is None:
        return ""
    low, high = reference.low, reference.high
    if low is not None and high is not None:
        return f"{number(low)} to {number(high)}"
    if high is not None:
        return f"up to {number(high)}"
    if low is not None:
        return f"at least {number(low)}"
    return plain(reference.text, 60)


def result(fact: Fact) -> str:
    """The result in the form it was sent, with limits and the sender's reading; empty when there is none."""
    if fact.value is not None:
        said = quantity(fact.value)
    else:
        said = plain(fact.value_text, 160) or plain(
            "; ".join(code.display or code.code for code in fact.value_codes), 160
        )
    reading = INTERPRETATIONS[fact.interpretation] if fact.interpretation else ""
    allowed = limits(fact.reference)
    around = ", ".join(part for part in (reading, f"limits {allowed}" if allowed else "") if part)
    return f"{said} ({around})" if said and around else said or around


def plural(count: int, one: str, many: str = "") -> str:
    """`1 record`, `3 records`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
