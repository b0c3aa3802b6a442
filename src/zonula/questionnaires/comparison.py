"""The questionnaire against the chart: what the patient reports that no record shows, and the reverse.

Which codes and wordings stand for a symptom area is knowledge of the chart review; its lists are read from the shelf. Where the
shelf has no list for an area the records cannot be searched for it, and that is said instead of "not recorded".
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import msgspec

from zonula.chart import Chart, Fact, Finding, Grade, Kind, Moment, Patient, State, System
from zonula.errors import UserError
from zonula.knowledge import Shelf, shelf
from zonula.questionnaires.form import Answers, prepared
from zonula.questionnaires.instruments import shipped
from zonula.questionnaires.reported_history import compare_history
from zonula.questionnaires.response import Response

_AREAS = "questionnaires/areas"
_LISTS = "chart_review"
_KINDS = (Kind.CONDITION, Kind.SYMPTOM, Kind.ALLERGY, Kind.ENCOUNTER, Kind.DOCUMENT)
_LABELLED = frozenset({Kind.CONDITION, Kind.SYMPTOM})
_LONGEST_LABEL = 8  # words; a longer text is a narrative, which may deny what it names
_IGNORE = "ignore"
_PREFIXED = frozenset({System.ICD10CM, System.ICD10, System.ICD9CM})  # a listed code covers the codes below it


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One symptom area. title: for sentences. list: its name in the lists of the chart review."""

    title: str
    list: str


class AreaCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """areas by the prefix of their linkIds; onset_differs_from: years between two onsets that are worth a word."""

    areas: dict[str, Area]
    onset_differs_from: float


class Lists:
    """What the chart review's code lists and wordings on one shelf say of each list name."""

    def __init__(self, knowledge: Shelf) -> None:
        self.exact: dict[str, set[tuple[System, str]]] = {}
        self.prefixes: dict[str, set[tuple[System, str]]] = {}
        self.phrases: dict[str, list[tuple[str, ...]]] = {}
        self._labels = lru_cache(maxsize=16384)(self._label_of)  # one label stands in a chart many times
        folder = knowledge.root / _LISTS
        for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
            for row in knowledge.code_list(f"{_LISTS}/{path.stem}"):
                name = row.more.get("list", "")
                if row.system is System.LOCAL:
                    self.phrases.setdefault(name, []).append(tuple(row.code.casefold().split()))
                elif row.system in _PREFIXED:
                    self.prefixes.setdefault(name, set()).add((row.system, _undotted(row.code)))
                else:
                    self.exact.setdefault(name, set()).add((row.system, row.code))

    def known(self, name: str) -> bool:
        """Whether the shelf has anything for the list."""
        return name in self.exact or name in self.prefixes or name in self.phrases

    def speaks_of(self, fact: Fact, name: str) -> bool:
        """Whether a code of the fact, or the short label of an uncoded condition or symptom, belongs to the list."""
        if any(code.key in self.exact.get(name, ()) for code in fact.codes):
            return True
        for system, prefix in self.prefixes.get(name, ()):
            if any(code.system is system and _undotted(code.code).startswith(prefix) for code in fact.codes):
                return True
        return fact.kind in _LABELLED and self._labels(fact.text, name)

    def _label_of(self, text: str, name: str) -> bool:
        words = text.casefold().split()
        return len(words) <= _LONGEST_LABEL and not self._holds(words, _IGNORE) and self._holds(words, name)

    def _holds(self, words: list[str], name: str) -> bool:
        return any(
            all(_fits(word, part) for word, part in zip(words[start:], phrase, strict=False))
            for phrase in self.phrases.get(name, ())
            for start in range(len(words) - len(phrase) + 1)
        )


@lru_cache(maxsize=8)
def _lists(knowledge: Shelf) -> Lists:
    return Lists(knowledge)


def _fits(word: str, part: str) -> bool:
    """A `*` at the end of a listed word stands for any ending."""
    bare = word.strip(".,;:()")
    return bare.startswith(part[:-1]) if part.endswith("*") else bare == part


def compare(response: Response, chart: Chart, today: date, knowledge: Shelf | None = None) -> tuple[Finding, ...]:
    """Hold an answered `symptom-domains` questionnaire against one chart.

    knowledge: the shelf to take lists from, the packaged one by default. Nothing here says that either side is right.
    Raises UserError when the answers are to another questionnaire.
    """
    form = shipped("symptom-domains")
    if response.url != form.url:
        raise UserError("only answers to symptom-domains can be held against a chart.", "Give those.")
    lists = _lists(knowledge or shelf())
    answers = Answers(prepared(form), response)
    card = shelf().card(_AREAS)
    known = msgspec.convert(card.data, AreaCard)
    day = response.day or today
    found: list[Finding] = []
    for prefix, area in known.areas.items():
        said = _said(answers, prefix)
        if not lists.known(area.list):
            if said is State.YES:
                found.append(_unsearchable(response, prefix, area, day))
            continue
        recorded = [fact for fact in chart.of_kind(*_KINDS) if fact.asserted and lists.speaks_of(fact, area.list)]
        found.extend(
            _compare_area(_Reported(response, answers, prefix, area, said), recorded, chart.patient, known, day)
        )
    return (*found, *compare_history(response, chart, day))


