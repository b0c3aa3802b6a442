"""The rows. Columns hold what is searched or sorted; everything else is one of the core's own structs as JSON, read strictly.

Nothing is changed in place where its history matters: corrections, plan events, consents and answers are added, never edited.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Patient(models.Model):
    """One patient of one clinic.

    chart_version: grows with every import or correction. version: with every write about the patient; what is derived is cached by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("access.Clinic", on_delete=models.PROTECT, related_name="patients")
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="own_record"
    )
    name = models.CharField(max_length=200)
    born = models.CharField(max_length=10, blank=True, help_text="YYYY-MM-DD, YYYY-MM or YYYY; empty when unknown")
    sex = models.CharField(max_length=10, default="unknown")
    number = models.CharField(max_length=60, blank=True, help_text="the clinic's own number")
    made_at = models.DateTimeField(auto_now_add=True)
    chart_version = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    class Meta:
        """Lists are by name."""

        ordering = ("name", "born")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["clinic", "name"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["clinic", "number"], condition=~models.Q(number=""), name="one_patient_for_each_number"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PatientRow(models.Model):
    """What every row about a patient has. by: who wrote it, empty when a job or the system did."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        """No table of its own."""

        abstract = True
        ordering = ("id",)


class Document(PatientRow):
    """One imported document, byte for byte (zlib), and what was read in it. sha256: of the bytes as uploaded.

    removed_at: withdrawn from the chart, kept for the history. whose: ids of the person in a document that holds several people;
    empty when everything in it is the patient's.
    """

    name = models.CharField(max_length=255)
    whose = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    size = models.PositiveBigIntegerField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_because = models.CharField(max_length=300, blank=True)


class Chart(models.Model):
    """The patient's chart as of one version: `chart.Chart` and the import reports as JSON (zlib). Derived; can be made again.

    entries: where each hand-written entry stands in this chart (`records.corrected.Placed`), by its number.
    """

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    body = models.BinaryField()
    reports = models.BinaryField()
    entries = models.JSONField(default=dict)


class Entry(PatientRow):
    """A fact entered by hand, or a correction of one of the chart. fact: `chart.Fact` as JSON, empty to withdraw `replaces`.

    original: the fact that was corrected, as it stood, so that it is found again when documents are imported anew and stays visible.
    undoes: the entry that is taken back by this one.
    """

    fact_id = models.CharField(max_length=200)
    replaces = models.TextField(blank=True)
    fact = models.JSONField(null=True, blank=True)
    original = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")


class Answers(PatientRow):
    """One filled questionnaire: a FHIR QuestionnaireResponse as JSON."""

    form = models.CharField(max_length=60)
    day = models.DateField()
    response = models.JSONField()
    withdrawn_because = models.CharField(max_length=300, blank=True)


class FormLink(PatientRow):
    """A link with which a patient fills in a questionnaire without an account. Only the hash of its secret is kept."""

    form = models.CharField(max_length=60)
    secret_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class Evidence(PatientRow):
    """What the clinician states for the work-up. kind: `celiac` (CeliacEvidence), `hla` (typing text), `genotype` (GenotypeReading),
    `situation` (Situation). The newest of a kind holds; older ones are its history."""

    kind = models.CharField(max_length=20, db_index=True)
    body = models.JSONField()


class SkinSession(PatientRow):
    """A skin prick test session as the core's session file (JSON). An edit adds a row; the newest of a day holds.

    While it is not finished, body is what was typed so far. withdrawn_because: the day is taken out of every judgement.
    """

    day = models.DateField()
    body = models.JSONField()
    finished = models.BooleanField(default=False)
    withdrawn_because = models.CharField(max_length=300, blank=True)


class Plan(PatientRow):
    """A plan that was started, with the whole protocol it was started with (JSON)."""

    protocol = models.CharField(max_length=80)
    protocol_fingerprint = models.CharField(max_length=80)
    protocol_body = models.JSONField()
    closed_at = models.DateTimeField(null=True, blank=True)


class PlanEvent(PatientRow):
    """One event of a plan (`treatment_protocols.Event` as JSON). number: its place, so that two people cannot write the same step."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    event = models.JSONField()

    class Meta:
        """In the order of writing."""

        ordering = ("plan", "number")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_event_at_each_place")
        ]


