"""What must happen today whatever anyone planned: stop for weight or a red flag, end a restriction that does not help, review what is due."""

from collections.abc import Iterator
from datetime import timedelta

from zonula.chart import Ask, Finding, Level, State
from zonula.knowledge import Card, Shelf
from zonula.treatment_protocols.gates import ROOM, ask
from zonula.treatment_protocols.gluten import gluten_words
from zonula.treatment_protocols.plan import PlanState
from zonula.treatment_protocols.protocol import Stage
from zonula.treatment_protocols.situation import Situation

# Gates that must stay open on every day of a restriction, not only on its first.
STANDING = ("weight", "red_flag", "pregnancy", "eating_disorder")
# The last week is compared with the last two weeks before the restriction.
RECENT, BASELINE = timedelta(7), timedelta(14)


def obligations(state: PlanState, stage: Stage, situation: Situation, shelf: Shelf) -> tuple[Finding, ...]:
    """Every obligation of the state's day, most urgent first."""
    found = [
        *_standing(state, situation, shelf),
        *_restriction(state, stage, situation, shelf),
        *_reviews(state, situation, shelf),
    ]
    return tuple(sorted(found, key=lambda one: (one.level.urgency if one.level else 9, one.id)))


def halted(findings: tuple[Finding, ...]) -> bool:
    """Whether the day's tasks stop: a standing gate holds with a definite no."""
    return any(one.id.startswith(f"{ROOM}.stop.") for one in findings)


def _standing(state: PlanState, situation: Situation, shelf: Shelf) -> Iterator[Finding]:
    for number, what in enumerate(state.unsettled, 1):
        yield _said(
            f"stop.serious_event.{number}",
            f"Stop: a serious adverse event is not settled: {what}.",
            state,
            shelf.card(f"{ROOM}/gate_red_flag"),
            level=Level.URGENT,
            asks=Ask("clinician", "see the patient, then record the event settle with a reason"),
        )
    if state.restricted_since is None and state.challenge is None:
        return
    for gate in STANDING:
        asked = ask(gate, situation, state.day, shelf)
        if asked.state is State.NO:
            yield _said(
                f"stop.{gate}",
                f"Stop: {asked.says} Restriction and challenges end until a clinician has dealt with it.",
                state,
                shelf.card(f"{ROOM}/gate_{gate}"),
                level=Level.URGENT if gate == "red_flag" else Level.PROMPT,
                asks=Ask("clinician", "see the patient; give the foods back"),
            )


def _restriction(state: PlanState, stage: Stage, situation: Situation, shelf: Shelf) -> Iterator[Finding]:
    lacking = no_benefit(state, stage, situation, shelf)
    if lacking is not None:
        yield lacking
    limit = shelf.card(f"{ROOM}/restriction_limit")
    left = limit.value + state.renewed - state.restricted_days
    if state.restricted_since is not None and 0 <= left <= RECENT.days:
        yield _said(
            "restriction_ends",
            f"The strict phase ends by itself in {left} days (after day {limit.value + state.renewed}).",
            state,
            limit,
            level=Level.CLINICIAN,
            asks=Ask("clinician", "end it, or renew it together with a dietitian"),
        )


def no_benefit(state: PlanState, stage: Stage, situation: Situation, shelf: Shelf) -> Finding | None:
    """After four weeks of restriction: the finding that it does not help or that nobody measured; None while it may go on.

    A stage that something else judges (endoscopy) is not judged by the 12-domain total.
    """
    card = shelf.card(f"{ROOM}/restriction_without_benefit")
    if not stage.judged_by_domains or state.restricted_since is None or state.restricted_days < card.value:
        return None
    fall = benefit(state, situation)
    least = shelf.card(f"{ROOM}/benefit").value
    stop = Ask("clinician", "stop restricting and give everything back")
    if fall is None:
        says = f"{state.restricted_days} days of restriction and the benefit cannot be computed: questionnaires are missing before it or in the last week."
        return _said("benefit_unknown", says, state, card, level=Level.HOLD, asks=stop, truth=State.UNKNOWN)
    if fall >= least:
        return None
    says = f"{state.restricted_days} days of restriction and the 12-domain total fell by {fall:.0f} %, less than {least} % (provisional)."
    return _said("no_benefit", says, state, card, level=Level.HOLD, asks=stop)


def benefit(state: PlanState, situation: Situation) -> float | None:
    """Percent by which the mean 12-domain total of the last week is below that of the two weeks before the restriction; None if unknown."""
    began = state.restricted_since
    if began is None:
        return None
    before = [one.total for one in situation.scores if began - BASELINE <= one.day <= began]
    recent = [one.total for one in situation.scores if state.day - RECENT < one.day <= state.day and one.day > began]
    if not before or not recent or not sum(before):
        return None
    baseline = sum(before) / len(before)
    return 100 * (1 - sum(recent) / len(recent) / baseline)


def celiac_forbids(food: str, situation: Situation, shelf: Shelf) -> bool:
    """Whether this food carries gluten and celiac disease is known (state C7): then it never comes back."""
    return situation.celiac_state == "C7" and gluten_words(shelf).carried_by(food)


def _reviews(state: PlanState, situation: Situation, shelf: Shelf) -> Iterator[Finding]:
    for excluded in state.exclusions:
        if excluded.review_on is not None and excluded.review_on <= state.day:
            yield _said(
                f"review.{excluded.food}",
                f"{excluded.food} has been out since {excluded.since} ({excluded.reason}); its review was due on {excluded.review_on}.",
                state,
                shelf.card(f"{ROOM}/reexpansion"),
                level=Level.CLINICIAN,
                asks=Ask(excluded.owner, f"give {excluded.food} back or say why it stays out"),
            )
    for food, by in state.give_back:
        if celiac_forbids(food, situation, shelf):
            yield _said(
                f"celiac.{food}",
                f"{food} was to come back, but celiac disease is known: it stays out for life.",
                state,
                shelf.card(f"{ROOM}/gluten_groups"),
                level=Level.HOLD,
                asks=Ask("clinician", f"write the exclusion of {food} with the reason celiac"),
            )
            continue
        late = " It is overdue." if by < state.day else ""
        yield _said(
            f"give_back.{food}",
            f"{food} is eaten again by {by}; it was removed only for the elimination.{late}",
            state,
            shelf.card(f"{ROOM}/reexpansion"),
            level=Level.CLINICIAN if late else None,
            asks=Ask("patient", f"eat {food} again"),
        )


def _said(
    rule: str, says: str, state: PlanState, card: Card, *, level: Level | None, asks: Ask, truth: State = State.YES
) -> Finding:
    return Finding(
        id=f"{ROOM}.{rule}",
        says=says,
        as_of=state.day,
        state=truth,
        according_to=(card.id,),
        grade=card.grade,
        verified=card.verified,
        level=level,
        asks=(asks,),
    )
