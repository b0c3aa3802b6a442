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
    report = actions.add_parser("report", help="what one person's diary says, in plain words, with a timeline")
    report.add_argument("in_dir", metavar="IN_DIR", type=Path, help="folder as for analyse")
    report.add_argument("patient", metavar="PATIENT", help="the patient in patients.csv")
    report.add_argument("--html", metavar="FILE", type=Path, help="also write a page with the timeline")
    report.set_defaults(action=_report)
    compare = actions.add_parser("simulate-policy", help="compare ways to re-introduce foods on virtual people")
    compare.add_argument("--policy", action="append", choices=POLICY_NAMES, help="which (default: all)")
    compare.add_argument("--patients", type=int, default=20, metavar="N", help="virtual people (default: %(default)s)")
    compare.add_argument("--seed", type=int, default=1, metavar="N")
    compare.add_argument("--json", metavar="FILE", type=Path, help="write the figures as JSON")
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

    diaries, _ = read_directory(arguments.in_dir)
    diary = next((d for d in diaries if d.patient == arguments.patient), None)
    if diary is None:
        raise UserError("that patient is not in patients.csv.", "Name one that is.")
    verdict = analyse(diary)
    print(triggers_text(diary, verdict))
    if arguments.html:
        try:
            arguments.html.write_text(triggers_html(diary, verdict), encoding="utf-8")
        except OSError as wrong:
            raise UserError(f"the page cannot be written: {wrong.strerror}.", "Choose another place.") from None
    return 0


def _simulate_policy(arguments: argparse.Namespace) -> int:
    from zonula.food_triggers.plain_policies import POLICIES
    from zonula.food_triggers.policy_comparison import compare

    if arguments.patients < 1:
        raise UserError("--patients must be at least 1.")
    rows = compare([POLICIES[name] for name in arguments.policy or POLICY_NAMES], arguments.patients, arguments.seed)
    print(f"{'policy':<18}{'days':>6}{'found':>8}{'false':>8}{'missed':>8}{'undecided':>11}{'burden':>8}")
    for row in rows:
        print(
            f"{row.policy:<18}{row.median_days:>6.0f}{row.found:>8.2f}{row.false:>8.2f}{row.missed:>8.2f}"
            f"{row.undecided:>11.2f}{row.burden:>8.1f}"
        )
    print(
        "found: share of true triggers; false, missed, undecided: groups a person; burden: mean rating x days, all symptoms."
    )
    print(
        "Virtual people built from the engine's own assumptions: this compares policies, it is no evidence about people."
    )
    if arguments.json:
        try:
            arguments.json.write_text(json.dumps([row.said() for row in rows], indent=2) + "\n", encoding="utf-8")
        except OSError as wrong:
            raise UserError(f"the figures cannot be written: {wrong.strerror}.") from None
    return 0
