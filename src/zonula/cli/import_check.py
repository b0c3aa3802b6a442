"""`zonula import-check PATH…`: what was read from documents of any number of patients, what was not, and why."""

import argparse
from pathlib import Path

import msgspec

from zonula.chart_import import DocumentReport, Imported, read_paths
from zonula.cli.files import write_text
from zonula.cli.progress import Progress

_SHOWN = 12  # skipped places or warnings listed per document on the terminal; the JSON has them all


class PatientLine(msgspec.Struct, frozen=True):
    """One patient found: how many facts, and from which documents."""

    id: str
    facts: int
    documents: tuple[str, ...]


class ImportCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report. Patients by id; documents in the order they were read."""

    schema: str = "zonula.import-check/1"
    patients: tuple[PatientLine, ...]
    documents: tuple[DocumentReport, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="documents, archives, or folders of them")
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON; - prints it instead of the text")


def run(arguments: argparse.Namespace) -> int:
    """Print the report. Returns 0, also when parts were skipped; raises UserError when nothing at all could be read."""
    with Progress() as progress:
        imported = read_paths(arguments.paths, progress)
    if arguments.json:
        report = msgspec.json.format(msgspec.json.encode(checked(imported)), indent=2).decode() + "\n"
        write_text(arguments.json, report)
        if arguments.json == "-":
            return 0
    return write_text("-", "\n".join(_printable(line) for line in _lines(imported)) + "\n")


def checked(imported: Imported) -> ImportCheck:
    """The report of an import, without any fact about the patients."""
    patients = (
        PatientLine(
            patient_id,
            len(chart.facts),
            tuple(sorted({source.document for fact in chart.facts for source in fact.sources})),
        )
        for patient_id, chart in imported.charts.items()
    )
    return ImportCheck(patients=tuple(patients), documents=imported.documents)


def _lines(imported: Imported) -> list[str]:
    lines = [line for report in imported.documents for line in _document_lines(report)]
    facts = sum(len(chart.facts) for chart in imported.charts.values())
    counted = ", ".join(
        (_many(len(imported.charts), "patient"), _many(facts, "fact"), _many(len(imported.documents), "document"))
    )
    lines += ["", counted]
    lines += [
        f"  patient {patient_id}: {_many(len(chart.facts), 'fact')}" for patient_id, chart in imported.charts.items()
    ]
    return lines


def _document_lines(report: DocumentReport) -> list[str]:
    if report.kind == "refused":
        return [f"{report.name}: refused", *(f"  {each.place} {each.reason}" for each in report.skipped)]
    joined = f", {report.merged} of them already known from another document" if report.merged else ""
    lines = [f"{report.name}: {report.kind}, {_many(report.kept, 'fact')} kept{joined}"]
    if report.read:
        lines.append("  read: " + ", ".join(f"{number} {kind or 'unknown'}" for kind, number in report.read.items()))
    for title, texts in (
        ("skipped", [f"{each.place}: {each.reason}" for each in report.skipped]),
        ("warning", list(report.warnings)),
    ):
        lines += [f"  {title}: {text}" for text in texts[:_SHOWN]]
        if len(texts) > _SHOWN:
            lines.append(f"  {title}: … and {len(texts) - _SHOWN} more; --json FILE lists them all")
    return lines


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in line)
