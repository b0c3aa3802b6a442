"""Single answers that ask for action whatever the total says and whatever else is missing.

Each alarm is a card in `knowledge/questionnaires/alarms`. Its triggers find a question by our linkId, by its LOINC code or by
its wording, so that another clinic's edition of the same question raises it too. An alarm question that stands in the form
but has no readable answer is not silence: it becomes a finding of unknown state that asks for the answer.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import msgspec

from zonula.chart import Ask, Finding, Level, State
from zonula.errors import KnowledgeError
from zonula.knowledge import Card, shelf
from zonula.questionnaires.checking import Checked, check
from zonula.questionnaires.definition import Questionnaire
from zonula.questionnaires.form import Form, prepared
from zonula.questionnaires.instruments import Instrument, instrument_of
from zonula.questionnaires.response import Response

_SHELF = "questionnaires/alarms"


class Trigger(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question and the answers that raise the alarm: points at or above `at_least`, below `below`, or one of `codes`.

    Where `codes` decide, only the code `no` is a no; anything else ("not sure") leaves the state unknown.
    """

    item: str
    loinc: str = ""
    wording: str = ""
    at_least: float = 1
    below: float | None = None
    codes: tuple[str, ...] = ()


class AlarmAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who must do what, within how many days (0 is the same day; None leaves it open)."""

    who: str
    what: str
    within_days: int | None = None


class Bmi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two questions a body mass index is computed from: weight in kilograms, height in centimetres."""

    weight: str
    height: str


