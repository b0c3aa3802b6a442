"""Where a fact stands, as plain names: naming an enum member costs a slow look-up each time (Python 3.11), and every fact names some."""

from typing import Final

from zonula.chart import Status

CONFIRMED: Final = Status.CONFIRMED
SUSPECTED: Final = Status.SUSPECTED
PATIENT_REPORTED: Final = Status.PATIENT_REPORTED
RESOLVED: Final = Status.RESOLVED
REFUTED: Final = Status.REFUTED
ENTERED_IN_ERROR: Final = Status.ENTERED_IN_ERROR
PLANNED: Final = Status.PLANNED
NOT_DONE: Final = Status.NOT_DONE
UNKNOWN: Final = Status.UNKNOWN
