"""Result values of every data type, reference ranges and interpretations, in the form they were sent."""

import math
import re

import msgspec

from zonula.chart import Code, Interpretation, Quantity, ReferenceRange
from zonula.chart_import.ccda.concepts import concept, null_text
from zonula.chart_import.ccda.narrative import plain_text, squeeze
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import VALUE, Statement, child, descend
from zonula.chart_import.ccda.vocabulary import INTERPRETATIONS, V3, XSI_TYPE

_LOW, _HIGH, _TRANSLATION = V3 + "low", V3 + "high", V3 + "translation"
_NUMERATOR, _DENOMINATOR = V3 + "numerator", V3 + "denominator"
_RANGE, _OBSERVATION_RANGE = V3 + "referenceRange", V3 + "observationRange"
_INTERPRETATION = V3 + "interpretationCode"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)


class Result(msgspec.Struct, frozen=True, gc=False):
    """One value: a number, a text or codes; `absent` says why there is none."""

    quantity: Quantity | None = None
    text: str = ""
    codes: tuple[Code, ...] = ()
    absent: str = ""


NO_RESULT = Result()


def number(text: str | None) -> float | None:
    """A decimal number, or None when the text is none (`NaN`, `1e999` and `1,234` are none)."""
    if not text or not _NUMBER.fullmatch(text.strip()):
        return None
    value = float(text)
    return None if math.isinf(value) else value


def result_of(reading: Reading, statement: Statement) -> Result:
    """The value of an observation; several values are joined, none lost."""
    elements = statement.all(VALUE)
    if not elements:
        return NO_RESULT
    if len(elements) == 1:
        return result(reading, elements[0])
    results = [result(reading, element) for element in elements]
    texts = [one.text or _said(one.quantity) for one in results]
    return Result(
        text="; ".join(filter(None, texts)),
        codes=tuple(code for one in results for code in one.codes),
        absent="; ".join(filter(None, (one.absent for one in results))),
    )


def result(reading: Reading, element: Element) -> Result:
    """Read one `value` by its xsi:type, or by its attributes when the type is missing."""
    kind = element.get(XSI_TYPE, "").rpartition(":")[2]
    reader = _READERS.get(kind)
    if reader is None:
        if kind:
            reading.warn(f"value type {kind} is kept as text only")
        reader = _text if kind else _READERS[_guess(element)]
    found = reader(reading, element)
    flavor = element.get("nullFlavor")
    if flavor and found == NO_RESULT:
        return Result(absent=null_text(flavor))
    return found


def _guess(element: Element) -> str:
    if element.get("unit") is not None or number(element.get("value")) is not None:
        return "PQ"
    if element.get("code") is not None:
        return "CD"
    if child(element, _LOW) is not None or child(element, _HIGH) is not None:
        return "IVL_PQ"
    return "ST"


def _quantity(reading: Reading, element: Element) -> Result:
    value = element.get("value")
    amount = number(value)
    unit = element.get("unit", "")
    if amount is not None:
        return Result(Quantity(amount, "" if unit == "1" else unit))
    if value:
        reading.warn("a quantity that is not a number is kept as text")
        return Result(text=f"{value} {unit}".strip())
    for other in element.iterchildren(
        _TRANSLATION
    ):  # a unit outside UCUM: nullFlavor OTH with the value in a translation
        written = concept(reading, other).text or other.get("code", "")
        amount = number(other.get("value"))
        if amount is not None:
            return Result(Quantity(amount, written))
    return Result(text=squeeze(element.text))


def _interval(reading: Reading, element: Element) -> Result:
    low, high = child(element, _LOW), child(element, _HIGH)
    bounds = []
    for bound, closed, opened in ((low, ">=", ">"), (high, "<=", "<")):
        amount = None if bound is None else number(bound.get("value"))
        if bound is not None and amount is not None:
            bounds.append(
                Quantity(amount, bound.get("unit", ""), opened if bound.get("inclusive") == "false" else closed)
            )
    if len(bounds) == 1:
        return Result(bounds[0])
    if bounds and bounds[0].value == bounds[1].value:
        return Result(Quantity(bounds[0].value, bounds[0].unit))
    if bounds:
        return Result(text=f"{bounds[0].value:g}-{bounds[1].value:g} {bounds[0].unit or bounds[1].unit}".strip())
    return _quantity(reading, element)


