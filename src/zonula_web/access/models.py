"""People, clinics and who belongs where."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from zonula_web.access.rights import Role


class Clinic(models.Model):
    """A practice or hospital department. Patients and members belong to one; nothing is shared between clinics."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="UTC")
    demonstration = models.BooleanField(default=False, help_text="its patients are virtual")

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Makes people. E-mail addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """One person who may sign in (with that password, or by a passkey only)."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        if password is None:
            person.set_unusable_password()
        else:
            person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """By e-mail, in any case of letters."""
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Someone who signs in: a member of a clinic, or a patient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(models.Model):
    """A person's role in a clinic."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    administrator = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One role in each clinic."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "clinic"], name="one_role_in_each_clinic")
        ]

    def __str__(self) -> str:
        return f"{self.person} is {self.role} of {self.clinic}"


class Invitation(models.Model):
    """A link that lets one person in, once. Only the hash of its secret is kept.

    patient: the record a patient is invited to; empty for a member.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, blank=True)
    administrator = models.BooleanField(default=False)
    patient = models.ForeignKey("records.Patient", null=True, blank=True, on_delete=models.CASCADE)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation of {self.email}"
