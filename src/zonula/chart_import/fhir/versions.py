"""Telling FHIR R4 from its older and newer versions, by evidence in the document itself.

Reading another version as if it were R4 could turn a negation into an assertion (`notDone`, `notGiven` and `taken` moved or
vanished), so a document with one clear sign of another version is refused by name.
"""

import re

import msgspec
from msgspec import Raw

from zonula.chart_import.fhir.datatypes import ABSENT, Element

READS = "Zonula reads FHIR R4 and R4B"

_PROFILE = re.compile(rb"/(DSTU2|STU3)/|(/argonaut/)", re.IGNORECASE)

# Resource types that R4 renamed or dropped.
_ONLY_DSTU2 = ("MedicationOrder", "DiagnosticOrder", "Conformance", "Order", "OrderResponse", "ImagingObjectSelection")
_ONLY_STU3 = ("ImagingManifest", "Sequence", "ExpansionProfile", "ServiceDefinition")
_BEFORE_R4 = (
    "ProcedureRequest",
    "ReferralRequest",
    "BodySite",
    "DeviceComponent",
    "DeviceUseRequest",
    "EligibilityRequest",
    "EligibilityResponse",
    "ProcessRequest",
    "ProcessResponse",
    "DataElement",
)


class OtherVersionError(Exception):
    """The document is not R4; version is its name, place and evidence say how it was recognised."""

    def __init__(self, version: str, place: str, evidence: str) -> None:
        super().__init__(version, place, evidence)
        self.version, self.place, self.evidence = version, place, evidence


class _Stated(Element):
    fhir_version: str = ""


def check_type(kind: str, raw: Raw) -> None:
    """Raise OtherVersionError for a resource type, or a stated `fhirVersion`, that is not R4's."""
    named = {**dict.fromkeys(_ONLY_DSTU2, "DSTU2"), **dict.fromkeys(_ONLY_STU3, "STU3")}.get(kind)
    if named or kind in _BEFORE_R4:
        raise OtherVersionError(named or "DSTU2 or STU3", kind, "R4 has no such resource type")
    if kind == "CapabilityStatement":
        try:
            stated = msgspec.json.decode(raw, type=_Stated).fhir_version
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        version = {"0": "DSTU1", "1": "DSTU2", "3": "STU3", "5": "R5"}.get(stated[:1], "")
        if version:
            raise OtherVersionError(version, kind, f"states fhirVersion {stated[:20]}")


def check_meta(meta: Raw, place: str) -> None:
    """Raise OtherVersionError when `meta.profile` names an older version."""
    found = _PROFILE.search(meta)
    if found:
        named = "DSTU2" if found.group(2) else found.group(1).decode().upper()
        raise OtherVersionError(named, place, "its meta.profile names that version")


def is_text(raw: Raw) -> bool:
    """Whether an element that is a CodeableConcept in R4 was written as a bare code, as STU3 and DSTU2 did."""
    return raw is not ABSENT and bytes(raw).lstrip()[:1] == b'"'
