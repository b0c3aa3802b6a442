"""FHIR R4 and R4B in JSON → facts. `read` is the only door to facts."""

from zonula.chart_import.fhir.datatypes import Resource
from zonula.chart_import.fhir.document import directory_of, read
from zonula.chart_import.fhir.envelope import is_bundle
from zonula.chart_import.fhir.repeated_keys import repeated_keys

__all__ = ["Resource", "directory_of", "is_bundle", "read", "repeated_keys"]
