"""`zonula plan start|event|today|show|diagram`: walk a treatment protocol, one event at a time."""

import argparse
import json
import os
import tempfile
from datetime import date
from pathlib import Path

import msgspec

from zonula.cli.files import day, read_text, write_json, write_text
from zonula.errors import UserError
from zonula.knowledge import shelf
from zonula.treatment_protocols import (
    GATES,
    Event,
    Plan,
    Protocol,
    Result,
    Role,
    Situation,
    Today,
    Why,
    advance,
    limits,
    mermaid,
    parse_plan,
    parse_protocol,
    parse_situation,
    shipped,
    start,
    state_on,
    today,
)

TEMPLATE = Path(__file__).parent.parent / "treatment_protocols" / "situation.yaml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    commands = parser.add_subparsers(metavar="WHAT", required=True)
    starting = commands.add_parser("start", help="start a plan from a protocol")
    starting.add_argument("plan", metavar="PLAN", help="the plan file to write; it must not exist")
    starting.add_argument(
        "--protocol", default="reboot_maintenance_rejuvenation", help="a protocol that ships, or a file"
    )
    starting.add_argument("--patient", required=True, metavar="ID")
    _who(starting)
    starting.set_defaults(act=_start)
    happening = commands.add_parser("event", help="record one event; refused when the table or a gate forbids it")
    happening.add_argument("plan", metavar="PLAN")
    happening.add_argument(
        "event",
        metavar="EVENT",
        help="a step of the protocol, or exclude, give_back, challenge, verdict, sign_off, override, renew, review, adverse_event, settle, note",
    )
    _who(happening)
    _known(happening)
    for name in ("food", "form", "reason", "owner", "gate"):
        happening.add_argument(f"--{name}", default="")
    happening.add_argument("--why", type=Why, choices=list(Why), metavar="KIND", help=", ".join(Why))
    happening.add_argument("--result", type=Result, choices=list(Result), metavar="RESULT", help=", ".join(Result))
    happening.add_argument("--review-on", type=day, metavar="DATE")
    happening.add_argument("--supervised", action="store_true")
    happening.add_argument("--blinded", action="store_true")
    happening.add_argument("--serious", action="store_true")
    happening.set_defaults(act=_event)
    for name, act, said in (
        ("today", _today, "what the patient does, eats and records today"),
        ("show", _show, "the whole state and its history"),
    ):
        command = commands.add_parser(name, help=said)
        command.add_argument("plan", metavar="PLAN")
        command.add_argument("--day", type=day, default=None, metavar="DATE", help="default: today")
        command.add_argument("--json", metavar="FILE", help="- for the terminal")
        _known(command)
        command.set_defaults(act=act)
    drawing = commands.add_parser("diagram", help="the protocol as a Mermaid diagram")
    drawing.add_argument("protocol", metavar="PROTOCOL", help="a protocol that ships, a protocol file or a plan file")
    drawing.set_defaults(act=_diagram)
    facts = commands.add_parser("situation", help="write a template of what is known about the patient")
    facts.add_argument("file", nargs="?", default="-", metavar="FILE")
    facts.set_defaults(act=lambda arguments: write_text(arguments.file, TEMPLATE.read_text(encoding="utf-8")))


def run(arguments: argparse.Namespace) -> int:
    """Dispatch to the sub-command."""
    return int(arguments.act(arguments))


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="NAME", help="who answers for it")
    parser.add_argument("--role", required=True, type=Role, choices=list(Role), metavar="ROLE", help=", ".join(Role))
    parser.add_argument("--day", type=day, default=None, metavar="DATE", help="default: today")


def _known(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--situation", metavar="FILE", help="what is known about the patient; without it everything is unknown"
    )


def _start(arguments: argparse.Namespace) -> int:
    if Path(arguments.plan).exists():
        raise UserError(
            f"{arguments.plan} exists.", "One patient has one plan at a time; choose another file or stop that plan."
        )
    plan = start(_protocol(arguments.protocol), arguments.patient, _day(arguments), arguments.by, arguments.role)
    _save(plan, arguments.plan)
    print(f"Started {plan.protocol.title} (version {plan.protocol.version}) for {plan.patient}.")
    return 0


def _event(arguments: argparse.Namespace) -> int:
    plan = parse_plan(read_text(arguments.plan), arguments.plan)
    event = Event(
        day=_day(arguments),
        event=arguments.event,
        by=arguments.by,
        role=arguments.role,
        food=arguments.food,
        form=arguments.form,
        why=arguments.why,
        reason=arguments.reason,
        review_on=arguments.review_on,
        owner=arguments.owner,
        gate=arguments.gate,
        supervised=arguments.supervised,
        result=arguments.result,
        blinded=arguments.blinded,
        serious=arguments.serious,
    )
    after = advance(plan, event, _situation(arguments), shelf())
    _save(after, arguments.plan)
    state = state_on(after.protocol, after.events, event.day, limits(shelf()))
    print(f"{event.event} recorded. Stage: {after.protocol.stage(state.stage).title}.")
    return 0


