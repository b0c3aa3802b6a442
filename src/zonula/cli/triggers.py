"""`zonula triggers`: which foods cause symptoms."""

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path

from zonula.errors import UserError

POLICY_NAMES = ("information-gain", "group-testing", "fixed-sequential", "commonest-first")


def configure(parser: argparse.ArgumentParser) -> None:
    """Sub-commands analyse and schedule, and those of the blinded trial where it is installed."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    analyse = actions.add_parser("analyse", help="read diaries (CSV) and write a probability for every food group")
    analyse.add_argument(
        "in_dir", metavar="IN_DIR", type=Path, help="folder with patients, groups, foods and diary.csv"
    )
    analyse.add_argument("out_json", metavar="OUT_JSON", type=Path, help="where to write the answer")
    analyse.set_defaults(action=_analyse)
    schedule = actions.add_parser("schedule", help="plan re-introduction day by day (JSON lines on stdin and stdout)")
    schedule.add_argument(
        "--policy", default="information-gain", choices=POLICY_NAMES, help="how to choose (default: %(default)s)"
    )
    schedule.add_argument("--never", action="append", default=[], metavar="GROUP", help="never challenge this at home")
    schedule.set_defaults(action=_schedule)
    if find_spec("zonula.cli.triggers_trial") is not None:
        from zonula.cli import triggers_trial

        triggers_trial.configure(actions)


def run(arguments: argparse.Namespace) -> int:
    """Do the chosen action."""
    return int(arguments.action(arguments))


def _analyse(arguments: argparse.Namespace) -> int:
    from zonula.diary import read_directory
    from zonula.food_triggers.analysis import analyse
    from zonula.food_triggers.answer import answer

    diaries, report = read_directory(arguments.in_dir)
    for line in report.lines():
        print(f"zonula: {line}", file=sys.stderr)
    result = answer([analyse(diary) for diary in diaries])
    try:
        with arguments.out_json.open("w", encoding="utf-8") as file:
            json.dump(result, file, ensure_ascii=False, allow_nan=False)
            file.write("\n")
    except OSError as wrong:
        raise UserError(f"the answer cannot be written: {wrong.strerror}.", "Choose another place.") from None
    return 0


def _schedule(arguments: argparse.Namespace) -> int:
    from zonula.food_triggers.plain_policies import POLICIES
    from zonula.food_triggers.schedule_protocol import Conversation

    conversation = Conversation(POLICIES[arguments.policy], frozenset(arguments.never))
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            message = json.loads(line)
        except ValueError:
            raise UserError(f"line {number} is not JSON.", "Send one JSON object per line.") from None
        reply = conversation.reply(message)
        if reply is None:
            break
        print(json.dumps(reply, ensure_ascii=False, allow_nan=False), flush=True)
    return 0
