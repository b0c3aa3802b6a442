"""`value[x]`: a result in the form it was sent, never computed."""

from msgspec import Raw

from zonula.chart import Code, Interpretation, Quantity, ReferenceRange
from zonula.chart_import.fhir.concepts import concept, concepts
from zonula.chart_import.fhir.datatypes import ABSENT, Element, FhirQuantity, Period, Range, Ratio, Resource, shortened

_UCUM = "http://unitsofmeasure.org"
_COMPARATORS = ("", "<", "<=", ">=", ">")

# HL7 v3 ObservationInterpretation (and its retired v2 spellings) → what the sender said.
_INTERPRETATIONS = {
    "N": Interpretation.NORMAL,
    "L": Interpretation.LOW,
    "H": Interpretation.HIGH,
    "LU": Interpretation.LOW,
    "HU": Interpretation.HIGH,
    "<": Interpretation.LOW,
    ">": Interpretation.HIGH,
    "LL": Interpretation.CRITICAL_LOW,
    "HH": Interpretation.CRITICAL_HIGH,
    "A": Interpretation.ABNORMAL,
    "AA": Interpretation.ABNORMAL,
    "POS": Interpretation.POSITIVE,
    "DET": Interpretation.POSITIVE,
    "RR": Interpretation.POSITIVE,
    "NEG": Interpretation.NEGATIVE,
    "ND": Interpretation.NEGATIVE,
    "NR": Interpretation.NEGATIVE,
    "IND": Interpretation.INDETERMINATE,
    "E": Interpretation.INDETERMINATE,
    "WR": Interpretation.INDETERMINATE,
}


class Valued(Resource):
    """The `value[x]` elements an Observation and its components share."""

    value_quantity: FhirQuantity | None = None
    value_codeable_concept: Raw = ABSENT
    value_string: str = ""
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_sampled_data: Raw = ABSENT
    value_time: str = ""
    value_date_time: str = ""
    value_period: Period | None = None


class FhirRange(Element):
    """`Observation.referenceRange`."""

    low: FhirQuantity | None = None
    high: FhirQuantity | None = None
    type: Raw = ABSENT
    applies_to: Raw = ABSENT
    age: Raw = ABSENT
    text: str = ""
    modifier_extension: Raw = ABSENT


# The three forms a result can take in a `Fact`: value, value_text, value_codes.
Result = tuple[Quantity | None, str, tuple[Code, ...]]


def result_of(written: Valued, problems: list[str]) -> Result:
    """The result; all three empty when none was sent, which is not "normal"."""
    quantity = written.value_quantity
    if quantity is not None:
        return quantity_result(quantity)
    if written.value_codeable_concept is not ABSENT:
        coded = concept(written.value_codeable_concept)
        return None, coded.text, coded.codes
    if written.value_string:
        return None, shortened(written.value_string, problems), ()
    return _rare_result(written)


def _rare_result(written: Valued) -> Result:
    if written.value_integer is not None:
        return Quantity(float(written.value_integer)), "", ()
    text = written.value_date_time or written.value_time
    if written.value_boolean is not None:
        text = "true" if written.value_boolean else "false"
    elif written.value_range is not None:
        text = range_text(written.value_range)
    elif written.value_ratio is not None:
        text = f"{quantity_text(written.value_ratio.numerator)}:{quantity_text(written.value_ratio.denominator)}"
    elif written.value_period is not None:
        text = f"{written.value_period.start or '?'} to {written.value_period.end or '?'}"
    elif written.value_sampled_data is not ABSENT:
        text = "sampled data (a curve; not kept)"
    return None, text, ()


def quantity_result(quantity: FhirQuantity) -> Result:
    """A quantity as a number with its unit; one without a number, or with an unknown comparator, as text only."""
    if quantity.value is None or quantity.comparator not in _COMPARATORS:
        return None, quantity_text(quantity), ()
    return Quantity(quantity.value, unit_of(quantity), quantity.comparator), "", ()


def unit_of(quantity: FhirQuantity) -> str:
    """The UCUM code when the sender used UCUM, else the unit as worded."""
    if quantity.code and quantity.system == _UCUM:
        return quantity.code
    return quantity.unit or quantity.code


def quantity_text(quantity: FhirQuantity | None) -> str:
    """`<5 mg`; `?` when there is nothing."""
    if quantity is None:
        return "?"
    number = "" if quantity.value is None else f"{quantity.comparator}{quantity.value:g}"
    unit = unit_of(quantity)
    return f"{number} {unit}".strip() if unit not in ("", "1") else number or "?"


def range_text(written: Range) -> str:
    """`5-10 mg`; an open side shows as `?`."""
    return f"{quantity_text(written.low)} to {quantity_text(written.high)}"


def interpretation_of(raw: Raw, problems: list[str]) -> Interpretation | None:
    """What the sender said against its own limits; None when nothing known was said."""
    if raw is ABSENT:
        return None
    said = {known for code in concepts(raw).codes if (known := _INTERPRETATIONS.get(code.code.upper()))}
    if len(said) > 1:
        problems.append("several interpretations that disagree; none was taken")
        return None
    return next(iter(said), None)


def reference_of(ranges: list[FhirRange] | None, problems: list[str]) -> ReferenceRange | None:
    """The one range that says what is normal. Several candidates stay text, because choosing needs age and sex."""
    if not ranges:
        return None
    usable = [each for each in ranges if each.modifier_extension is ABSENT and _is_normal(each)]
    if len(usable) < len(ranges) and not usable:
        return None
    if len(usable) > 1:
        general = [each for each in usable if each.applies_to is ABSENT and each.age is ABSENT]
        usable = general if len(general) == 1 else usable
    if len(usable) > 1:
        problems.append("several reference ranges; kept as text only")
        return ReferenceRange(text="; ".join(each.text or range_text(Range(each.low, each.high)) for each in usable))
    only = usable[0]
    low, high = only.low, only.high
    with_unit = low or high
    return ReferenceRange(
        low.value if low else None, high.value if high else None, unit_of(with_unit) if with_unit else "", only.text
    )


def _is_normal(written: FhirRange) -> bool:
    return written.type is ABSENT or concept(written.type).has("normal", "") or not concept(written.type).codes
