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


def twins(clinic: Clinic, name: str, born: str) -> list[Patient]:
    """Patients who may be the same person: the same words of a name in any order, and no other birth date."""
    words = sorted(name.casefold().split())
    if not words:
        return []
    alike = Patient.objects.filter(clinic=clinic, merged_into=None, name__icontains=words[0])
    return [
        one
        for one in alike
        if sorted(one.name.casefold().split()) == words and (not born or not one.born or one.born.startswith(born[:4]))
    ]


def asked_for(patients: QuerySet[Patient], wanted: str) -> QuerySet[Patient]:
    """Those whose name, number or birth date holds every word."""
    for word in wanted[:LONGEST_QUESTION].split():
        patients = (
            patients.filter(name__icontains=word)
            | patients.filter(number__iexact=word)
            | patients.filter(born__startswith=word)
        )
    return patients
