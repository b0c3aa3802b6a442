"""`zonula outcomes report|reading-list`: what became of a clinic's patients, benefit and harm side by side."""

import argparse
import csv
import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from zonula.cli.files import day, write_bytes, write_json, write_text
from zonula.errors import UserError

if TYPE_CHECKING:
    import pyarrow as pa


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    report = commands.add_parser("report", help="outcomes of a registry, with the skin-test claim's report card")
    report.add_argument("registry", metavar="REGISTRY", help="JSON Lines, one patient a line (docs/outcomes.md)")
    report.add_argument("--json", metavar="FILE", help="- for the terminal")
    report.add_argument("--html", metavar="FILE", help="a printable page with plots")
    report.add_argument("--csv", metavar="FILE", help="one row per patient: what became of each")
    report.add_argument("--parquet", metavar="FILE", help="the same table as Parquet")
    report.add_argument("--dictionary", metavar="FILE", help="what each column of the table means")
    report.add_argument("--seed", type=seed, default=20261124, help="of the cross-validation's folds")
    report.set_defaults(act=_report)
    one = commands.add_parser(
        "patient", help="one patient: reliable change, people alike, prediction, each only when it may be said"
    )
    one.add_argument("registry", metavar="REGISTRY")
    one.add_argument("patient", metavar="ID")
    one.add_argument("--json", metavar="FILE", help="- for the terminal")
    one.add_argument("--seed", type=seed, default=20261124, help="of the cross-validation's folds")
    one.set_defaults(act=_patient)
    off = commands.add_parser("off-switch", help="pool randomised on-off trials of supplements over patients")
    off.add_argument(
        "trials", metavar="TRIALS", help="CSV with patient,agent,difference,error (on minus off; negative is better)"
    )
    off.add_argument("--json", metavar="FILE", help="- for the terminal")
    off.set_defaults(act=_off_switch)
    reading = commands.add_parser("reading-list", help="what is known for and against each claim")
    reading.add_argument("--today", type=day, default=None, metavar="DATE")
    reading.add_argument("--json", metavar="FILE", help="- for the terminal")
    reading.set_defaults(act=_reading_list)


def run(arguments: argparse.Namespace) -> int:
    """Dispatch to the sub-command."""
    return int(arguments.act(arguments))


def seed(text: str) -> int:
    """An argparse type for the start of a random sequence: a whole number from 0."""
    if not text.isascii() or not text.isdigit():
        raise UserError(f"{text!r} is not a seed.", "Write a whole number from 0.")
    return int(text)


def _report(arguments: argparse.Namespace) -> int:
    import numpy as np

    from zonula.knowledge import shelf
    from zonula.outcomes import Band, clinic_report, data_dictionary, declared, outcome, outcome_table, read_registry
    from zonula.reports.outcomes_page import outcomes_html, outcomes_text

    courses, refused = read_registry(_lines(arguments.registry), arguments.registry)
    knowledge = shelf()
    rules = declared(knowledge)
    card = knowledge.card("skin_prick_tests/severity_hypothesis").data
    bands = [
        Band(band["label"], band["percent_from"], band["percent_below"], tuple(band["weeks"])) for band in card["bands"]
    ]
    report = clinic_report(courses, rules, bands, np.random.default_rng(arguments.seed))
    table = outcome_table(courses, [outcome(course, rules) for course in courses])
    if arguments.csv:
        write_text(arguments.csv, _csv(table))
    if arguments.parquet:
        from pyarrow import parquet

        content = io.BytesIO()
        parquet.write_table(table, content)
        write_bytes(arguments.parquet, content.getvalue())
    if arguments.dictionary:
        write_text(arguments.dictionary, data_dictionary())
    if arguments.json:
        write_json(arguments.json, {**msgspec.to_builtins(report), "refused": msgspec.to_builtins(refused)})
    if arguments.html:
        write_text(arguments.html, outcomes_html(report, knowledge))
    if arguments.json != "-" and arguments.csv != "-":
        print(outcomes_text(report))
        for skipped in refused:
            print(f"line {skipped.line} skipped: {skipped.reason}")
    return 0


def _patient(arguments: argparse.Namespace) -> int:
    import numpy as np

    from zonula.knowledge import shelf
    from zonula.outcomes import declared, patient_outcome, read_registry
    from zonula.reports.outcomes_page import patient_text

    courses, _ = read_registry(_lines(arguments.registry), arguments.registry)
    found = patient_outcome(arguments.patient, courses, declared(shelf()), np.random.default_rng(arguments.seed))
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(found))
    if arguments.json != "-":
        print(patient_text(found))
    return 0


def _off_switch(arguments: argparse.Namespace) -> int:
    from zonula.cli.files import read_text
    from zonula.outcomes import pool_off_switches, read_off_switches

    pooled = pool_off_switches(read_off_switches(read_text(arguments.trials).splitlines(), arguments.trials))
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(pooled))
    if arguments.json != "-":
        for agent, one in pooled.items():
            spread = "" if one.i_squared is None else f", I² {one.i_squared:.0f} %"
            verdict = "no effect is not excluded" if one.low <= 0 <= one.high else "no effect is excluded"
            print(
                f"{agent}: {one.estimate:+.1f} points on minus off (95 % interval {one.low:+.1f} to {one.high:+.1f}; {one.clinics} patients{spread}): {verdict}"
            )
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


def _csv(table: "pa.Table") -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        # A patient id that a spreadsheet would run as a formula is written as text.
        writer.writerow(
            [
                f"'{value}" if isinstance(value, str) and value[:1] in set("=+-@\t\r") else value
                for value in row.values()
            ]
        )
    return text.getvalue()
