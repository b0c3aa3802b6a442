"""`zonula triggers`: which foods cause symptoms."""

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path

from zonula.cli.files import write_json, write_text
from zonula.errors import UserError

POLICY_NAMES = ("information-gain", "group-testing", "fixed-sequential", "commonest-first")


def configure(parser: argparse.ArgumentParser) -> None:
    """Sub-commands analyse and schedule, and those of the blinded trial where it is installed."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    analyse = actions.add_parser("analyse", help="read diaries (CSV) and write a probability for every food group")
    analyse.add_argument(
        "in_dir", metavar="IN_DIR", type=Path, help="folder with patients, groups, foods and diary.csv"
    )
    analyse.add_argument("out_json", metavar="OUT_JSON", help="where to write the answer; - for the terminal")
    analyse.set_defaults(action=_analyse)
    schedule = actions.add_parser("schedule", help="plan re-introduction day by day (JSON lines on stdin and stdout)")
    schedule.add_argument(
        "--policy", default="information-gain", choices=POLICY_NAMES, help="how to choose (default: %(default)s)"
    )
    schedule.add_argument("--never", action="append", default=[], metavar="GROUP", help="never challenge this at home")
    schedule.set_defaults(action=_schedule)
    report = actions.add_parser("report", help="what one person's diary says, in plain words, with a timeline")
    report.add_argument("in_dir", metavar="IN_DIR", type=Path, help="folder as for analyse")
    report.add_argument("patient", metavar="PATIENT", help="the patient in patients.csv")
    report.add_argument("--html", metavar="FILE", help="also write a page with the timeline")
    report.set_defaults(action=_report)
    compare = actions.add_parser("simulate-policy", help="compare ways to re-introduce foods on virtual people")
    compare.add_argument("--policy", action="append", choices=POLICY_NAMES, help="which (default: all)")
    compare.add_argument("--patients", type=int, default=20, metavar="N", help="virtual people (default: %(default)s)")
    compare.add_argument("--seed", type=int, default=1, metavar="N")
    compare.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    compare.add_argument("--html", metavar="FILE", help="write a page with plots")
    compare.set_defaults(action=_simulate_policy)
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
    result = json.dumps(answer([analyse(diary) for diary in diaries]), ensure_ascii=False, allow_nan=False)
    return write_text(arguments.out_json, result + "\n")


def _schedule(arguments: argparse.Namespace) -> int:
    from zonula.food_triggers.plain_policies import POLICIES
    from zonula.food_triggers.schedule_protocol import Conversation, warm_up

    policy = POLICIES[arguments.policy]
    warm_up(policy)
    conversation = Conversation(policy, frozenset(arguments.never))
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        reply = conversation.answer(line)
        if reply is None:
            break
        print(json.dumps(reply, ensure_ascii=True, allow_nan=False), flush=True)
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from zonula.diary import read_directory
    from zonula.food_triggers.analysis import analyse
    from zonula.reports.triggers_page import triggers_html, triggers_text

    diaries, skipped = read_directory(arguments.in_dir)
    for line in skipped.lines():
        print(f"zonula: {line}", file=sys.stderr)
    diary = next((d for d in diaries if d.patient == arguments.patient), None)
    if diary is None:
        raise UserError("that patient is not in patients.csv.", "Name one that is.")
    verdict = analyse(diary)
    print(triggers_text(diary, verdict))
    if arguments.html:
        write_text(arguments.html, triggers_html(diary, verdict))
    return 0


def _simulate_policy(arguments: argparse.Namespace) -> int:
    from zonula.food_triggers.plain_policies import POLICIES
    from zonula.food_triggers.policy_comparison import compare
    from zonula.reports.policy_page import policies_html, policies_text

    if arguments.patients < 1 or arguments.seed < 0:
        raise UserError("--patients must be at least 1, --seed at least 0.")
    rows = compare([POLICIES[name] for name in arguments.policy or POLICY_NAMES], arguments.patients, arguments.seed)
    print(policies_text(rows))
    if arguments.json:
        write_json(arguments.json, [row.said() for row in rows])
    if arguments.html:
        write_text(arguments.html, policies_html(rows, arguments.seed))
    return 0
