"""The columns of the template, what may stand in them, and what each kind of fact allows."""

from difflib import get_close_matches

from zonula.chart import DETAILS, Interpretation, Kind, Sex, Status, System

PERSON = ("patient", "name", "birth_date", "sex")
FACT = (
    "kind",
    "date",
    "end_date",
    "code_system",
    "code",
    "text",
    "value",
    "unit",
    "low",
    "high",
    "interpretation",
    "status",
    "negated",
    "provider",
    "performer",
    "specialty",
    "note",
)
DETAIL = tuple(dict.fromkeys(name for kind in Kind for name in DETAILS[kind]))
COLUMNS = (*PERSON, *FACT, *DETAIL)
REQUIRED = ("patient", "kind")
NAMING = ("text", "code")  # at least one of them says what a line is about

KINDS = {kind.value: kind for kind in Kind} | {"immunization": Kind.IMMUNISATION}
STATUSES = {status.value: status for status in Status}
SEXES = {sex.value: sex for sex in Sex} | {"f": Sex.FEMALE, "m": Sex.MALE}
INTERPRETATIONS = {one.value: one for one in Interpretation} | {
    "n": Interpretation.NORMAL,
    "l": Interpretation.LOW,
    "h": Interpretation.HIGH,
    "ll": Interpretation.CRITICAL_LOW,
    "hh": Interpretation.CRITICAL_HIGH,
    "a": Interpretation.ABNORMAL,
    "pos": Interpretation.POSITIVE,
    "neg": Interpretation.NEGATIVE,
    "ind": Interpretation.INDETERMINATE,
}
SYSTEMS = {system.value: system for system in System} | {
    "icd_10_cm": System.ICD10CM,
    "icd_10": System.ICD10,
    "icd_9_cm": System.ICD9CM,
    "snomed_ct": System.SNOMED,
}
TRUTHS = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}


def spelled(text: str) -> str:
    """Small letters with underscores: `Family history` and `family-history` mean the same."""
    return "_".join(text.replace("-", " ").lower().split())


def nearest(word: str, known: "tuple[str, ...] | dict[str, object]") -> str:
    """` (did you mean X?)` or nothing."""
    close = get_close_matches(spelled(word), list(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""
