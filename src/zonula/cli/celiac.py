"""`zonula celiac FILE`: where the exclusion of celiac disease stands, and each guideline's answer."""

import argparse
from datetime import date
from pathlib import Path

import msgspec

from zonula.cli.files import day, write_json
from zonula.errors import UserError
from zonula.laboratory_tests.celiac import TEMPLATE, assess_celiac, read_evidence
from zonula.laboratory_tests.documents import celiac_document


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="one person's evidence, YAML or JSON")
    parser.add_argument("--template", action="store_true", help="write a commented template to standard output")
    parser.add_argument("--json", metavar="FILE", help="write the answer as JSON; - prints it instead of the text")
    parser.add_argument("--today", type=day, metavar="DATE", help="judge as of this day (default: the day it is)")


def run(arguments: argparse.Namespace) -> int:
    """Print the state, why, what is missing and what to do; exit 2 when the file cannot be used."""
    if arguments.template:
        print(TEMPLATE, end="")
        return 0
    if arguments.file is None:
        raise UserError("no FILE given.", "Write a template with: zonula celiac --template > celiac.yaml")
    today = arguments.today or date.today()
    assessment = assess_celiac(read_evidence(arguments.file), today)
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(celiac_document(assessment, today)))
    if arguments.json == "-":
        return 0
    print(f"State {assessment.state.value} as of {today.isoformat()}")
    for finding in assessment.findings:
        print(f"\n- {finding.says}")
        for ask in finding.asks:
            print(f"    {ask.who}: {ask.what}")
        print(
            f"    [{', '.join(finding.according_to)}; {finding.grade}{'' if finding.verified else '; not verified at its source'}]"
        )
    print("\nThis orders and explains tests. It does not diagnose.")
    return 0
