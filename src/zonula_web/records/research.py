"""What researchers get: figures and a table of those who agreed, released so that neither one look nor the difference of two shows a person.

- Only patients who agreed to research count.
- Two releases differ by nobody or by at least five people: fewer who are new wait; when fewer left, others drawn at random leave with them.
- Counts are shown to the nearest five, small ones and what would give them away not at all.
- The signed file for other clinics has exact counts, and is replaced only when each count has changed by nothing or by at least five.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from zonula.errors import UserError
from zonula.outcomes import (
    Aggregate,
    Course,
    Definitions,
    aggregate,
    bands,
    check_previous,
    deidentified,
    outcome,
    sign,
    way_suppressed,
)
from zonula.outcomes.deidentified import SCHEMA
from zonula_web.access.models import Clinic
from zonula_web.records import read
from zonula_web.records.models import Consent, Figures

KEY_BYTES = 32
Way = tuple[tuple[str, int | None], ...]


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown and given out. way: each step of the way with its count, None where hidden. rows: columns of the table."""

    summary: Aggregate
    way: Way
    rows: dict[str, list[object]]

    def table(self) -> pa.Table:
        """One row a patient, as `outcomes.deidentified` made it."""
        return pa.Table.from_pydict(self.rows, schema=SCHEMA)


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """The newest release. contributors: who is in it; kept here and never shown, so that the next one can be compared.

    content: None when too few agreed. registry: the file for other clinics, as of `registry_day`.
    """

    day: date
    contributors: frozenset[str] = frozenset()
    content: Content | None = None
    registry: Aggregate | None = None
    registry_day: date | None = None


def stored(clinic: Clinic) -> Release | None:
    """The newest release, or None before the first making of figures."""
    row = Figures.objects.filter(clinic=clinic).only("research").first()
    return msgspec.convert(row.research, Release) if row is not None and row.research else None


def agreed(clinic: Clinic) -> set[UUID]:
    """Who agreed to research and did not take it back."""
    given = {
        row.patient_id: row.given
        for row in Consent.objects.filter(patient__clinic=clinic, patient__merged_into=None, data="research").order_by(
            "id"
        )
    }
    return {patient for patient, yes in given.items() if yes}


def contributing(before: frozenset[str], now: set[str], least: int, rng: np.random.Generator) -> frozenset[str]:
    """Who is in the next release: `now` but for those who must wait or leave so that it differs from the last by nobody or at least `least`."""
    new, stay, left = now - before, before & now, before - now
    if not before:
        return frozenset(now)
    if 0 < len(left) < least:
        drawn = sorted(stay)
        extra = rng.permutation(len(drawn))[: least - len(left)]
        stay -= {drawn[one] for one in extra}
    return frozenset(stay | new) if len(new) >= least else frozenset(stay)


def make(
    before: Release | None, day: date, clinic: Clinic, courses: Mapping[str, Course], way: Sequence[tuple[str, int, int | None]],
    rules: Definitions, rng: np.random.Generator,
) -> Release:  # fmt: skip
    """The next release. courses: by patient, of those in it. way: steps of everyone in it (title, count, place of the step it is part of)."""
    last = before or Release(day=day)
    chosen = [courses[one] for one in sorted(courses)]
    judged = [outcome(one, rules) for one in chosen]
    try:
        summary = aggregate(
            clinic.name, chosen, judged, rules, np.random.default_rng(0)
        )  # folds only; nothing is drawn from people
        table = deidentified(chosen, judged, rules, bands(read.knowledge()), rng)
    except UserError:
        return msgspec.structs.replace(last, day=day, content=None)
    shown = way_suppressed([(count, within) for _, count, within in way], rules.least_cell)
    registry, registry_day = _registry(last, summary, day, rules.least_cell)
    return Release(
        day=day,
        contributors=frozenset(courses),
        content=Content(
            summary=summary,
            way=tuple((title, count) for (title, *_), count in zip(way, shown, strict=True)),
            rows=table.to_pydict(),
        ),
        registry=registry,
        registry_day=registry_day,
    )


def _registry(last: Release, now: Aggregate, day: date, least: int) -> tuple[Aggregate, date]:
    """The new file, or the last one when their difference would show single patients."""
    if last.registry is not None and last.registry_day is not None:
        try:
            check_previous(last.registry, now, least)
        except UserError:
            return last.registry, last.registry_day
    return now, day


def signing_key(clinic: Clinic) -> Ed25519PrivateKey:
    """The clinic's key, derived from the site's secret: it lives as long as the secret, and is backed up with it."""
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"zonula registry key " + clinic.id.bytes)
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.SECRET_KEY.encode()))


def signed_registry(clinic: Clinic, content: Aggregate) -> bytes:
    """The file for other clinics, as `zonula registry pool` reads it."""
    return msgspec.json.format(msgspec.json.encode(sign(content, signing_key(clinic))), indent=2)


def public_key(clinic: Clinic) -> str:
    """What other clinics check the signature with, in hexadecimal."""
    return signing_key(clinic).public_key().public_bytes_raw().hex()
