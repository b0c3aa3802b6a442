"""Rows turned into the core's structs, and what the core makes of them. Reading only; derived results are kept by record version and day."""

import json
import zlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from threading import Lock
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from django.utils import timezone

from zonula.chart import Chart as CoreChart
from zonula.chart import Moment, Sex, chart_of
from zonula.chart import Patient as CorePatient
from zonula.chart_import import DocumentReport
from zonula.chart_review import Review, review
from zonula.cli.review import import_of
from zonula.journey import Assessment, assess
from zonula.journey import Evidence as CoreEvidence
from zonula.knowledge import Shelf, shelf
from zonula.laboratory_tests import CeliacEvidence, GenotypeReading
from zonula.questionnaires import Questionnaire, Response, form_of, read_responses
from zonula.skin_prick_tests import Panel, Session, parse_session, shipped_panel
from zonula.treatment_protocols import Plan, parse_plan
from zonula.treatment_protocols.plan import FORMAT as PLAN_FORMAT
from zonula_web.access.models import Clinic
from zonula_web.records.consent import agreed
from zonula_web.records.models import Answers, Chart, Evidence, Patient, PlanEvent, SkinSession
from zonula_web.records.models import Plan as PlanRow

__all__ = ["Patient"]  # pages know patients from here; rows stay in this room
T = TypeVar("T")
KEPT_RESULTS = 64


@cache
def knowledge() -> Shelf:
    """The shelf, read once for each process."""
    return shelf()


@cache
def panel() -> Panel:
    """The panel of common foods that ships with Zonula."""
    return shipped_panel(knowledge())


def today(clinic: Clinic) -> date:
    """The day it is in the clinic."""
    return timezone.now().astimezone(ZoneInfo(clinic.time_zone)).date()


def now(clinic: Clinic) -> datetime:
    """The time it is in the clinic, with its zone."""
    return timezone.now().astimezone(ZoneInfo(clinic.time_zone))


class _Derived:
    """Results of pure functions of a record, least recently used dropped first. Safe between threads; a result may be made twice."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT_RESULTS:
                self._kept.popitem(last=False)
        return made


derived = _Derived()


def chart(patient: Patient) -> CoreChart:
    """The patient's chart; without any document it holds the patient only."""
    return derived.get(("chart", patient.id, patient.chart_version), lambda: _chart(patient))


def _chart(patient: Patient) -> CoreChart:
    row = Chart.objects.filter(patient=patient).first()
    if row is not None:
        return msgspec.json.decode(zlib.decompress(row.body), type=CoreChart)
    born = Moment.parse(patient.born) if patient.born else None
    return chart_of(CorePatient(id=str(patient.id), name=patient.name, birth=born, sex=Sex(patient.sex)), ())


def import_reports(patient: Patient) -> tuple[DocumentReport, ...]:
    """What the import said of each document of the chart."""
    row = Chart.objects.filter(patient=patient).only("reports").first()
    return () if row is None else msgspec.json.decode(zlib.decompress(row.reports), type=tuple[DocumentReport, ...])


def chart_review(patient: Patient) -> Review:
    """Step 1 as of today."""
    day = today(patient.clinic)
    return derived.get(
        ("review", patient.id, patient.chart_version, day),
        lambda: review(chart(patient), day, import_of(chart(patient), import_reports(patient))),
    )


def assessment(patient: Patient) -> Assessment:
    """Steps 1 to 4 as of today."""
    day = today(patient.clinic)
    return derived.get(("assessment", patient.id, patient.version, day), lambda: _assessment(patient, day))


def _assessment(patient: Patient, day: date) -> Assessment:
    imported = import_of(chart(patient), import_reports(patient))
    return assess(chart(patient), evidence(patient), day, knowledge(), imported)


def evidence(patient: Patient) -> CoreEvidence:
    """What the clinic knows beside the records."""
    sessions = skin_sessions(patient)
    celiac, hla, genotype = stated(patient, "celiac"), stated(patient, "hla"), genotype_kept(patient)
    return CoreEvidence(
        responses=responses(patient),
        celiac=None if celiac is None else msgspec.convert(celiac, CeliacEvidence),
        hla="" if hla is None else str(hla["typing"]),
        genotype=genotype,
        skin_session=sessions[-1] if sessions else None,
        skin_session_before=sessions[-2] if len(sessions) > 1 else None,
        panel=panel(),
    )


def genotype_kept(patient: Patient) -> GenotypeReading | None:
    """What was read in a genotype file, while the patient agrees that it is kept; None otherwise."""
    body = stated(patient, "genotype") if agreed(patient, "genotype") else None
    return None if body is None else msgspec.convert(body, GenotypeReading)


def stated(patient: Patient, kind: str) -> dict[str, Any] | None:
    """The newest statement of that kind, or None."""
    row = Evidence.objects.filter(patient=patient, kind=kind).order_by("-id").first()
    return None if row is None else dict(row.body)


def responses(patient: Patient) -> tuple[tuple[Questionnaire, Response], ...]:
    """Every filled questionnaire that stands, with its form, oldest first."""
    found: list[tuple[Questionnaire, Response]] = []
    for row in Answers.objects.filter(patient=patient, withdrawn_because="").order_by("day", "id"):
        name = f"answers {row.pk}"
        found += [(form_of(one, name), one) for one in read_responses(json.dumps(row.response).encode(), name)]
    return tuple(found)


def skin_sessions(patient: Patient) -> tuple[Session, ...]:
    """The finished skin tests that stand, oldest first; of each day the newest revision."""
    newest = {row.day: row for row in SkinSession.objects.filter(patient=patient, finished=True).order_by("id")}
    standing = [newest[day] for day in sorted(newest) if not newest[day].withdrawn_because]
    return tuple(parse_session(json.dumps(row.body), f"skin test of {row.day}", panel()) for row in standing)


def plan_row(patient: Patient) -> PlanRow | None:
    """The plan that runs, or None."""
    return PlanRow.objects.filter(patient=patient, closed_at=None).order_by("-id").first()


def plan(row: PlanRow) -> Plan:
    """A plan with its events, checked as a plan file is."""
    events = [event.event for event in PlanEvent.objects.filter(plan=row).order_by("number")]
    written = {
        "format": PLAN_FORMAT,
        "patient": str(row.patient_id),
        "protocol": row.protocol_body,
        "protocol_fingerprint": row.protocol_fingerprint,
        "events": events,
    }
    return parse_plan(json.dumps(written), "the plan")
