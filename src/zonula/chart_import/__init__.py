"""Documents of every provider into one chart. See `report` for what is said about each."""

from zonula.chart_import.containers import Limits
from zonula.chart_import.imported import Imported, Progress, read_documents, read_paths
from zonula.chart_import.report import DocumentReport, ReadDocument, Skipped

__all__ = [
    "DocumentReport",
    "Imported",
    "Limits",
    "Progress",
    "ReadDocument",
    "Skipped",
    "read_documents",
    "read_paths",
]
