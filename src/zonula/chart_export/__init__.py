"""Facts → FHIR R4 and CSV: everything a chart holds, for other systems and for the patient.

    from zonula.chart_export import bundle, facts_csv
    bundle(chart, shelf)  # → dict, a FHIR R4 collection Bundle

What FHIR has no place for travels in an extension of ours (`KEPT`), which our importer reads back; nothing is lost silently.
"""

from zonula.chart_export.fhir_bundle import bundle, facts_resources, reference_of
from zonula.chart_export.fhir_parts import KEPT, SOURCE, Resource
from zonula.chart_export.flat import COLUMNS, facts_csv

__all__ = ["COLUMNS", "KEPT", "SOURCE", "Resource", "bundle", "facts_csv", "facts_resources", "reference_of"]
