"""What may leave the clinic: figures and a table of those who agreed, the signed file for other clinics, the printable report."""

import io
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zonula.outcomes import declared, deidentified_dictionary
from zonula.reports.outcomes_page import outcomes_html
from zonula_web.access.gate import Asked, gate
from zonula_web.access.rights import Right
from zonula_web.audit.record import record
from zonula_web.clinic import research_pages
from zonula_web.records import figures, read, research


@gate(Right.SEE_DASHBOARD)
@require_GET
def overview(request: Asked) -> HttpResponse:
    """The newest release in rounded counts, what can be taken away, and the rule that protects everyone in it."""
    return render(request, "clinic/research.html", context_of(request))


def context_of(request: Asked) -> dict[str, Any]:
    """What the page of a release shows."""
    release, rules = research.stored(request.clinic), declared(read.knowledge())
    context: dict[str, Any] = {
        "release": release,
        "rules": rules,
        "columns": research_pages.columns(),
        "least": 2 * rules.least_cell,
        "may_take": Right.EXPORT_FIGURES in request.rights,
        "whole": Right.FIND_PATIENTS in request.rights,
        "stored": figures.stored(request.clinic) is not None,
    }
    if release is not None and release.content is not None:
        context |= research_pages.summary(release.content, rules) | {"key": research.public_key(request.clinic)}
    return context


@gate(Right.EXPORT_FIGURES)
@require_GET
def csv(request: Asked) -> HttpResponse:
    """The table as CSV; unknown is empty."""
    from pyarrow import csv as arrow

    release = research.stored(request.clinic)
    if release is None or release.content is None:
        return _nothing(request)
    out = io.BytesIO()
    arrow.write_csv(release.content.table(), out)
    return _file(request, out.getvalue(), "text/csv; charset=utf-8", "research", "csv")


@gate(Right.EXPORT_FIGURES)
@require_GET
def parquet(request: Asked) -> HttpResponse:
    """The table as Parquet."""
    from pyarrow import parquet as arrow

    release = research.stored(request.clinic)
    if release is None or release.content is None:
        return _nothing(request)
    out = io.BytesIO()
    arrow.write_table(release.content.table(), out)
    return _file(request, out.getvalue(), "application/vnd.apache.parquet", "research", "parquet")


@gate(Right.EXPORT_FIGURES)
@require_GET
def dictionary(request: Asked) -> HttpResponse:
    """What each column means, and the rule behind the table."""
    return _file(request, deidentified_dictionary().encode(), "text/markdown; charset=utf-8", "research-columns", "md")


@gate(Right.EXPORT_FIGURES)
@require_GET
def registry(request: Asked) -> HttpResponse:
    """The signed counts for `zonula registry pool`."""
    release = research.stored(request.clinic)
    if release is None or release.content is None or release.registry is None:
        return _nothing(request)
    signed = research.signed_registry(request.clinic, release.registry)
    return _file(request, signed, "application/json", "registry", "json")


@gate(Right.SEE_DASHBOARD)
@require_GET
def report(request: Asked) -> HttpResponse:
    """The clinic's own printable report, for those who may see its patients."""
    stored = figures.stored(request.clinic)
    if Right.FIND_PATIENTS not in request.rights:
        raise Http404
    if stored is None:
        return _nothing(request)
    page = outcomes_html(stored.report, read.knowledge()).encode()
    return _file(request, page, "text/html; charset=utf-8", "outcomes", "html")


def _nothing(request: Asked) -> HttpResponse:
    """There is no such file yet; the page says why."""
    return render(request, "clinic/research.html", context_of(request), status=422)


def _file(request: Asked, content: bytes, kind: str, what: str, ending: str) -> HttpResponse:
    record("exported", detail=f"{what} as {ending}")
    name = f"zonula-{what}-{read.today(request.clinic)}.{ending}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