class DiaryEntry(models.Model):
    """One entry of a diary. id: made by the phone, so sending twice stores once. revision: grows with each edit.

    conflict_of: the entry that another phone edited at the same time; both are kept until the patient chooses.
    """

    id = models.UUIDField(primary_key=True)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    day = models.DateField(db_index=True)
    body = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    deleted = models.BooleanField(default=False)
    conflict_of = models.UUIDField(null=True, blank=True)
    recorded_at = models.DateTimeField(help_text="by the phone's clock")
    received_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    number = models.PositiveBigIntegerField(
        default=0, help_text="grows with every change of this patient's diary; phones ask from it on"
    )

    class Meta:
        """In the order the diary is read."""

        ordering = ("day", "recorded_at", "id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "number"]),
            models.Index(fields=["patient", "day"]),
        ]


class DiaryMeal(models.Model):
    """A meal the patient named, to write it with one tap: a favourite or an own recipe. id: made by the phone.

    items: as in a meal of the diary. The newest writing holds; what was eaten stands in the diary itself.
    """

    id = models.UUIDField(primary_key=True)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    items = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        """By name."""

        ordering = ("name", "id")


class DiaryPhoto(models.Model):
    """A picture that belongs to an entry of the diary: a JPEG without what the camera wrote about place and time. id: made by the phone."""

    id = models.UUIDField(primary_key=True)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE)
    body = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)


class Task(PatientRow):
    """Something someone must do. key: what it is about, so that the same alarm makes one task. level: E, U, P, H, C or empty.

    kind: what sort of matter it is (`records.matters`). why: the sentence behind it. because: the facts behind that sentence; a matter that was
    dealt with comes back only when one of these changes.
    """

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, default="by hand")
    level = models.CharField(max_length=1, blank=True)
    what = models.TextField()
    why = models.TextField(blank=True)
    because = models.JSONField(default=list)
    who = models.CharField(max_length=40, default="clinician")
    due = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    done_note = models.CharField(max_length=300, blank=True)

    class Meta:
        """An open task of one key once."""

        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "key"], condition=models.Q(done_at=None), name="one_open_task_for_each_key"
            )
        ]


class Attention(models.Model):
    """For which version of the record and which day the tasks of a patient were derived. Behind either, they are derived again."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="attention")
    version = models.PositiveIntegerField()
    day = models.DateField(db_index=True)


class Merge(PatientRow):
    """Two records of one person that became one: `other` was merged into `patient`. moved: what moved, so that it can be taken back."""

    other = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_because = models.CharField(max_length=300, blank=True)


class Suspects(models.Model):
    """What the inference said of the diary as of one version of it: `records.suspects.Suspected` as JSON. Derived; can be made again."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE)
    diary_version = models.PositiveBigIntegerField()
    day = models.DateField()
    body = models.JSONField()


class Course(models.Model):
    """A patient's course (`outcomes.Course` as JSON, {} while there is none) as of one version of record and diary, for the clinic's figures."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    diary_version = models.PositiveBigIntegerField()
    day = models.DateField()
    body = models.JSONField()


class Figures(models.Model):
    """The clinic's outcomes as of one day: `outcomes.ClinicReport` and the funnel as JSON. Derived; can be made again.

    research: what researchers get (`records.research.Release`), {} before the first. It cannot be made again: what was given out before decides
    what may be given out now.
    """

    clinic = models.OneToOneField("access.Clinic", on_delete=models.CASCADE)
    day = models.DateField()
    made_at = models.DateTimeField(auto_now=True)
    report = models.JSONField()
    funnel = models.JSONField()
    research = models.JSONField(default=dict)


class Consent(PatientRow):
    """What the patient agreed to or took back. The newest of a data type holds; none means no."""

    data = models.CharField(max_length=30)
    given = models.BooleanField()
    words = models.CharField(max_length=400)
