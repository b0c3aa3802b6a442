"""Where consent stands."""

from zonula_web.records.models import Consent, Patient


def consents(patient: Patient) -> dict[str, Consent]:
    """The newest statement of each kind of data; a kind without any is not in it, and not agreed to."""
    return {row.data: row for row in Consent.objects.filter(patient=patient).order_by("id")}


def agreed(patient: Patient, data: str) -> bool:
    """Whether the patient agreed to this kind of data and did not take it back."""
    row = consents(patient).get(data)
    return row is not None and row.given
