"""A protocol is a table: stages, steps between them with their gates, tasks with a cadence. No branch of care hides in code.

A protocol file is YAML in the form of `Protocol`. The protocols that ship are knowledge cards; a clinic copies one, changes it, and
gives it a version of its own. A running plan carries the whole protocol it was started with, so a new version never moves a patient.
"""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec
import yaml

from zonula.errors import UserError
from zonula.knowledge import Shelf
from zonula.treatment_protocols.roles import Role

FORMAT = "zonula.protocol/1"


# Restriction never begins without these, whatever a clinic's own table says.
BEFORE_RESTRICTION = frozenset({"celiac", "pregnancy", "adult", "eating_disorder", "weight", "red_flag"})


class Allowed(StrEnum):
    """What may be done to foods within a stage."""

    EXCLUDE = "exclude"
    GIVE_BACK = "give_back"
    CHALLENGE = "challenge"


class Task(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something to do in a stage. every: days between repetitions (1 daily, 7 weekly), 0 for once. from_day counts from 0."""

    id: str
    title: str
    who: str = "patient"
    every: int = 1
    from_day: int = 0
    until_day: int | None = None
    lesson: str = ""


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One stage. restricts: eating is restricted for the sake of the treatment here, and the days are counted.

    max_days: the day count at which the stage is overdue; final: no step leads out. judged_by_domains: whether benefit at four weeks is
    read from the 12-domain total (endoscopy judges elsewhere). one_by_one_days: days per food when foods return one at a time after
    it is entered; 0 for all within the card's days. gives: the food the stage itself gives, blinded; entering it is a challenge.
    verdict: here the verdict on a food given blinded is written, once both periods are over.
    """

    id: str
    title: str
    purpose: str
    restricts: bool = False
    max_days: int | None = None
    final: bool = False
    judged_by_domains: bool = True
    one_by_one_days: int = 0
    gives: str = ""
    verdict: bool = False
    allows: tuple[Allowed, ...] = ()
    tasks: tuple[Task, ...] = ()


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row of the table: `event` leads from any of `from_` to `to` if every gate is open and the role may.

    after_days: the step happens by itself once the stage has lasted so long (and was not renewed).
    """

    event: str
    from_: tuple[str, ...] = msgspec.field(name="from")
    to: str
    gates: tuple[str, ...] = ()
    roles: tuple[Role, ...] = (Role.CLINICIAN,)
    after_days: int | None = None
    says: str = ""


class Protocol(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table. `start` is the stage of a new plan."""

    format: str
    id: str
    version: str
    title: str
    start: str
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]

    def stage(self, name: str) -> Stage:
        """The stage of that id. Raises KeyError when there is none."""
        for stage in self.stages:
            if stage.id == name:
                return stage
        raise KeyError(name)

    def step(self, event: str, stage: str) -> Step | None:
        """The row for that event in that stage, or None: then the step is illegal."""
        return next((step for step in self.steps if step.event == event and stage in step.from_), None)

    def timed(self, stage: str) -> Step | None:
        """The step that leaves this stage by itself, or None."""
        return next((step for step in self.steps if step.after_days is not None and stage in step.from_), None)

    def way_out(self, stage: str) -> str | None:
        """The first stage without restriction along the timed steps, or None when they never lead to one."""
        seen: set[str] = set()
        while self.stage(stage).restricts:
            step = self.timed(stage)
            if step is None or stage in seen:
                return None
            seen.add(stage)
            stage = step.to
        return stage

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the protocol's canonical JSON; pinned in every plan."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


def shipped(shelf: Shelf, name: str, gates: Iterable[str]) -> Protocol:
    """A protocol that ships, by the name of its card. Raises UserError naming those that exist."""
    known = [card.id.rsplit("/", 1)[1] for card in shelf.cards("treatment_protocols/protocols")]
    if name not in known:
        raise UserError(f"No protocol {name!r}.", f"There are: {', '.join(known)}.")
    return check(shelf.card(f"treatment_protocols/protocols/{name}").data, name, gates)


def parse_protocol(text: str, name: str, gates: Iterable[str]) -> Protocol:
    """A clinic's own protocol file. Raises UserError saying what is wrong."""
    try:
        return check(yaml.safe_load(text), name, gates)
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise UserError(f"{name}: not readable as YAML: {' '.join(str(wrong).split())[:160]}.") from None


def check(written: Any, name: str, gates: Iterable[str]) -> Protocol:
    """Convert and check a table: every name it uses exists, every stage can be reached and left or is final."""
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise UserError(f"{name}: not a protocol.", f"It needs `format: {FORMAT}`.")
    try:
        protocol = msgspec.convert(written, Protocol)
    except msgspec.ValidationError as wrong:
        raise UserError(f"{name}: {wrong}.") from None
    problem = next(iter(_problems(protocol, frozenset(gates))), None)
    if problem is not None:
        raise UserError(f"{name}: {problem}.")
    return protocol


def _problems(protocol: Protocol, gates: frozenset[str]) -> Iterable[str]:
    names = [stage.id for stage in protocol.stages]
    if len(set(names)) != len(names):
        yield "two stages share an id"
    if protocol.start not in names:
        yield f"the start stage {protocol.start!r} does not exist"
    yield from _unknown_names(protocol, frozenset(names), gates)
    yield from _entry_problems(protocol)
    reached, todo = {protocol.start}, [protocol.start]
    while todo:
        here = todo.pop()
        onward = {step.to for step in protocol.steps if here in step.from_} - reached
        reached |= onward
        todo += onward
    yield from (f"stage {name!r} can never be reached" for name in names if name not in reached)
    for stage in protocol.stages:
        yield from _stage_problems(stage, protocol)


def _entry_problems(protocol: Protocol) -> Iterable[str]:
    restricting = {stage.id for stage in protocol.stages if stage.restricts}
    if protocol.start in restricting:
        yield f"the start stage {protocol.start!r} restricts eating, and no gate stands before it"
    for step in protocol.steps:
        if step.to in restricting and not restricting.issuperset(step.from_):
            lacking = sorted(BEFORE_RESTRICTION.difference(step.gates))
            if step.after_days is not None:
                yield f"step {step.event} begins a restriction by itself"
            elif lacking:
                yield f"step {step.event} begins a restriction without the gate {lacking[0]!r}"


def _unknown_names(protocol: Protocol, stages: frozenset[str], gates: frozenset[str]) -> Iterable[str]:
    seen: set[tuple[str, str]] = set()
    for step in protocol.steps:
        yield from (
            f"step {step.event} names the stage {name!r}, which does not exist"
            for name in (*step.from_, step.to)
            if name not in stages
        )
        yield from (
            f"step {step.event} names the gate {gate!r}, which does not exist"
            for gate in step.gates
            if gate not in gates
        )
        for name in step.from_:
            if (step.event, name) in seen:
                yield f"step {step.event} leads out of {name!r} twice"
            seen.add((step.event, name))


def _stage_problems(stage: Stage, protocol: Protocol) -> Iterable[str]:
    leaving = [step for step in protocol.steps if stage.id in step.from_]
    if stage.final:
        if leaving:
            yield f"stage {stage.id!r} is final but can be left"
        return
    if not leaving:
        yield f"stage {stage.id!r} can never be left and is not final"
    if not any(Role.PATIENT in step.roles and not step.gates and protocol.stage(step.to).final for step in leaving):
        yield f"the patient cannot stop in stage {stage.id!r}: it needs a step without gates to a final stage"
    if stage.restricts and protocol.way_out(stage.id) is None:
        yield f"stage {stage.id!r} restricts eating and no step ends that by itself"
