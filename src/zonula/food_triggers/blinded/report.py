"""The report of a finished trial, item by item after CENT 2015, as words; `zonula.reports` sets them on a page."""

from collections.abc import Callable
from datetime import date

import msgspec
import numpy as np

from zonula.errors import UserError
from zonula.food_triggers.blinded.blinding import Blinding, Index
from zonula.food_triggers.blinded.conduct import Trial
from zonula.food_triggers.blinded.design import knowledge
from zonula.food_triggers.blinded.events import Role
from zonula.food_triggers.blinded.periods import counted
from zonula.food_triggers.blinded.randomisation import Guess
from zonula.food_triggers.blinded.record import Record
from zonula.food_triggers.blinded.schedules import Arm
from zonula.food_triggers.blinded.verdict import Decision, Verdict, verdict_of
from zonula.knowledge import Shelf

NOT_RECORDED = "Not in the trial record; to be added by the clinician."

_GUESSED = {Guess.ACTIVE: "food", Guess.SHAM: "sham", Guess.DONT_KNOW: "does not know"}


class Item(msgspec.Struct, frozen=True):
    """One CENT item: number, topic, and what this trial says about it, one paragraph each."""

    number: str
    topic: str
    says: tuple[str, ...]


class PeriodRow(msgspec.Struct, frozen=True, kw_only=True):
    """One period as a row: what was eaten, when, mean of the main outcome (None: not measured), guesses in words."""

    number: int
    arm: Arm
    began: date | None
    mean: float | None
    rated_days: int
    guess: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page shows."""

    title: str
    plain: tuple[str, ...]
    items: tuple[Item, ...]
    periods: tuple[PeriodRow, ...]
    trial: Trial
    verdict: Verdict
    record_hash: str


def report_of(record: Record, *, as_of: date, cards: Shelf | None = None) -> Report:
    """The report of an unsealed trial. Raises UserError before unsealing."""
    trial = record.trial
    if trial.unsealed is None:
        raise UserError("the report tells the order, so it is written after unsealing only")
    verdict = verdict_of(trial, as_of=as_of)
    items = knowledge("cent_2015", cards)["items"]
    return Report(
        title=f"N-of-1 trial: does {verdict.food} make {trial.design.primary} worse?",
        plain=_plain(trial, verdict),
        items=tuple(Item(row["item"], row["topic"], _SAYS[row["item"]](trial, verdict)) for row in items),
        periods=tuple(_rows(trial, verdict)),
        trial=trial,
        verdict=verdict,
        record_hash=record.entries[-1].hash,
    )


def _plain(trial: Trial, verdict: Verdict) -> tuple[str, ...]:
    nocebo = knowledge("nocebo")
    difference = verdict.outcomes[0].difference
    head = {
        Decision.CONFIRMED: f"Yes: with {verdict.food} {trial.design.primary} was worse than with the sham, more than chance explains.",
        Decision.NOT_CONFIRMED: f"No: {verdict.food} did not make {trial.design.primary} worse by an amount that matters.",
        Decision.CANNOT_TELL: "This trial cannot tell. That is neither a yes nor a no.",
    }[verdict.decision]
    size = (
        "The two kinds of portions could not be compared."
        if difference is None
        else f"With the food the score was {difference.mean:+.1f} points different on the 0 to 10 scale; with "
        f"{difference.content:.0%} probability the true difference lies between {difference.lo:+.1f} and {difference.hi:+.1f}."
    )
    return (
        head,
        size,
        "Why: " + "; ".join(verdict.reasons) + ".",
        f"Feeling worse on the sham is common and real: in {nocebo['trials']} blinded gluten trials with {nocebo['adults']} "
        f"adults {nocebo['nocebo']:.0%} did, and {nocebo['specific']:.0%} reacted to gluten itself.",
        "The trial is about this food in this amount, prepared this way, now. It does not diagnose a disease.",
    )


def _rows(trial: Trial, verdict: Verdict) -> list[PeriodRow]:
    main = verdict.outcomes[0]
    rows = []
    for number, arm in enumerate(verdict.schedule, 1):
        said = [guess for guess in trial.guesses if guess.period == number]
        rows.append(
            PeriodRow(
                number=number,
                arm=arm,
                began=trial.started[number - 1].date() if number <= len(trial.started) else None,
                mean=main.means[number - 1],
                rated_days=main.rated_days[number - 1],
                guess="; ".join(
                    f"{_GUESSED[guess.guess]} ({guess.reason.value}, {guess.asked.value.replace('_', ' ')})"
                    for guess in said
                )
                or "not asked",
            )
        )
    return rows


def _design(trial: Trial, _: Verdict) -> tuple[str, ...]:
    design = trial.design
    return (
        f"Blinded crossover in one person: {design.schedules.active} periods with the food and {design.schedules.sham} with a sham, "
        f"{design.period_days} days each, {design.washout_days} days of washout between, after {design.run_in_days} days of run-in.",
        f"The first {design.uncounted_hours} hours of each period are not counted (carry-over and onset).",
        "Lag of the reaction: "
        + (
            f"{design.lag.mean:g} hours ({design.lag.lo:g} to {design.lag.hi:g})."
            if design.lag
            else "not known; by mechanism."
        ),
        "Changes after the start: "
        + ("; ".join(f"{one.at.date()}: {one.what}" for one in trial.deviations) or "none recorded")
        + ".",
    )


def _hidden(trial: Trial, verdict: Verdict) -> tuple[str, ...]:
    designed = trial.designed
    return (
        f"Before the start the order was sealed; its hash {designed.commitment if designed else ''} was published and the sealed file kept "
        "by the preparer. At unsealing the hash, the seed and the design agreed.",
        f"The verdict rule {verdict.declaration.rule.value} was declared before the first period with hash {verdict.rule_hash}.",
    )


def _knew(trial: Trial, _: Verdict) -> tuple[str, ...]:
    log = [f"{one.at.date()}: {one.who} ({one.role.value}), {one.how}" for one in trial.learned]
    return (
        f"Checked before the start by {trial.design.cleared_by}.",
        "Who came to know the order: " + ("; ".join(log) or "nobody recorded") + ".",
    )


def _blinding(trial: Trial, verdict: Verdict) -> tuple[str, ...]:
    return (
        f"Sham: {trial.design.sham}.",
        "Guesses that rest on the portions: " + _indices(verdict.blinding),
        "Guesses at the end of each period, which a real reaction may also inform: " + _indices(verdict.end_guesses),
    )


def _indices(blinding: Blinding) -> str:
    def told(index: Index | None) -> str:
        return "unknown" if index is None else f"{index.value:+.2f} ({index.lo:+.2f} to {index.hi:+.2f})"

    james = "unknown" if blinding.james is None else f"{blinding.james:.2f}"
    return (
        f"asked in {blinding.asked} of {blinding.periods} periods; Bang's index {told(blinding.bang[Arm.ACTIVE])} with the food, "
        f"{told(blinding.bang[Arm.SHAM])} with the sham; James' index {james}; agreement with the order p = {blinding.agreement_p:.2f}."
    )


def _analysis(_: Trial, verdict: Verdict) -> tuple[str, ...]:
    figures = verdict.declaration.figures
    return (
        f"Exact one-sided randomisation test over the {verdict.test.orders} admissible orders, and over the "
        f"{verdict.test.orders_within_guesses} that agree with the guesses as often; both must reach {figures.false_verdicts_at_most:g}.",
        "Difference: Bayesian regression with autocorrelated noise and period-to-period swings, straight drift from "
        f"{figures.drift_from_periods} measured periods on, {figures.interval:.0%} interval. Missing ratings stay missing.",
    )


def _happened(trial: Trial, verdict: Verdict) -> tuple[str, ...]:
    eaten = "not recorded" if verdict.eaten is None else f"{verdict.eaten:.0%} of the recorded portions"
    short = [
        f"before period {number} {days} days"
        for number, (ended, began) in enumerate(zip(trial.ended, trial.started[1:], strict=False), 2)
        if (days := (began.date() - ended.date()).days - 1) < trial.design.washout_days
    ]
    return (
        f"{len(trial.started)} of {trial.design.schedules.periods} periods begun, {verdict.periods_measured} measured. Eaten: {eaten}.",
        f"Washouts shorter than the planned {trial.design.washout_days} days: " + ("; ".join(short) or "none") + ".",
    )


def _dates(trial: Trial, _: Verdict) -> tuple[str, ...]:
    first = trial.started[0].date().isoformat() if trial.started else "no period begun"
    last = trial.ended[-1].date().isoformat() if trial.ended else "no period ended"
    stop = trial.stopped
    return (
        f"First period {first}, last day {last}. "
        + (f"Stopped early on {stop.at.date()} by {stop.by}: {stop.why}." if stop else "Not stopped early."),
    )


def _baseline(trial: Trial, _: Verdict) -> tuple[str, ...]:
    data = counted(trial, trial.design.primary)
    run_in = data.scores[data.period == 0]
    if not len(run_in):
        return ("No run-in ratings.",)
    return (f"Run-in: mean {run_in.mean():.1f}, standard deviation {np.std(run_in):.1f}, {len(run_in)} ratings.",)


def _result(_: Trial, verdict: Verdict) -> tuple[str, ...]:
    lines = []
    for outcome in verdict.outcomes:
        difference = outcome.difference
        size = (
            "not comparable"
            if difference is None
            else f"{difference.mean:+.2f} points ({difference.content:.0%} interval {difference.lo:+.2f} to {difference.hi:+.2f})"
        )
        lines.append(f"{outcome.outcome}: food minus sham {size}.")
        lines.extend(
            f"{outcome.outcome}, rule {rule.rule.value}{' (declared)' if rule.rule is verdict.declaration.rule and outcome is verdict.outcomes[0] else ''}: "
            f"{rule.met.value}. {rule.says}."
            for rule in outcome.rules
        )
    lines.append(f"Exact test p = {verdict.test.p_plain:.3f}, within guesses {verdict.test.p_within_guesses:.3f}.")
    return tuple(lines)


def _limits(trial: Trial, verdict: Verdict) -> tuple[str, ...]:
    knowing = sum(one.role is not Role.PREPARER for one in trial.learned)
    return (
        f"The smallest p this trial could give was {verdict.test.smallest:.3f}. People besides the preparer who learned of the order: {knowing}.",
        "A person who recognises the food and says they do not cannot be detected by any index.",
    )


_Says = Callable[[Trial, Verdict], tuple[str, ...]]
_SAYS: dict[str, _Says] = {
    "1": lambda trial, verdict: (f"N-of-1 trial of {verdict.food} against a sham. {verdict.finding.says}",),
    "2": lambda trial, verdict: (
        f"Whether {verdict.food} makes {trial.design.primary} worse in this person; expectation makes symptoms of its own.",
    ),
    "3": _design,
    "4": lambda trial, verdict: (
        f"Background: {trial.design.background_diet}. Required before: {'; '.join(trial.design.before)}.",
        f"Diagnosis, treatment, setting, and whether this is care or research: {NOT_RECORDED}",
    ),
    "5": lambda trial, verdict: (f"Food: {trial.design.dose}. Sham: {trial.design.sham}.",),
    "6": lambda trial, verdict: (
        f"Main outcome {trial.design.primary}, rated 0 to 10; others: {', '.join(trial.design.outcomes[1:]) or 'none'}.",
    ),
    "7": lambda trial, verdict: (
        f"{trial.design.schedules.count} orders were possible, so the exact test could reach {trial.design.schedules.smallest_p:.3f} at best.",
    ),
    "8": lambda trial, verdict: (
        f"Uniformly from all orders with at most {trial.design.schedules.longest_run} alike in a row"
        f"{' and one of each in every pair' if trial.design.schedules.paired else ''}, from a random seed. "
        f"Order: {', '.join(arm.value for arm in verdict.schedule)}.",
    ),
    "9": _hidden,
    "10": _knew,
    "11": _blinding,
    "12": _analysis,
    "13": _happened,
    "14": _dates,
    "15": _baseline,
    "16": lambda trial, verdict: (
        f"Days that count in each period: {', '.join(map(str, verdict.outcomes[0].rated_days))}.",
    ),
    "17": _result,
    "18": lambda trial, verdict: ("Every rule on the shelf is shown above; only the declared one decides.",),
    "19": lambda trial, verdict: (
        "As recorded: "
        + ("; ".join(f"{one.at.date()}: {one.what}" for one in trial.deviations) or "nothing recorded")
        + ".",
    ),
    "20": _limits,
    "21": lambda trial, verdict: (
        "For this person, this amount and this preparation. Tolerance changes; test again before it is taken for life.",
    ),
    "22": lambda trial, verdict: (f"{verdict.finding.says} Next: {verdict.finding.asks[0].what}.",),
    "23": lambda trial, verdict: (f"Trial {trial.design.trial}. Public registration: {NOT_RECORDED}",),
    "24": lambda trial, verdict: (
        f"Protocol {trial.design.protocol}, according to {', '.join(trial.design.according_to)}.",
    ),
    "25": lambda trial, verdict: (NOT_RECORDED,),
}
