"""Scoring a response: answers to points, points to scores, scores to sentences. Missing answers are never counted as zero."""

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache

import msgspec

from zonula.chart import Ask, Finding, Grade, Level, State
from zonula.errors import KnowledgeError
from zonula.knowledge import Card, shelf
from zonula.questionnaires.alarms import raised, watches
from zonula.questionnaires.calculated import formulas, shown
from zonula.questionnaires.checking import Checked, check, refuse
from zonula.questionnaires.definition import Problem, Questionnaire
from zonula.questionnaires.form import Form, Given, prepared
from zonula.questionnaires.instruments import Instrument, Scale, card_of, instrument_of, places
from zonula.questionnaires.response import Response
from zonula.questionnaires.score import Completeness, ScaleScore, Score

_MISSING = "questionnaires/missing_items"


class Measure(msgspec.Struct, frozen=True):
    """One scale laid over one form. places: per item its linkId ("" when the form lacks it), lowest and highest points."""

    scale: Scale
    places: tuple[tuple[str, float, float], ...]
    low: float
    high: float
    prorate_up_to: int


class Plan:
    """Everything about a form that does not depend on the answers."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.watched = watches(form)
        self.instrument = instrument_of(form)
        self.card: Card | None = None
        self.measures: tuple[Measure, ...] = ()
        self.lacks: tuple[Problem, ...] = ()
        self.formulas = formulas(form)
        if self.instrument is not None:
            where = places(form, self.instrument)
            self.card = card_of(self.instrument)
            self.lacks = tuple(
                Problem("questionnaire", f"this edition lacks {item} of {self.card.title}", serious=False)
                for item in dict.fromkeys(item for scale in self.instrument.scales for item in scale.items)
                if item not in where
            )
            self.measures = tuple(_measure(scale, where, self.instrument) for scale in self.instrument.scales)


@lru_cache(maxsize=64)
def plan_of(questionnaire: Questionnaire) -> Plan:
    """The plan of a questionnaire, kept for the next response."""
    return Plan(prepared(questionnaire))


def score(questionnaire: Questionnaire, response: Response, today: date, name: str = "answers") -> Score:
    """Score one response on the day `today`.

    name: what to call the response in messages. Raises UserError naming what is wrong with it; nothing is scored then.
    Alarms of a refused response are still available from `alarms`.
    """
    plan = plan_of(questionnaire)
    checked = check(plan.form, response)
    refuse(checked, name)
    return score_checked(plan, checked, today)


def score_checked(plan: Plan, checked: Checked, today: date) -> Score:
    """Score a response already found free of serious problems."""
    response, instrument = checked.response, plan.instrument
    day = response.day
    remarks = [*checked.problems, *plan.lacks]
    if day is not None and day > today:
        remarks.append(Problem("authored", "filled in after the day of scoring", "check the date", serious=False))
    scales = (
        tuple(_scale_score(measure, checked, instrument, remarks) for measure in plan.measures) if instrument else ()
    )
    findings = raised(plan.watched, checked, instrument, today)
    if instrument is not None and plan.card is not None:
        links = tuple(sorted(response.place(link) for link in checked.answers.given))
        findings += tuple(
            _finding(measure.scale, scored, plan.card, because=links, name=instrument.id, day=day or today)
            for measure, scored in zip(plan.measures, scales, strict=True)
        )
    return Score(
        instrument=instrument.id if instrument else "",
        title=plan.card.title if plan.card else plan.form.questionnaire.title,
        response=response.id,
        subject=response.subject.key,
        as_of=day or today,
        dated=day is not None,
        scales=scales,
        shown=tuple(shown(plan.formulas, checked.answers)),
        findings=findings,
        remarks=tuple(remarks),
    )


@cache
def _missing_rules() -> tuple[Card, dict[str, dict[str, int]]]:
    card = shelf().card(_MISSING)
    try:
        return card, msgspec.convert(card.data, dict[str, dict[str, int]])
    except msgspec.ValidationError as wrong:
        raise KnowledgeError(f"card {card.id}: data: {wrong}") from None


def _measure(scale: Scale, where: dict[str, str], instrument: Instrument) -> Measure:
    recoded = scale.recode.values()
    found = tuple(
        (
            where.get(item, ""),
            min(recoded) if recoded else scale.low,
            max(recoded) if recoded else scale.item_high.get(item, scale.high),
        )
        for item in scale.items
    )
    lows, highs = [low for _, low, _ in found], [high for _, _, high in found]
    if scale.method == "sum":
        low, high = sum(lows), sum(highs)
    elif scale.method in {"count", "pairs"}:
        low, high = 0.0, float(len(found) if scale.method == "count" else len(found) // 2)
    else:
        low, high = min(lows), max(highs)
    high = high if scale.cap is None else min(high, scale.cap)
    allowed = _missing_rules()[1].get(instrument.id, {}).get(scale.id, 0)
    return Measure(scale, found, low, high, allowed)


def _points(given: list[Given] | None, scale: Scale, instrument: Instrument) -> float | None:
    if given is None or len(given) != 1:
        return None
    points = instrument.points(given[0])
    if points is not None and scale.recode:
        return scale.recode.get(f"{points:g}")
    return points


def _scale_score(measure: Measure, checked: Checked, instrument: Instrument, remarks: list[Problem]) -> ScaleScore:
    scale = measure.scale
    known: list[float | None] = []
    for link, low, high in measure.places:
        points = None if link in checked.idle else _points(checked.answers.given.get(link), scale, instrument)
        if points is not None and not (low <= points <= high and (not scale.allowed or points in scale.allowed)):
            remarks.append(Problem(link, f"worth points that {scale.title} does not have; not counted", serious=False))
            points = None
        known.append(points)
    answered = [points for points in known if points is not None]
    at_least, at_most = _possible(measure, known)
    excused = sum(
        points is None and item in scale.may_not_apply for item, points in zip(scale.items, known, strict=True)
    )
    missing = len(known) - len(answered) - excused
    value, how, reason = _value(measure, known, answered, missing)
    band_low, band_high = scale.band(at_least), scale.band(at_most)
    certain = band_low == band_high
    band = scale.band(value) if value is not None else (band_low if certain else "")
    return ScaleScore(
        scale=scale.id,
        title=scale.title,
        value=value,
        low=measure.low,
        high=measure.high,
        possible=(at_least, at_most),
        answered=len(answered),
        of=len(known),
        how=how,
        band=band,
        certain=certain,
        reason=reason,
        unit=scale.unit,
        better=scale.better,
    )


def _value(
    measure: Measure, known: list[float | None], answered: list[float], missing: int
) -> tuple[float | None, Completeness, str]:
    scale = measure.scale
    if not answered:
        return None, Completeness.NOT_SCORED, "no answer"
    if missing > measure.prorate_up_to:
        return None, Completeness.NOT_SCORED, f"{missing} of {len(known)} answers missing"
    if scale.method == "sum":
        total = sum(answered)
        if missing:
            least, most = _possible(measure, known)
            total = min(max(round(total * (len(answered) + missing) / len(answered), 1), least), most)
        value = total if scale.cap is None else min(total, scale.cap)
    elif scale.method == "mean":
        value = round(sum(answered) / len(answered), 2)
    elif scale.method == "value":
        value = answered[0]
    elif scale.method == "count":
        value = float(sum(points >= scale.counts_from for points in answered))
    else:
        value = _possible(measure, known)[0]
    return value, Completeness.PRORATED if missing else Completeness.COMPLETE, ""


def _possible(measure: Measure, known: list[float | None]) -> tuple[float, float]:
    """The lowest and highest score that the answers given still allow."""
    scale = measure.scale
    least = [low if points is None else points for points, (_, low, _) in zip(known, measure.places, strict=True)]
    most = [high if points is None else points for points, (_, _, high) in zip(known, measure.places, strict=True)]
    ends = []
    for side in (least, most):
        if scale.method == "sum":
            end = sum(side)
        elif scale.method == "count":
            end = float(sum(points >= scale.counts_from for points in side))
        elif scale.method == "pairs":
            pairs = zip(side[::2], side[1::2], strict=True)
            end = float(sum(first >= scale.counts_from and second >= scale.counts_from for first, second in pairs))
        else:
            end = round(sum(side) / len(side), 2)
        ends.append(end if scale.cap is None else min(end, scale.cap))
    return ends[0], ends[1]


def _finding(
    described: Scale, scale: ScaleScore, card: Card, *, because: tuple[str, ...], name: str, day: date
) -> Finding:
    prorated = scale.how is Completeness.PRORATED
    rule = _missing_rules()[0]
    known = scale.value is not None or (scale.certain and scale.band != "")
    # Without bands and without scaling up, the sentence rests on the patient's own answers and on no figure of a card.
    counted = not described.bands and not prorated
    ask = described.ask(scale.possible[0] if scale.value is None else scale.value) if known else ""
    return Finding(
        id=f"questionnaires.{name}.{scale.scale}",
        says=" ".join(_sentence(scale)),
        as_of=day,
        state=State.YES if known else State.UNKNOWN,
        value=scale.value,
        unit=scale.unit,
        interval=None if scale.possible[0] == scale.possible[1] else scale.possible,
        because=because,
        according_to=(card.id, rule.id) if prorated else (card.id,),
        grade=Grade.RECORD if counted else card.grade,
        verified=counted or (card.verified and (rule.verified or not prorated)),
        level=Level.CLINICIAN if ask else None,
        asks=(Ask("clinician", ask),) if ask else (),
    )


def _sentence(scale: ScaleScore) -> Iterator[str]:
    bounds = f"{scale.possible[0]:g} to {scale.possible[1]:g}"
    band = f": {scale.band}" if scale.band else ""
    if scale.value is None:
        yield f"{scale.title} cannot be given ({scale.reason}){band}."
        if scale.answered:
            yield f"The answers given allow {bounds}."
        return
    about = "about " if scale.how is Completeness.PRORATED else ""
    yield f"{scale.title} {about}{scale.value:g} on a scale of {scale.low:g} to {scale.high:g}{band}."
    if scale.how is Completeness.PRORATED:
        yield f"Of {scale.of} answers, {scale.of - scale.answered} missing; the rest was scaled up."
    if not scale.certain:
        yield f"The answers given allow {bounds}, so the band may be another."
