"""What `zonula triggers trial ...` and `zonula triggers relapse` do; `triggers_trial` says which words call them.

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

from zonula.cli.files import read_text, write_bytes, write_json, write_text
from zonula.errors import UserError
from zonula.food_triggers.blinded.design import CARDS, Design, Lag, design_trial, protocols
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


def run_templates(_: argparse.Namespace) -> int:
    """List the protocols and the verdict rules that ship. Returns 0."""
    print("Protocol templates (--template):")
    for name, title in protocols().items():
        print(f"  {name:<26} {title}")
    print("Verdict rules (--rule):")
    for rule in Rule:
        print(f"  {rule.value:<26} {shelf().card(f'{CARDS}/rule_{rule.value}').title}")
    return 0


def run_design(arguments: argparse.Namespace) -> int:
    """Plan a trial, seal its order, declare the rule, and say what the trial can tell. Returns 0."""
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
    try:
        write_bytes(arguments.out, write_record(record))
    except UserError:
        Path(arguments.sealed).unlink()  # an order without a trial would only be mistaken for one
        raise
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
    least = shelf().card(f"{CARDS}/period_length").data["least_rated_days"]
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


def run_record(arguments: argparse.Namespace) -> int:
    """Add events and ratings, all or nothing. Returns 0."""
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
                        f"{arguments.events}, line {number}: {wrong.what.rstrip('.')}.",
                        f"{wrong.cure} Nothing was added.".strip(),
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


def run_status(arguments: argparse.Namespace) -> int:
    """Say where the trial stands without telling the order. Returns 0."""
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


def run_unblind(arguments: argparse.Namespace) -> int:
    """Open the sealed order and give the verdict. Returns 0, whatever the verdict."""
    record = _read(arguments.trial)
    try:
        sealed = msgspec.json.decode(read_text(arguments.sealed), type=Sealed)
    except msgspec.DecodeError as wrong:
        raise UserError(f"{arguments.sealed}: not a sealed order: {wrong}") from None
    at = _moment(arguments.at) if arguments.at else datetime.now().replace(microsecond=0)
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


def run_report(arguments: argparse.Namespace) -> int:
    """Write the report as page, PDF or both. Returns 0."""
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


def run_relapse(arguments: argparse.Namespace) -> int:
    """Read daily ratings and say whether they rose. Returns 0, alarm or not."""
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
