"""A virtual patient's line in an outcomes registry: weekly totals by day of the course, stages, skin test, adherence, harm."""

from datetime import date
from typing import Any

import msgspec

from zonula.simulation.assumed import Assumed
from zonula.simulation.hidden import Hidden
from zonula.treatment_protocols import Plan, Why

CLINIC = "virtual clinic"


def course_line(life: Hidden, plan: Plan, totals: dict[date, int], skin: dict[str, Any], says: Assumed) -> bytes:
    """One JSON line in the form `outcomes.read_registry` reads. Day 0 is the day treatment began; before it is the run-in."""
    entered = {event.event: event.day for event in plan.events}
    began = entered.get("begin_reboot", life.today)
    foods = [prick for prick in skin["pricks"] if prick["food"] not in ("histamine", "negative")]
    out = [event.food for event in plan.events if event.event == "exclude" and event.why is Why.ELIMINATION]
    back = {event.food for event in plan.events if event.event == "give_back"}
    last = life.course.stopped or life.today
    line: dict[str, Any] = {
        "patient": life.person.id,
        "clinic": CLINIC,
        "readings": [{"day": (day - began).days, "total": float(total)} for day, total in sorted(totals.items())],
        "last_day": (last - began).days,
        "finished": life.course.stage == "finished",
        "age": float(life.person.age_on(life.today)),
        "female": life.person.female,
        "domains": len(life.domains),
        "skin_tested": len(foods),
        "skin_positive": sum(sum(prick["wheal_mm"]) / 2 >= says.positive_mm for prick in foods),
        "adherence": life.course.adherence,
        "foods_restricted": len(out),
        "foods_given_back": len(back),
        "adverse_events": [
            {"day": (event.day - began).days, "what": event.reason, "serious": event.serious}
            for event in plan.events
            if event.event == "adverse_event"
        ],
        "stages": [
            {"day": (event.day - began).days, "stage": STAGES[event.event]}
            for event in plan.events
            if event.event in STAGES
        ],
    }
    if out:
        ends = entered.get("end_reboot", last)
        line["days_restricted"] = (ends - began).days
    return msgspec.json.encode(line) + b"\n"


STAGES = {
    "start": "run_in",
    "begin_reboot": "reboot",
    "end_reboot": "giving_back",
    "begin_maintenance": "maintenance",
    "begin_rejuvenation": "rejuvenation",
    "finish": "finished",
    "stop": "stopped",
}