class Alarm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One alarm. says: the sentence when raised; asked: what to ask when the answer is missing.

    lasting: about something that once happened; a later "no" does not undo it.
    """

    level: Level
    says: str
    asked: str
    asks: tuple[AlarmAsk, ...]
    triggers: tuple[Trigger, ...] = ()
    bmi: Bmi | None = None
    lasting: bool = False


@cache
def _alarms() -> tuple[tuple[Card, Alarm], ...]:
    read = []
    for card in shelf().cards(_SHELF):
        try:
            read.append((card, msgspec.convert(card.data, Alarm)))
        except msgspec.ValidationError as wrong:
            raise KnowledgeError(f"card {card.id}: data: {wrong}") from None
    return tuple(read)


def lasting_alarms() -> frozenset[str]:
    """The ids of findings that no later answer undoes."""
    return frozenset(_finding_id(card) for card, alarm in _alarms() if alarm.lasting)


def _finding_id(card: Card) -> str:
    return f"questionnaires.alarm.{card.id.rpartition('/')[2]}"


class Watch(msgspec.Struct, frozen=True):
    """The alarm questions of one form. questions: for each trigger found there, its linkId.

    A form that leaves out an alarm question of its own instrument keeps that question here: it can never be answered, so it is
    asked for (the PHQ-9 among the examples of FHIR R4 has no question 9).
    """

    card: Card
    alarm: Alarm
    questions: tuple[tuple[str, Trigger], ...] = ()


def watches(form: Form) -> tuple[Watch, ...]:
    """Which alarms this form can raise, and by which of its questions."""
    found = []
    instrument = instrument_of(form)
    expected = {item for scale in instrument.scales for item in scale.items} if instrument else frozenset()
    for card, alarm in _alarms():
        questions = tuple(
            (link, trigger)
            for trigger in alarm.triggers
            for link, node in form.nodes.items()
            if link == trigger.item
            or (trigger.loinc and any(code.code == trigger.loinc for code in node.item.codes))
            or (trigger.wording and trigger.wording in node.item.text.lower())
        )
        questions = questions or tuple(
            (trigger.item, trigger) for trigger in alarm.triggers if trigger.item in expected
        )
        weighed = alarm.bmi is not None and alarm.bmi.weight in form.nodes and alarm.bmi.height in form.nodes
        if questions or weighed:
            found.append(Watch(card, alarm, questions))
    return tuple(found)


def alarms(questionnaire: Questionnaire, response: Response, today: date) -> tuple[Finding, ...]:
    """The alarms of one response, even of one that is unfinished or partly unreadable. Most urgent first."""
    form = prepared(questionnaire)
    return raised(watches(form), check(form, response), instrument_of(form), today)


def raised(
    watched: tuple[Watch, ...], checked: Checked, instrument: Instrument | None, today: date
) -> tuple[Finding, ...]:
    """The findings of the watched questions, most urgent first; unanswered ones last."""
    found = [finding for watch in watched for finding in _judge(watch, checked, instrument, today)]
    if len(found) > 1:
        found.sort(key=lambda finding: (finding.state is State.UNKNOWN, finding.level.urgency if finding.level else 9))
    return tuple(found)


def _judge(watch: Watch, checked: Checked, instrument: Instrument | None, today: date) -> Iterator[Finding]:
    yes: list[str] = []
    unclear: list[str] = []
    for link, trigger in watch.questions:
        state = _answered(link, trigger, checked, instrument)
        if state is State.YES:
            yes.append(link)
        elif state is State.UNKNOWN and link not in checked.idle:
            unclear.append(link)
    value: float | None = None
    if watch.alarm.bmi is not None:
        weight, height = watch.alarm.bmi.weight, watch.alarm.bmi.height
        value = body_mass_index(_measured(weight, checked), _measured(height, checked))
        if value is None:
            unclear += (link for link in (weight, height) if _measured(link, checked) is None)
        elif value < watch.card.value:
            yes += (weight, height)
    if yes:
        yield _finding(watch, checked, yes, State.YES, today=today, value=value)
    elif unclear:
        yield _finding(watch, checked, unclear, State.UNKNOWN, today=today, value=None)


def _answered(link: str, trigger: Trigger, checked: Checked, instrument: Instrument | None) -> State:
    """Yes as soon as one answer triggers; no only when every answer is readable and none does."""
    given = checked.answers.given.get(link)
    if not given:
        return State.UNKNOWN
    readable = True
    for answer in given:
        points = answer.points if instrument is None else instrument.points(answer)
        reached = points is not None and (
            points >= trigger.at_least if trigger.below is None else points < trigger.below
        )
        if answer.code in trigger.codes or reached:
            return State.YES
        readable = readable and (answer.code == "no" if trigger.codes else points is not None)
    return State.NO if readable else State.UNKNOWN


def body_mass_index(kilograms: float | None, centimetres: float | None) -> float | None:
    """kg/m², to six decimals so that 18.49 stays below 18.5; None when either is unknown or not positive."""
    if kilograms is None or centimetres is None or kilograms <= 0 or centimetres <= 0:
        return None
    return round(kilograms / (centimetres / 100) ** 2, 6)  # binary fractions would put an exact 18.5 below itself


def _measured(link: str, checked: Checked) -> float | None:
    """A number inside the limits of its question: a height written in metres or feet is unknown, not tall or short."""
    number, item = checked.answers.points(link), checked.answers.form.nodes[link].item
    if number is None or (isinstance(item.minimum, int | float) and number < item.minimum):
        return None
    return None if isinstance(item.maximum, int | float) and number > item.maximum else number


def _finding(
    watch: Watch, checked: Checked, links: list[str], state: State, *, today: date, value: float | None
) -> Finding:
    alarm, card = watch.alarm, watch.card
    asks = (
        tuple(
            Ask(ask.who, ask.what, None if ask.within_days is None else today + timedelta(days=ask.within_days))
            for ask in alarm.asks
        )
        if state is State.YES
        else (Ask("clinician", alarm.asked),)
    )
    day = checked.response.day
    answered = f" Answered on {day.isoformat()}." if state is State.YES and day is not None and day != today else ""
    value = None if value is None else round(value, 2)
    measured = f" It is {value:g} kg/m2; the limit is {card.value:g}." if value is not None else ""
    said = (
        f"{alarm.says}{measured}"
        if state is State.YES
        else f"{card.title}: not answered, or the answer cannot be read."
    )
    return Finding(
        id=_finding_id(card),
        says=said + answered,
        as_of=day or today,
        state=state,
        value=value,
        unit="kg/m2" if value is not None else "",
        because=tuple(sorted(checked.response.place(link) for link in links)),
        according_to=(card.id,),
        grade=card.grade,
        verified=card.verified,
        level=alarm.level if state is State.YES else Level.CLINICIAN,
        asks=asks,
    )
