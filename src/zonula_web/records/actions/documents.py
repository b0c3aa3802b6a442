"""Withdrawing documents from a chart, and putting them back."""

from django.utils import timezone

from zonula.errors import UserError
from zonula_web.records.actions.changing import changing
from zonula_web.records.actions.charts import keep_chart
from zonula_web.records.models import Document, Patient


def remove_document(*, patient: Patient, number: int, because: str) -> None:
    """Withdraw a document from the chart; it stays in the history with the reason, and corrections of its records rest."""
    if not because.strip():
        raise UserError("Why is the document removed?", "Write a short reason; it stays in the history.")
    with changing(patient, chart=True) as locked:
        document = Document.objects.filter(patient=locked, pk=number, removed_at=None).first()
        if document is None:
            raise UserError("This document is not in the chart any more.", "Look at the list of documents.")
        document.removed_at, document.removed_because = timezone.now(), because.strip()[:300]
        document.save(update_fields=["removed_at", "removed_because"])
        keep_chart(locked)


def put_back_document(*, patient: Patient, number: int) -> None:
    """Take the removal of a document back."""
    with changing(patient, chart=True) as locked:
        document = Document.objects.filter(patient=locked, pk=number).exclude(removed_at=None).first()
        if document is None:
            raise UserError("This document is not among the removed ones.", "Look at the list of documents.")
        if Document.objects.filter(patient=locked, sha256=document.sha256, removed_at=None).exists():
            raise UserError("The same document was imported again meanwhile.", "Nothing needs to be put back.")
        if Document.objects.filter(patient=locked, name=document.name, removed_at=None).exists():
            document.name = f"{document.pk}-{document.name[-240:]}"
        document.removed_at, document.removed_because = None, ""
        document.save(update_fields=["name", "removed_at", "removed_because"])
        keep_chart(locked)
