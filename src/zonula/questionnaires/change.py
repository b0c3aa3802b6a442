"""Change between two scores and the trend over many.

A change is judged twice, and either answer may be unknown: does it matter to patients (important difference), and is it more
than the noise of the questionnaire (reliable change, Jacobson and Truax: difference / (standard error of measurement x sqrt 2))?
Both need cited figures on a card of `knowledge/questionnaires/change`; without them the judgement is refused, not guessed.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise
from math import sqrt
from statistics import median

import msgspec

from zonula.chart import Finding, Grade, State
from zonula.errors import KnowledgeError, UserError
from zonula.knowledge import Card, shelf
from zonula.questionnaires.score import Completeness, ScaleScore, Score

_RELIABLE = "questionnaires/reliable_change"
_DAYS_A_MONTH = 30


class Important(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The difference that matters; where both are given, both are asked for. percent: of the earlier score."""

    points: float
    percent: float | None = None


class Noise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The noise of a score: its standard error, or standard deviation and reliability, or a published reliable change."""

    standard_error: float | None = None
    standard_deviation: float | None = None
    reliability: float | None = None
    reliable_points: float | None = None

    def reliable_difference(self, quantile: float) -> float | None:
        """The difference from which change is reliable, or None when the figures do not suffice."""
        if self.reliable_points is not None:
            return self.reliable_points
        error = self.standard_error
        if error is None and self.standard_deviation is not None and self.reliability is not None:
            error = self.standard_deviation * sqrt(1 - self.reliability)
        return None if error is None else quantile * error * sqrt(2)


class Yardstick(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known about change in one scale."""

    important: Important | None = None
    noise: Noise | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One scale at two times. difference: later minus earlier. reliable_from: the smallest reliable difference, if known."""

    scale: str
    title: str
    earlier: float
    later: float
    days: int
    difference: float
    important: State
    reliable: State
    reliable_from: float | None
    finding: Finding


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """One scale over time. per_month: median of all pairwise slopes (Theil-Sen), per 30 days; None below three times."""

    scale: str
    title: str
    points: tuple[tuple[date, float], ...]
    per_month: float | None
    finding: Finding


def change(earlier: Score, later: Score) -> tuple[Change, ...]:
    """The change in every scale scored both times. Raises UserError when the two cannot be compared."""
    _same(earlier, later)
    if later.as_of < earlier.as_of:
        earlier, later = later, earlier
    card, yardsticks = _yardsticks(earlier.instrument)
    return tuple(
        _change(before, after, earlier, later, card=card, yardstick=yardsticks.get(before.scale, Yardstick()))
        for before in earlier.scales
        if (after := later.scale(before.scale)) is not None and before.value is not None and after.value is not None
    )


def trend(scores: Sequence[Score]) -> tuple[Trend, ...]:
    """The course of every scale over two or more scores of one patient and instrument. Raises UserError when they are not."""
    for first, second in pairwise(scores):
        _same(first, second)
    ordered = sorted(scores, key=lambda scored: (scored.as_of, scored.response))
    return tuple(_trend(scale.scale, ordered) for scale in ordered[0].scales) if len(ordered) > 1 else ()


def _same(first: Score, second: Score) -> None:
    if first.instrument != second.instrument or not first.instrument:
        raise UserError("two different questionnaires cannot be compared.", "Compare scores of one questionnaire.")
    if not first.subject or first.subject != second.subject:
        raise UserError("these answers are not known to be of one person.", "Write the same subject in each response.")
    if not (first.dated and second.dated):
        raise UserError("a response without a date cannot be placed in time.", "Write `authored` in each response.")


def _yardsticks(instrument: str) -> tuple[Card | None, dict[str, Yardstick]]:
    for card in shelf().cards("questionnaires/change"):
        if card.id == f"questionnaires/change/{instrument}":
            try:
                return card, msgspec.convert(card.data, dict[str, Yardstick])
            except msgspec.ValidationError as wrong:
                raise KnowledgeError(f"card {card.id}: data: {wrong}") from None
    return None, {}


def _change(
    before: ScaleScore, after: ScaleScore, earlier: Score, later: Score, *, card: Card | None, yardstick: Yardstick
) -> Change:
    first, last = before.value or 0.0, after.value or 0.0  # `change` pairs only scales that have both values
    difference = round(last - first, 2)
    rule = shelf().card(_RELIABLE)
    reliable_from = yardstick.noise.reliable_difference(float(rule.value)) if yardstick.noise else None
    important = _important(difference, first, yardstick.important)
    reliable = State.UNKNOWN if reliable_from is None else _state(abs(difference) >= reliable_from)
    cards = tuple(
        held
        for held, used in ((card, yardstick != Yardstick()), (rule, reliable_from is not None))
        if held is not None and used
    )
    finding = Finding(
        id=f"questionnaires.{earlier.instrument}.{before.scale}.change",
        says=" ".join(_sentences(before, after, difference, important, reliable)),
        as_of=later.as_of,
        value=difference,
        unit=before.unit,
        because=(f"QuestionnaireResponse/{earlier.response}", f"QuestionnaireResponse/{later.response}"),
        according_to=tuple(held.id for held in cards),
        grade=card.grade if card is not None and card in cards else Grade.RECORD,
        verified=all(held.verified for held in cards),
    )
    return Change(
        scale=before.scale,
        title=before.title,
        earlier=first,
        later=last,
        days=(later.as_of - earlier.as_of).days,
        difference=difference,
        important=important,
        reliable=reliable,
        reliable_from=None if reliable_from is None else round(reliable_from, 2),
        finding=finding,
    )


def _state(yes: bool) -> State:
    return State.YES if yes else State.NO


def _important(difference: float, before: float, rule: Important | None) -> State:
    if rule is None:
        return State.UNKNOWN
    relative = rule.percent is None or abs(difference) >= rule.percent / 100 * abs(before)
    return _state(abs(difference) >= rule.points and relative)


def _sentences(
    before: ScaleScore, after: ScaleScore, difference: float, important: State, reliable: State
) -> Iterator[str]:
    direction = "unchanged" if not difference else "rose" if difference > 0 else "fell"
    if difference and before.better != "neither":
        direction += " (worse)" if (difference > 0) == (before.better == "lower") else " (better)"
    yield f"{before.title} {direction}: {before.value:g} to {after.value:g}, a difference of {difference:+g}."
    yield {
        State.YES: "It is large enough to matter to patients",
        State.NO: "It is smaller than a difference that matters to patients",
        State.UNKNOWN: "Which difference matters to patients is not known for this scale",
    }[important] + {
        State.YES: " and more than the noise of the questionnaire.",
        State.NO: " and within the noise of the questionnaire.",
        State.UNKNOWN: "; whether it is more than noise cannot be said, because the noise of this scale is not known.",
    }[reliable]
    if Completeness.PRORATED in (before.how, after.how):
        yield "One of the scores was scaled up because answers were missing."


def _trend(scale: str, ordered: Sequence[Score]) -> Trend:
    points = tuple(
        (scored.as_of, found.value)
        for scored in ordered
        if (found := scored.scale(scale)) is not None and found.value is not None
    )
    title = next(found.title for scored in ordered if (found := scored.scale(scale)) is not None)
    unit = next(found.unit for scored in ordered if (found := scored.scale(scale)) is not None)
    slopes = [
        (later - earlier) / (end - start).days
        for (start, earlier), (end, later) in combinations(points, 2)
        if end > start
    ]
    per_month = round(median(slopes) * _DAYS_A_MONTH, 2) if len(points) > 2 and slopes else None
    course = ", ".join(f"{value:g} ({day.isoformat()})" for day, value in points) or "never scored"
    says = f"{title}: {course}."
    if per_month is not None:
        says += f" On the whole {per_month:+g} a month over {len(points)} times."
    gaps = len(ordered) - len(points)
    if gaps:
        says += f" {gaps} of {len(ordered)} times it could not be scored."
    finding = Finding(
        id=f"questionnaires.{ordered[0].instrument}.{scale}.trend",
        says=says,
        as_of=ordered[-1].as_of,
        state=State.YES if len(points) > 1 else State.UNKNOWN,
        value=per_month,
        unit=f"{unit} per 30 days" if per_month is not None else "",
        because=tuple(f"QuestionnaireResponse/{scored.response}" for scored in ordered),
        grade=Grade.RECORD,
    )
    return Trend(scale=scale, title=title, points=points, per_month=per_month, finding=finding)
