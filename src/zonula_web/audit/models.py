"""One table of events. Rows of `Event` are written by database triggers and by `record`; nothing can change or remove them."""

from django.db import models


class Event(models.Model):
    """One thing someone saw or did.

    action: `insert`, `update`, `delete` (by triggers) or what `record` was told: `saw`, `exported`, `signed in` ...
    table, row: what was touched, ids only; health data never stands here. hash: SHA-256 over `previous` and this row's fields,
    so that a changed, removed or moved event breaks the chain.
    """

    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=40)
    patient = models.CharField(max_length=36, blank=True, db_index=True)
    table = models.CharField(max_length=60, blank=True)
    row = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        """The order of writing is the order of the chain."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.at} {self.actor} {self.action} {self.table} {self.row}"
