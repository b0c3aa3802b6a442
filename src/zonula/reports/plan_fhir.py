"""A plan and its verdicts as FHIR R4: CarePlan, NutritionOrder, and an AllergyIntolerance for each food that was tested and reacts."""

from collections.abc import Callable, Iterable
from datetime import date

from zonula.chart_export import Resource
from zonula.reports.passport import Tested, expired
from zonula.treatment_protocols import Exclusion, Plan, PlanState, Result

Named = Callable[[str], tuple[str, str]]
_TERMS = "http://terminology.hl7.org/CodeSystem/"


def plan_resources(
    plan: Plan, state: PlanState, not_eaten: Iterable[Exclusion], subject: str, at: str, named: Named
) -> tuple[Resource, ...]:
    """The plan. subject: reference of the patient; at: the moment of writing as FHIR dateTime. named: of a thing of this plan, its id and
    its reference."""
    protocol = plan.protocol
    stage = protocol.stage(state.stage)
    stages = {one.id: one for one in protocol.stages}
    care_id, _ = named("careplan")
    care: Resource = {
        "resourceType": "CarePlan",
        "id": care_id,
        "status": "completed" if stage.final and stage.id == "finished" else "revoked" if stage.final else "active",
        "intent": "plan",
        "title": f"{protocol.title}, version {protocol.version}",
        "description": f"{stage.title}: {stage.purpose}",
        "subject": {"reference": subject},
        "period": {"start": plan.events[0].day.isoformat()} | ({"end": state.since.isoformat()} if stage.final else {}),
        "note": [{"text": f"{day}: {stages[name].title}"} for day, name in state.history],
    }
    tasks = [
        {
            "detail": {
                "status": "in-progress",
                "description": task.title,
                "scheduledString": f"every {task.every} days" if task.every else "once",
            }
        }
        for task in stage.tasks
    ]
    if tasks:
        care["activity"] = tasks
    out = list(not_eaten)
    if not out:
        return (care,)
    order_id, reference = named("nutritionorder")
    order: Resource = {
        "resourceType": "NutritionOrder",
        "id": order_id,
        "status": "active",
        "intent": "plan",
        "patient": {"reference": subject},
        "dateTime": at,
        "excludeFoodModifier": [{"text": one.food.replace("_", " ")} for one in out],
        "note": [
            {
                "text": f"{one.food.replace('_', ' ')}: {one.why}, {one.reason}; review {one.review_on or 'not set'}; {one.owner or 'the clinic'}"
            }
            for one in out
        ],
    }
    care.setdefault("activity", []).append({"reference": {"reference": reference}})
    return (care, order)


def verdict_resources(tests: Iterable[Tested], day: date, subject: str, named: Named) -> tuple[Resource, ...]:
    """An intolerance for each newest test that reacts and has not expired: confirmed when the test was blinded, unconfirmed when it was open.

    An accepted food is no resource of its own: FHIR has none for a food that may be eaten.
    """
    found: list[Resource] = []
    for number, test in enumerate(tests, 1):
        if test.result is not Result.REACTS or expired(test, day):
            continue
        resource_id, _ = named(f"verdict {number}")
        how = "blinded" if test.blinded else "open"
        form = f" ({test.form})" if test.form else ""
        dose = f", dose {test.dose}" if test.dose else ""
        found.append(
            {
                "resourceType": "AllergyIntolerance",
                "id": resource_id,
                "clinicalStatus": {"coding": [{"system": f"{_TERMS}allergyintolerance-clinical", "code": "active"}]},
                "verificationStatus": {
                    "coding": [
                        {
                            "system": f"{_TERMS}allergyintolerance-verification",
                            "code": "confirmed" if test.blinded else "unconfirmed",
                        }
                    ]
                },
                "type": "intolerance",
                "category": ["food"],
                "code": {"text": f"{test.food}{form}"},
                "patient": {"reference": subject},
                "recordedDate": test.day.isoformat(),
                "note": [
                    {
                        "text": f"Reacted in a challenge ({how}){dose}; to be tested again from {test.expires or 'any day'}."
                    }
                ],
            }
        )
    return tuple(found)
