"""`zonula questionnaire`: list the instruments, show one, write an empty response, check answers, score them."""

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from zonula.chart import Finding
from zonula.cli.files import day, write_json
from zonula.errors import UserError
from zonula.questionnaires import (
    Coding,
    Questionnaire,
    Response,
    Score,
    Trend,
    alarms,
    empty_response,
    form_of,
    instrument_named,
    instruments,
    load,
    read_responses,
    score,
    shipped,
    trend,
    validate,
)

SCHEMA = "zonula.questionnaire-score/1"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True, dest="step")
    steps.add_parser("list", help="every instrument, its licence and whether its wording ships")
    show = steps.add_parser("show", help="the questions, the scoring and the sources of one instrument")
    show.add_argument("instrument", metavar="ID")
    template = steps.add_parser("template", help="write an empty QuestionnaireResponse to fill in")
    template.add_argument("instrument", metavar="ID")
    for name, words in (("check", "say what is wrong with answers, or that nothing is"), ("score", "score answers")):
        step = steps.add_parser(name, help=words)
        step.add_argument("files", metavar="FILE", nargs="+", type=Path, help="QuestionnaireResponse, Bundle or NDJSON")
        step.add_argument("--form", type=Path, metavar="FILE", help="the Questionnaire, when it is not one of ours")
        if name == "score":
            step.add_argument(
                "--json", metavar="FILE", help="write the scores as JSON; - prints them instead of the text"
            )
            step.add_argument("--today", type=day, metavar="DATE", help="the day of scoring (default: the day it is)")


def run(arguments: argparse.Namespace) -> int:
    """Do the chosen step. Returns 0; `check` with problems and every refusal end in UserError (exit 2)."""
    steps = {"list": _list, "show": _show, "template": _template, "check": _check, "score": _score}
    steps[arguments.step](arguments)
    return 0


def _list(_: argparse.Namespace) -> None:
    kinds = {"items": "with questions", "adapter": "scoring only", "no": "not offered"}
    for name, instrument in instruments().items():
        print(f"{name:16}{kinds[instrument.offered]:16}{instrument.licence}")


def _show(arguments: argparse.Namespace) -> None:
    from zonula.questionnaires.instruments import card_of

    instrument = instrument_named(arguments.instrument)
    card = card_of(instrument)
    print(f"{card.title}. {card.meaning}\n{instrument.licence}")
    if instrument.why:
        print(f"Not offered: {instrument.why}")
    if instrument.offered != "no":
        for item in shipped(arguments.instrument).walk():
            print(f"  {item.link_id:24}{item.type:12}{item.prefix}{' ' if item.prefix else ''}{item.text}")
            for option in item.options or ():
                value = option.value
                words = f"{value.code}  {value.display}" if isinstance(value, Coding) else str(value)
                print(f"  {'':36}{words}{'' if option.ordinal is None else f'  = {option.ordinal:g}'}")
    for scale in instrument.scales:
        edges = "; ".join(
            f"{'above ' if band.above is not None else ''}{band.above if band.above is not None else band.at_least:g} {band.label}"
            for band in scale.bands
        )
        print(f"{scale.title} ({scale.method} of {len(scale.items)}): {edges or 'no bands'}")
    print(
        "Every figure was read at its source."
        if card.verified
        else "Some figures here were not verified at their source."
    )
    for source in card.sources:
        print(f"  [{source.mark}] {source.title} {source.link}")


def _template(arguments: argparse.Namespace) -> None:
    document = empty_response(shipped(arguments.instrument))
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")


def _check(arguments: argparse.Namespace) -> None:
    wrong = 0
    for name, response, form in _given(arguments):
        problems = validate(form, response)
        wrong += sum(problem.serious for problem in problems)
        for problem in problems:
            print(f"{name}: {'' if problem.serious else '(remark) '}{problem}")
    if wrong:
        raise UserError(f"{wrong} problem{'s' if wrong > 1 else ''} found.", "Correct the places named above.")
    print("nothing is wrong")


def _score(arguments: argparse.Namespace) -> None:
    today: date = arguments.today or date.today()
    given = list(_given(arguments))
    scores: list[Score] = []
    try:
        scores += [score(form, response, today, name) for name, response, form in given]
    except UserError:
        # Nothing is scored or written, but an alarm in any of the answers is shown before the refusal.
        for _, response, form in given:
            _print_findings(alarms(form, response, today))
        raise
    trends = tuple(_trends(scores))
    if arguments.json:
        document = {"schema": SCHEMA, "scored_on": today, "scores": scores, "trends": trends}
        write_json(arguments.json, msgspec.to_builtins(document, order="deterministic"))
    if arguments.json == "-":
        return
    for (name, _, _), scored in zip(given, scores, strict=True):
        print(f"{scored.title}, {scored.as_of.isoformat() if scored.dated else 'undated'} ({name})")
        empty = {
            f"questionnaires.{scored.instrument}.{scale.scale}": scale.title
            for scale in scored.scales
            if not scale.answered
        }
        _print_findings(finding for finding in scored.findings if finding.id not in empty)
        if empty:
            print(f"    not answered at all: {', '.join(empty.values())}")
        for value in scored.shown:
            print(
                f"    {value.text}: {f'{value.value:g}' if value.value is not None else value.remark} (calculated by the form)"
            )
        for remark in scored.remarks:
            print(f"    remark: {remark}")
        if not scored.scales and not scored.findings:
            print("    no scoring card fits this questionnaire; it is shown and not scored")
    for course in trends:
        print(f"{course.finding.says}")


def _print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        level = f"[{finding.level}] " if finding.level else ""
        doubt = "" if finding.verified else " (not verified at its source)"
        print(f"    {level}{finding.says}{doubt}")
        for ask in finding.asks:
            by = f" by {ask.by.isoformat()}" if ask.by else ""
            print(f"        {ask.who}{by}: {ask.what}")


def _trends(scores: list[Score]) -> Iterable[Trend]:
    groups: dict[tuple[str, str], list[Score]] = {}
    for scored in scores:
        if scored.instrument and scored.subject and scored.dated:
            groups.setdefault((scored.instrument, scored.subject), []).append(scored)
    for group in groups.values():
        yield from trend(group)


def _given(arguments: argparse.Namespace) -> Iterable[tuple[str, Response, Questionnaire]]:
    """Every response of every file with its form; all are read before any is used."""
    own = load(_bytes(arguments.form), str(arguments.form)) if arguments.form else None
    found: list[tuple[str, Response, Questionnaire]] = []
    for path in arguments.files:
        for response in read_responses(_bytes(path), str(path)):
            found.append((str(path), response, own or form_of(response, str(path))))
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise UserError(f"{path}: cannot be read ({wrong.strerror}).") from None
