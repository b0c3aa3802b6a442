"""`zonula supplements check FILE`: products against the patient's drugs, conditions, pregnancy and total intake."""

import argparse
from datetime import date
from pathlib import Path

import msgspec

from zonula.cli.diet_words import spoken_supplements
from zonula.cli.files import day, read_text, write_json, write_text
from zonula.diet.supplements import parse_supplements, review
from zonula.knowledge import shelf

TEMPLATE = Path(__file__).parent.parent / "diet" / "supplements" / "template.yaml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-command `check`."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    checking = commands.add_parser("check", help="judge every product of a file")
    checking.add_argument("file", nargs="?", metavar="FILE", help="YAML or JSON; with --template, where to write it")
    checking.add_argument("--template", action="store_true", help="write an example to fill in")
    checking.add_argument("--day", type=day, default=None, metavar="DATE", help="default: today")
    checking.add_argument("--json", metavar="FILE", help="- for the terminal")


def run(arguments: argparse.Namespace) -> int:
    """Judge the file. Returns 0; a product that must stop is a result, not an error."""
    if arguments.template:
        return write_text(arguments.file or "-", TEMPLATE.read_text(encoding="utf-8"))
    form = parse_supplements(read_text(arguments.file), arguments.file or "", shelf())
    result = review(form, arguments.day or date.today(), shelf())
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(result))
    if arguments.json != "-":
        print(spoken_supplements(result))
    return 0
