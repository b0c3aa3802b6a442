"""What the plan page shows: where the plan stands, every gate before anyone presses a button, today, and what can be written now."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from zonula.chart import State
from zonula.diet import catalogue
from zonula.knowledge import Shelf
from zonula.reports.review_view import Statement
from zonula.treatment_protocols import Role, Setting, Situation, Today, challenge_risk, limits
from zonula.treatment_protocols import today as plan_today
from zonula.treatment_protocols.day import Dose
from zonula.treatment_protocols.gates import ask, override_roles
from zonula.treatment_protocols.gluten import gluten_words
from zonula.treatment_protocols.protocol import Allowed, Step
from zonula_web.access.rights import Right
from zonula_web.clinic.plan_foods import food_name
from zonula_web.clinic.plan_forms import (
    WHY,
    Form,
    challenge_form,
    exclusion_forms,
    forms_of,
    give_back_form,
    override_form,
)
from zonula_web.clinic.plan_told import Teller
from zonula_web.clinic.protocol_picture import Picture, picture
from zonula_web.records import read
from zonula_web.records.plan import Running, Written
from zonula_web.records.read import Patient

OPEN = "open"
STANDS = {State.YES: (OPEN, "good"), State.NO: ("held", "alarm"), State.UNKNOWN: ("not known, so held", "warn")}
SETTINGS = {
    Setting.HOME: ("at home", "good"),
    Setting.SUPERVISED: ("only under supervision", "warn"),
    Setting.POSTPONE: ("not today", "warn"),
    Setting.NEVER: ("never", "alarm"),
}


class GateLine(NamedTuple):
    """One gate. stands, tone: in a word; overridden: by whom and why, empty when it is not; form: to override it, for who may."""

    id: str
    title: str
    stands: str
    tone: str
    statement: Statement
    behind: tuple[Statement, ...]
    overridden: str
    who: str
    form: Form | None


class StepLine(NamedTuple):
    """One step that leads on. held: gates that are neither open nor overridden; may: whether this role may take it; ends: the plan."""

    event: str
    title: str
    to: str
    says: str
    gates: tuple[GateLine, ...]
    held: int
    may: bool
    ends: bool
    roles: str
    number: int
    problem: Form


class FoodLine(NamedTuple):
    """One food that is out. known: whether meals can be checked against it; risk: where it could be tried, when the stage tries foods."""

    food: str
    name: str
    why: str
    reason: str
    since: date
    review_on: date | None
    overdue: bool
    owner: str
    known: bool
    risk: Statement | None
    setting: str
    tone: str
    forms: tuple[Form, ...]


class TryLine(NamedTuple):
    """One food that may be tried although it is not out, and where."""

    name: str
    risk: Statement
    setting: str
    tone: str
    form: Form | None


class BackLine(NamedTuple):
    """One food to eat again, and by when."""

    name: str
    by: date
    overdue: bool
    form: Form


class HistoryLine(NamedTuple):
    """One event as it is read. by: who answers for it; written: when, and by whom when that is someone else."""

    day: date
    what: str
    by: str
    written: datetime
    writer: str


class PlanPage(NamedTuple):
    """Everything, in the order it is read."""

    now: Today
    title: str
    version: str
    grade: str
    hypothesis: bool
    restriction_limit: int
    stage_limit: int | None
    urgent: tuple[Statement, ...]
    findings: tuple[Statement, ...]
    dose: str
    steps: tuple[StepLine, ...]
    held: tuple[GateLine, ...]
    open: tuple[GateLine, ...]
    foods: tuple[FoodLine, ...]
    back: tuple[BackLine, ...]
    tries: tuple[TryLine, ...]
    forms: tuple[Form, ...]
    history: tuple[HistoryLine, ...]
    picture: Picture
    final: bool
    signed: str


class Reader(NamedTuple):
    """Who reads: what they answer for (None for someone who does not write plans), their rights and name."""

    role: Role | None
    rights: frozenset[Right]
    name: str


def page_of(patient: Patient, running: Running, reader: Reader, day: date) -> PlanPage:
    """The page as this person sees it."""
    shelf, situation = read.knowledge(), running.assembled.situation
    protocol, state = running.plan.protocol, running.state
    stage = protocol.stage(state.stage)
    now = plan_today(running.plan, situation, day, shelf)
    teller = Teller(running.assessment, situation, reader.rights)
    gates = tuple(_gates(running, reader, teller, shelf))
    card = shelf.card(f"treatment_protocols/protocols/{protocol.id}")
    role = reader.role if Right.PLAN in reader.rights else None
    said = teller.statements(now.findings)
    stops = [one for one in said if one.id.startswith("treatment_protocols.stop.")]
    return PlanPage(
        now=now,
        title=protocol.title,
        version=protocol.version,
        grade=card.grade.value,
        hypothesis=card.grade.value == "clinic_hypothesis",
        restriction_limit=limits(shelf).strict_days + state.renewed,
        stage_limit=stage.max_days,
        urgent=tuple(stops),
        findings=tuple(one for one in said if one not in stops),
        dose=dose_words(now.dose),
        steps=tuple(_steps(running, role, gates)),
        held=tuple(gate for gate in gates if gate.stands != OPEN),
        open=tuple(gate for gate in gates if gate.stands == OPEN),
        foods=tuple(_foods(running, role, teller, situation, day, shelf)),
        back=tuple(BackLine(food_name(food), by, by < day, give_back_form(food)) for food, by in now.eaten_again),
        tries=tuple(_tries(running, role, teller, situation, day, shelf)),
        forms=() if role is None else forms_of(state, stage, role, day, reader.name),
        history=tuple(_history(one) for one in reversed(running.history)),
        picture=picture(protocol, state.stage),
        final=stage.final,
        signed=", ".join(state.signed),
    )


def _gates(running: Running, reader: Reader, teller: Teller, shelf: Shelf) -> Iterator[GateLine]:
    """Every gate of a step that can be taken from here or of an exclusion, each once, with how it stands."""
    situation, state = running.assembled.situation, running.state
    steps = _onward(running)
    names = dict.fromkeys(gate for step in steps for gate in step.gates)
    overridden = {gate: (by, reason) for gate, _, by, reason in state.overrides}
    told = {one.field: one.because for one in running.assembled.told}
    for name in names:
        finding = ask(name, situation, state.day, shelf)
        who = override_roles(name, shelf)
        by, reason = overridden.get(name, ("", ""))
        may = finding.state is not State.YES and not by and Right.OVERRIDE_GATE in reader.rights and reader.role in who
        stands, tone = STANDS[finding.state]
        statement = teller.statements((finding,))[0]
        yield GateLine(
            id=name,
            title=shelf.card(f"treatment_protocols/gate_{name}").title,
            stands="overridden" if by else stands,
            tone="doubt" if by else tone,
            statement=statement._replace(level="", level_says="", asks=()),
            behind=teller.behind(one for field in _FIELDS.get(name, ()) for one in told.get(field, ())),
            overridden=f"{by}: {reason}" if by else "",
            who=", ".join(who),
            form=override_form(name) if may else None,
        )


# The answers of the situation a gate asks for, so that the page can show which records speak.
_FIELDS = {
    "pregnancy": ("pregnant", "breastfeeding"),
    "eating_disorder": ("eating_disorder_risk",),
    "asthma": ("asthma_uncontrolled",),
    "anaphylaxis": ("anaphylaxis_history",),
    "insulin": ("insulin_or_sulfonylurea",),
    "kidney": ("kidney_disease",),
    "transplant": ("transplant",),
    "mastocytosis": ("mastocytosis",),
}


def _onward(running: Running) -> list[Step]:
    return [
        step for step in running.plan.protocol.steps if running.state.stage in step.from_ and step.after_days is None
    ]


def _steps(running: Running, role: Role | None, gates: tuple[GateLine, ...]) -> Iterator[StepLine]:
    protocol, lines = running.plan.protocol, {gate.id: gate for gate in gates}
    for step in _onward(running):
        asked = tuple(lines[name] for name in step.gates)
        yield StepLine(
            event=step.event,
            title=step.event.replace("_", " ").capitalize(),
            to=protocol.stage(step.to).title,
            says=step.says,
            gates=asked,
            held=sum(gate.tone in ("alarm", "warn") for gate in asked),
            may=role in step.roles,
            ends=protocol.stage(step.to).final,
            roles=", ".join(step.roles),
            number=protocol.steps.index(step) + 1,
            problem=Form(f"step.{step.event}", step.event, "", ""),
        )


def _foods(
    running: Running, role: Role | None, teller: Teller, situation: Situation, day: date, shelf: Shelf
) -> Iterator[FoodLine]:
    state = running.state
    stage = running.plan.protocol.stage(state.stage)
    tries = Allowed.CHALLENGE in stage.allows
    known = catalogue(shelf).foods
    for one in state.exclusions:
        risk, setting, tone = _risk(one.food, teller, situation, day, shelf) if tries else (None, "", "")
        hint = f"A challenge of this food: {setting}." if risk else ""
        yield FoodLine(
            food=one.food,
            name=food_name(one.food),
            why=WHY[one.why],
            reason=one.reason,
            since=one.since,
            review_on=one.review_on,
            overdue=one.review_on is not None and one.review_on <= day,
            owner=one.owner,
            known=one.food in known,
            risk=risk,
            setting=setting,
            tone=tone,
            forms=() if role is None else exclusion_forms(one.food, one.why, stage, state, role, hint),
        )


def _tries(
    running: Running, role: Role | None, teller: Teller, situation: Situation, day: date, shelf: Shelf
) -> Iterator[TryLine]:
    """Foods to eat again and foods with a wheal that are not out: where each may be tried, before anyone tries it."""
    state = running.state
    if Allowed.CHALLENGE not in running.plan.protocol.stage(state.stage).allows or state.challenge is not None:
        return
    sensitised = [food for food, one in situation.foods.items() if one.sensitised is State.YES]
    for food in sorted({*(food for food, _ in state.give_back), *sensitised}, key=food_name):
        if state.excluded(food) is None:
            risk, setting, tone = _risk(food, teller, situation, day, shelf)
            form = challenge_form(food, role, f"A challenge of this food: {setting}.") if role else None
            yield TryLine(food_name(food), risk, setting, tone, form)


def _risk(food: str, teller: Teller, situation: Situation, day: date, shelf: Shelf) -> tuple[Statement, str, str]:
    """The challenge risk as a statement, where it may be, and its tone."""
    gluten = gluten_words(shelf).carried_by(food)
    found = challenge_risk(food, gluten=gluten, situation=situation, day=day, shelf=shelf)
    setting, tone = SETTINGS[Setting(str(found.value))]
    return teller.statements((found,))[0], setting, tone


def dose_words(dose: Dose | None) -> str:
    """The challenge of the day in a sentence; empty when there is none."""
    if dose is None:
        return ""
    what = f"{food_name(dose.food)}{f' ({dose.form})' if dose.form else ''}, day {dose.day_number}"
    where = "under supervision" if dose.supervised else "at home, not alone"
    if dose.portion is None:
        return f"{what}: the portions and the waiting days are over. Write the verdict."
    if not dose.portion:
        return f"{what}: none of it today; watch and write down."
    return f"{what}: {dose.portion:g} of a standard portion, {where}."


def _history(written: Written) -> HistoryLine:
    event = written.event
    marks = [
        event.form,
        event.gate,
        WHY[event.why] if event.why else "",
        event.result.value.replace("_", " ") if event.result else "",
        "serious" if event.serious else "",
        "under supervision" if event.supervised else "",
        "blinded" if event.blinded else "",
        event.reason,
    ]
    name = event.event.replace("_", " ").capitalize()
    what = f"{name}: {food_name(event.food)}" if event.food else name
    return HistoryLine(
        day=event.day,
        what="; ".join([what, *(mark for mark in marks if mark)]),
        by=f"{event.by}, {event.role}",
        written=written.at,
        writer=written.by if written.by != event.by else "",
    )
