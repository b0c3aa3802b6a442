"""A whole Bundle decoded in one pass, straight into the shapes: half the time of opening its entries one by one.

It serves the Bundle in which nothing is out of the ordinary. Anything else (a type not named here, a field of the wrong type, an
entry without a resource, an id that is missing) gives None, and the document is read entry by entry, where each can fail alone.
"""

from functools import cache, reduce
from operator import or_
from typing import Any, NamedTuple

import msgspec

from zonula.chart_import.fhir.datatypes import Element
from zonula.chart_import.fhir.envelope import Link, is_bundle, pages_missing
from zonula.chart_import.fhir.registry import HANDLERS, Handler

# What patients' exports hold besides facts. A type missing here costs time, nothing else.
_PASSED_OVER = (
    "Account",
    "Appointment",
    "Basic",
    "Binary",
    "CarePlan",
    "CareTeam",
    "Claim",
    "ClaimResponse",
    "Communication",
    "Consent",
    "Coverage",
    "Device",
    "DeviceRequest",
    "Endpoint",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "Flag",
    "Goal",
    "Group",
    "HealthcareService",
    "ImagingStudy",
    "List",
    "Media",
    "NutritionOrder",
    "OperationOutcome",
    "Provenance",
    "RiskAssessment",
    "SupplyDelivery",
    "Task",
)


class Entry(Element):
    """An address and the decoded resource, of one of the classes that `KindOf` knows."""

    resource: Any
    full_url: str = ""


KindOf = dict[type, tuple[str, Handler | None]]
"""What each class stands for: the resource type and its handler, None for a type that adds no fact."""


class Whole(NamedTuple):
    """A Bundle decoded at once. bundle: `Bundle.type`."""

    bundle: str
    entries: list[Entry]
    kind_of: KindOf
    warnings: tuple[str, ...]


def decoded_at_once(data: bytes) -> Whole | None:
    """The Bundle's entries, or None when it must be read entry by entry."""
    if not is_bundle(data):
        return None
    decoder, kind_of = _shapes()
    try:
        bundle = decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return Whole(bundle.type, bundle.entry or [], kind_of, pages_missing(bundle.link))


@cache
def _shapes() -> tuple[Any, KindOf]:
    """The decoder of a whole Bundle, and what each class it makes stands for."""
    known: KindOf = {}
    for kind, handler in HANDLERS.items():
        shape = handler.shape
        known[msgspec.defstruct(shape.__name__, [], bases=(shape,), tag_field="resourceType", tag=kind)] = kind, handler
    for kind in _PASSED_OVER:
        known[msgspec.defstruct(kind, [], tag_field="resourceType", tag=kind, gc=False)] = kind, None
    entry: Any = msgspec.defstruct("Typed", [("resource", reduce(or_, known))], bases=(Entry,))
    fields = [("type", str, ""), ("entry", list[entry] | None, None), ("link", list[Link] | None, None)]
    bundle = msgspec.defstruct("Bundle", fields, bases=(Element,))
    return msgspec.json.Decoder(bundle), known
