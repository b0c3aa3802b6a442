"""`zonula outcomes report|reading-list`: what became of a clinic's patients, benefit and harm side by side."""

import argparse
import csv
import io
from datetime import date
from pathlib import Path

import msgspec

from zonula.cli.files import day, write_json, write_text
from zonula.errors import UserError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    report = commands.add_parser("report", help="outcomes of a registry, with the skin-test claim's report card")
    report.add_argument("registry", metavar="REGISTRY", help="JSON Lines, one patient a line (docs/outcomes.md)")
    report.add_argument("--json", metavar="FILE", help="- for the terminal")
    report.add_argument("--html", metavar="FILE", help="a printable page with plots")
    report.add_argument("--csv", metavar="FILE", help="one row per patient: what became of each")
    report.add_argument("--seed", type=int, default=20261124, help="of the cross-validation's folds")
    report.set_defaults(act=_report)
    reading = commands.add_parser("reading-list", help="what is known for and against each claim")
    reading.add_argument("--today", type=day, default=None, metavar="DATE")
    reading.add_argument("--json", metavar="FILE", help="- for the terminal")
    reading.set_defaults(act=_reading_list)


def run(arguments: argparse.Namespace) -> int:
    """Dispatch to the sub-command."""
    return int(arguments.act(arguments))


def _report(arguments: argparse.Namespace) -> int:
    import numpy as np

    from zonula.knowledge import shelf
    from zonula.outcomes import Band, clinic_report, declared, outcome, read_registry
    from zonula.reports.outcomes_page import outcomes_html, outcomes_text

    courses, refused = read_registry(_lines(arguments.registry), arguments.registry)
    knowledge = shelf()
    rules = declared(knowledge)
    card = knowledge.card("skin_prick_tests/severity_hypothesis").data
    bands = [
        Band(band["label"], band["percent_from"], band["percent_below"], tuple(band["weeks"])) for band in card["bands"]
    ]
    report = clinic_report(courses, rules, bands, np.random.default_rng(arguments.seed))
    if arguments.csv:
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(
            ["patient", "clinic", "baseline", "end", "day", "after", "standing", "change_percent", "relapsed_on"]
        )
        for course in courses:
            one = outcome(course, rules)
            writer.writerow(
                [
                    course.patient,
                    course.clinic,
                    one.baseline,
                    one.end.value,
                    one.day,
                    one.after,
                    one.standing.value,
                    one.change_percent,
                    one.relapsed_on,
                ]
            )
        write_text(arguments.csv, table.getvalue())
    if arguments.json:
        write_json(arguments.json, {**msgspec.to_builtins(report), "refused": msgspec.to_builtins(refused)})
    if arguments.html:
        write_text(arguments.html, outcomes_html(report, knowledge))
    if arguments.json != "-" and arguments.csv != "-":
        print(outcomes_text(report))
        for skipped in refused:
            print(f"line {skipped.line} skipped: {skipped.reason}")
    return 0


def _reading_list(arguments: argparse.Namespace) -> int:
    from zonula.knowledge import shelf
    from zonula.outcomes import reading_list

    findings = reading_list(arguments.today or date.today(), shelf())
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(findings))
    if arguments.json != "-":
        for finding in findings:
            card = shelf().card(finding.according_to[0])
            sources = "; ".join(f"{source.title} ({source.link})" for source in card.sources)
            print(f"{finding.says}\n    grade: {finding.grade.value}; {sources}\n")
    return 0


def _lines(name: str) -> list[bytes]:
    try:
        return Path(name).read_bytes().splitlines()
    except OSError as wrong:
        raise UserError(f"{name}: {wrong.strerror or wrong}.") from None
