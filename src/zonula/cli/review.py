"""`zonula review PATH…`: what one patient's records say, on the terminal, as a page, as a one-page PDF and as JSON."""

import argparse
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from zonula import __version__
from zonula.chart import Chart
from zonula.cli.files import day, write_bytes, write_text
from zonula.cli.progress import Progress
from zonula.errors import UserError

if TYPE_CHECKING:
    from zonula.chart_import import DocumentReport
    from zonula.chart_review.contract import Imported, Review
    from zonula.reports.review_view import Page

EXAMPLE = Path(__file__).parent.parent / "examples" / "mara-lindqvist"
_LISTED = 10  # patients named in an error


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", type=Path, help="FHIR, C-CDA or CSV files, or folders of them"
    )
    parser.add_argument("--example", action="store_true", help="review the fictional patient that ships with Zonula")
    parser.add_argument("--patient", metavar="ID", help="which patient, when the files hold several")
    parser.add_argument("--today", metavar="DATE", help="review as of this day, YYYY-MM-DD (default: the day it is)")
    parser.add_argument("--json", metavar="FILE", help="write the review as JSON; - prints it instead of the text")
    parser.add_argument("--html", metavar="FILE", help="write the review as one self-contained page")
    parser.add_argument("--pdf", metavar="FILE", help="write the physician's one-page summary")


def run(arguments: argparse.Namespace) -> int:
    """Read, review and write what was asked for. Returns 0; raises UserError for what the caller can mend."""
    from zonula.chart_import import read_paths
    from zonula.chart_review.review import review

    if "-" in (arguments.html, arguments.pdf):
        raise UserError("--html and --pdf need the name of a file.", "Only --json can be printed with -.")
    today = day(arguments.today) if arguments.today else date.today()
    with Progress() as progress:
        charts, documents = read_paths(_paths(arguments), progress)
        if not charts:
            raise UserError(*_nobody(documents))
        chart = chosen(charts, arguments.patient)
        reviewed = review(chart, today, import_of(chart, documents))
    if arguments.json == "-":
        return write_text("-", json_of(reviewed))
    from zonula.reports.review_page import page_of

    page = page_of(reviewed, __version__)
    _print(page)
    if arguments.json:
        write_text(arguments.json, json_of(reviewed))
    _write(page, arguments)
    return 0


def chosen(charts: Mapping[str, Chart], wanted: str | None) -> Chart:
    """The one chart of at least one, or the one wanted. Raises UserError that lists the patients when the choice is open or the id unknown."""
    listed = ", ".join(f"{key} ({chart.patient.name or 'no name'})" for key, chart in list(charts.items())[:_LISTED])
    if len(charts) > _LISTED:
        listed += f" and {len(charts) - _LISTED} more"
    listed = "".join(letter if letter.isprintable() else "?" for letter in listed)
    if wanted is not None:
        if wanted in charts:
            return charts[wanted]
        raise UserError(f"No patient {wanted!r} in these records.", f"There is: {listed}." if listed else "")
    if len(charts) > 1:
        raise UserError(f"These records hold {len(charts)} patients: {listed}.", "Pick one with --patient ID.")
    return next(iter(charts.values()))


def _nobody(documents: "tuple[DocumentReport, ...]") -> tuple[str, str]:
    said = (
        f"{report.name}: {why}."
        for report in documents
        for why in (*(each.reason for each in report.skipped), *report.warnings)
    )
    return next(said, ""), "No patient is named in these records; give documents that hold one."


def import_of(chart: Chart, documents: "tuple[DocumentReport, ...]") -> "Imported":
    """The import as the review carries it: the documents this patient's facts come from and those that gave nobody anything."""
    from zonula.chart_review.contract import DocumentLine, Imported, SkippedPlace

    sources = {source.document for fact in chart.facts for source in fact.sources}
    reports = [report for report in documents if report.name in sources or not report.kept]
    lines = tuple(
        DocumentLine(
            name=report.name,
            kind=report.kind,
            kept=report.kept,
            merged=report.merged,
            skipped=len(report.skipped),
            warnings=report.warnings,
        )
        for report in reports
    )
    return Imported(
        documents=len(reports),
        resources_read=sum(sum(report.read.values()) for report in reports),
        facts_kept=len(chart.facts),
        skipped=tuple(
            SkippedPlace(each.document, each.place, each.reason) for report in reports for each in report.skipped
        ),
        per_document=lines,
    )


def json_of(review: "Review") -> str:
    """The review as JSON text, keys in the order of the contract."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(review), indent=2).decode() + "\n"


def _paths(arguments: argparse.Namespace) -> list[Path]:
    if arguments.example and arguments.paths:
        raise UserError("--example and a PATH were both given.", "Give one of them.")
    if arguments.example:
        return [EXAMPLE]
    if not arguments.paths:
        raise UserError("No records were named.", "Name files or folders, or see the fictional patient with --example.")
    return list(arguments.paths)


def _print(page: "Page") -> None:
    from zonula.reports.review_text import review_text

    out = sys.stdout
    colour = out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    unicode = (out.encoding or "").lower().replace("-", "") == "utf8"
    out.write(review_text(page, shutil.get_terminal_size().columns, colour=colour, unicode=unicode))


def _write(page: "Page", arguments: argparse.Namespace) -> None:
    if arguments.html:
        from zonula.reports.review_html import review_html

        write_text(arguments.html, review_html(page))
    if arguments.pdf:
        from zonula.reports.review_pdf import review_pdf

        summary = review_pdf(page)
        write_bytes(arguments.pdf, summary.pdf)
        if not summary.accessible:
            print("zonula: no font on this machine has some of the letters; the PDF shows boxes.", file=sys.stderr)
    for written in filter(None, (arguments.json, arguments.html, arguments.pdf)):
        print(f"zonula: wrote {written}", file=sys.stderr)
