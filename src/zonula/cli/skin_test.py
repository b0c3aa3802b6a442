"""`zonula skin-test read FILE`: may the session be read, and what does it say."""

import argparse
from datetime import date
from pathlib import Path

import msgspec

from zonula.cli.files import day, read_text, write_json, write_text
from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.skin_prick_tests import Outcome, SkinTest, Verdict, parse_panel, parse_session, read, shipped_panel

TEMPLATE = Path(__file__).parent.parent / "skin_prick_tests" / "template.yaml"
_MARKS = {Verdict.POSITIVE: "+", Verdict.NEGATIVE: "-", Verdict.EQUIVOCAL: "?", Verdict.NOT_READ: " "}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-command `read`."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    reading = commands.add_parser("read", help="judge a session and read it if it is valid")
    reading.add_argument(
        "file", nargs="?", metavar="FILE", help="session file (YAML or JSON); with --template, where to write it"
    )
    reading.add_argument(
        "--previous", metavar="FILE", help="an earlier session of the same patient, to say what changed"
    )
    reading.add_argument("--panel", metavar="FILE", help="the clinic's own panel (default: the common foods panel)")
    reading.add_argument("--today", type=day, metavar="DATE", help="read as of this day (default: the day it is)")
    reading.add_argument("--json", metavar="FILE", help="write the result as JSON; - prints it instead of the text")
    reading.add_argument("--template", action="store_true", help="write an example session to fill in")


def run(arguments: argparse.Namespace) -> int:
    """Read one session file. Returns 0; an invalid session is a result, not an error."""
    if arguments.template:
        return write_text(arguments.file or "-", TEMPLATE.read_text(encoding="utf-8"))
    knowledge = shelf()
    panel = parse_panel(read_text(arguments.panel), arguments.panel) if arguments.panel else shipped_panel(knowledge)
    session = parse_session(read_text(arguments.file), arguments.file or "", panel)
    if session.day > (arguments.today or date.today()):
        raise UserError(f"{arguments.file}: the test lies in the future.", "Correct the day, or give --today.")
    previous = parse_session(read_text(arguments.previous), arguments.previous, panel) if arguments.previous else None
    result = read(session, knowledge, panel, previous)
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(result))
    if arguments.json != "-":
        print(_spoken(result, panel.labels))
    return 0


def _spoken(result: SkinTest, labels: dict[str, str]) -> str:
    lines = [f"Skin prick test of {result.as_of}, patient {result.patient}: {result.validity.outcome.value.upper()}"]
    if result.validity.outcome is not Outcome.VALID:
        lines.append("No result is read from this session.")
    for reading in result.readings:
        size = "not read" if reading.mean_mm is None else f"{reading.mean_mm:g} mm"
        why = f"  ({reading.why})" if reading.why else ""
        lines.append(f"  {_MARKS[reading.verdict]} {labels[reading.food]:<22} {size:>9}  {reading.verdict.value}{why}")
    for change in result.changes:
        moved = "" if change.wheal_change_mm is None else f" ({change.wheal_change_mm:+g} mm)"
        lines.append(f"  changed: {labels[change.food]} was {change.before.value}, now {change.now.value}{moved}")
    for finding in result.findings:
        level = f"[{finding.level.value}] " if finding.level else ""
        doubt = "" if finding.verified else " (figure not verified at its source)"
        lines.append(f"* {level}{finding.says}{doubt}")
        lines += [f"    {ask.who}: {ask.what}" for ask in finding.asks]
        lines.append(f"    according to {', '.join(finding.according_to)}")
    return "\n".join(lines)
