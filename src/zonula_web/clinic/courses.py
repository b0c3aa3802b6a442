"""One questionnaire over time: the last scores, what changed, the pictures, in words."""

from collections.abc import Sequence
from typing import NamedTuple

from zonula.chart import State
from zonula.errors import UserError
from zonula.questionnaires import Change, Score, Trend, answers_as_facts, change, instrument_named, trend
from zonula.questionnaires.instruments import card_of
from zonula.questionnaires.score import Completeness
from zonula.reports.review_view import Statement
from zonula_web.clinic.plots import Plot, plot
from zonula_web.clinic.said import statements
from zonula_web.records.sheets import Sheet


class ScaleLine(NamedTuple):
    """One scale of the newest sheet. value: as text, `not scored` when it may not be."""

    title: str
    value: str
    range: str
    band: str
    note: str


class Course(NamedTuple):
    """Everything a page shows of one questionnaire. standing: sheets that count, oldest first."""

    form: str
    title: str
    measures: str
    recall: str
    licence: str
    may_show: bool
    sheets: tuple[Sheet, ...]
    last: Sheet | None
    scales: tuple[ScaleLine, ...]
    alarms: tuple[Statement, ...]
    unanswered: tuple[Statement, ...]
    changed: tuple[Statement, ...]
    trends: tuple[Statement, ...]
    plots: tuple[Plot, ...]
    others: tuple[Statement, ...]
    incomparable: str


def course_of(form: str, filled: Sequence[Sheet]) -> Course:
    """The course of these sheets of one questionnaire, withdrawn ones included, oldest first."""
    instrument = instrument_named(form)
    standing = [sheet for sheet in filled if not sheet.withdrawn_because]
    scored = [sheet for sheet in standing if sheet.score is not None]
    scores = [sheet.score for sheet in scored if sheet.score is not None]
    last = standing[-1] if standing else None
    facts = [fact for sheet in standing for fact in answers_as_facts(sheet.questionnaire, sheet.response)]
    newest = scores[-1] if scores else None
    changes, trends, incomparable = _compared(scores)
    findings = newest.findings if newest else ()
    alarm = [one for one in findings if ".alarm." in one.id]
    return Course(
        form=form,
        title=card_of(instrument).title,
        measures=instrument.measures,
        recall=instrument.recall,
        licence=instrument.licence,
        may_show=instrument.offered == "items",
        sheets=tuple(reversed(filled)),
        last=last,
        scales=_scales(newest) if newest else (),
        alarms=statements((one for one in alarm if one.state is State.YES), facts),
        unanswered=statements((one for one in alarm if one.state is State.UNKNOWN), facts),
        changed=statements((one.finding for one in changes), facts),
        trends=statements((one.finding for one in trends), facts),
        plots=_plots(scores),
        others=statements((one for one in findings if ".alarm." not in one.id), facts),
        incomparable=incomparable,
    )


def _compared(scores: Sequence[Score]) -> tuple[tuple[Change, ...], tuple[Trend, ...], str]:
    """The last change and the trends; or why scores cannot be compared."""
    if len(scores) < 2:
        return (), (), ""
    try:
        return change(scores[-2], scores[-1]), trend(scores), ""
    except UserError as wrong:
        return (), (), str(wrong)


def _scales(score: Score) -> tuple[ScaleLine, ...]:
    lines = []
    for scale in score.scales:
        value = "not scored" if scale.value is None else f"{scale.value:g}"
        note = scale.reason
        if scale.how is Completeness.PRORATED:
            note = f"scaled up: {scale.of - scale.answered} of {scale.of} answers missing"
        elif scale.value is not None and not scale.certain:
            note = f"the answers given allow {scale.possible[0]:g} to {scale.possible[1]:g}"
        lines.append(ScaleLine(scale.title, value, f"{scale.low:g} to {scale.high:g}", scale.band, note))
    return tuple(lines)


def _plots(scores: Sequence[Score]) -> tuple[Plot, ...]:
    pictures = []
    for scale in scores[-1].scales if scores else ():
        points = [
            (one.as_of, found.value, found.how is Completeness.PRORATED)
            for one in scores
            if (found := one.scale(scale.scale)) is not None and found.value is not None and one.dated
        ]
        if len(points) > 1:
            course = ", ".join(f"{day.isoformat()} {value:g}" for day, value, _ in points)
            direction = {"lower": "Lower is better.", "higher": "Higher is better."}.get(scale.better, "")
            words = f"{scale.title}, {scale.low:g} to {scale.high:g}: {course}. {direction}".strip()
            pictures.append(plot(scale.title, words, points, scale.low, scale.high))
    return tuple(pictures)
