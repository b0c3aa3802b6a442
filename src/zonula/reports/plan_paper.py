"""The patient's plan on paper, in plain words: what to do, what to leave out and until when, what to eat again, and when to call."""

from collections.abc import Callable
from datetime import date, timedelta

from zonula.reports.paper import Block, Bullets, Heading, Paper, Paragraph, Person, Table
from zonula.treatment_protocols import Plan, PlanState, Stage, Today, Why
from zonula.treatment_protocols.day import Dose
from zonula.treatment_protocols.protocol import Task

WHY = {
    Why.ELIMINATION: "Left out for this stage only",
    Why.SUSPECT: "It may bother you; this is not tested yet",
    Why.ALLERGY: "Allergy: never try it by yourself",
    Why.CELIAC: "Celiac disease: for life",
    Why.VERDICT: "You reacted when it was tested",
    Why.PREFERENCE: "Your own wish",
}
EVERY = {0: "once", 1: "every day", 2: "every other day", 7: "every week", 14: "every two weeks"}
CALL = (
    "Trouble breathing, a swelling tongue or throat, fainting, or widespread hives after eating: stop eating, use your emergency "
    "medicine as you were shown, and call the emergency number at once."
)
STOP = "You may stop this plan on any day. Tell the clinic; foods that were left out only for the plan come back."
HYPOTHESIS = "That this plan helps is the clinic's working hypothesis. It is being tested, with you."


def plan_paper(
    plan: Plan,
    state: PlanState,
    now: Today,
    *,
    person: Person,
    clinic: str,
    version: str,
    hypothesis: bool,
    limit_days: int,
    named: Callable[[str], str],
) -> Paper:
    """The plan as of the day of `now`. limit_days: days after which the strict phase ends by itself; named: the food as people call it."""
    stage = plan.protocol.stage(state.stage)
    blocks: list[Block] = [
        Paragraph(f"{plan.protocol.title}. You are in: {stage.title}, day {now.day_of_stage}. {stage.purpose}"),
        *([Paragraph(HYPOTHESIS, "quiet")] if hypothesis else []),
        *_urgent(now),
    ]
    if now.halted:
        blocks.append(
            Paragraph("The plan is stopped until a clinician has talked with you. Do not go on by yourself.", "alarm")
        )
    else:
        blocks += _doing(stage, now, named)
    blocks += _eating(now, named)
    blocks += [Heading("When to call"), Paragraph(CALL, "alarm"), Paragraph(STOP)]
    ends = _ends(state, stage, limit_days)
    period = f"{state.since} to {ends}" if ends else f"since {state.since}"
    footer = f"{plan.protocol.title} version {plan.protocol.version}; Zonula {version}, {now.day}"
    return Paper("Your plan", person, clinic, period, now.day, footer, tuple(blocks))


def _urgent(now: Today) -> list[Block]:
    asked = [
        ask.what
        for finding in now.findings
        for ask in finding.asks
        if ask.who == "patient" and finding.level is not None
    ]
    return [Paragraph(what[:1].upper() + what[1:] + ".", "alarm") for what in dict.fromkeys(asked)]


def _doing(stage: Stage, now: Today, named: Callable[[str], str]) -> list[Block]:
    blocks: list[Block] = []
    if now.dose is not None:
        blocks += [Heading("The food that is tested now"), Paragraph(_dose(now.dose, named))]
    own = [task for task in stage.tasks if task.who == "patient"]
    if own:
        blocks += [Heading("What to do"), Bullets(tuple((_said(task), _often(task)) for task in own))]
    return blocks


def _eating(now: Today, named: Callable[[str], str]) -> list[Block]:
    blocks: list[Block] = [Heading("What not to eat")]
    if now.not_eaten:
        rows = tuple(
            (
                named(one.food),
                f"{WHY[one.why]}. {one.reason[:1].upper()}{one.reason[1:]}",
                one.review_on.isoformat() if one.review_on else "no date",
                one.owner or "the clinic",
            )
            for one in now.not_eaten
        )
        blocks.append(Table(("Food", "Why", "Looked at again", "Ask"), rows))
        blocks.append(Paragraph("Everything else you may eat. Do not leave out more by yourself: ask first."))
    else:
        blocks.append(Paragraph("Nothing. You may eat everything you tolerate."))
    if now.eaten_again:
        blocks += [
            Heading("Eat these again"),
            Table(("Food", "By"), tuple((named(food), by.isoformat()) for food, by in now.eaten_again)),
        ]
    return blocks


def _said(task: Task) -> str:
    return task.title[:1].upper() + task.title[1:]


def _often(task: Task) -> str:
    often = EVERY.get(task.every, f"every {task.every} days")
    return f"{often}, from day {task.from_day + 1}" if task.from_day else often


def _dose(dose: Dose, named: Callable[[str], str]) -> str:
    what = f"{named(dose.food)}{f' ({dose.form})' if dose.form else ''}, day {dose.day_number}"
    if dose.portion is None:
        return f"{what}: the test is over. The clinic writes the result with you."
    if not dose.portion:
        return f"{what}: eat none of it today; watch and write down how you are."
    where = "only at the clinic, under supervision" if dose.supervised else "at home, with another adult there"
    return f"{what}: {dose.portion:g} of a usual portion, {where}."


def _ends(state: PlanState, stage: Stage, limit_days: int) -> date | None:
    """The last day this stage can reach, when it has one."""
    ends = [state.since + timedelta(stage.max_days)] if stage.max_days else []
    if state.restricted_since is not None:
        ends.append(state.restricted_since + timedelta(limit_days + state.renewed))
    return min(ends, default=None)