def _coded(reading: Reading, element: Element) -> Result:
    found = concept(reading, element)
    return Result(text=found.text or (found.codes[0].code if found.codes else ""), codes=found.codes)


def _text(reading: Reading, element: Element) -> Result:
    if element.get("representation") == "B64":
        reading.warn("a value is an embedded file, which is not read")
        return Result(absent=f"embedded file ({element.get('mediaType', 'unknown type')})")
    said = reading.references.text_of(element) or squeeze(plain_text(element))
    return Result(text=said or element.get("value", "") or element.get("extension", ""))


def _ratio(reading: Reading, element: Element) -> Result:
    parts = [_quantity(reading, part) for tag in (_NUMERATOR, _DENOMINATOR) for part in element.iterchildren(tag)]
    return Result(text=":".join(part.text or _said(part.quantity) for part in parts))


def _time(_reading: Reading, element: Element) -> Result:
    bounds = [part.get("value", "") for tag in (_LOW, _HIGH) for part in element.iterchildren(tag)]
    return Result(text=element.get("value") or " to ".join(filter(None, bounds)))


def _said(quantity: Quantity | None) -> str:
    return "" if quantity is None else f"{quantity.comparator}{quantity.value:g} {quantity.unit}".strip()


_READERS = {
    **dict.fromkeys(("PQ", "INT", "REAL", "MO"), _quantity),
    **dict.fromkeys(("IVL_PQ", "IVL_INT", "IVL_REAL"), _interval),
    **dict.fromkeys(("CD", "CE", "CV", "CO", "CS"), _coded),
    **dict.fromkeys(("ST", "ED", "SC", "BL", "II", "TEL", "BN"), _text),
    **dict.fromkeys(("RTO", "RTO_PQ_PQ", "RTO_QTY_QTY"), _ratio),
    **dict.fromkeys(("TS", "IVL_TS"), _time),
}


def interpretation(reading: Reading, statement: Statement) -> Interpretation | None:
    """What the sender said of the result; codes outside our table and codes that disagree are reported and left unsaid."""
    said: set[Interpretation] = set()
    for element in statement.all(_INTERPRETATION):
        code = element.get("code", "")
        known = INTERPRETATIONS.get(code.upper())
        if known is not None:
            said.add(known)
        elif code:
            reading.warn(f"interpretation {code[:20]!r} is not one Zonula knows; left unsaid")
    if len(said) > 1:
        reading.warn("several interpretations that disagree; none was taken")
        return None
    return next(iter(said), None)


def reference_range(reading: Reading, statement: Statement) -> ReferenceRange | None:
    """The sender's limits. Of several the one marked normal counts; without a mark they stay text, for age and sex may choose."""
    ranges: list[tuple[bool, ReferenceRange]] = []
    for element in statement.all(_RANGE):
        within = child(element, _OBSERVATION_RANGE)
        if within is None:
            continue
        text_element, value = child(within, V3 + "text"), child(within, VALUE)
        text = reading.references.text_of(text_element) if text_element is not None else ""
        low = high = None
        unit = ""
        if value is not None:
            low_element, high_element = child(value, _LOW), child(value, _HIGH)
            low, high = (None if part is None else number(part.get("value")) for part in (low_element, high_element))
            unit = next(
                (part.get("unit", "") for part in (low_element, high_element) if part is not None and part.get("unit")),
                "",
            )
            if low is None and high is None and not text:
                found = result(reading, value)
                text = found.text or _said(found.quantity)
        if low is None and high is None and not text:
            continue
        meaning = descend(within, _INTERPRETATION)
        normal = meaning is not None and meaning.get("code") == "N"
        ranges.append((normal, ReferenceRange(low, high, unit, text)))
    if len(ranges) <= 1:
        return ranges[0][1] if ranges else None
    texts = "; ".join(dict.fromkeys(one.text or f"{one.low}-{one.high} {one.unit}".strip() for _, one in ranges))
    normal_ones = [one for normal, one in ranges if normal]
    if len(normal_ones) != 1:
        reading.warn("several reference ranges; kept as text only")
        return ReferenceRange(text=texts)
    chosen = normal_ones[0]
    return ReferenceRange(chosen.low, chosen.high, chosen.unit, texts)
