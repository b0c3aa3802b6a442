"""Times (TS, IVL_TS, PIVL_TS, EIVL_TS). A date that is no date is kept as text and reported; unknown stays unknown."""

import msgspec

from zonula.chart import UNKNOWN_TIME, Moment, When
from zonula.chart_import.ccda.parse import Element
from zonula.chart_import.ccda.reading import Reading
from zonula.chart_import.ccda.statement import child
from zonula.chart_import.ccda.vocabulary import EVENT_TIMES, V3, XSI_TYPE

_LOW, _HIGH, _CENTER, _WIDTH = V3 + "low", V3 + "high", V3 + "center", V3 + "width"
_PERIOD, _EVENT, _OFFSET, _PHASE = V3 + "period", V3 + "event", V3 + "offset", V3 + "phase"
_UNITS = {"h": "hour", "d": "day", "wk": "week", "mo": "month", "min": "minute", "a": "year", "s": "second"}


class Timing(msgspec.Struct, frozen=True, gc=False):
    """A period, and whether its end was written as "over, but the date is unknown" (`high nullFlavor="UNK"`)."""

    when: When = UNKNOWN_TIME
    ended_unknown: bool = False


NO_TIMING = Timing()


def moment(reading: Reading, value: str | None) -> Moment | None:
    """One written time; a wrong one is reported and returned as None."""
    if not value:
        return None
    try:
        return Moment.parse(value)
    except ValueError as wrong:
        reading.warn(f"{wrong}; the date is left unknown")
        return None


def timing(reading: Reading, element: Element | None) -> Timing:
    """Read a point in time or a period."""
    if element is None:
        return NO_TIMING
    value = element.get("value")
    if value:
        point = moment(reading, value)
        return Timing(When(start=point) if point else When(text=value))
    start = end = None
    text = ""
    ended_unknown = False
    for part in element:
        tag, value = part.tag, part.get("value")
        if tag == _LOW:
            start = moment(reading, value)
        elif tag == _HIGH:
            end = moment(reading, value)
            ended_unknown = not value and part.get("nullFlavor") == "UNK"
        elif tag == _CENTER:
            start = moment(reading, value)
            text = f"around {value}" if value else ""
            continue
        elif tag == _WIDTH and value:
            text = f"for {value} {part.get('unit', '')}".strip()
            continue
        else:
            continue
        if value and (start if tag == _LOW else end) is None:
            text = f"{text} {value}".strip()
    if start is None and end is None and not text:
        return Timing(UNKNOWN_TIME, ended_unknown)
    return Timing(When(start, end, text), ended_unknown)


def frequency(element: Element) -> str:
    """How often, from a PIVL_TS or EIVL_TS: `every 12 hours`, `at bedtime`; empty for any other time."""
    kind = element.get(XSI_TYPE, "").rpartition(":")[2]
    period, event = child(element, _PERIOD), child(element, _EVENT)
    if kind == "EIVL_TS" or event is not None:
        code = "" if event is None else event.get("code", "")
        said = EVENT_TIMES.get(code, f"at event {code}" if code else "")
        offset = child(element, _OFFSET)
        if offset is None:
            return said
        low = child(offset, _LOW) if offset.get("value") is None else offset
        return said if low is None else f"{said}, offset {low.get('value', '')} {low.get('unit', '')}".strip()
    if period is None:
        return ""
    value, unit = period.get("value"), period.get("unit", "")
    if not value:
        bounds = [bound.get("value", "?") for tag in (_LOW, _HIGH) for bound in period.iterchildren(tag)]
        units = [bound.get("unit", "") for tag in (_LOW, _HIGH) for bound in period.iterchildren(tag)]
        return f"every {' to '.join(bounds)} {_unit(units[0], plural=True)}" if bounds else ""
    return f"every {_unit(unit)}" if value == "1" else f"every {value} {_unit(unit, plural=True)}"


def _unit(unit: str, plural: bool = False) -> str:
    name = _UNITS.get(unit)
    if name is None:
        return unit
    return name + "s" if plural else name
