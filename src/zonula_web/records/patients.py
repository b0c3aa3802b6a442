"""Finding patients."""

from zonula_web.access.models import Clinic
from zonula_web.records.models import Patient

MOST_FOUND = 200
LONGEST_QUESTION = 100


def find_patients(clinic: Clinic, wanted: str = "") -> list[Patient]:
    """The clinic's patients whose name, number or birth date holds every word; at most MOST_FOUND, by name."""
    found = Patient.objects.filter(clinic=clinic, merged_into=None)
    for word in wanted[:LONGEST_QUESTION].split():
        found = (
            found.filter(name__icontains=word) | found.filter(number__iexact=word) | found.filter(born__startswith=word)
        )
    return list(found[:MOST_FOUND])