class _Reported(msgspec.Struct, frozen=True):
    response: Response
    answers: Answers
    prefix: str
    area: Area
    said: State

    def places(self, *names: str) -> tuple[str, ...]:
        links = (f"{self.prefix}-{name}" for name in names)
        return tuple(self.response.place(link) for link in links if link in self.answers.given)


def _said(answers: Answers, prefix: str) -> State:
    severity, ever = answers.points(f"{prefix}-severity"), answers.value(f"{prefix}-ever")
    if (severity or 0) > 0 or ever is True:
        return State.YES
    return State.NO if severity == 0 and ever is False else State.UNKNOWN


def _compare_area(
    reported: _Reported, recorded: list[Fact], patient: Patient, known: AreaCard, day: date
) -> Iterator[Finding]:
    title, prefix = reported.area.title, reported.prefix
    if reported.said is State.YES and not recorded:
        yield _finding(
            f"reported_not_recorded.{prefix}",
            f"The patient reports {title}; none of the imported records shows it.",
            day,
            reported.places("severity", "ever", "onset", "onset-age"),
        )
    elif recorded and reported.said is State.NO:
        yield _finding(
            f"recorded_not_reported.{prefix}",
            f"The records show {title} ({len(recorded)} entries); the patient says it was never a problem.",
            day,
            (*reported.places("severity", "ever"), *(fact.id for fact in recorded)),
        )
    elif recorded and reported.said is State.UNKNOWN:
        yield _finding(
            f"recorded_not_answered.{prefix}",
            f"The records show {title} ({len(recorded)} entries); the patient did not fully answer about it.",
            day,
            tuple(fact.id for fact in recorded),
            State.UNKNOWN,
        )
    if recorded and reported.said is State.YES:
        yield from _compare_onset(reported, recorded, patient, known, day)


def _compare_onset(
    reported: _Reported, recorded: list[Fact], patient: Patient, known: AreaCard, day: date
) -> Iterator[Finding]:
    onset = _onset(reported, patient)
    dated = [(fact.when.first_day, fact.id) for fact in recorded if fact.when.first_day is not None]
    if onset is None or not dated:
        return
    first, fact_id = min(dated)
    earliest, latest = onset
    years = (
        (earliest - first).days / 365.25
        if first < earliest
        else (latest - first).days / 365.25
        if first > latest
        else 0.0
    )
    if abs(years) < known.onset_differs_from:
        return
    order = "before" if years > 0 else "after"
    yield _finding(
        f"onset_differs.{reported.prefix}",
        f"The first record of {reported.area.title} is from {first.isoformat()}, at least {int(abs(years))} years {order} "
        "the beginning the patient gives.",
        day,
        (*reported.places("onset", "onset-age"), fact_id),
        card=_AREAS,
    )


def _onset(reported: _Reported, patient: Patient) -> tuple[date, date] | None:
    """The first and last day the told beginning can mean, from a date or else from an age and the date of birth."""
    written = reported.answers.value(f"{reported.prefix}-onset")
    if isinstance(written, str):
        moment = Moment.parse(written)
        return moment.earliest, moment.latest
    age = reported.answers.points(f"{reported.prefix}-onset-age")
    if age is None or patient.birth is None:
        return None
    return _birthday(patient.birth.earliest, int(age)), _birthday(patient.birth.latest, int(age) + 1)


def _birthday(born: date, age: int) -> date:
    """The day somebody reached an age; one born on 29 February keeps the 28th."""
    return born.replace(year=born.year + age, day=min(born.day, 28) if born.month == 2 else born.day)


def _unsearchable(response: Response, prefix: str, area: Area, day: date) -> Finding:
    return _finding(
        f"not_searchable.{prefix}",
        f"The patient reports {area.title}; the shelf has no code list for it, so the records could not be searched.",
        day,
        (response.place(f"{prefix}-severity"),),
        State.UNKNOWN,
    )


def _finding(
    name: str, says: str, day: date, because: tuple[str, ...], state: State = State.YES, *, card: str = ""
) -> Finding:
    return Finding(
        id=f"questionnaires.compare.{name}",
        says=says,
        as_of=day,
        state=state,
        because=because,
        according_to=(card,) if card else (),
        grade=Grade.RECORD,
        verified=shelf().card(card).verified if card else True,
    )


def _undotted(code: str) -> str:
    return code.replace(".", "").upper()
