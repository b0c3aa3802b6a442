"""`zonula import-check`: read any number of documents and patients, and only say what was kept, what was not, and why."""

import argparse
import sys
import time
from pathlib import Path

import msgspec

from zonula.chart_import import DocumentReport, Imported, read_paths

SCHEMA = "zonula.import-check/1"
_SHOWN = 12  # lines of skipped or warnings per document on the terminal; the JSON has them all


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="documents, archives or folders")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the whole report as JSON (- for standard output)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the report. Returns 0, also when parts of the documents were skipped; unreadable input altogether is a UserError."""
    imported = read_paths(arguments.paths, _Progress())
    if arguments.json and str(arguments.json) == "-":
        print(as_json(imported).decode())
        return 0
    if arguments.json:
        arguments.json.write_bytes(as_json(imported) + b"\n")
    print("\n".join(_lines(imported)))
    return 0


def as_json(imported: Imported) -> bytes:
    """The report as documented in docs/schemas/import-check.schema.json."""
    written = {
        "schema": SCHEMA,
        "patients": [
            {"id": chart.patient.id, "facts": len(chart.facts), "documents": _documents_of(imported, chart_id)}
            for chart_id, chart in imported.charts.items()
        ],
        "documents": [msgspec.to_builtins(report) for report in imported.documents],
    }
    return msgspec.json.format(msgspec.json.encode(written), indent=2)


def _documents_of(imported: Imported, chart_id: str) -> list[str]:
    return sorted({source.document for fact in imported.charts[chart_id].facts for source in fact.sources})


def _lines(imported: Imported) -> list[str]:
    lines = []
    for report in imported.documents:
        lines.extend(_document_lines(report))
    facts = sum(len(chart.facts) for chart in imported.charts.values())
    number = len(imported.charts)
    lines.append(f"{number} patient{'s' * (number != 1)}, {facts} facts from {len(imported.documents)} documents")
    lines.extend(f"  {chart_id}: {len(chart.facts)} facts" for chart_id, chart in imported.charts.items())
    return lines


def _document_lines(report: DocumentReport) -> list[str]:
    if report.kind == "refused":
        return [f"{report.name}: refused: it {report.skipped[0].reason}" if report.skipped else report.name]
    read = ", ".join(f"{number} {kind or 'unknown'}" for kind, number in report.read.items())
    lines = [
        f"{report.name}: {report.kind}; {report.kept} facts kept, {report.merged} of them joined another document's"
    ]
    if read:
        lines.append(f"  read: {read}")
    for title, texts in (
        ("skipped", [f"{each.place}: {each.reason}" for each in report.skipped]),
        ("warning", list(report.warnings)),
    ):
        lines.extend(f"  {title}: {text}" for text in texts[:_SHOWN])
        if len(texts) > _SHOWN:
            lines.append(f"  {title}: … and {len(texts) - _SHOWN} more (--json FILE lists all)")
    return lines


class _Progress:
    """Says where the reading stands once it has taken a second: one line rewritten on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 1.0

    def __call__(self, name: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        terminal = sys.stderr.isatty()
        self._next = now + (0.2 if terminal else 5.0)
        text = f"reading {done + 1} of {total}: {name}"
        print(f"\r\033[K{text[:100]}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)
