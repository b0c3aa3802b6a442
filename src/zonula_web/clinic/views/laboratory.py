"""Step 3: is anything else going on? Results with their history, the work-up in words, celiac disease first, HLA and genes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zonula.errors import UserError
from zonula.laboratory_tests import (
    CeliacEvidence,
    Item,
    ItemStatus,
    Workup,
    evidence_from_chart,
    exclusion_workup,
    genotype_findings,
)
from zonula.laboratory_tests.workup.exclusion import ROOM
from zonula.reports.review_view import Statement
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.clinic.celiac_form import celiac_form, evidence_typed, typed_of
from zonula_web.clinic.lab_panels import panels
from zonula_web.clinic.said import statements
from zonula_web.records import read
from zonula_web.records.actions.evidence import forget_genotype, state_celiac, state_genotype, state_hla
from zonula_web.records.consent import agreed
from zonula_web.records.read import Patient
from zonula_web.records.stated import history

PAGE: dict[str, Any] = {"step": "laboratory", "step_title": "Laboratory"}
FIRST_SCREEN = "the first screen"
# Each status of the work-up with its title, in the order in which a clinician acts on them.
STATUSES = (
    (ItemStatus.ABNORMAL, "Abnormal"),
    (ItemStatus.NOT_INTERPRETABLE, "Done, and cannot be read"),
    (ItemStatus.INCONCLUSIVE, "Inconclusive or out of date"),
    (ItemStatus.MISSING, "Missing"),
    (ItemStatus.REASSURING, "Done and reassuring"),
)


@gate(Right.SEE_RECORD)
def laboratory(request: Asked, patient: Patient) -> HttpResponse:
    """The whole step."""
    return render(request, "clinic/laboratory.html", PAGE | _page(request, patient))


@gate(Right.CORRECT_RECORD)
def celiac(request: Asked, patient: Patient) -> HttpResponse:
    """What the clinician asked about celiac disease."""
    today = read.today(request.clinic)
    recorded = evidence_from_chart(read.chart(patient), today)
    typed = request.POST.dict() if request.method == "POST" else typed_of(_stated(patient))
    context: dict[str, Any] = {"patient": patient}
    problems: dict[str, str] = {}
    if request.method == "POST":
        written, problems = evidence_typed(typed, recorded)
        try:
            if not problems:
                state_celiac(patient=patient, by=request.person, written=written, today=today)
                messages.success(request, "Written down; the celiac state was judged anew.")
                return redirect("laboratory", patient_id=patient.id)
        except UserError as wrong:
            context["wrong"] = wrong
    context["form"] = celiac_form(typed, recorded, problems)
    context["problems"] = problems
    return render(
        request, "clinic/laboratory_celiac.html", PAGE | context, status=422 if request.method == "POST" else 200
    )


@require_POST
@gate(Right.CORRECT_RECORD)
def hla(request: Asked, patient: Patient) -> HttpResponse:
    """A clinical HLA-DQ typing."""
    typing = request.POST.get("typing", "").replace("\0", "")
    try:
        state_hla(patient=patient, by=request.person, typing=typing, today=read.today(request.clinic))
    except UserError as wrong:
        page = _page(request, patient) | {"hla_wrong": wrong, "hla": typing}
        return render(request, "clinic/laboratory.html", PAGE | page, status=422)
    messages.success(request, "The typing is written down." if typing.strip() else "The typing is taken back.")
    return redirect("laboratory", patient_id=patient.id)


@require_POST
@gate(Right.CORRECT_RECORD)
def genotype(request: Asked, patient: Patient) -> HttpResponse:
    """A genotype file: reduced to what it may say, and not kept."""
    if Right.SEE_GENOTYPE not in request.rights:
        raise Http404
    file = request.FILES.get("file")
    try:
        if file is None:
            raise UserError("No file was chosen.", "Choose the text or zip file the company offers for download.")
        if (file.size or 0) > settings.CONFIGURATION.upload_bytes:
            raise UserError("The file is larger than this site takes.", "Whoever runs it can raise ZONULA_UPLOAD_MB.")
        state_genotype(patient=patient, by=request.person, name=str(file.name), chunks=file.chunks())
    except UserError as wrong:
        page = _page(request, patient) | {"genotype_wrong": wrong}
        return render(request, "clinic/laboratory.html", PAGE | page, status=422)
    messages.success(request, "The file was read. Its meaning is kept; the file is not.")
    return redirect("laboratory", patient_id=patient.id)


@require_POST
@gate(Right.CORRECT_RECORD)
def forget(request: Asked, patient: Patient) -> HttpResponse:
    """Remove what was read in genotype files."""
    if Right.SEE_GENOTYPE not in request.rights:
        raise Http404
    forget_genotype(patient=patient)
    messages.success(request, "What was read in the genotype file is removed.")
    return redirect("laboratory", patient_id=patient.id)


def _stated(patient: Patient) -> CeliacEvidence | None:
    stated = read.stated(patient, "celiac")
    return None if stated is None else msgspec.convert(stated, CeliacEvidence)


def _page(request: Asked, patient: Patient) -> dict[str, Any]:
    today = read.today(request.clinic)
    chart = read.chart(patient)
    typing = read.stated(patient, "hla")
    context: dict[str, Any] = {
        "patient": patient,
        "panels": read.derived.get(
            ("panels", patient.id, patient.chart_version, today), lambda: panels(chart, read.knowledge(), today)
        ),
        "hla": typing["typing"] if typing else "",
        "stated": {kind: history(patient, kind) for kind in ("celiac", "hla", "genotype")},
        "see_genotype": Right.SEE_GENOTYPE in request.rights,
        "agreed": agreed(patient, "genotype"),
    }
    reading = read.genotype_kept(patient)
    if reading is not None and context["see_genotype"]:
        context |= {"reading": reading, "genotype": statements(genotype_findings(reading, today))}
    try:
        work_up = _work_up(patient)
    except UserError as wrong:
        return context | {"no_work_up": wrong}
    domains = {domain.id: domain.title for domain in read.assessment(patient).review.symptom_domains}
    said = {one.id: one for one in statements((f for f in work_up.findings if f.id.startswith(ROOM)), chart.facts)}
    return context | {
        "celiac": work_up.celiac,
        "celiac_said": statements(work_up.celiac.findings, chart.facts),
        "groups": [(title, [_line(item, said, domains) for item in items]) for title, items in _by_status(work_up)],
        "notes": statements((*work_up.no_follow_up, *work_up.incomplete, *work_up.not_worth_ordering), chart.facts),
    }


class WorkupLine(NamedTuple):
    """One test of the work-up in words."""

    name: str
    stands: str
    day: str
    asked_by: str
    todo: str
    said: Statement | None


def _by_status(work_up: Workup) -> Iterator[tuple[str, list[Item]]]:
    """The tests beside celiac disease, which has its own place, in the order in which a clinician acts on them."""
    for status, title in STATUSES:
        items = [item for item in work_up.with_status(status) if item.test != "celiac"]
        if items:
            yield title, items


def _line(item: Item, said: dict[str, Statement], domains: dict[str, str]) -> WorkupLine:
    askers = (FIRST_SCREEN if asker == "core" else domains.get(asker, asker) for asker in item.asked_by)
    return WorkupLine(
        f"{item.name[:1].upper()}{item.name[1:]}",
        item.because,
        item.day.isoformat() if item.day else "",
        ", ".join(askers),
        item.todo.value,
        said.get(f"{ROOM}.{item.test}"),
    )


def _work_up(patient: Patient) -> Workup:
    """The work-up that the assessment rests on."""
    day = read.today(patient.clinic)

    def make() -> Workup:
        assessed = read.assessment(patient)
        present = [domain.id for domain in assessed.review.symptom_domains if domain.present]
        return exclusion_workup(read.chart(patient), present, day, assessed.celiac)

    return read.derived.get(("work-up", patient.id, patient.version, day), make)
