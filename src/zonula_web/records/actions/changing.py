"""What every action on a patient does first: lock the row, refuse a record that was merged away, count the change."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F

from zonula.errors import UserError
from zonula_web.records.models import Patient


@contextmanager
def changing(patient: Patient, *, chart: bool = False, counted: bool = True) -> Iterator[Patient]:
    """One transaction in which this patient's record changes; two actions on one patient happen one after the other.

    chart: the chart itself changes, so what was derived from it is made again. counted False: what is written is no part of the record yet
    (a session that is being typed), so nothing is derived anew. Raises UserError for a merged record.
    """
    with transaction.atomic():
        locked = Patient.objects.select_for_update().get(pk=patient.pk)
        if locked.merged_into_id:
            raise UserError("This record was merged into another.", "Open the other record.")
        yield locked
        if not counted:
            return
        steps = {"version": F("version") + 1} | ({"chart_version": F("chart_version") + 1} if chart else {})
        Patient.objects.filter(pk=locked.pk).update(**steps)
    patient.refresh_from_db(fields=["version", "chart_version"])
