"""The state of a one-year plan with 2,000 events: ours against a naive walk over every day of the year, CPU seconds in the same run.

The naive peer looks at every calendar day and searches the whole list for that day's events; it uses the same rules and must
reach the same state. The claim is 10 ms for one state.
"""

import time
from datetime import date, timedelta

from zonula.knowledge import shelf
from zonula.treatment_protocols import GATES, Role, shipped
from zonula.treatment_protocols.advance import limits
from zonula.treatment_protocols.plan import Event, PlanState, Why
from zonula.treatment_protocols.timeline import fold, passed, state_on

START = date(2026, 1, 1)
EVENTS, DAYS, FOODS, REPEATS = 2_000, 365, 60, 7


def year() -> list[Event]:
    """A start, sixty exclusions for allergy, and then reviews, notes and adverse events through the year."""
    who = {"by": "Dr A", "role": Role.CLINICIAN}
    events = [Event(day=START, event="start", **who)]
    for number in range(FOODS):
        events.append(
            Event(
                day=START,
                event="exclude",
                food=f"food{number}",
                why=Why.ALLERGY,
                reason="anaphylaxis",
                owner="Dr A",
                **who,
            )
        )
    for number in range(len(events), EVENTS):
        day = START + timedelta(days=number * (DAYS - 1) // EVENTS)
        if number % 3 == 0:
            events.append(
                Event(
                    day=day,
                    event="review",
                    food=f"food{number % FOODS}",
                    reason="still out",
                    review_on=day + timedelta(30),
                    **who,
                )
            )
        else:
            events.append(Event(day=day, event="note" if number % 3 == 1 else "adverse_event", reason="rash", **who))
    return events


def naive(protocol, events, today, bounds):
    """Every day of the year, and for each the whole list of events."""
    state = PlanState(day=START, stage=protocol.start, since=START, history=((START, protocol.start),))
    day = START
    while day <= today:
        for event in [one for one in events if one.day == day and one.event != "start"]:
            state = fold(protocol, passed(protocol, state, day, bounds), event, bounds)
        state = passed(protocol, state, day, bounds)
        day += timedelta(1)
    return state


def seconds(task) -> float:
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        task()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    knowledge = shelf()
    protocol, bounds = shipped(knowledge, "reboot_maintenance_rejuvenation", GATES), limits(knowledge)
    events, today = year(), START + timedelta(DAYS - 1)
    ours, theirs = state_on(protocol, events, today, bounds), naive(protocol, events, today, bounds)
    assert ours == theirs
    mine = seconds(lambda: state_on(protocol, events, today, bounds))
    peer = seconds(lambda: naive(protocol, events, today, bounds))
    print(f"{len(events):,} events over {DAYS} days, best of {REPEATS}, CPU seconds")
    print(
        f"zonula {1000 * mine:.1f} ms   day by day {1000 * peer:.1f} ms   peer / zonula = {peer / mine:.1f}   claim: 10 ms"
    )


if __name__ == "__main__":
    main()
