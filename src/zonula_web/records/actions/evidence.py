"""What the clinician states for the work-up: celiac evidence, HLA typing, the meaning of a genotype file. Each statement is a new row; the newest holds."""

import json
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from zonula.errors import UserError
from zonula.laboratory_tests import (
    GenotypeReading,
    assess_celiac,
    evidence_from_chart,
    read_genotype_file,
    read_typing,
    together,
)
from zonula.laboratory_tests.celiac import CeliacEvidence, Hla, evidence_of
from zonula_web.access.models import Person
from zonula_web.records import read
from zonula_web.records.actions.changing import changing
from zonula_web.records.consent import agreed
from zonula_web.records.models import Evidence, Patient

MOST_UNPACKED = 400_000_000  # bytes; a consumer file unpacks to about 25 MB, an exome VCF to some hundred
LONGEST_TYPING = 400
GENOTYPE = "genotype"


def state_celiac(*, patient: Patient, by: Person, written: dict[str, Any], today: date) -> None:
    """Keep what the clinician asked about celiac disease. Raises UserError when it cannot be right or contradicts the records."""
    evidence = evidence_of(written)
    with changing(patient) as locked:
        _fits(locked, evidence, today)
        body = json.loads(msgspec.json.encode(evidence))
        Evidence.objects.create(patient=locked, by=by, kind="celiac", body=body)


def state_hla(*, patient: Patient, by: Person, typing: str, today: date) -> None:
    """Keep a clinical HLA-DQ typing as the laboratory wrote it; empty takes it back. Raises UserError when it cannot be read."""
    typing = " ".join(typing.split())
    if len(typing) > LONGEST_TYPING:
        raise UserError("This is longer than any typing.", "Write the DQA1 and DQB1 alleles only.")
    if typing:
        read_typing(typing)
    with changing(patient) as locked:
        if typing:
            _fits(locked, CeliacEvidence(hla=Hla(typing=typing)), today)
        Evidence.objects.create(patient=locked, by=by, kind="hla", body={"typing": typing})


def state_genotype(*, patient: Patient, by: Person, name: str, chunks: Iterable[bytes]) -> GenotypeReading:
    """Reduce a genotype file to its meaning and keep that. The file itself rests in a folder of its own only while it is read.

    Raises UserError without the patient's consent, or when the file is not of one person in a known format.
    """
    _agreed(patient)
    with tempfile.TemporaryDirectory(prefix="zonula-") as folder:
        path = Path(folder) / f"genotype{''.join(Path(name).suffixes[-2:])[:20]}"
        with path.open("wb") as out:
            for chunk in chunks:
                out.write(chunk)
        reading = read_genotype_file(path, MOST_UNPACKED)
    with changing(patient) as locked:
        _agreed(locked)
        body = json.loads(msgspec.json.encode(reading))
        Evidence.objects.create(patient=locked, by=by, kind=GENOTYPE, body=body)
    return reading


def forget_genotype(*, patient: Patient) -> None:
    """Remove every genotype reading of this patient; the log keeps that there was one."""
    with changing(patient) as locked:
        Evidence.objects.filter(patient=locked, kind=GENOTYPE).delete()


def _agreed(patient: Patient) -> None:
    if not agreed(patient, GENOTYPE):
        raise UserError(
            "The patient has not agreed that genetic results are kept.",
            "Write down the consent first, on the page Consent.",
        )


def _fits(locked: Patient, evidence: CeliacEvidence, today: date) -> None:
    """Whether the assessment can be made with it: nothing after today, nothing the records contradict."""
    assess_celiac(together(evidence, evidence_from_chart(read.chart(locked), today)), today)
