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


class Whole(NamedTuple):
    """entries: the address, type, handler (None for a type that adds no fact) and decoded resource of each."""

    bundle: str
    entries: list[tuple[str, str, Handler | None, Any]]
    warnings: tuple[str, ...]


def decoded_at_once(data: bytes) -> Whole | None:
    """The Bundle's entries, or None when it must be read entry by entry."""
    if not is_bundle(data):
        return None
    decoder, known = _shapes()
    try:
        bundle = decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    entries = []
    for entry in bundle.entry or ():
        resource, url = entry.resource, entry.full_url
        kind, handler = known[type(resource)]
        if handler is not None and not resource.id and not url:
            return None
        entries.append((url, kind, handler, resource))
    return Whole(bundle.type, entries, pages_missing(bundle.link))


@cache
def _shapes() -> tuple[Any, dict[type, tuple[str, Handler | None]]]:
    """The decoder of a whole Bundle, and what each class it makes stands for."""
    known: dict[type, tuple[str, Handler | None]] = {}
    for kind, handler in HANDLERS.items():
        shape = handler.shape
        known[msgspec.defstruct(shape.__name__, [], bases=(shape,), tag_field="resourceType", tag=kind)] = kind, handler
    for kind in _PASSED_OVER:
        known[msgspec.defstruct(kind, [], tag_field="resourceType", tag=kind, gc=False)] = kind, None
    resource: Any = reduce(or_, known)
    entry: Any = msgspec.defstruct("Entry", [("resource", resource), ("full_url", str, "")], bases=(Element,))
    fields = [("type", str, ""), ("entry", list[entry] | None, None), ("link", list[Link] | None, None)]
    bundle = msgspec.defstruct("Bundle", fields, bases=(Element,))
    return msgspec.json.Decoder(bundle), known