def _today(arguments: argparse.Namespace) -> int:
    plan = parse_plan(read_text(arguments.plan), arguments.plan)
    result = today(plan, _situation(arguments), _day(arguments), shelf())
    if arguments.json:
        write_json(arguments.json, msgspec.to_builtins(result))
    if arguments.json != "-":
        print(_spoken(result))
    return 0


def _show(arguments: argparse.Namespace) -> int:
    plan = parse_plan(read_text(arguments.plan), arguments.plan)
    state = state_on(plan.protocol, plan.events, _day(arguments), limits(shelf()))
    content = {"schema": "zonula.plan-state/1", "patient": plan.patient, **msgspec.to_builtins(state)}
    if arguments.json:
        write_json(arguments.json, content)
    if arguments.json != "-":
        print(f"{plan.protocol.title}, patient {plan.patient}, {state.day}")
        for since, stage in state.history:
            print(f"  {since}  {plan.protocol.stage(stage).title}")
        for one in state.exclusions:
            print(
                f"  out: {one.food} since {one.since}, {one.why.value}: {one.reason} (review {one.review_on or 'never'}, {one.owner})"
            )
        for verdict in state.verdicts:
            print(
                f"  {verdict.day}  {verdict.food}: {verdict.result.value} ({'blinded' if verdict.blinded else 'open'})"
            )
    return 0


def _diagram(arguments: argparse.Namespace) -> int:
    if Path(arguments.protocol).is_file():
        text = read_text(arguments.protocol)
        if "zonula.plan/1" in text:
            plan = parse_plan(text, arguments.protocol)
            state = state_on(plan.protocol, plan.events, date.today(), limits(shelf()))
            return write_text("-", mermaid(plan.protocol, state.stage))
    return write_text("-", mermaid(_protocol(arguments.protocol)))


def _protocol(name: str) -> Protocol:
    if Path(name).is_file():
        return parse_protocol(read_text(name), name, GATES)
    return shipped(shelf(), name, GATES)


def _situation(arguments: argparse.Namespace) -> Situation:
    return parse_situation(read_text(arguments.situation), arguments.situation) if arguments.situation else Situation()


def _day(arguments: argparse.Namespace) -> date:
    return arguments.day or date.today()


def _save(plan: Plan, name: str) -> None:
    """Replace the file in one step, so that a crash leaves the old plan or the new one, never half of one."""
    path = Path(name)
    text = json.dumps(msgspec.to_builtins(plan), indent=2, ensure_ascii=False) + "\n"
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False, prefix=".plan-") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        os.replace(new.name, path)
    except OSError as wrong:
        raise UserError(f"{name}: {wrong.strerror or wrong}.") from None


def _spoken(result: Today) -> str:
    lines = [f"{result.day}  {result.title}, day {result.day_of_stage}  (patient {result.patient})", result.purpose, ""]
    for finding in result.findings:
        level = f"[{finding.level.value}] " if finding.level else ""
        lines.append(f"{level}{finding.says}")
        lines += [f"    {ask.who}: {ask.what}" for ask in finding.asks]
    if result.halted:
        lines.append("Nothing else today: the plan is stopped until a clinician has dealt with this.")
    lines += [f"[ ] {task.title}" + ("" if task.who == "patient" else f"  ({task.who})") for task in result.tasks]
    if result.dose:
        dose = result.dose
        where = "under supervision" if dose.supervised else "at home, not alone"
        said = (
            "write the verdict"
            if dose.portion is None
            else f"{dose.portion:g} of a standard portion, {where}"
            if dose.portion
            else "none of it today; watch and write"
        )
        lines.append(
            f"Challenge with {dose.food}{f' ({dose.form})' if dose.form else ''}, day {dose.day_number}: {said}"
        )
    if result.not_eaten:
        lines += ["", "Not eaten:"] + [
            f"  {one.food}: {one.reason} (review {one.review_on or 'none, for safety'})" for one in result.not_eaten
        ]
    if result.eaten_again:
        lines += ["", "Eaten again:"] + [f"  {food} by {by}" for food, by in result.eaten_again]
    lines += ["", f"Possible steps: {', '.join(result.possible_steps) or 'none'}"]
    return "\n".join(lines)
