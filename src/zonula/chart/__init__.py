"""Frozen facts: the shared language of every room. Knows no file format, no rule, no clock."""

from zonula.chart.codes import SYSTEM_BY_OID, SYSTEM_BY_URI, Code, System
from zonula.chart.facts import DETAILS, Fact, Interpretation, Kind, Source, Status
from zonula.chart.finding import Ask, Finding, Grade, Level, State, Value
from zonula.chart.moments import UNKNOWN_TIME, Moment, Precision, When, at
from zonula.chart.patient import Patient, Sex
from zonula.chart.quantities import Quantity, ReferenceRange
from zonula.chart.record import Chart, chart_of, chronological

__all__ = [
    "DETAILS",
    "SYSTEM_BY_OID",
    "SYSTEM_BY_URI",
    "UNKNOWN_TIME",
    "Ask",
    "Chart",
    "Code",
    "Fact",
    "Finding",
    "Grade",
    "Interpretation",
    "Kind",
    "Level",
    "Moment",
    "Patient",
    "Precision",
    "Quantity",
    "ReferenceRange",
    "Sex",
    "Source",
    "State",
    "Status",
    "System",
    "Value",
    "When",
    "at",
    "chart_of",
    "chronological",
]
