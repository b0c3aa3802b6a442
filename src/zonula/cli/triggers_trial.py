"""`zonula triggers trial ...` and `zonula triggers relapse`: design, record, unblind and report a blinded trial; watch for a rise.

The only place of the trial that asks the clock and draws a secret; everything else gets both as arguments.
"""

import argparse
import os
import secrets
import sys
from datetime import date, datetime
from pathlib import Path

import msgspec
import numpy as np

from zonula.cli.files import day, read_text, write_bytes, write_json, write_text
from zonula.errors import UserError
from zonula.food_triggers.blinded.design import Design, Lag, design_trial, protocols
from zonula.food_triggers.blinded.events import Declared, Designed, Rated, Unsealed
from zonula.food_triggers.blinded.power import Prospect, prospect_of
from zonula.food_triggers.blinded.ratings_csv import Rating, read_ratings
from zonula.food_triggers.blinded.record import Record, append, read_event, read_record, write_record
from zonula.food_triggers.blinded.report import report_of
from zonula.food_triggers.blinded.rules import Declaration, Rule, declare, rule_named
from zonula.food_triggers.blinded.sealing import Sealed, commitment, digest, seal
from zonula.food_triggers.blinded.status import status_of
from zonula.food_triggers.blinded.verdict import verdict_of
from zonula.food_triggers.blinded.weather import Noise, noise_of
from zonula.food_triggers.relapse import watch
from zonula.knowledge import shelf

_SECRET_BYTES = 32


