"""Jobs and the files they wait for."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class State(models.TextChoices):
    """Where a job stands. ASKS: it stopped with a question; its files wait for the answer."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ASKS = "asks"


class Job(models.Model):
    """One piece of background work. leased_until: a running job past it belongs to a worker that died and is taken again.

    done, total: progress. says: what came of it, in words for the person who asked. result: ids and counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    clinic = models.ForeignKey("access.Clinic", on_delete=models.CASCADE)
    patient = models.ForeignKey("records.Patient", null=True, blank=True, on_delete=models.CASCADE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    says = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """First come, first served."""

        ordering = ("made_at", "id")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "made_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Upload(models.Model):
    """A file that a job will read; removed when the job is done."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=255)
    body = models.BinaryField()
