"""Finding patients."""

from django.db.models import QuerySet

from zonula_web.access.models import Clinic
from zonula_web.records.models import Patient

MOST_FOUND = 200
LONGEST_QUESTION = 100


def find_patients(clinic: Clinic, wanted: str = "") -> list[Patient]:
    """The clinic's patients whose name, number or birth date holds every word; at most MOST_FOUND, by name."""
    return list(asked_for(Patient.objects.filter(clinic=clinic, merged_into=None), wanted)[:MOST_FOUND])


def count_patients(clinic: Clinic) -> int:
    """How many patients the clinic has."""
    return Patient.objects.filter(clinic=clinic, merged_into=None).count()


def asked_for(patients: QuerySet[Patient], wanted: str) -> QuerySet[Patient]:
    """Those whose name, number or birth date holds every word."""
    for word in wanted[:LONGEST_QUESTION].split():
        patients = (
            patients.filter(name__icontains=word)
            | patients.filter(number__iexact=word)
            | patients.filter(born__startswith=word)
        )
    return patients
