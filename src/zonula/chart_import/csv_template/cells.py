"""What one cell means. Every refusal says what to write instead; nothing is guessed."""

import math
import re
from typing import NamedTuple

from zonula.chart import Moment, Quantity, System

_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII)
_SLASHED = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2,4}", re.ASCII)
_SPREADSHEET_DAY = re.compile(r"[1-9]\d{4}(\.\d+)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)

_BOUND = re.compile(r"(<=|>=|≤|≥|<|>)?\s*(.+)", re.DOTALL)
_PLAIN = re.compile(r"-?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"-?(\d+(,\d+)?|,\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}([.,' \u00a0\u202f’]\d{3})+([.,]\d+)?", re.ASCII)
_NUMBER_AND_UNIT = re.compile(r"(<=|>=|≤|≥|<|>)?\s*-?\d+([.,]\d+)?\s*[%µ°a-zA-Z\[].*", re.DOTALL)
_SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|#+)")
_COMPARATORS = {"≤": "<=", "≥": ">="}

_LOINC = re.compile(r"\d{1,7}-\d", re.ASCII)
_LOINC_PART = re.compile(r"L[PAG]\d+-\d", re.ASCII)
_SCIENTIFIC = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+", re.ASCII)


class Wrong(ValueError):  # noqa: N818 - reads as a sentence where it is raised
    """A cell that cannot be used; the message says why and what to write."""


class Reading(NamedTuple):
    """A result as typed: a number with comparator, or words. warning: what to look at, though it was kept."""

    quantity: Quantity | None = None
    text: str = ""
    warning: str = ""


def moment(text: str, column: str) -> Moment | None:
    """An ISO date: `2023`, `2023-04`, `2023-04-30`, or with a time. Raises Wrong for anything else."""
    if not text:
        return None
    if not _ISO.fullmatch(text):
        raise Wrong(f"{column} {text[:30]!r} {_date_cure(text)}")
    try:
        return Moment.parse(text)
    except ValueError as wrong:
        raise Wrong(f"{column}: {wrong}") from None


def _date_cure(text: str) -> str:
    compact = _COMPACT.fullmatch(text)
    if compact:
        return f"is not an ISO date; write {'-'.join(compact.groups())}"
    if _SLASHED.fullmatch(text):
        return "is ambiguous: day or month first? Write YYYY-MM-DD"
    if _SPREADSHEET_DAY.fullmatch(text):
        return "looks like a spreadsheet's day number; format the column as text and write YYYY-MM-DD"
    return "is not an ISO date; write YYYY-MM-DD, or YYYY-MM or YYYY when that is all that is known"


def amount(text: str, column: str, decimal_comma: bool) -> float | None:
    """A bare number for `low` and `high`. Raises Wrong for anything else."""
    if not text:
        return None
    found = _number(text, column, decimal_comma)
    if found is None:
        raise Wrong(f"{column} {text[:30]!r} is not a number")
    return found


def reading(text: str, unit: str, decimal_comma: bool) -> Reading:
    """A result: `7.2`, `<0.5`, or words such as `positive`, which stay words. Raises Wrong where a number would be a guess."""
    if not text:
        return Reading()
    if _SPREADSHEET_ERROR.fullmatch(text):
        raise Wrong(f"value {text!r} is a spreadsheet's error message; type the result again")
    matched = _BOUND.fullmatch(text)
    mark, rest = matched.groups() if matched else (None, text)
    number = _number(rest.strip(), "value", decimal_comma)
    if number is not None:
        return Reading(Quantity(number, unit, _COMPARATORS.get(mark or "", mark or "")))
    if text.startswith(("=", "@")):
        return Reading(text=text, warning="value looks like a formula; kept as text")
    if _NUMBER_AND_UNIT.fullmatch(text):
        return Reading(
            text=text, warning="value holds a number with its unit, kept as text; put the unit into the column unit"
        )
    return Reading(text=f"{text} {unit}".strip())


def _number(text: str, column: str, decimal_comma: bool) -> float | None:
    written = _COMMA if decimal_comma else _PLAIN
    if _THOUSANDS.fullmatch(text) and not (written.fullmatch(text) and (decimal_comma == ("," in text))):
        raise Wrong(
            f"{column} {text[:30]!r} has a thousands separator, or a decimal mark in doubt; write it without, e.g. 1234.5"
        )
    if written.fullmatch(text) or _PLAIN.fullmatch(text):  # a decimal point is plain in every file
        number = float(text.replace(",", "."))
        if math.isinf(number):
            raise Wrong(f"{column} {text[:30]!r} is too large to be a result")
        return number
    if _COMMA.fullmatch(text):
        raise Wrong(
            f"{column} {text[:30]!r} has a decimal comma in a file whose separator is a comma; write {text.replace(',', '.')}"
        )
    return None


def check_code(system: System, code: str) -> None:
    """Raises Wrong for a code that a spreadsheet or a typing slip has changed (LOINC and SNOMED CT carry a check digit)."""
    if (
        _SCIENTIFIC.fullmatch(code)
        and system is not System.LOCAL
        and (system is not System.ICD10CM and system is not System.ICD10)
    ):
        raise Wrong(f"code {code!r} was rounded by a spreadsheet; format the column as text and type it again")
    if system is System.LOINC and not _LOINC_PART.fullmatch(code):
        if not _LOINC.fullmatch(code):
            raise Wrong(f"code {code[:20]!r} is not a LOINC code (such as 2093-3)")
        if _luhn(code[:-2]) != int(code[-1]):
            raise Wrong(f"code {code!r} is not a LOINC code: its check digit is wrong, so a digit was mistyped")
    if system is System.SNOMED and not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18 and _verhoeff(code)):
        raise Wrong(
            f"code {code[:20]!r} is not a SNOMED CT code: its check digit is wrong, so a digit was mistyped or cut off"
        )


def _luhn(digits: str) -> int:
    """The LOINC check digit (Mod 10, LOINC Users' Guide, appendix on check digits)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


_DIHEDRAL = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_PERMUTED = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def _verhoeff(digits: str) -> bool:
    """Whether a SNOMED CT identifier passes its Verhoeff check (SNOMED CT Release File Specifications, SCTID check-digit)."""
    check = 0
    for position, digit in enumerate(reversed(digits)):
        check = int(_DIHEDRAL[check][int(_PERMUTED[position % 8][int(digit)])])
    return check == 0
