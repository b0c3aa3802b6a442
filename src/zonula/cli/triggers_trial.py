"""`zonula triggers trial ...` and `zonula triggers relapse`: the words. What they do is loaded only when one is asked for."""

import argparse
from collections.abc import Callable
from importlib import import_module

from zonula.cli.files import day


def configure(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `trial` and `relapse` to the sub-commands of `zonula triggers`."""
    trial = subparsers.add_parser("trial", help="a blinded, randomised trial of one food in one person")
    verbs = trial.add_subparsers(metavar="WHAT", required=True)
    _configure_design(verbs.add_parser("design", help="plan a trial, seal its order and declare the verdict rule"))

    listed = verbs.add_parser("templates", help="list the protocol templates and the verdict rules")
    listed.set_defaults(run=_later("templates"))

    record = verbs.add_parser("record", help="add what happened to the trial record")
    record.add_argument("trial", metavar="TRIAL", help="the trial record")
    record.add_argument(
        "events", nargs="?", metavar="EVENTS", help="events, one JSON object a line; - for the terminal"
    )
    record.add_argument("--ratings", metavar="FILE", help="ratings as CSV (time,score or a diary)")
    record.add_argument("--patient", default="", help="whose ratings, when the diary holds several patients")
    record.set_defaults(run=_later("record"))

    status = verbs.add_parser("status", help="where the trial stands, without telling the order")
    status.add_argument("trial", metavar="TRIAL")
    status.add_argument("--json", metavar="FILE", help="write it as JSON; - for the terminal")
    status.set_defaults(run=_later("status"))

    unblind = verbs.add_parser("unblind", help="open the sealed order, check it, and give the verdict")
    unblind.add_argument("trial", metavar="TRIAL")
    unblind.add_argument("sealed", metavar="SEALED", help="the sealed file that the preparer kept")
    unblind.add_argument("--by", required=True, metavar="NAME", help="who opens it")
    unblind.add_argument("--at", metavar="TIME", help="when (default: now)")
    unblind.add_argument("--json", metavar="FILE", help="write the verdict as JSON; - for the terminal")
    unblind.set_defaults(run=_later("unblind"))

    report = verbs.add_parser("report", help="write the report of an unblinded trial")
    report.add_argument("trial", metavar="TRIAL")
    report.add_argument("--html", metavar="FILE")
    report.add_argument("--pdf", metavar="FILE")
    report.add_argument("--as-of", type=day, metavar="DATE", help="date of the report (default: the day of unblinding)")
    report.set_defaults(run=_later("report"))

    relapse = subparsers.add_parser("relapse", help="watch for a rise after foods were given back")
    relapse.add_argument("ratings", metavar="RATINGS", help="ratings as CSV (time,score or a diary)")
    relapse.add_argument("--outcome", default="", help="which symptom, when the file holds several")
    relapse.add_argument("--patient", default="", help="whose ratings, when the file holds several patients")
    relapse.add_argument("--baseline-until", type=day, required=True, metavar="DATE", help="last day before the change")
    relapse.add_argument("--as-of", type=day, metavar="DATE", help="last day to read (default: the last rating)")
    relapse.add_argument("--json", metavar="FILE", help="write the reading as JSON; - for the terminal")
    relapse.set_defaults(run=_later("relapse"))


def _configure_design(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--template", required=True, metavar="NAME", help="protocol; `trial templates` lists them")
    parser.add_argument(
        "--trial", required=True, metavar="ID", help="a name for this trial, without the patient's name"
    )
    parser.add_argument("--food", default="", help="what is tested")
    parser.add_argument("--dose", default="", help="how much a day, and how it is prepared")
    parser.add_argument("--sham", default="", help="what is eaten instead, if not the template's")
    parser.add_argument(
        "--outcome", action="append", default=[], help="symptom rated 0-10; repeat for more, the main one first"
    )
    parser.add_argument("--first-day", type=day, required=True, metavar="DATE", help="first day of the run-in")
    parser.add_argument("--cleared-by", default="", metavar="NAME", help="clinician who checked that the trial is safe")
    parser.add_argument(
        "--rule", default="posterior", help="verdict rule; `trial templates` lists them (default: %(default)s)"
    )
    parser.add_argument("--lag", nargs=3, type=float, metavar=("MEAN", "LOW", "HIGH"), help="hours until the reaction")
    parser.add_argument("--mechanism", default="", help="row of the latency card, if not the template's")
    parser.add_argument("--periods", type=int, metavar="N", help="periods of each arm")
    parser.add_argument("--longest-run", type=int, metavar="N", help="most periods alike in a row")
    parser.add_argument(
        "--run-in", metavar="FILE", help="earlier ratings as CSV: the person's own noise, for the power"
    )
    parser.add_argument("--patient", default="", help="whose ratings, when the diary holds several patients")
    parser.add_argument("--out", required=True, metavar="TRIAL", help="the trial record to write")
    parser.add_argument("--sealed", required=True, metavar="FILE", help="the sealed order, for the preparer only")
    parser.add_argument(
        "--seed", metavar="HEX", help="fix the order (for a rehearsal: whoever knows the seed knows the order)"
    )
    parser.set_defaults(run=_later("design"))


def _later(action: str) -> Callable[[argparse.Namespace], int]:
    """The action by name, imported when it runs: the numerical libraries would slow every other command's start."""

    def run(arguments: argparse.Namespace) -> int:
        return int(getattr(import_module("zonula.cli.trial_actions"), f"run_{action}")(arguments))

    return run
