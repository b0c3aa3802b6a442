"""The plan of one day in the words a patient reads: what to leave out, what to eat again, what to do, the dose that is tested."""

from datetime import date, timedelta

import msgspec

from zonula.chart import State
from zonula.diary.entry import ChallengeDose
from zonula.diet import catalogue
from zonula.errors import UserError
from zonula.treatment_protocols import Result, Today, Why, today
from zonula.treatment_protocols.day import Dose
from zonula_web.patient.foods import food_name
from zonula_web.records import diary, read
from zonula_web.records import plan as plans
from zonula_web.records.read import Patient

WHY = {
    Why.ELIMINATION: "left out in this stage",
    Why.SUSPECT: "it may bother you; not tested yet",
    Why.ALLERGY: "allergy",
    Why.CELIAC: "celiac disease",
    Why.VERDICT: "you reacted when it was tested",
    Why.PREFERENCE: "your choice",
}
STOPPED = "You stopped this test. Eat no more of this food. Your clinic decides how to go on."
SHARES = {0.25: "a quarter of a usual portion", 0.5: "half a usual portion", 1.0: "one usual portion"}


class GivenBack(msgspec.Struct, frozen=True):
    """What the tests brought. given_back: foods accepted; restricted_days: in a row, up to today."""

    given_back: tuple[str, ...]
    restricted_days: int


class DoseOfDay(msgspec.Struct, frozen=True, kw_only=True):
    """What is tested today. portion: share of a usual portion, 0 on a day of watching, None when the result is due. stopped: the patient
    ended the test; it waits for the clinic."""

    food: str
    name: str
    form: str
    day_number: int
    portion: float | None
    says: str
    supervised: bool
    stopped: bool = False


class DayPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The day. paused: why nothing is asked today, empty when the plan goes on. avoid: name and why; again: name and by when."""

    title: str
    purpose: str
    day_of_stage: int
    paused: tuple[str, ...]
    tasks: tuple[dict[str, str], ...]
    avoid: tuple[dict[str, str], ...]
    again: tuple[dict[str, str], ...]
    dose: DoseOfDay | None
    back: GivenBack


def day_plan(patient: Patient) -> DayPlan | None:
    """The plan of today, or None when there is none or it cannot be read; the clinic's page says why."""
    row = read.plan_row(patient)
    if row is None:
        return None
    day = read.today(patient.clinic)
    key = ("plan of the day", patient.id, patient.chart_version, plans.marks(patient, row), day)
    found = read.derived.get(key, lambda: _day_plan(patient, day))
    if found is None or found.dose is None or not _stopped(patient, found.dose, day):
        return found
    return msgspec.structs.replace(found, dose=msgspec.structs.replace(found.dose, stopped=True, says=STOPPED))


def _stopped(patient: Patient, dose: DoseOfDay, day: date) -> bool:
    """Whether the patient wrote a stop since this challenge began."""
    since = day - timedelta(days=dose.day_number - 1)
    return any(
        isinstance(one.entry, ChallengeDose) and one.entry.stopped and one.entry.food == dose.food
        for one in diary.entries(patient, since)
    )


def _day_plan(patient: Patient, day: date) -> DayPlan | None:
    row = read.plan_row(patient)
    if row is None:
        return None
    try:
        situation = plans.assembled(patient).situation
        found = today(read.plan(row), situation, day, read.knowledge())
    except UserError:
        return None
    return _in_words(patient, found)


def _in_words(patient: Patient, found: Today) -> DayPlan:
    accepted = {one.food: one for one in plans.verdicts(patient)}
    return DayPlan(
        title=found.title,
        purpose=found.purpose,
        day_of_stage=found.day_of_stage,
        paused=tuple(one.says for one in found.findings if one.state is State.YES) if found.halted else (),
        tasks=tuple({"id": task.id, "title": task.title} for task in found.tasks if task.who == "patient"),
        avoid=tuple({"food": one.food, "name": food_name(one.food), "why": WHY[one.why]} for one in found.not_eaten),
        again=tuple({"food": food, "name": food_name(food), "by": by.isoformat()} for food, by in found.eaten_again),
        dose=_dose(found.dose) if found.dose else None,
        back=GivenBack(
            tuple(food_name(food) for food, one in accepted.items() if one.result is Result.ACCEPTED),
            found.restricted_days,
        ),
    )


def _dose(dose: Dose) -> DoseOfDay:
    name = f"{food_name(dose.food)}{f' ({dose.form})' if dose.form else ''}"
    if dose.portion is None:
        says = "The test is over. Your clinic writes down what it showed."
    elif dose.portion == 0:
        says = f"No {name} today. Watch how you feel."
    elif dose.supervised:
        says = f"{name} is eaten at the clinic only. Do not try it at home."
    else:
        says = f"Eat {SHARES.get(dose.portion, f'{dose.portion:g} of a usual portion')} of {name}{_grams(dose)}."
    return DoseOfDay(
        food=dose.food, name=name, form=dose.form, day_number=dose.day_number, portion=dose.portion, says=says,
        supervised=dose.supervised,
    )  # fmt: skip


def _grams(dose: Dose) -> str:
    food = catalogue(read.knowledge()).foods.get(dose.food)
    if food is None or not food.portion_g or not dose.portion:
        return ""
    unit = "ml" if food.is_drink else "g"
    return f", about {food.portion_g * dose.portion:.0f} {unit}"
