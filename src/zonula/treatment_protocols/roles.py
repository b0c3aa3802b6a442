"""Who acts. A role is what a person may answer for, not a job title."""

from enum import StrEnum


class Role(StrEnum):
    """The roles the gates and steps know."""

    PATIENT = "patient"
    STAFF = "staff"
    DIETITIAN = "dietitian"
    CLINICIAN = "clinician"
    ALLERGIST = "allergist"
    GASTROENTEROLOGIST = "gastroenterologist"
