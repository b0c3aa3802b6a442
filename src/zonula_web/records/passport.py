"""The food passport of a patient, from the verdicts of every plan."""

from zonula.diet import catalogue
from zonula.errors import UserError
from zonula.reports.passport import Never, Passport, Tested, passport_of
from zonula.treatment_protocols import Event, Result, Verdict, Why, limits, state_on
from zonula_web.records import plan as plans
from zonula_web.records import read
from zonula_web.records.models import Patient
from zonula_web.records.models import Plan as PlanRow

LASTING = {Why.ALLERGY: "allergy", Why.CELIAC: "celiac disease, for life"}


def passport(patient: Patient) -> Passport:
    """What was tested and what stays out for safety, as of today."""
    day = read.today(patient.clinic)
    tests: list[Tested] = []
    for row in PlanRow.objects.filter(patient=patient).order_by("id"):
        try:
            plan = read.plan(row)
            state = state_on(plan.protocol, plan.events, day, limits(read.knowledge()))
        except UserError:
            continue  # said on the plan's own page
        tests += [_tested(verdict, plan.events) for verdict in state.verdicts]
    never = [Never(named(one.food), LASTING[one.why]) for one in plans.not_eaten(patient) if one.why in LASTING]
    return passport_of(tests, never, day)


def named(food: str) -> str:
    """The food as a reader calls it."""
    known = catalogue(read.knowledge()).foods.get(food)
    return read.panel().labels.get(food) or (known.name if known else food.replace("_", " "))


def _tested(verdict: Verdict, events: tuple[Event, ...]) -> Tested:
    """The dose is known only of an open challenge at home that ran to its end: its portions stand on a card."""
    begun = [one for one in events if one.event == "challenge" and one.food == verdict.food and one.day <= verdict.day]
    supervised = bool(begun) and begun[-1].supervised
    dose = ""
    if verdict.result is Result.ACCEPTED and begun and not supervised and not verdict.blinded:
        most = max(read.knowledge().card("treatment_protocols/challenge_slot").data["portions"])
        dose = f"{most:g} usual portion" if most == 1 else f"{most:g} of a usual portion"
    return Tested(
        named(verdict.food), verdict.form, dose, verdict.day, verdict.result, verdict.blinded, verdict.expires
    )
