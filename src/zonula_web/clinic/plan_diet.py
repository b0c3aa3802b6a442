"""The diet of a plan: what is out and what that costs in nutrients, a check of any food, a week's menu, supplements against drugs."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from zonula.chart import Chart, Fact, Kind, Status
from zonula.diet import (
    Answer,
    Checks,
    Exclusion,
    Person,
    Week,
    Wish,
    catalogue,
    check_all,
    dietitian,
    exclusions,
    not_offered,
    nutrients,
    plan_week,
    plausible,
    replacements,
)
from zonula.diet.supplements import FORMAT, Advice, Supplement, SupplementForm, SupplementReview, review
from zonula.errors import UserError
from zonula.reports.review_view import Statement
from zonula.treatment_protocols import Situation
from zonula_web.clinic.plan_foods import food_name
from zonula_web.clinic.said import statements
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.read import Patient

ANSWERS = {
    Answer.ALLOWED: ("may be eaten", "good"),
    Answer.NOT_ALLOWED: ("not eaten", "alarm"),
    Answer.CANNOT_TELL: ("cannot tell", "warn"),
}
ADVICE = {
    Advice.NOT_OFFERED: ("not offered", "alarm"),
    Advice.STOP: ("stop", "alarm"),
    Advice.ASK: ("ask before taking it", "warn"),
    Advice.NO_OBJECTION: ("no objection known", "good"),
}
MOST_PRODUCTS, LONGEST_LABEL = 30, 2000
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Out(NamedTuple):
    """What is left out. unknown: names the catalogue does not know, which nothing can be checked against."""

    excluded: tuple[Exclusion, ...]
    names: tuple[str, ...]
    unknown: tuple[str, ...]


class Lost(NamedTuple):
    """What leaving out one group costs, and what brings it back."""

    group: str
    at_risk: str
    instead: tuple[str, ...]
    richest: tuple[tuple[str, str], ...]
    not_covered: str
    advice: str


class Eaten(NamedTuple):
    """One food that was asked about."""

    asked: str
    answer: str
    tone: str
    because: tuple[str, ...]
    near: tuple[str, ...]
    instead: tuple[str, ...]
    label_decides: tuple[str, ...]
    statement: Statement


class MenuRow(NamedTuple):
    """One food of the week: portions on each of the seven days."""

    name: str
    portion: str
    days: tuple[int, ...]


class Menu(NamedTuple):
    """A week, or why there is none. brings: name, at least, recommended, whether it was asked for."""

    found: bool
    rows: tuple[MenuRow, ...]
    brings: tuple[tuple[str, str, str, bool], ...]
    label_decides: tuple[str, ...]
    lift_one: tuple[str, ...]
    short: tuple[tuple[str, str], ...]
    statement: Statement


class Product(NamedTuple):
    """One supplement that was checked."""

    name: str
    advice: str
    tone: str
    findings: tuple[Statement, ...]


def left_out(patient: Patient) -> Out:
    """What is out today by the plan and by verdicts that hold."""
    names, unknown = [], []
    for one in plans.not_eaten(patient):
        try:
            exclusions([one.food], read.knowledge())
            names.append(one.food)
        except UserError:
            unknown.append(one.food)
    return Out(exclusions(names, read.knowledge()), tuple(names), tuple(unknown))


def person_of(chart: Chart, situation: Situation, day: date) -> Person:
    """Who eats, as far as it is known."""
    sex = chart.patient.sex.value if chart.patient.sex.value in ("female", "male") else ""
    weight = situation.weight_on(day)
    person = Person(
        age=situation.age,
        sex=sex,
        weight_kg=weight.kg if weight else None,
        pregnant=situation.pregnant,
        breastfeeding=situation.breastfeeding,
    )
    try:
        return plausible(person)
    except UserError:
        return msgspec.structs.replace(person, sex="")


def lost(out: Out) -> tuple[Lost, ...]:
    """The nutrients at risk, group by group."""
    named = {code: one.name for code, one in nutrients(read.knowledge()).items()}
    return tuple(
        Lost(
            group=food_name(row.removed),
            at_risk=", ".join(named[one] for one in row.at_risk),
            instead=tuple(food_name(food) for food in row.offer),
            richest=tuple(
                (named[code], ", ".join(food_name(food) for food in foods)) for code, foods in row.richest.items()
            ),
            not_covered=", ".join(named[one] for one in row.not_covered),
            advice=row.advice,
        )
        for row in replacements(out.excluded, read.knowledge())
    )


def needs_dietitian(out: Out, person: Person, day: date) -> tuple[Statement, ...]:
    """Whether a dietitian is asked for."""
    found = dietitian(out.excluded, person, day, read.knowledge())
    return statements((found,)) if found else ()


def may_eat(asked: str, out: Out, day: date) -> Eaten | Statement | None:
    """The answer for a food, dish or label; a statement when it is a practice that is not offered; None for an empty question."""
    asked = " ".join(asked.split())[:LONGEST_LABEL]
    if not asked:
        return None
    refused = not_offered(asked, day, read.knowledge())
    if refused is not None:
        return statements((refused,))[0]
    results: Checks = check_all([asked], out.excluded, day, read.knowledge())
    one, swap = results.checks[0], results.instead.get(asked)
    answer, because = one.answer, one.because
    if out.unknown and answer is Answer.ALLOWED:
        answer = Answer.CANNOT_TELL
        because = tuple(f"{name} is left out, and the food catalogue does not know that name" for name in out.unknown)
    says, tone = ANSWERS[answer]
    return Eaten(
        asked=asked,
        answer=says,
        tone=tone,
        because=because,
        near=one.near,
        instead=tuple(food_name(food) for food in (swap.fits if swap else ())),
        label_decides=tuple(food_name(food) for food in (swap.label_decides if swap else ())),
        statement=statements((one.finding,))[0],
    )


def menu(out: Out, person: Person, energy: float, likes: Iterable[str], day: date) -> Menu:
    """A week that meets the targets, or the proof that there is none. Raises UserError, also when something left out cannot be checked."""
    if out.unknown:
        raise UserError(
            f"{', '.join(out.unknown)}: the food catalogue does not know this, so no menu can keep it out.",
            "Exclude it by a name the catalogue knows.",
        )
    wish = Wish(person=person, energy_kcal=energy, exclusions=out.excluded, likes=tuple(likes))
    week: Week = plan_week(wish, day, read.knowledge())
    foods = catalogue(read.knowledge()).foods
    return Menu(
        found=bool(week.portions),
        rows=tuple(
            MenuRow(one.name, f"{one.grams:g} g", one.days)
            for one in sorted(week.portions, key=lambda one: (foods[one.food].parent, one.name))
        ),
        brings=tuple(
            (
                one.name,
                "not known" if one.least is None else f"at least {one.least:.3g} {one.unit}",
                "" if one.recommended is None else f"{one.recommended:g} {one.unit}",
                one.target,
            )
            for one in sorted(week.brings, key=lambda one: not one.target)
        ),
        label_decides=week.label_decides,
        lift_one=tuple(food_name(food) for food in week.impossible.lift_one) if week.impossible else (),
        short=tuple((name, f"{100 * share:.0f} %") for name, share in week.impossible.falls_short.items())
        if week.impossible
        else (),
        statement=statements((week.finding,))[0],
    )


def taken(chart: Chart, kind: Kind) -> tuple[str, ...]:
    """Names of what the chart holds of a kind and does not call over."""
    facts: Iterable[Fact] = chart.of_kind(kind)
    return tuple(sorted({one.text for one in facts if one.asserted and one.status is not Status.RESOLVED and one.text}))


def products_of(typed: Mapping[str, str]) -> tuple[Supplement, ...]:
    """The products a form names. Raises UserError for an amount that is no number."""
    found = []
    for number in range(MOST_PRODUCTS):
        name = " ".join(typed.get(f"name.{number}", "").split())[:120]
        if not name:
            continue
        found.append(
            Supplement(
                name=name,
                amount=_amount(typed.get(f"amount.{number}", ""), name),
                unit=typed.get(f"unit.{number}", "").strip()[:12],
                doses_per_day=_amount(typed.get(f"doses.{number}", ""), name) or 1,
            )
        )
    return tuple(found)


def judged(
    patient: Patient, person: Person, products: tuple[Supplement, ...], day: date, asked: bool
) -> tuple[tuple[Product, ...], tuple[Statement, ...]]:
    """Each product against the drugs and conditions of the chart. asked: whether the chart's lists were confirmed as complete.

    An unconfirmed list counts for what is on it; what is not on it stays not known.
    """
    chart = read.chart(patient)
    drugs, conditions = taken(chart, Kind.MEDICATION), taken(chart, Kind.CONDITION)
    form = SupplementForm(
        format=FORMAT,
        patient=str(patient.id),
        person=person,
        drugs=drugs if drugs or asked else None,
        conditions=conditions if conditions or asked else None,
        supplements=products,
    )
    result: SupplementReview = review(form, day, read.knowledge())
    found = tuple(Product(one.name, *ADVICE[one.advice], statements(one.findings)) for one in result.products)
    return found, statements(result.findings)


def _amount(text: str, name: str) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise UserError(f"{name}: {text[:20]} is not a number.", "Write the amount of one dose.") from None
    if not 0 < number < 1e6:
        raise UserError(f"{name}: {text[:20]} cannot be an amount.", "Write the amount of one dose.")
    return number
