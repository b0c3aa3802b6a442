"""Telling FHIR R4 from its older and newer versions, by evidence in the document itself.

Reading another version as if it were R4 could turn a negation into an assertion (`notDone`, `notGiven` and `taken` moved or
vanished), so a document with one clear sign of another version is refused by name.
"""

import re

import msgspec
from msgspec import Raw

from zonula.chart_import.fhir.datatypes import ABSENT, Element

READS = "Zonula reads FHIR R4 and R4B"

_harmless: set[bytes] = set()  # metas already looked at: a server writes the same ones again and again
_PROFILE = re.compile(rb"/(DSTU2|STU3)/|(/argonaut/)")

# Resource types that R4 renamed or dropped.
_RETIRED = {
    **dict.fromkeys(
        ("MedicationOrder", "DiagnosticOrder", "Conformance", "Order", "OrderResponse", "ImagingObjectSelection"),
        "DSTU2",
    ),
    **dict.fromkeys(("ImagingManifest", "Sequence", "ExpansionProfile", "ServiceDefinition"), "STU3"),
    **dict.fromkeys(
        (
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
        ),
        "DSTU2 or STU3",
    ),
}


class OtherVersionError(Exception):
    """The document is not R4; version is its name, place and evidence say how it was recognised."""

    def __init__(self, version: str, place: str, evidence: str) -> None:
        super().__init__(version, place, evidence)
        self.version, self.place, self.evidence = version, place, evidence


class _Stated(Element):
    fhir_version: str = ""


def check_type(kind: str, raw: Raw) -> None:
    """Raise OtherVersionError for a resource type, or a stated `fhirVersion`, that is not R4's."""
    retired = _RETIRED.get(kind)
    if retired:
        raise OtherVersionError(retired, kind, "R4 has no such resource type")
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
    written = bytes(meta)
    if written in _harmless:
        return
    found = _PROFILE.search(written)
    if found is None:
        if len(written) < 300:
            if len(_harmless) >= 10_000:
                _harmless.clear()
            _harmless.add(written)
    else:
        named = "DSTU2" if found.group(2) else found.group(1).decode().upper()
        raise OtherVersionError(named, place, "its meta.profile names that version")


def is_text(raw: Raw) -> bool:
    """Whether an element that is a CodeableConcept in R4 was written as a bare code, as STU3 and DSTU2 did."""
    return raw is not ABSENT and bytes(raw).lstrip()[:1] == b'"'