def configure(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `trial` and `relapse` to the sub-commands of `zonula triggers`."""
    trial = subparsers.add_parser("trial", help="a blinded, randomised trial of one food in one person")
    verbs = trial.add_subparsers(metavar="WHAT", required=True)
    _configure_design(verbs.add_parser("design", help="plan a trial, seal its order and declare the verdict rule"))

    record = verbs.add_parser("record", help="add what happened to the trial record")
    record.add_argument("trial", metavar="TRIAL", help="the trial record")
    record.add_argument(
        "events", nargs="?", metavar="EVENTS", help="events, one JSON object a line; - for the terminal"
    )
    record.add_argument("--ratings", metavar="FILE", help="ratings as CSV (time,score or a diary)")
    record.add_argument("--patient", default="", help="whose ratings, when the diary holds several patients")
    record.set_defaults(run=_record)

    status = verbs.add_parser("status", help="where the trial stands, without telling the order")
    status.add_argument("trial", metavar="TRIAL")
    status.add_argument("--json", metavar="FILE", help="write it as JSON; - for the terminal")
    status.set_defaults(run=_status)

    unblind = verbs.add_parser("unblind", help="open the sealed order, check it, and give the verdict")
    unblind.add_argument("trial", metavar="TRIAL")
    unblind.add_argument("sealed", metavar="SEALED", help="the sealed file that the preparer kept")
    unblind.add_argument("--by", required=True, metavar="NAME", help="who opens it")
    unblind.add_argument("--at", type=_moment, metavar="TIME", help="when (default: now)")
    unblind.add_argument("--json", metavar="FILE", help="write the verdict as JSON; - for the terminal")
    unblind.set_defaults(run=_unblind)

    report = verbs.add_parser("report", help="write the report of an unblinded trial")
    report.add_argument("trial", metavar="TRIAL")
    report.add_argument("--html", metavar="FILE")
    report.add_argument("--pdf", metavar="FILE")
    report.add_argument("--as-of", type=day, metavar="DATE", help="date of the report (default: the day of unblinding)")
    report.set_defaults(run=_report)

    relapse = subparsers.add_parser("relapse", help="watch for a rise after foods were given back")
    relapse.add_argument("ratings", metavar="RATINGS", help="ratings as CSV (time,score or a diary)")
    relapse.add_argument("--outcome", default="", help="which symptom, when the file holds several")
    relapse.add_argument("--patient", default="", help="whose ratings, when the file holds several patients")
    relapse.add_argument("--baseline-until", type=day, required=True, metavar="DATE", help="last day before the change")
    relapse.add_argument("--as-of", type=day, metavar="DATE", help="last day to read (default: the last rating)")
    relapse.add_argument("--json", metavar="FILE", help="write the reading as JSON; - for the terminal")
    relapse.set_defaults(run=_relapse)


def _configure_design(parser: argparse.ArgumentParser) -> None:
    listed = "; ".join(f"{name}: {title}" for name, title in protocols().items())
    parser.add_argument("--template", required=True, metavar="NAME", help=listed)
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
        "--rule", default=Rule.POSTERIOR.value, help=f"verdict rule: {', '.join(Rule)} (default: %(default)s)"
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
    parser.set_defaults(run=_design)


def _design(arguments: argparse.Namespace) -> int:
    for path in (arguments.out, arguments.sealed):
        if Path(path).exists():
            raise UserError(f"{path} exists already.", "A trial is never overwritten; choose another name.")
    design = design_trial(
        arguments.trial,
        arguments.template,
        outcomes=tuple(arguments.outcome),
        first_day=arguments.first_day,
        cleared_by=arguments.cleared_by,
        food=arguments.food,
        dose=arguments.dose,
        sham=arguments.sham,
        lag=Lag(*arguments.lag) if arguments.lag else None,
        mechanism=arguments.mechanism,
        periods_per_arm=arguments.periods,
        longest_run=arguments.longest_run,
    )
    declaration = declare(rule_named(arguments.rule), design)
    noise = _noise(arguments, design)
    # The power is played with its own fixed generator: the same plan gives the same figures, and the order stays secret.
    prospect = prospect_of(design, declaration, noise, np.random.default_rng(0))
    seed = _hex(arguments.seed) if arguments.seed else secrets.token_bytes(_SECRET_BYTES)
    sealed = seal(design.trial, digest(design), design.schedules, seed=seed, salt=secrets.token_bytes(_SECRET_BYTES))
    now = datetime.now().replace(microsecond=0)
    record = append(
        Record(),
        Designed(at=now, design=design, commitment=commitment(sealed)),
        Declared(at=now, declaration=declaration, rule_hash=digest(declaration), by=design.cleared_by),
    )
    _write_secret(arguments.sealed, msgspec.json.format(msgspec.json.encode(sealed), indent=1) + b"\n")
    write_bytes(arguments.out, write_record(record))
    print(_planned(design, declaration, prospect, arguments))
    return 0


def _noise(arguments: argparse.Namespace, design: Design) -> Noise | None:
    if not arguments.run_in:
        return None
    ratings = _ratings(arguments.run_in, arguments.patient)
    mine = sorted((one.at, one.score) for one in ratings if one.outcome in ("", design.primary))
    if not mine:
        raise UserError(f"{arguments.run_in}: no rating of {design.primary}")
    days = np.array([(at - mine[0][0]).total_seconds() / 86400 for at, _ in mine])
    least = shelf().card("food_triggers/blinded/period_length").data["least_rated_days"]
    return noise_of(days, np.array([score for _, score in mine]), least_days=least)


def _planned(design: Design, declaration: Declaration, prospect: Prospect, arguments: argparse.Namespace) -> str:
    schedules = design.schedules
    lines = [
        f"Trial {design.trial}: {design.food} against a sham, judged by {design.primary}.",
        f"  {design.run_in_days} days of run-in, then {schedules.periods} periods of {design.period_days} days with "
        f"{design.washout_days} days of washout between: {design.days} days in all.",
        f"  Verdict rule {declaration.rule.value}, declared now with hash {digest(declaration)[:16]}...",
        f"  {schedules.count} orders are possible, so the exact test can reach p = {prospect.smallest_p:.3f} at best.",
    ]
    if not prospect.can_confirm:
        lines.append(
            f"  THIS TRIAL CANNOT CONFIRM ANYTHING at {prospect.limit:g}: at least {prospect.needed_per_arm} periods of each arm "
            "are needed, more if the person commits to guesses."
        )
    if prospect.chances:
        lines.append(f"  Played {prospect.plays} times with this person's own noise:")
        lines.extend(
            f"    if the food adds {chance.effect:g} points: confirmed {chance.confirmed:.0%} ({chance.lo:.0%} to {chance.hi:.0%}), "
            f"not confirmed {chance.not_confirmed:.0%}, cannot tell {chance.cannot_tell:.0%}"
            for chance in prospect.chances
        )
    else:
        lines.append("  Power is not known without ratings from a run-in (--run-in).")
    lines.append("  Before the start, to be checked by the clinician: " + "; ".join(design.before) + ".")
    lines.append(f"  Give {arguments.sealed} to the person who prepares the portions and to nobody else.")
    return "\n".join(lines)


def _record(arguments: argparse.Namespace) -> int:
    if not arguments.events and not arguments.ratings:
        raise UserError("nothing to add.", "Name a file of events or give --ratings.")
    record = _read(arguments.trial)
    before = len(record.entries)
    if arguments.events:
        text = sys.stdin.read() if arguments.events == "-" else read_text(arguments.events)
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    record = append(record, read_event(line.encode()))
                except UserError as wrong:
                    raise UserError(
                        f"{arguments.events}, line {number}: {wrong.what}.", f"{wrong.cure} Nothing was added.".strip()
                    ) from None
    if arguments.ratings:
        record = _add_ratings(record, arguments)
    _replace(arguments.trial, write_record(record))
    print(f"{len(record.entries) - before} entries added. Last hash {record.entries[-1].hash}")
    return 0


def _add_ratings(record: Record, arguments: argparse.Namespace) -> Record:
    trial = record.trial
    known = {(rating.at, rating.outcome) for rating in trial.ratings}
    fresh: list[Rated] = []
    for rating in sorted(_ratings(arguments.ratings, arguments.patient), key=lambda one: one.at):
        outcome = rating.outcome or trial.design.primary
        if outcome in trial.design.outcomes and (rating.at, outcome) not in known:
            known.add((rating.at, outcome))
            fresh.append(Rated(at=rating.at, outcome=outcome, score=rating.score))
    return append(record, *fresh)


def _status(arguments: argparse.Namespace) -> int:
    status = status_of(_read(arguments.trial))
    if arguments.json:
        return write_json(arguments.json, msgspec.to_builtins(status))
    print(f"Trial {status.trial}, {status.food} for {status.outcome}: {status.phase.value.replace('_', ' ')}.")
    print(f"Next: {status.next}.")
    for period in status.periods:
        began = f"began {period.began}" if period.began else f"planned {period.planned_first} to {period.planned_last}"
        guess = "guess asked" if period.guessed else "guess not asked"
        print(
            f"  period {period.period:>2}: {began}; {period.rated_days} days count; {guess if period.began else ''}".rstrip(
                "; "
            )
        )
    print("Who knows the order: " + ("; ".join(status.who_knows) or "nobody recorded") + ".")
    print(f"Last hash {status.last_hash}")
    return 0


def _unblind(arguments: argparse.Namespace) -> int:
    record = _read(arguments.trial)
    try:
        sealed = msgspec.json.decode(read_text(arguments.sealed), type=Sealed)
    except msgspec.DecodeError as wrong:
        raise UserError(f"{arguments.sealed}: not a sealed order: {wrong}") from None
    at = arguments.at or datetime.now().replace(microsecond=0)
    record = append(record, Unsealed(at=at, by=arguments.by, sealed=sealed))
    verdict = verdict_of(record.trial, as_of=at.date())
    _replace(arguments.trial, write_record(record))
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(verdict))
    if arguments.json != "-":
        print(verdict.decision.value.replace("_", " ").upper())
        print(verdict.finding.says)
        for rule in verdict.outcomes[0].rules:
            declared = " (declared)" if rule.rule is verdict.declaration.rule else ""
            print(f"  {rule.rule.value}{declared}: {rule.met.value}; {rule.says}")
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from zonula.reports.trial_report import trial_html, trial_pdf

    if not arguments.html and not arguments.pdf:
        raise UserError("no report was asked for.", "Give --html FILE, --pdf FILE or both.")
    record = _read(arguments.trial)
    opened = record.trial.unsealed
    report = report_of(record, as_of=arguments.as_of or (opened.at.date() if opened else date.min))
    if arguments.html:
        write_text(arguments.html, trial_html(report))
    if arguments.pdf:
        write_bytes(arguments.pdf, trial_pdf(report))
    return 0


def _relapse(arguments: argparse.Namespace) -> int:
    ratings = _ratings(arguments.ratings, arguments.patient)
    outcomes = sorted({one.outcome for one in ratings})
    if not arguments.outcome and len(outcomes) > 1:
        raise UserError(f"the file holds {len(outcomes)} symptoms.", f"Name one with --outcome: {', '.join(outcomes)}.")
    mine = [(one.at.date(), one.score) for one in ratings if one.outcome in ("", arguments.outcome or one.outcome)]
    if not mine:
        raise UserError(f"{arguments.ratings}: no rating of {arguments.outcome or 'any symptom'}")
    reading = watch(
        arguments.outcome or outcomes[0] or "symptom",
        mine,
        baseline_until=arguments.baseline_until,
        as_of=arguments.as_of or max(on for on, _ in mine),
    )
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(reading))
    if arguments.json != "-":
        print(reading.finding.says)
        print(f"{reading.unrated_days} days since the baseline were not rated.")
    return 0


def _ratings(name: str, patient: str) -> tuple[Rating, ...]:
    ratings, unread = read_ratings(read_text(name), patient)
    for row in unread:
        print(f"zonula: {name}, line {row.line}: skipped, {row.why}", file=sys.stderr)
    return ratings


def _read(name: str) -> Record:
    return read_record(read_text(name).encode())


def _replace(name: str, content: bytes) -> None:
    """Write beside the record and then take its place, so that a crash never leaves half a record."""
    fresh = f"{name}.new"
    write_bytes(fresh, content)
    os.replace(fresh, name)


def _write_secret(name: str, content: bytes) -> None:
    try:
        with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as wrong:
        raise UserError(f"{name}: {wrong.strerror or wrong}.") from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"{text!r} is not a time.", "Write it as YYYY-MM-DDTHH:MM.") from None


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UserError("the seed is not hexadecimal") from None
